"""Run Nhịp over a history: the worker's own router and observer, without a broker. Time passes in ticks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

import msgspec

from alerts.transition import Transition
from expectations.catalogue.load import Catalogue
from expectations.freshness.declarations import ADMINISTRATOR, Declaration, Kind
from streams.changes.wire import Stated
from streams.offline import Fetched, Offline
from streams.province.history import History
from streams.province.kinds import Need
from streams.province.plan import Declared, Feed
from streams.province.rows import PARTITIONS, Record
from streams.province.truth import Outage

KNOWS: frozenset[Need] = frozenset({"declarations"})
"""What Nhịp can be told beyond change events. Kinds that need what is not in here are not played."""


class Sitting(msgspec.Struct, frozen=True):
    """How long a trial lasts and how often time passes; the source topics; and when Nhịp itself shall not be able to read."""

    start_ms: int
    end_ms: int
    tick_ms: int
    topics: Sequence[str]
    outages: Sequence[Outage]
    stated: Sequence[Stated] = ()
    """What units declared, in order."""

    def ticks(self) -> range:
        """The instants of the ticks."""
        return range(self.start_ms + self.tick_ms, self.end_ms, self.tick_ms)

    def is_down(self, at_ms: int) -> bool:
        """Whether nothing can be read at an instant."""
        return any(outage.from_ms < at_ms < outage.until_ms for outage in self.outages)


def sitting_of(history: History, tick_ms: int) -> Sitting:
    """The sitting in which a whole history is judged."""
    world = history.world
    topics = sorted({feed.topic for feed in world.feeds})
    stated = [Stated(feed.id, [_declaration(feed, d)]) for feed in world.feeds for d in history.courses[feed.id].declared]
    stated.sort(key=lambda message: message.declarations[0].made_ms)
    return Sitting(world.start_ms, world.end_ms, tick_ms, topics, history.truth.outages, stated)


def _declaration(feed: Feed, declared: Declared) -> Declaration:
    """A declaration as DECLARE admits it: a unit's own nil return, or an extension to the end of a day that was granted."""
    if declared.kind == "nil_return":
        return Declaration(Kind.NIL, feed.id, feed.unit, declared.at_ms, "không phát sinh", declared.period, declared.period)
    until = feed.calendar.day_of(declared.until_ms - 1).isoformat()
    return Declaration(Kind.EXTEND, feed.id, ADMINISTRATOR, declared.at_ms, "được gia hạn", declared.period, declared.period, until=until)


def transitions_of(catalogue: Catalogue, records: Iterable[Record], sitting: Sitting, tell: Callable[[int], None]) -> list[Transition]:
    """Return every transition, in order. Records that can be read at or before a tick are read before it.

    During an outage nothing is read and the ticks tell so, as they do when ROUTE hangs. `tell` hears how many ticks are done.
    """
    worker = Offline(catalogue, dict.fromkeys(sitting.topics, PARTITIONS))
    waiting: list[Fetched] = []
    found: list[Transition] = []
    read_ms = 0
    stream, stated = iter(records), deque(sitting.stated)
    coming = next(stream, None)
    for n, tick_ms in enumerate(sitting.ticks(), 1):
        while coming is not None and coming.read_ms <= tick_ms:
            waiting.append(Fetched(coming.topic, coming.partition, coming.offset, coming.timestamp_ms, coming.key, coming.value))
            coming = next(stream, None)
        if not sitting.is_down(tick_ms):
            read_ms = tick_ms
            worker.read(waiting, tick_ms)
            waiting.clear()
            while stated and stated[0].declarations[0].made_ms <= tick_ms:
                worker.state(stated.popleft())
        found += worker.tick(tick_ms, read_ms)
        tell(n)
    return found
