"""What an agent on the seam can rely on, run on the embedded broker and on Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka import Producer
from faust.exceptions import ImproperlyConfigured
from faust.types import TP

from streams.batch import ack_all, batch_topic, batches, still_ours
from streams.embedded.broker import PARTITIONS
from tests.streams.batch_harness import SEAM, STOCK, Broker, any_broker, new_app, running, send, unique, until, worker

KAFKA_ONLY = pytest.mark.parametrize("broker", [pytest.param("kafka", marks=pytest.mark.services)], indirect=True)


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.services)])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """The embedded broker, and Kafka itself where there is one."""
    with any_broker(request) as running_broker:
        yield running_broker


@pytest.fixture
def topic(broker: Broker) -> str:
    """A new topic with four partitions."""
    name = unique("seam")
    broker.create(name)
    return name


class Gate:
    """An agent that notes what it is given and stands still until it is let go."""

    def __init__(self, is_open: bool = False) -> None:
        self.seen: list[int] = []
        self.opened = asyncio.Event()
        if is_open:
            self.opened.set()

    async def __call__(self, stream: Any) -> None:
        async for batch in batches(stream):
            self.seen.extend(SEAM.values(batch))
            await self.opened.wait()
            batch.ack()


def queue_of(app: Any, topic: str) -> Any:
    """The queue before the topic's agent."""
    return next(channel.queue for channel in app.topics if topic in channel.topics)


async def committed(app: Any, topic: str, partition: int = 0) -> int | None:
    """What the broker has as the group's offset."""
    thread = app.consumer._thread
    offset: int | None = await thread.call_thread(thread._consumer.committed, TP(topic, partition))
    return offset


async def test_an_agent_that_raises_gets_its_batch_again_without_a_restart(broker: Broker, topic: str) -> None:
    seen, faults = list[int](), [2]

    async def agent(stream: Any) -> None:
        async for batch in batches(stream):
            if faults and faults[0] in SEAM.values(batch):
                raise ValueError(f"no luck with {faults.pop()}")
            seen.extend(SEAM.values(batch))
            batch.ack()

    async with worker(SEAM, broker, unique("group"), topic, agent) as app:
        for value in range(5):
            send(broker, topic, [value])
            await until(lambda: not faults or seen[-1:] == [value])  # noqa: B023  waited for at once
        await until(lambda: len(seen) >= 5)
        assert seen == [0, 1, 2, 3, 4]
        await until(lambda: app.consumer._committed_offset[TP(topic, 0)] == 5)


@KAFKA_ONLY  # two workers
async def test_an_isolated_agent_that_raised_still_has_its_partition_after_a_rebalance(broker: Broker, topic: str) -> None:
    seen, faults, group = list[int](), [0], unique("group")

    async def agent(stream: Any) -> None:
        async for batch in batches(stream):
            if faults and faults[0] in SEAM.values(batch):
                raise ValueError(f"no luck with {faults.pop()}")
            seen.extend(SEAM.values(batch))
            batch.ack()

    def isolated() -> Any:
        app = new_app(SEAM, broker, group)
        app.agent(batch_topic(app, topic), name="agent", isolated_partitions=True)(agent)
        return app

    send(broker, topic, range(4), partition=None)
    async with running(isolated()) as first:
        await until(lambda: set(range(4)) <= set(seen), told=lambda: seen)
        async with running(isolated()) as second:
            await until(lambda: 0 < len(second.consumer.assignment()) < PARTITIONS > len(first.consumer.assignment()) > 0)
            send(broker, topic, range(4, 8), partition=None)
            await until(lambda: set(range(8)) <= set(seen), told=lambda: seen)


async def test_an_agent_that_stands_still_does_not_stop_another_topics_agent(broker: Broker, topic: str) -> None:
    other = unique("other")
    broker.create(other)
    slow, quick = Gate(), Gate(is_open=True)
    app = new_app(SEAM, broker, unique("group"))
    app.agent(batch_topic(app, topic, buffer=1), name="slow")(slow)
    app.agent(batch_topic(app, other), name="quick")(quick)
    async with running(app):
        for value in range(4):  # one with the agent, one waiting, and more than the buffer holds
            send(broker, topic, [value])
            await until(lambda: bool(slow.seen))
        send(broker, other, [7])
        await until(lambda: quick.seen == [7])
        assert slow.seen == [0]
        slow.opened.set()
        await until(lambda: slow.seen == [0, 1, 2, 3], told=lambda: slow.seen)


@pytest.mark.parametrize("behind", [[2], []], ids=["with one behind it", "as the last one"])
async def test_a_batch_that_faust_drops_from_a_queue_is_fetched_again_in_its_place(broker: Broker, topic: str, behind: list[int]) -> None:
    gate = Gate()
    looks = {"broker_commit_interval": 1000.0 if behind else 0.2}  # a lost last batch is looked for at commits
    async with worker(SEAM, broker, unique("group"), topic, gate, **looks) as app:
        send(broker, topic, [0])
        await until(lambda: gate.seen == [0])
        send(broker, topic, [1])
        await until(lambda: queue_of(app, topic).qsize() == 1)
        app.flow_control.clear()  # as on every rebalance
        if behind:
            send(broker, topic, behind)
            await until(lambda: queue_of(app, topic).qsize() == 1)
        gate.opened.set()
        await until(lambda: len(gate.seen) >= 2 + len(behind), told=lambda: gate.seen)
        assert gate.seen == [0, 1, *behind]
        assert app.consumer.counters.rewinds == 1


@KAFKA_ONLY
async def test_transaction_markers_cost_no_rewind_and_are_committed(broker: Broker, topic: str) -> None:
    writer = Producer({"bootstrap.servers": broker.bootstrap, "transactional.id": unique("writer")})
    writer.init_transactions(30)
    gate = Gate(is_open=True)
    async with worker(SEAM, broker, unique("group"), topic, gate) as app:
        for value in range(6):
            writer.begin_transaction()
            writer.produce(topic, b"%d" % value, partition=0)
            writer.commit_transaction(30)
            await until(lambda: gate.seen[-1:] == [value])  # noqa: B023  waited for at once
        await until(lambda: (app.consumer._committed_offset[TP(topic, 0)] or 0) >= 11)
        assert gate.seen == [0, 1, 2, 3, 4, 5]
        counters = app.consumer.counters
        assert counters.gaps_accepted > 0
        assert (counters.rewinds, counters.batches_refused) == (0, 0)


async def test_a_worker_with_a_batch_that_is_never_acked_stops_all_the_same(broker: Broker, topic: str) -> None:
    gate = Gate()
    async with worker(SEAM, broker, unique("group"), topic, gate) as app:
        send(broker, topic, [0])
        await until(lambda: gate.seen == [0])
        assert await committed(app, topic) is None  # and leaving the block must not hang


async def test_acks_of_several_batches_at_a_checkpoint_commit_them_together(broker: Broker, topic: str) -> None:
    held: list[Any] = []

    async def agent(stream: Any) -> None:
        async for batch in batches(stream):
            held.append(batch)
            if len(held) == 2:
                assert all(still_ours(one) for one in held)
                ack_all(held)

    async with worker(SEAM, broker, unique("group"), topic, agent) as app:
        send(broker, topic, [0])
        await until(lambda: len(held) == 1)
        await app.consumer.commit()
        assert await committed(app, topic) is None
        send(broker, topic, [1])
        await until(lambda: app.consumer._committed_offset[TP(topic, 0)] == 2)
        assert await committed(app, topic) == 2


async def test_the_fetch_loop_tells_that_it_lives_while_nothing_arrives(broker: Broker, topic: str) -> None:
    async with worker(SEAM, broker, unique("group"), topic, Gate()) as app:
        await until(lambda: bool(app.consumer.assignment()))
        before = app.consumer.last_fetch_monotonic
        await until(lambda: app.consumer.last_fetch_monotonic > before)
        app.consumer._active_partitions.clear()  # as of a worker that the group gave none
        before = app.consumer.last_fetch_monotonic
        await until(lambda: app.consumer.last_fetch_monotonic > before)


async def test_two_agents_on_one_batch_topic_are_refused(broker: Broker, topic: str) -> None:
    raised = asyncio.Queue[BaseException]()

    async def agent(stream: Any) -> None:
        try:
            async for batch in batches(stream):
                batch.ack()
        except ImproperlyConfigured as error:
            await raised.put(error)

    app = new_app(SEAM, broker, unique("group"))
    for name in ("one", "two"):
        app.agent(batch_topic(app, topic), name=name)(agent)
    async with running(app):
        send(broker, topic, [0])
        error = await asyncio.wait_for(raised.get(), 30)
    assert "two agents read" in str(error)


async def test_batches_of_a_stock_app_are_refused() -> None:
    app = new_app(STOCK, type("Nobody", (), {"bootstrap": "localhost:1"}), "group")  # type: ignore[arg-type]  # nobody is asked
    with pytest.raises(ImproperlyConfigured, match="batch://"):
        await anext(aiter(batches(app.stream(app.channel()))))
