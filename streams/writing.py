"""WRITE POINTS at its edge: lines to the store; what the store refuses for good goes to quarantine; the offset moves afterwards."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from points.store import Refused
from points.writer import NotOurs, PointWriter, WriterStopped
from streams import clock
from streams.outlet import Outgoing, Outlet, chunks
from streams.stats import Stats
from streams.topics import Names


class WritePoints:
    """Writes batches of lines. Unacked when asked to stop before the store has them: they wait in Kafka.

    `ours` says whether a batch is surely nobody else's by now; what is not is left to whoever has it.
    """

    def __init__(self, writer: PointWriter, outlet: Outlet, names: Names, stats: Stats, *, ours: Callable[[Any], Awaitable[bool]]) -> None:
        self._writer, self._outlet, self._names, self._stats, self._ours = writer, outlet, names, stats, ours

    async def work(self, batch: Any) -> None:
        """Write one batch of points, set aside what is refused, ack."""
        started = clock.monotonic_seconds()
        lines = [line for record in batch.value if record.value for line in record.value.split(b"\n") if line]
        try:
            refused = await self._writer.write(lines, lambda: self._ours(batch))
        except (WriterStopped, NotOurs):
            return
        await self._outlet.send(Outgoing(self._names.quarantine, value) for value in chunks([_refusal(r) for r in refused]))
        batch.ack()
        seconds = clock.monotonic_seconds() - started
        self._stats.add("write_points", records=len(batch.value), points=len(lines) - len(refused), refused=len(refused))
        self._stats.gauge("write_points", sink_ms=seconds * 1000)
        self._stats.took("write_points", seconds)


def _refusal(refused: Refused) -> bytes:
    """A refused line for quarantine. Lines hold numbers and catalogue names only, so it may be shown whole."""
    return json.dumps({"reason": "point_refused", "detail": refused.reason, "line": refused.line.decode("utf-8", "replace")}).encode()
