"""Keep a read model current from compacted topics: a plain consumer without a group, so every worker's page shows every feed.

Promise: after an error everything is read again from the beginning, so the latest value of every key that the broker still has
reaches its callback at least once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

Callback = Callable[[int, bytes, bytes | None], None]
"""Takes (partition, key, value); a None value is a tombstone."""

POLL_MS = 500
LOOK_FOR_TOPICS_SECONDS = 2.0
METADATA_MAX_AGE_MS = 30_000
RETRY_SECONDS = 2.0

log = logging.getLogger(__name__)


async def tail(kafka: Mapping[str, Any], callbacks: Mapping[str, Callback], stop: asyncio.Event) -> None:
    """Give every record of the topics (by name) to its callback, in order within a partition, until `stop` is set.

    `kafka` is where it is and how to log in, as aiokafka's clients take it. Topics may be created later.
    A broker that is away is tried again, for ever.
    """
    while not stop.is_set():
        try:
            await _session(kafka, callbacks, stop)
        except (KafkaError, OSError) as error:
            log.warning("the board cannot read %s (%r); next try in %s s", ", ".join(callbacks), error, RETRY_SECONDS)
            await _sleep(RETRY_SECONDS, stop)


async def _session(kafka: Mapping[str, Any], callbacks: Mapping[str, Callback], stop: asyncio.Event) -> None:
    consumer = AIOKafkaConsumer(
        **kafka,
        client_id="nhip-board",
        group_id=None,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        metadata_max_age_ms=METADATA_MAX_AGE_MS,
    )
    try:
        await consumer.start()
        await _subscribe(consumer, callbacks, stop)
        while not stop.is_set():
            for partition, records in (await consumer.getmany(timeout_ms=POLL_MS)).items():
                _hand_over(callbacks[partition.topic], records)
            if len(consumer.subscription()) < len(callbacks):
                await _subscribe(consumer, callbacks, stop)
    finally:
        await consumer.stop()


async def _subscribe(consumer: AIOKafkaConsumer, callbacks: Mapping[str, Callback], stop: asyncio.Event) -> None:
    """Subscribe to those topics that exist; wait while there is none. Asking for a missing topic by name could create it wrongly."""
    while not stop.is_set():
        there = callbacks.keys() & await consumer.topics()
        if there and there != consumer.subscription():
            consumer.subscribe(sorted(there))
        if there:
            return
        await _sleep(LOOK_FOR_TOPICS_SECONDS, stop)


def _hand_over(callback: Callback, records: Iterable[Any]) -> None:
    for record in records:
        callback(record.partition, record.key or b"", record.value)


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
