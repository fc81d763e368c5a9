"""The tail on an embedded broker: everything from the beginning, topics that come late, tombstones, and an end when told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from streams.board.tail import tail
from streams.embedded.broker import EmbeddedBroker

Seen = list[tuple[int, bytes, bytes | None]]


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as running:
        yield running


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110  what is waited for comes from the broker, not from an event of ours
            await asyncio.sleep(0.02)


async def test_records_from_before_and_after_the_start_arrive_in_order(broker: EmbeddedBroker) -> None:
    seen: Seen = []
    stop = asyncio.Event()
    for n in range(20):
        broker.produce("feeds", b"%d" % (n % 4), b"%d" % n, partition=n % 4)
    broker.flush()
    task = asyncio.create_task(tail({"bootstrap_servers": broker.bootstrap}, {"feeds": lambda *record: seen.append(record)}, stop))
    await until(lambda: len(seen) == 20)
    broker.produce("feeds", b"1", None, partition=1)
    broker.flush()
    await until(lambda: len(seen) == 21)
    stop.set()
    await task
    for partition in range(4):
        values = [value for p, _, value in seen if p == partition]
        assert values == [b"%d" % n for n in range(partition, 20, 4)] + ([None] if partition == 1 else [])


async def test_topics_that_come_late_are_read_and_none_is_created(broker: EmbeddedBroker) -> None:
    seen: dict[str, Seen] = {"feeds": [], "notified": []}
    stop = asyncio.Event()
    callbacks = {topic: (lambda *record, topic=topic: seen[topic].append(record)) for topic in seen}
    task = asyncio.create_task(tail({"bootstrap_servers": broker.bootstrap}, callbacks, stop))
    broker.produce("feeds", b"k", b"1")
    broker.flush()
    await until(lambda: len(seen["feeds"]) == 1)
    assert "notified" not in broker._producer.list_topics(timeout=10).topics
    broker.produce("notified", b"k", b"2")
    broker.flush()
    await until(lambda: len(seen["notified"]) == 1)
    stop.set()
    await task
    assert [value for _, _, value in seen["feeds"]][-1] == b"1"


async def test_a_broker_that_is_away_is_tried_again_until_told_to_stop(caplog: pytest.LogCaptureFixture) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(tail({"bootstrap_servers": "127.0.0.1:1"}, {"feeds": lambda *_: None}, stop))
    await until(lambda: "next try" in caplog.text)
    assert not task.done()
    stop.set()
    async with asyncio.timeout(5):
        await task
