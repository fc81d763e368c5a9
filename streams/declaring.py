"""DECLARE at its edge: signed declarations in; those that are admitted go on to OBSERVE, in one order with rows and time.

What is refused goes to quarantine with its reason. The batch is acked once the broker has both; a repeat changes nothing.
"""

from __future__ import annotations

import json
from typing import Any

from expectations.catalogue.load import Catalogue
from expectations.freshness.declarations import Declaration
from streams import clock
from streams.changes import wire
from streams.changes.wire import Stated, partition_of
from streams.declarations.admission import Refusal, admit
from streams.declarations.signing import Keys
from streams.outlet import Outgoing, Outlet, chunks
from streams.stats import Stats
from streams.topics import Names


class Declare:
    """Admits declarations by the worker's keys."""

    def __init__(self, catalogue: Catalogue, keys: Keys, outlet: Outlet, names: Names, stats: Stats, *, partitions: int) -> None:
        self._catalogue, self._keys, self._partitions = catalogue, keys, partitions
        self._outlet, self._names, self._stats = outlet, names, stats

    async def work(self, batch: Any) -> None:
        """Admit one batch, wait for the broker, ack."""
        started = clock.monotonic_seconds()
        stated: dict[str, list[Declaration]] = {}
        refused: list[bytes] = []
        for record in batch.value:
            found = admit(record.value, record.timestamp, self._catalogue, self._keys)
            if isinstance(found, Refusal):
                refused.append(_set_aside(record, found))
            else:
                stated.setdefault(found.feed, []).append(found)
        await self._outlet.send([*self._admitted(stated), *(Outgoing(self._names.quarantine, value) for value in chunks(refused))])
        batch.ack()
        self._stats.add("declare", records=len(batch.value), quarantined=len(refused))
        self._stats.took("declare", clock.monotonic_seconds() - started)

    def _admitted(self, stated: dict[str, list[Declaration]]) -> list[Outgoing]:
        return [
            Outgoing(self._names.changes, wire.encode(Stated(feed, declarations)), partition_of(feed, self._partitions))
            for feed, declarations in stated.items()
        ]


def _set_aside(record: Any, refusal: Refusal) -> bytes:
    """A refused record for quarantine, without a word of it: what it says may be false or personal."""
    return json.dumps(
        {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "timestamp_ms": record.timestamp,
            "reason": str(refusal.problem),
            "detail": refusal.detail,
            "excerpt": json.dumps({"bytes": len(record.value or b"")}),
        }
    ).encode()
