"""A broker that restarts stops nobody for good: topics are looked for until somebody answers, a closed connection is a broken one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvloop
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest

from streams.batch import restarts
from streams.batch.restarts import Connection, keep_looking
from streams.embedded.broker import EmbeddedBroker
from tests.streams.batch_harness import until


class Client(AIOKafkaClient):  # type: ignore[misc]  # aiokafka publishes no types
    """aiokafka's own, whose brokers can be away."""

    away = False
    looks = 0

    async def _get_conn(self, node_id: int, **how: Any) -> Any:
        self.looks += 1
        return None if self.away else await super()._get_conn(node_id, **how)


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as broker:
        broker.create("changes")
        yield broker


@asynccontextmanager
async def client_of(broker: EmbeddedBroker, *, away: bool, keeps_looking: bool = True) -> AsyncIterator[Client]:
    """A client that knows the broker, and asks for a topic while the broker is away, or there."""
    client = Client(bootstrap_servers=broker.bootstrap)
    await client.bootstrap()
    if keeps_looking:
        keep_looking(client)
    client.away = away
    await client.set_topics({"changes"})
    try:
        yield client
    finally:
        await client.close()


async def test_topics_are_known_once_the_broker_is_back(broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarts, "AGAIN_SECONDS", 0.02)
    async with client_of(broker, away=True) as client:
        looks = client.looks
        await until(lambda: client.looks >= looks + 3)
        assert client.cluster.partitions_for_topic("changes") is None
        client.away = False
        await until(lambda: bool(client.cluster.partitions_for_topic("changes")))


@pytest.mark.parametrize(("away", "keeps_looking"), [(True, False), (False, True)], ids=["aiokafka alone", "answered"])
async def test_nobody_looks_again(broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch, *, away: bool, keeps_looking: bool) -> None:
    """Who was answered, and aiokafka without us: when the latter fails, it has been mended there, and ours can go."""
    monkeypatch.setattr(restarts, "AGAIN_SECONDS", 0.02)
    async with client_of(broker, away=away, keeps_looking=keeps_looking) as client:
        looks = client.looks
        await asyncio.sleep(0.2)
        assert client.looks == looks
        assert (client.cluster.partitions_for_topic("changes") is None) == away


async def ask_over_closed(kind: type[AIOKafkaConnection], broker: EmbeddedBroker) -> bool:
    """Ask over a connection that was closed a moment ago and has not heard of it; whether it takes itself for connected afterwards."""
    host, port = broker.bootstrap.split(":")
    connection = kind(host, int(port))
    await connection.connect()
    connection._writer.transport.abort()
    await asyncio.sleep(0)
    with pytest.raises(KafkaConnectionError):
        await connection.send(MetadataRequest([]))
    return bool(connection.connected())


def test_a_connection_that_was_just_closed_is_broken(broker: EmbeddedBroker) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert not runner.run(ask_over_closed(Connection, broker))


def test_aiokafka_alone_does_not_expect_what_uvloop_says_of_it(broker: EmbeddedBroker) -> None:
    """When this fails, it has been mended there, and ours can go."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, pytest.raises(RuntimeError, match="closed"):
        runner.run(ask_over_closed(AIOKafkaConnection, broker))
