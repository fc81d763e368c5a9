"""What the seam's tests share: brokers to run on, workers to run in this process, stock Faust and the seam side by side."""

from __future__ import annotations

import asyncio
import os
import uuid
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import faust
import pytest
from confluent_kafka import Producer
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from streams.batch import app_settings, batch_topic, batches
from streams.embedded.broker import PARTITIONS, EmbeddedBroker

Agent = Callable[[Any], Awaitable[None]]

QUICK_GROUP = {
    "broker_session_timeout": 6.0,
    "broker_rebalance_timeout": 4.0,
    "broker_heartbeat_interval": 0.5,
    "broker_request_timeout": 20.0,
}


Broker = EmbeddedBroker


class RealBroker(EmbeddedBroker):
    """Apache Kafka at an address; topics get as many partitions as the embedded broker gives."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self._producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 5, "message.max.bytes": 8_000_000})
        self._failed = []

    def create(self, *topics: str) -> None:
        """Make the topics and wait until they are known."""
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        admin.create_topics([NewTopic(name, num_partitions=PARTITIONS, replication_factor=1) for name in topics])
        admin.close()


def any_broker(request: pytest.FixtureRequest) -> Broker:
    """Return the broker that a test's parameter names: "embedded", or "kafka" at NHIP_TEST_KAFKA or the services' address."""
    if request.param == "embedded":
        return EmbeddedBroker()
    return RealBroker(os.environ.get("NHIP_TEST_KAFKA") or request.getfixturevalue("kafka_bootstrap"))


@dataclass(frozen=True)
class Kind:
    """Stock Faust or the seam."""

    name: str

    @property
    def is_stock(self) -> bool:
        """Whether this is Faust as it comes."""
        return self.name == "kafka"

    def topic(self, app: Any, *names: str, **options: Any) -> Any:
        """The topic in this kind's way."""
        if self.is_stock:
            return app.topic(*names, key_type=bytes, value_type=bytes, value_serializer="raw")
        return batch_topic(app, *names, **options)

    def events(self, stream: Any, acks_itself: bool = False) -> AsyncIterator[Any]:
        """The stream's events; stock Faust acks them unless told otherwise."""
        if not self.is_stock:
            return batches(stream)
        stream.enable_acks = not acks_itself
        events: AsyncIterator[Any] = stream.events()
        return events

    def values(self, event: Any) -> list[int]:
        """The numbers in one event."""
        return [int(event.value)] if self.is_stock else [int(record.value) for record in event.value]


STOCK, SEAM = Kind("kafka"), Kind("batch")


def unique(name: str) -> str:
    """A name of a topic or group that nobody has used."""
    return f"{name}-{uuid.uuid4().hex[:10]}"


def new_app(kind: Kind, broker: Broker, group: str, made_by: type = faust.App, **settings: Any) -> Any:
    """An app for a test, its group quick to notice a change. Its folder, unless it is told one, goes when it goes."""
    common = app_settings() | QUICK_GROUP | {"broker_commit_interval": 0.2, "store": "memory://", "topic_partitions": PARTITIONS}
    folder = settings.get("datadir") or mkdtemp(prefix="nhip-app-")
    told = common | settings | {"datadir": folder}
    app = made_by(group, broker=f"{kind.name}://{broker.bootstrap}", topic_allow_declare=False, **told)
    if "datadir" not in settings:
        weakref.finalize(app, rmtree, folder, ignore_errors=True)
    return app


@asynccontextmanager
async def running(app: Any) -> AsyncIterator[Any]:
    """Run the app's worker in this process; a stop that hangs fails."""
    app.finalize()
    app.web.init_server()
    await app.start()
    try:
        yield app
    finally:
        await asyncio.wait_for(app.stop(), 30)


@asynccontextmanager
async def worker(kind: Kind, broker: Broker, group: str, topic: str, agent: Agent, **settings: Any) -> AsyncIterator[Any]:
    """Run one agent on one topic."""
    app = new_app(kind, broker, group, **settings)
    app.agent(kind.topic(app, topic), name="agent")(agent)
    async with running(app):
        yield app


async def until(condition: Callable[[], bool], seconds: float = 40.0, told: Callable[[], object] = lambda: "") -> None:
    """Wait for a condition; AssertionError with what `told` says if it does not come."""
    try:
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110  what we wait for has no event of its own
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"it did not happen within {seconds} s: {told()}") from None


def send(broker: Broker, topic: str, values: Iterable[int], partition: int | None = 0) -> None:
    """Write numbers and wait for the broker; with no partition they go round all."""
    for value in values:
        broker.produce(topic, None, b"%d" % value, partition=value % PARTITIONS if partition is None else partition)
    broker.flush()
