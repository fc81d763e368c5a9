"""Sending to Nhịp's own topics: return only when the broker has everything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

CHUNK_BYTES = 900_000
"""Records stay below Kafka's usual limit of 1 MB even where an administrator created the topics."""


class Outgoing(msgspec.Struct, frozen=True):
    """One record to send. `partition` None lets the key decide."""

    topic: str
    value: bytes
    partition: int | None = None
    key: bytes | None = None


class Outlet:
    """The producer of a Faust app, with acknowledgements awaited. An error from Kafka is raised, never only logged."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def send(self, records: Iterable[Outgoing]) -> Sequence[Any]:
        """Send all records and wait until the broker has acknowledged each one; return the acknowledgements."""
        producer = await self._app.maybe_start_producer()
        futures = [await producer.send(r.topic, r.key, r.value, r.partition, None, None) for r in records]
        return await asyncio.gather(*futures)


def chunks(lines: Sequence[bytes], most_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
    """Join lines by newlines into values of at most `most_bytes` (a longer line stands alone)."""
    held: list[bytes] = []
    size = 0
    for line in lines:
        if held and size + len(line) + 1 > most_bytes:
            yield b"\n".join(held)
            held, size = [], 0
        held.append(line)
        size += len(line) + 1
    if held:
        yield b"\n".join(held)
