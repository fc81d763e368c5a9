"""How many partitions a topic has is known to every worker of a group, not only to the one that leads it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from streams.batch import batches
from streams.embedded.broker import PARTITIONS
from tests.streams.batch_harness import SEAM, RealBroker, send, unique, until, worker


async def read(stream: Any) -> None:
    """Read and forget."""
    async for batch in batches(stream):
        batch.ack()


async def test_every_worker_knows_how_many_partitions_a_source_has(kafka_bootstrap: str, tmp_path: Path) -> None:
    """Ticks tell of each partition how far it was read: one that its own reader does not know of would count as unread for ever."""
    group, topic, broker = unique("counts"), unique("source"), RealBroker(kafka_bootstrap)
    broker.create(topic)
    send(broker, topic, range(20), partition=None)
    async with AsyncExitStack() as stack:
        apps = [await stack.enter_async_context(worker(SEAM, broker, group, topic, read, datadir=str(tmp_path / str(n)))) for n in range(2)]
        await until(lambda: all(app.consumer.assignment() for app in apps))
        await until(lambda: [app.consumer.topic_partitions(topic) for app in apps] == [PARTITIONS, PARTITIONS])
