"""OBSERVE at its edge: batches in, checkpoints out. Outputs are acknowledged, then state is, then the batches are acked."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import msgspec

from alerts import transition as transitions
from expectations.quality.suite import SuiteState
from streams import clock
from streams.changes import wire
from streams.feeds.counting import Slot
from streams.feeds.observe import Observer, Outputs
from streams.feeds.table_state import TableSlot
from streams.outlet import Outgoing, Outlet, chunks
from streams.stats import Stats
from streams.tables import Durable
from streams.topics import MOST_RECORD_BYTES, Names

log = logging.getLogger(__name__)

MOST_HELD = 64
"""Batches held back at most: what a crash makes the next worker read again."""
SHORTEST_SECONDS = 1.0
LONGEST_SECONDS = 3.0
SHARE = 20
"""Under load a checkpoint follows after so many times what the last one took: the partitions of a worker share one event loop, and
their checkpoints together stay a fraction of it, however many feeds."""


class BucketTooLarge(Exception):  # noqa: N818  says what it is
    """A bucket of states would not fit into one Kafka record, and Faust would only log that."""


MOST_BUCKET_BYTES = MOST_RECORD_BYTES * 9 // 10
Judge = Callable[[Iterable[tuple[str, Slot | TableSlot, list[bytes]]]], Awaitable[list[tuple[str, Slot | TableSlot, SuiteState]]]]
Ours = Callable[[Any], Awaitable[bool]]


class Session:
    """One partition's observer and the batches that it holds back until their effects are durable.

    Everything begins anew with each consumer generation: what was not acked is read again, so what was not written is forgotten.
    `ours` says whether a batch is surely nobody else's by now; it may take its time. What is not is left to whoever has it.
    """

    def __init__(
        self,
        observer: Callable[[int, Callable[[bytes], bytes | None]], Observer],
        table: Durable,
        outlet: Outlet,
        names: Names,
        stats: Stats,
        *,
        judge: Judge | None,
        ours: Ours,
    ) -> None:
        self._make, self._table, self._outlet, self._names, self._judge, self._stats = observer, table, outlet, names, judge, stats
        self._ours = ours
        self._observer: Observer | None = None
        self._generation: int | None = None
        self._held: list[Any] = []
        self._since = 0.0
        self._took_seconds = 0.0

    async def add(self, batch: Any, *, idle: bool) -> None:
        """Count one batch; checkpoint when the worker has nothing else to do (`idle`), or enough has been held for long enough."""
        observer = self._begin(batch)
        started = clock.monotonic_seconds()
        if not self._held:
            self._since = started
        for record in batch.value:
            self._take(observer, record)
        self._held.append(batch)
        self._stats.add("observe", records=len(batch.value))
        if idle or len(self._held) >= MOST_HELD or self._held_long_enough():
            await self.checkpoint(observer, batch)
        self._stats.took("observe", clock.monotonic_seconds() - started)

    def _held_long_enough(self) -> bool:
        pause = min(max(SHORTEST_SECONDS, SHARE * self._took_seconds), LONGEST_SECONDS)
        return clock.monotonic_seconds() - self._since >= pause

    def _begin(self, batch: Any) -> Observer:
        if self._observer is None or batch.message.generation_id != self._generation:
            self._generation = batch.message.generation_id
            self._held = []
            self._observer = self._make(batch.message.partition, self._table.get)
        return self._observer

    def _take(self, observer: Observer, record: Any) -> None:
        try:
            observer.take(wire.decode(record.value))
        except msgspec.DecodeError:
            log.warning("skipped a record of %s that Nhịp did not write: offset %d", record.topic, record.offset)
            self._stats.add("observe", quarantined=1)

    async def checkpoint(self, observer: Observer, newest: Any) -> None:
        """Make everything held durable, in the order that loses nothing, and release it. Held is all up to the `newest` batch."""
        started = clock.monotonic_seconds()
        if self._judge is not None:
            for feed, slot, found in await self._judge(observer.rows_to_judge()):
                observer.add_quality(feed, slot, found)
        out = observer.outputs()
        buckets = {key: _fitting(value) for key, value in out.buckets.items()}
        if not await self._ours(newest):
            self._let_go()
            return
        await self._outlet.send(self._records(out, newest.message.partition))
        if not await self._ours(newest):  # sending may have taken long, and an older state must never follow a newer one
            self._let_go()
            return
        await self._table.write(buckets)
        observer.written()
        self._stats.add("observe", checkpoints=1, points=len(out.points), rows=out.rows)
        for batch in self._held:
            batch.ack()
        self._held = []
        self._took_seconds = clock.monotonic_seconds() - started

    def _let_go(self) -> None:
        """Forget what is not ours any more: another worker has read it, or we read it again."""
        log.info("a checkpoint was given up: its partition went to another worker")
        self._observer, self._held = None, []

    def _records(self, out: Outputs, partition: int) -> Sequence[Outgoing]:
        points = [Outgoing(self._names.points, value, partition) for value in chunks(out.points)]
        changes = [Outgoing(self._names.transitions, transitions.encode(t), key=t.unit.encode()) for t in out.transitions]
        return points + changes


def _fitting(value: bytes) -> bytes:
    if len(value) > MOST_BUCKET_BYTES:
        raise BucketTooLarge(f"a bucket holds {len(value):,} bytes of state: raise NHIP_BUCKETS under a new NHIP_APP_ID")
    return value
