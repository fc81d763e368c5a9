"""A declaration on its way to Kafka: to the partition of its feed, and there before anybody is told that it is declared.

By aiokafka, as the page reads: kafka-python cannot talk to the embedded broker.
"""

from __future__ import annotations

import asyncio

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.admin.clients import KafkaTrouble
from streams.changes.wire import partition_of
from streams.declarations.signing import Signed, encode
from streams.security import client_options
from streams.settings import Settings
from streams.topics import Names

TIMEOUT_SECONDS = 20
REQUEST_TIMEOUT_MS = 10_000


class NoTopic(Exception):  # noqa: N818  what is so, told to a person
    """There is no topic for declarations yet. The message says what to do."""


def send(settings: Settings, signed: Signed) -> None:
    """Write a signed declaration and wait until every copy has it. Raises KafkaTrouble or NoTopic."""
    try:
        asyncio.run(asyncio.wait_for(_send(settings, signed), TIMEOUT_SECONDS))
    except (KafkaError, TimeoutError, OSError) as error:
        where = settings.kafka_bootstrap
        raise KafkaTrouble(
            f"Kafka at {where} does not take it ({error.__class__.__name__})", "start it, or set NHIP_KAFKA_BOOTSTRAP"
        ) from error


async def _send(settings: Settings, signed: Signed) -> None:
    topic, feed = Names.of(settings.app_id).declarations, signed.declaration.feed
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap,
        client_id=f"{settings.app_id}-declare",
        acks="all",
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        **client_options(settings),
    )
    try:
        await producer.start()
        # Asking for a missing topic by name could create it, and wrongly.
        partitions = (await producer.client.fetch_all_metadata()).partitions_for_topic(topic)
        if not partitions:
            raise NoTopic(f"there is no topic {topic}: start a worker, or run `nhip topics --create`")
        await producer.send_and_wait(topic, encode(signed), key=feed.encode(), partition=partition_of(feed, len(partitions)))
    finally:
        await producer.stop()
