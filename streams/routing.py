"""ROUTE at its edge: a fetched batch of change events goes out as rows by feed, and what could not be read goes to quarantine."""

from __future__ import annotations

from typing import Any

from expectations.catalogue.load import Catalogue
from streams import clock
from streams.changes import wire
from streams.changes.envelope import HEARTBEAT_TOPIC
from streams.changes.quarantine import encode
from streams.changes.route import Router
from streams.heartbeats import Heartbeats
from streams.outlet import CHUNK_BYTES, Outgoing, Outlet, chunks
from streams.settings import Settings
from streams.stats import Stats
from streams.topics import Names


def router_of(settings: Settings, catalogue: Catalogue) -> Router:
    """The router that the settings describe: a worker's, and the one that reads again for `nhip replay`."""
    return Router(
        catalogue,
        settings.partitions,
        max_value_bytes=settings.max_value_bytes,
        future_tolerance_ms=settings.future_tolerance_seconds * 1000,
        suites=settings.suites,
    )


class Route:
    """Routes batches. The batch is acked once the broker has everything that came of it. `queue` is where batches wait."""

    def __init__(self, router: Router, outlet: Outlet, names: Names, stats: Stats, heartbeats: Heartbeats) -> None:
        self._router, self._outlet, self._names, self._stats = router, outlet, names, stats
        self.heartbeats = heartbeats
        self.queue: Any = None
        self._working = False

    @property
    def busy(self) -> bool:
        """Whether a backlog is being routed: OBSERVE then checkpoints seldom, because more is on its way."""
        return self._working or (self.queue is not None and not self.queue.empty())

    async def work(self, batch: Any) -> None:
        """Route one batch, wait for the broker, ack."""
        started, self._working = clock.monotonic_seconds(), True
        routed = self._router.route(batch.message.topic, batch.value, clock.now_ms())
        outgoing = [
            Outgoing(self._names.changes, value, partition)
            for partition, changes in routed.messages.items()
            for value in wire.parts(changes, CHUNK_BYTES)
        ]
        outgoing += [Outgoing(self._names.quarantine, value) for value in chunks([encode(q) for q in routed.quarantined])]
        await self._outlet.send(outgoing)
        self._note_beats(batch)
        batch.ack()
        self._working = False
        self._stats.add("route", records=len(batch.value), quarantined=len(routed.quarantined))
        self._stats.reasons.update(str(one.reason) for one in routed.quarantined)
        self._stats.took("route", clock.monotonic_seconds() - started)

    def _note_beats(self, batch: Any) -> None:
        if batch.message.topic.startswith(HEARTBEAT_TOPIC):
            for record in batch.value:
                self.heartbeats.note((batch.message.topic, record.partition), min(record.timestamp, clock.now_ms()))
