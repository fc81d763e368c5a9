"""Reading a part of one partition with kafka-python, one fetch at a time: memory does not grow with what is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from streams import clock
from streams.admin.clients import KafkaTrouble

POLL_MS = 500
STUCK_SECONDS = 30.0
"""Without a record for so long the reading is given up: a partition has no leader, or the network fails."""


def fetches(consumer: KafkaConsumer, tp: TopicPartition, begin: int, end: int) -> Iterator[list[Any]]:
    """Yield the records of `tp` from `begin` up to, not including, `end`, as they are fetched. Raises KafkaTrouble when stuck.

    The partition is read alone, so that no other one's fetches are held meanwhile. What has been deleted is passed over.
    """
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
            raise KafkaTrouble(f"{tp.topic}/{tp.partition} gives nothing at offset {consumer.position(tp)}", "has it a leader?")
        if wanted := [record for record in records if record.offset < end]:
            yield wanted


def offsets_since(consumer: KafkaConsumer, partitions: list[TopicPartition], since_ms: int) -> dict[TopicPartition, int]:
    """The first offset of each partition at or after an instant; its end when everything is older."""
    if not partitions:
        return {}
    ends = consumer.end_offsets(partitions)
    found = consumer.offsets_for_times(dict.fromkeys(partitions, since_ms))
    return {tp: found[tp].offset if found.get(tp) is not None else ends[tp] for tp in partitions}
