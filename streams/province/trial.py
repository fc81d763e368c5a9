"""Run Nhịp over a history: the worker's own router and observer, without a broker. Time passes in ticks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from alerts.transition import Transition
from expectations.catalogue.load import Catalogue
from streams.changes.route import Router
from streams.changes.wire import Tick
from streams.feeds.observe import Observer, Rules
from streams.province.history import History
from streams.province.kinds import Need
from streams.province.rows import PARTITIONS, Record
from streams.province.truth import Outage

KNOWS: frozenset[Need] = frozenset()
"""What Nhịp can be told beyond change events. Kinds that need what is not in here are not played."""

BUCKETS = 4096
"""About one feed each: a checkpoint encodes the feeds that were touched and no others."""
DAY_MS = 86_400_000
SELDOM_MS = 100 * 365 * DAY_MS
"""The repeated point of a silent feed is for dashboards; without it, every verdict comes from a deadline or a row."""


class Fetched(msgspec.Struct, frozen=True):
    """A record as the router reads it from Kafka."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


class Sitting(msgspec.Struct, frozen=True):
    """How long a trial lasts and how often time passes; the source topics; and when Nhịp itself shall not be able to read."""

    start_ms: int
    end_ms: int
    tick_ms: int
    topics: Sequence[str]
    outages: Sequence[Outage]

    def ticks(self) -> range:
        """The instants of the ticks."""
        return range(self.start_ms + self.tick_ms, self.end_ms, self.tick_ms)

    def is_down(self, at_ms: int) -> bool:
        """Whether nothing can be read at an instant."""
        return any(outage.from_ms < at_ms < outage.until_ms for outage in self.outages)


def sitting_of(history: History, tick_ms: int) -> Sitting:
    """The sitting in which a whole history is judged."""
    world = history.world
    return Sitting(world.start_ms, world.end_ms, tick_ms, sorted({feed.topic for feed in world.feeds}), history.truth.outages)


def transitions_of(catalogue: Catalogue, records: Iterable[Record], sitting: Sitting, tell: Callable[[int], None]) -> list[Transition]:
    """Return every transition, in order. Records that can be read at or before a tick are read before it.

    During an outage nothing is read and the ticks tell so, as they do when ROUTE hangs. `tell` hears how many ticks are done.
    """
    router = Router(catalogue, 1, suites=False)
    router.know(sitting.topics)
    rules = Rules(partitions=1, buckets=BUCKETS, window_ms=DAY_MS, repeat_ms=SELDOM_MS)
    observer = Observer(catalogue, rules, 0, lambda _: None)
    waiting: dict[tuple[str, int], list[Fetched]] = {}
    found: list[Transition] = []
    read_ms = 0
    stream = iter(records)
    coming = next(stream, None)
    for n, tick_ms in enumerate(sitting.ticks(), 1):
        while coming is not None and coming.read_ms <= tick_ms:
            fetched = Fetched(coming.partition, coming.offset, coming.timestamp_ms, coming.key, coming.value)
            waiting.setdefault((coming.topic, coming.partition), []).append(fetched)
            coming = next(stream, None)
        if not sitting.is_down(tick_ms):
            read_ms = tick_ms
            for (topic, _), batch in waiting.items():
                for changes in router.route(topic, batch, tick_ms).messages.values():
                    observer.take(changes)
            waiting.clear()
        observer.take(Tick(tick_ms, {topic: [read_ms] * PARTITIONS for topic in sitting.topics}))
        found += observer.outputs().transitions
        observer.written()
        tell(n)
    return found
