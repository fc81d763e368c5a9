"""All that topics hold at this moment, or since an instant, by aiokafka: it talks to the embedded broker, too. Nothing is committed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
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
    """One record; a value of None is a tombstone. `timestamp_ms` is the broker's."""

    topic: str
    partition: int
    key: bytes
    value: bytes | None
    offset: int = 0
    timestamp_ms: int = 0


class TooMuch(Exception):  # noqa: N818  says what is the case
    """The topics hold more records than were asked for."""


class Range(NamedTuple):
    """What is read: from the first record at or after an instant on (None: all that is kept), and so many records at most."""

    since_ms: int | None = None
    most: int = 2**62


ALL = Range()
Choose = Callable[[AbstractSet[str]], Sequence[str]]
"""The topics to read, of those that there are."""
Tell = Callable[[int, int], None]
"""Hears how many records have been read, and of how many."""


def read_whole(settings: Settings, topics: Sequence[str]) -> list[Read]:
    """Return every record of the topics up to their present ends, in order within a partition. Raises KafkaTrouble."""

    def choose(there: AbstractSet[str]) -> Sequence[str]:
        if missing := [topic for topic in topics if topic not in there]:
            raise KafkaTrouble(f"there is no topic {', '.join(missing)}", "is NHIP_APP_ID right? `nhip topics` lists what there is")
        return topics

    return read_chosen(settings, choose)


def read_chosen(settings: Settings, choose: Choose, what: Range = ALL, tell: Tell = lambda _, __: None) -> list[Read]:
    """Return the records of the topics that are chosen up to their present ends. Raises KafkaTrouble, TooMuch."""
    try:
        return asyncio.run(_read(settings, choose, what, tell))
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


async def _begin(consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition], since_ms: int | None) -> int:
    """Go to where reading begins; return how many records lie before it, all partitions together."""
    begins = await consumer.beginning_offsets(partitions)
    if since_ms is not None:
        ends = await consumer.end_offsets(partitions)
        found = await consumer.offsets_for_times(dict.fromkeys(partitions, since_ms))
        begins = {tp: ends[tp] if found.get(tp) is None else found[tp].offset for tp in partitions}
    for tp in partitions:
        consumer.seek(tp, begins[tp])
    return sum(begins.values())


async def _read(settings: Settings, choose: Choose, what: Range, tell: Tell) -> list[Read]:
    options = {"group_id": None, "enable_auto_commit": False, "auto_offset_reset": "earliest", **client_options(settings)}
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap, **options)
    found: list[Read] = []
    try:
        await consumer.start()
        topics = choose(await consumer.topics())
        if not topics:
            return []
        consumer.subscribe(list(topics))
        partitions = await _assigned(consumer, set(topics))
        ends = await consumer.end_offsets(partitions)
        count = sum(ends.values()) - await _begin(consumer, partitions, what.since_ms)
        if count > what.most:
            raise TooMuch(f"{count:,} records")
        idle = 0
        while [tp for tp in partitions if await consumer.position(tp) < ends[tp]]:
            records = [record for some in (await consumer.getmany(timeout_ms=POLL_MS)).values() for record in some]
            idle = 0 if records else idle + 1
            if idle > STUCK_POLLS:
                raise KafkaTrouble("Kafka gives nothing more before the topics' ends", "has every partition a leader?")
            found += [Read(r.topic, r.partition, r.key or b"", r.value, r.offset, r.timestamp) for r in records]
            tell(min(len(found), count), count)
    finally:
        await consumer.stop()
    return found
