"""Reading the quarantine topic from an instant to its present end, one fetch at a time: memory does not grow with the topic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kafka import KafkaConsumer, TopicPartition

from streams import clock
from streams.admin.clients import KafkaTrouble
from streams.admin.entries import Entry, Place, Unreadable, entries

POLL_MS = 500
STUCK_SECONDS = 30.0
"""Without a record for so long the reading is given up: a partition has no leader, or the network fails."""


class NoQuarantine(Exception):  # noqa: N818  says what is the case
    """There is no quarantine topic. The message says what to do."""


def read(consumer: KafkaConsumer, topic: str, since_ms: int | None = None) -> Iterator[Entry | Unreadable]:
    """Yield everything set aside, partition by partition in their order. Raises NoQuarantine, KafkaTrouble when reading gets stuck."""
    partitions = _partitions(consumer, topic)
    ends = consumer.end_offsets(partitions)
    begins = consumer.beginning_offsets(partitions) if since_ms is None else _offsets_since(consumer, partitions, since_ms, ends)
    for tp in partitions:
        yield from _read(consumer, tp, begins[tp], ends[tp])


def read_at(consumer: KafkaConsumer, at: Place) -> list[Entry | Unreadable]:
    """What one record of the quarantine topic holds; nothing when it does not exist (any more)."""
    tp = TopicPartition(at.topic, at.partition)
    partitions = _partitions(consumer, at.topic)
    if tp not in partitions or not consumer.beginning_offsets([tp])[tp] <= at.offset < consumer.end_offsets([tp])[tp]:
        return []
    return [one for one in _read(consumer, tp, at.offset, at.offset + 1) if one.at == at]


def _partitions(consumer: KafkaConsumer, topic: str) -> list[TopicPartition]:
    partitions = consumer.partitions_for_topic(topic) if topic in consumer.topics() else None
    if not partitions:
        raise NoQuarantine(f"there is no topic {topic}: is NHIP_APP_ID right? `nhip topics` lists what there is")
    return [TopicPartition(topic, p) for p in sorted(partitions)]


def _offsets_since(
    consumer: KafkaConsumer, partitions: list[TopicPartition], since_ms: int, ends: Mapping[TopicPartition, int]
) -> dict[TopicPartition, int]:
    """The first offset of each partition at or after an instant; its end when everything is older."""
    found = consumer.offsets_for_times(dict.fromkeys(partitions, since_ms))
    return {tp: found[tp].offset if found.get(tp) is not None else ends[tp] for tp in partitions}


def _read(consumer: KafkaConsumer, tp: TopicPartition, begin: int, end: int) -> Iterator[Entry | Unreadable]:
    """Read one partition alone, so that no other one's fetches are held meanwhile."""
    if begin >= end:
        return
    consumer.assign([tp])
    consumer.seek(tp, begin)
    moved = clock.monotonic_seconds()
    while consumer.position(tp) < end:
        records = [record for batch in consumer.poll(timeout_ms=POLL_MS).values() for record in batch]
        if records:
            moved = clock.monotonic_seconds()
        elif clock.monotonic_seconds() - moved > STUCK_SECONDS:
            raise KafkaTrouble(f"{tp.topic}/{tp.partition} gives nothing at offset {consumer.position(tp)}: has it a leader?")
        for record in records:
            if record.offset < end:
                yield from entries(Place(tp.topic, tp.partition, record.offset), record.timestamp, record.value)
