"""A worker that is asked to end finishes what it works on, begins nothing new, and does not wait for ever."""

from __future__ import annotations

import asyncio
from typing import Any

from streams.agents import each
from streams.batch import batch_topic
from streams.embedded.broker import EmbeddedBroker
from streams.ending import EndingApp, Underway
from tests.streams.batch_harness import SEAM, new_app, send, unique, until


async def test_what_is_underway_is_waited_for() -> None:
    underway, ended = Underway(), []

    async def end() -> None:
        await underway.finished(30)
        ended.append(True)

    with underway.one(), underway.one():
        ending = asyncio.create_task(end())
        await asyncio.sleep(0)
        assert not ended
    await ending
    assert ended


async def test_what_takes_too_long_is_left() -> None:
    underway = Underway()
    with underway.one():
        await underway.finished(0.01)


async def test_with_nothing_underway_nothing_is_waited_for() -> None:
    await asyncio.wait_for(Underway().finished(1_000), 5)


async def test_a_worker_that_is_stopped_finishes_its_batch_and_begins_no_other() -> None:
    seen: list[int] = []
    done: list[int] = []
    may_go_on, let_go = asyncio.Event(), asyncio.Event()

    async def work(batch: Any) -> None:
        seen.extend(int(record.value) for record in batch.value)
        await may_go_on.wait()
        assert not batch.app.tables._stopped.is_set(), "what was done can still be written"
        done.extend(int(record.value) for record in batch.value)
        batch.ack()

    async def agent(stream: Any) -> None:
        await each(stream, work)

    async def end_of_waiting() -> None:
        let_go.set()

    with EmbeddedBroker() as broker:
        topic = unique("ending")
        broker.create(topic)
        app = new_app(SEAM, broker, unique("group"), made_by=EndingApp)
        app.let_go = end_of_waiting
        app.agent(batch_topic(app, topic), name="agent")(agent)
        app.finalize()
        app.web.init_server()
        await app.start()
        send(broker, topic, [1])
        await until(lambda: seen == [1])
        stopping = asyncio.create_task(app.stop())
        await asyncio.wait_for(let_go.wait(), 30)
        send(broker, topic, [2])
        assert not stopping.done()
        may_go_on.set()
        await asyncio.wait_for(stopping, 30)
    assert (seen, done) == ([1], [1])
