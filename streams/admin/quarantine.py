"""Reading the quarantine topic from an instant to its present end, one fetch at a time: memory does not grow with the topic."""

from __future__ import annotations

from collections.abc import Iterator

from kafka import KafkaConsumer, TopicPartition

from streams.admin.entries import Entry, Place, Unreadable, entries
from streams.admin.reading import fetches, offsets_since


class NoQuarantine(Exception):  # noqa: N818  says what is the case
    """There is no quarantine topic. The message says what to do."""


def read(consumer: KafkaConsumer, topic: str, since_ms: int | None = None) -> Iterator[Entry | Unreadable]:
    """Yield everything set aside, partition by partition in their order. Raises NoQuarantine, KafkaTrouble when reading gets stuck."""
    partitions = _partitions(consumer, topic)
    ends = consumer.end_offsets(partitions)
    begins = consumer.beginning_offsets(partitions) if since_ms is None else offsets_since(consumer, partitions, since_ms)
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


def _read(consumer: KafkaConsumer, tp: TopicPartition, begin: int, end: int) -> Iterator[Entry | Unreadable]:
    for records in fetches(consumer, tp, begin, end):
        for record in records:
            yield from entries(Place(tp.topic, tp.partition, record.offset), record.timestamp, record.value)
