"""A partition may be given to another worker, or deleted, at any moment: that is no reason to crash or to stop."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import faust
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.batch import app_settings, batch_topic
from streams.batch.consumer import BatchConsumer

OURS, GIVEN_AWAY = TopicPartition("source", 0), TopicPartition("source", 1)


@pytest.fixture
async def consumer(tmp_path: Path) -> Any:
    """A batch consumer to which aiokafka has assigned one partition; it is connected to nothing."""
    app = faust.App("given-away", broker="batch://127.0.0.1:1", datadir=str(tmp_path), **app_settings())
    made = app.consumer
    assert isinstance(made, BatchConsumer)
    made._thread._consumer = AIOKafkaConsumer()
    made._thread._consumer.assign([OURS])
    return made


class WithoutTopic(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka publishes no types
    """As aiokafka behaves once the topic `gone` was deleted: it tries for ever to commit for it."""

    done: Any = None

    async def commit(self, offsets: Any) -> None:
        if any(tp.topic == "gone" for tp in offsets):
            await asyncio.Event().wait()
        self.done = {tp: offset.offset for tp, offset in offsets.items()}

    async def topics(self) -> set[str]:
        return {"source"}


async def test_the_end_of_a_partition_that_was_given_away_is_not_known(consumer: Any) -> None:
    assert consumer.highwater(GIVEN_AWAY) is None


async def test_the_end_of_a_partition_that_is_ours_is_what_the_last_fetch_told(consumer: Any) -> None:
    consumer._thread._consumer._subscription.subscription.assignment.state_value(OURS).highwater = 7
    assert consumer.highwater(OURS) == 7


@pytest.mark.parametrize(("tp", "batches"), [(OURS, 1), (GIVEN_AWAY, 0)], ids=["ours", "given away"])
async def test_what_was_fetched_of_a_partition_is_delivered_only_while_it_is_ours(consumer: Any, tp: TopicPartition, batches: int) -> None:
    consumer.batch_topics = frozenset({"source"})
    assignment = consumer._thread._consumer._subscription.subscription.assignment
    assignment.state_value(OURS).seek(5)

    class Record:
        offset = 4

    assert len(consumer._thread._wrap(consumer._thread._consumer, tp, [Record()])) == batches


async def test_a_batch_topic_is_known_before_it_is_assigned_and_stays_one_without_its_agent(
    consumer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records of a topic that is not known as one would come one by one, and end the worker."""
    topic, joined = batch_topic(consumer.app, "source"), list[frozenset[str]]()

    async def join(**_: Any) -> None:
        joined.append(consumer.batch_topics)

    monkeypatch.setattr(consumer._thread, "subscribe", join)
    consumer.app.topics.add(topic)
    await consumer.subscribe({"source"})
    assert joined == [{"source"}]
    consumer.app.topics.discard(topic)
    await consumer.subscribe({"other"})
    assert joined[1] == {"source"}


async def test_a_commit_when_a_new_subscription_has_no_assignment_yet_is_left_to_the_next_owner(consumer: Any) -> None:
    """A topic that appears makes a new subscription, and for a moment nothing is assigned."""
    aiokafka = consumer._thread._consumer
    aiokafka.unsubscribe()
    aiokafka._subscription.subscribe({"source", "new"})
    assert await consumer._thread._commit({OURS: 5}) is False
    assert not consumer._thread.crashed


async def test_a_commit_leaves_out_a_topic_that_was_deleted(consumer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.batch.thread.COMMIT_PATIENCE_SECONDS", 0.01)
    gone = TopicPartition("gone", 0)
    aiokafka = consumer._thread._consumer = WithoutTopic()
    aiokafka.assign([OURS, gone])
    assert await consumer._thread._commit({OURS: 5, gone: 3}) is True
    assert aiokafka.done == {OURS: 5}


async def test_a_commit_of_a_deleted_topic_alone_ends(consumer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.batch.thread.COMMIT_PATIENCE_SECONDS", 0.01)
    gone = TopicPartition("gone", 0)
    aiokafka = consumer._thread._consumer = WithoutTopic()
    aiokafka.assign([gone])
    assert await consumer._thread._commit({gone: 3}) is False
    assert aiokafka.done is None


class Unfetched(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka publishes no types
    """Seeks as aiokafka does, but for the fetcher: an assertion fails for a partition that is not assigned."""

    def seek(self, tp: Any, offset: int) -> None:
        self._subscription.seek(tp, offset)


async def test_a_recovery_that_a_rebalance_overtakes_seeks_only_what_is_still_ours(consumer: Any) -> None:
    """Faust asks for both; aiokafka would raise for the one that was given away, and the worker would end."""
    inner = Unfetched()
    inner.assign([OURS])
    await consumer._thread._seek_wait(inner, {GIVEN_AWAY: 3, OURS: 5})
    assert await inner.position(OURS) == 5


async def test_who_hears_that_partitions_are_given_away_holds_nothing_of_them_any_more(
    consumer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked "is this surely ours" from then on gets a no, so nothing new is begun while what is on its way is waited for."""
    consumer.tracker.position(OURS, 5)
    slot = consumer.tracker.fetched(OURS, 5, 7)
    consumer.tracker.admit(OURS, slot)
    held = []

    async def hear(_: object) -> None:
        held.append(consumer.tracker.holds(OURS, slot))

    monkeypatch.setattr(consumer, "_on_partitions_revoked", hear)
    assert consumer.tracker.holds(OURS, slot)
    await consumer.on_partitions_revoked({OURS})
    assert held == [False]
