"""All that a topic holds at this moment, by aiokafka: it talks to the embedded broker, too."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.admin.clients import KafkaTrouble
from streams.security import client_options
from streams.settings import Settings

POLL_MS = 500
STUCK_POLLS = 60
"""Without a record for so many polls the reading is given up: a partition has no leader, or the network fails."""


class Read(NamedTuple):
    """One record; a value of None is a tombstone."""

    topic: str
    partition: int
    key: bytes
    value: bytes | None


def read_whole(settings: Settings, topics: Sequence[str]) -> list[Read]:
    """Return every record of the topics up to their present ends, in order within a partition. Raises KafkaTrouble."""
    try:
        return asyncio.run(_read(settings, topics))
    except (KafkaError, OSError) as error:
        name = error.__class__.__name__
        raise KafkaTrouble(
            f"Kafka at {settings.kafka_bootstrap} does not answer ({name})", "start it, or set NHIP_KAFKA_BOOTSTRAP"
        ) from error


async def _assigned(consumer: AIOKafkaConsumer, topics: set[str]) -> list[TopicPartition]:
    """The partitions of the topics, once the consumer has them: without a group it takes all."""
    for _ in range(STUCK_POLLS):
        partitions = sorted(consumer.assignment())
        if {tp.topic for tp in partitions} == topics:
            return partitions
        await asyncio.sleep(POLL_MS / 1000)
    raise KafkaTrouble("Kafka does not tell the partitions of the topics", "look at its logs: is it well?")


async def _read(settings: Settings, topics: Sequence[str]) -> list[Read]:
    options = {"group_id": None, "enable_auto_commit": False, "auto_offset_reset": "earliest", **client_options(settings)}
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap, **options)
    found: list[Read] = []
    try:
        await consumer.start()
        there = await consumer.topics()
        missing = [topic for topic in topics if topic not in there]
        if missing:
            raise KafkaTrouble(f"there is no topic {', '.join(missing)}", "is NHIP_APP_ID right? `nhip topics` lists what there is")
        consumer.subscribe(list(topics))
        partitions = await _assigned(consumer, set(topics))
        ends = await consumer.end_offsets(partitions)
        idle = 0
        while [tp for tp in partitions if await consumer.position(tp) < ends[tp]]:
            records = [record for some in (await consumer.getmany(timeout_ms=POLL_MS)).values() for record in some]
            idle = 0 if records else idle + 1
            if idle > STUCK_POLLS:
                raise KafkaTrouble("Kafka gives nothing more before the topics' ends", "has every partition a leader?")
            found += [Read(r.topic, r.partition, r.key or b"", r.value) for r in records]
    finally:
        await consumer.stop()
    return found
