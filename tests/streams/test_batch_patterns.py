"""Topics that appear while the worker runs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest

from streams.batch import TopicWatcher, batch_topic, batches
from tests.streams.batch_harness import SEAM, Broker, any_broker, new_app, running, send, unique, until


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.services)])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """The embedded broker, and Kafka itself where there is one."""
    with any_broker(request) as running_broker:
        yield running_broker


async def test_topics_that_match_are_read_as_they_appear_and_others_are_not(broker: Broker) -> None:
    """The worker starts with no matching topic at all."""
    prefix, known, seen = unique("province"), unique("known"), list[tuple[str, int]]()
    broker.create(known)
    app = new_app(SEAM, broker, unique("group"))
    seed = batch_topic(app)
    watcher = TopicWatcher(app, seed, lambda there: filter(re.compile(rf"{prefix}\.\w+").fullmatch, there))

    @app.agent(seed, name="agent")  # type: ignore[untyped-decorator]  # faust publishes no types
    async def agent(stream: Any) -> None:
        async for batch in batches(stream):
            seen.extend((batch.message.topic, value) for value in SEAM.values(batch))
            batch.ack()

    @app.agent(batch_topic(app, known), name="other")  # type: ignore[untyped-decorator]  # faust publishes no types
    async def other(stream: Any) -> None:
        async for batch in batches(stream):
            batch.ack()

    async def appears(name: str, value: int) -> None:
        broker.create(name)
        send(broker, name, [value])
        added = set[str]()
        while not added:
            added = await watcher.refresh()
            await asyncio.sleep(0.05)
        assert added == {name}
        await until(lambda: (name, value) in seen, told=lambda: (seen, app.consumer.subscribed))

    async with running(app):
        broker.create(f"{prefix}-other")
        send(broker, f"{prefix}-other", [0])
        await appears(f"{prefix}.health", 1)
        await appears(f"{prefix}.schools", 2)
        send(broker, f"{prefix}.health", [3])
        await until(lambda: len(seen) == 3)
        assert await watcher.refresh() == set()
    assert seen == [(f"{prefix}.health", 1), (f"{prefix}.schools", 2), (f"{prefix}.health", 3)]
