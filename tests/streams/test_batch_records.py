"""What a polled record is: light on batch topics, aiokafka's own on others, with the same content."""

from __future__ import annotations

from typing import Any

import pytest
from aiokafka.consumer.fetcher import FetchError, FetchResult, PartitionRecords
from aiokafka.consumer.subscription_state import SubscriptionState
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import ConsumerRecord, TopicPartition

from streams.batch.records import Record, Results

BATCH, OTHER = TopicPartition("nhip.changes", 3), TopicPartition("nhip-feeds-changelog", 3)
CONTENT = [(b"k", b"v", 1_760_000_000_000), (None, b"\x00\xff", 1_760_000_000_001), (b"", None, 0)]


def fetched(tp: TopicPartition) -> FetchResult:
    """A fetch of three records, the first at offset 40, as aiokafka keeps it until it is polled."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 10_000)
    for n, (key, value, at_ms) in enumerate(CONTENT):
        builder.append(n, at_ms, key, value, [("trace", b"1")])
    batch = bytearray(builder.build())
    batch[:8] = (40).to_bytes(8)
    records = PartitionRecords(tp, MemoryRecords(bytes(batch)), [], 40, None, None, True, 0)  # noqa: FBT003  aiokafka's: crc checked
    subscription = SubscriptionState()
    subscription.assign_from_user([tp])
    assignment = subscription.subscription.assignment
    assignment.state_value(tp).reset_to(40)
    return FetchResult(tp, assignment=assignment, partition_records=records, backoff=0)


def polled(tp: TopicPartition) -> list[Any]:
    results = Results(lambda topic: topic == BATCH.topic)
    results[tp] = fetched(tp)
    found: list[Any] = results[tp].getall()
    return found


async def test_records_of_a_batch_topic_are_light_and_complete() -> None:
    assert polled(BATCH) == [Record("nhip.changes", 3, 40 + n, at_ms, key, value) for n, (key, value, at_ms) in enumerate(CONTENT)]


async def test_records_of_another_topic_are_what_faust_expects() -> None:
    assert {type(record) for record in polled(OTHER)} == {ConsumerRecord}
    assert [(r.offset, r.timestamp, r.key, r.value) for r in polled(OTHER)] == [
        (r.offset, r.timestamp, r.key, r.value) for r in polled(BATCH)
    ]


async def test_an_error_waits_in_its_turn_and_is_raised_when_it_is_polled() -> None:
    results = Results(lambda _topic: True)
    results[OTHER], results[BATCH] = fetched(OTHER), FetchError(error=RuntimeError("gone"), backoff=0)
    assert list(results) == [OTHER, BATCH]
    with pytest.raises(RuntimeError, match="gone"):
        results[BATCH].check_raise()
