"""Run Nhịp over a history: the worker's own router and observer, without a broker. Time passes in ticks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from alerts.transition import Transition
from expectations.catalogue.load import Catalogue
from streams.changes.route import Router
from streams.changes.wire import Tick
from streams.feeds.observe import Observer, Rules
from streams.province.rows import PARTITIONS, Record

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


class Log:
    """What was written and not read yet, by topic and partition."""

    def __init__(self) -> None:
        self._offsets: dict[tuple[str, int], int] = {}
        self._waiting: dict[tuple[str, int], list[Fetched]] = {}

    def write(self, record: Record) -> None:
        """Append one record."""
        at = (record.topic, record.partition)
        offset = self._offsets.get(at, 0)
        self._offsets[at] = offset + 1
        self._waiting.setdefault(at, []).append(Fetched(record.partition, offset, record.timestamp_ms, record.key, record.value))

    def read(self) -> Iterator[tuple[str, list[Fetched]]]:
        """Take everything that waits, each partition's records in the order of their offsets."""
        waiting, self._waiting = self._waiting, {}
        return ((topic, records) for (topic, _), records in waiting.items())


def transitions_of(
    catalogue: Catalogue,
    records: Iterable[Record],
    topics: Sequence[str],
    ticks_ms: Sequence[int],
    is_down: Callable[[int], bool],
    tell: Callable[[int], None],
) -> list[Transition]:
    """Return every transition, in order. Records with `read_ms` at or before a tick are read before it.

    While `is_down(tick)` nothing is read and the ticks tell so, as they do when ROUTE hangs. `tell` hears how many ticks are done.
    """
    router = Router(catalogue, 1, suites=False)
    router.know(topics)
    rules = Rules(partitions=1, buckets=BUCKETS, window_ms=DAY_MS, repeat_ms=SELDOM_MS)
    observer = Observer(catalogue, rules, 0, lambda _: None)
    log, found, read_ms = Log(), list[Transition](), 0
    stream = iter(records)
    coming = next(stream, None)
    for n, tick_ms in enumerate(ticks_ms, 1):
        while coming is not None and coming.read_ms <= tick_ms:
            log.write(coming)
            coming = next(stream, None)
        if not is_down(tick_ms):
            read_ms = tick_ms
            for topic, waiting in log.read():
                for changes in router.route(topic, waiting, tick_ms).messages.values():
                    observer.take(changes)
        observer.take(Tick(tick_ms, {topic: [read_ms] * PARTITIONS for topic in topics}))
        found += observer.outputs().transitions
        observer.written()
        tell(n)
    return found
