"""Run Nhịp over a history: the worker's own router and observer, without a broker. Time passes in ticks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

import msgspec

from alerts.transition import Transition
from expectations.catalogue.load import Catalogue
from expectations.freshness.declarations import ADMINISTRATOR, Declaration, Kind
from streams.changes.envelope import HEARTBEAT_TOPIC
from streams.changes.wire import Stated
from streams.heartbeats import Heartbeats
from streams.offline import RULES, Fetched, Offline
from streams.operations import Desk, take
from streams.province.history import History
from streams.province.kinds import Need
from streams.province.outages import Down
from streams.province.plan import Declared, Feed
from streams.province.rows import PARTITIONS, Record
from streams.province.score import Alert
from streams.province.truth import Outage
from streams.pulse import Self

KNOWS: frozenset[Need] = frozenset({"declarations", "heartbeats"})
"""What Nhịp can be told beyond change events. Kinds that need what is not in here are not played."""
BEAT_MS = 300_000
"""How often a connector beats."""


class Sitting(msgspec.Struct, frozen=True):
    """How long a trial lasts and how often time passes; the source topics; and when Nhịp itself shall not be able to read."""

    start_ms: int
    end_ms: int
    tick_ms: int
    topics: Sequence[str]
    outages: Sequence[Outage]
    stated: Sequence[Stated] = ()
    """What units declared, in order."""
    gone: Sequence[Down] = ()
    """The connectors that beat, and when they did not."""

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
    ours = [outage for outage in history.truth.outages if not outage.connector]
    return Sitting(world.start_ms, world.end_ms, tick_ms, topics, ours, stated, history.gone)


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
    stream, stated, hearing = iter(records), deque(sitting.stated), _Hearing(sitting)
    coming = next(stream, None)
    for n, tick_ms in enumerate(sitting.ticks(), 1):
        while coming is not None and coming.read_ms <= tick_ms:
            waiting.append(Fetched(coming.topic, coming.partition, coming.offset, coming.timestamp_ms, coming.key, coming.value))
            coming = next(stream, None)
        if not sitting.is_down(tick_ms):
            read_ms = tick_ms
            hearing.read(tick_ms)
            worker.read(waiting, tick_ms)
            waiting.clear()
            while stated and stated[0].declarations[0].made_ms <= tick_ms:
                worker.state(stated.popleft())
        found += worker.tick(tick_ms, read_ms, hearing.heartbeats.told(tick_ms))
        tell(n)
    return found


def alerts_of(sitting: Sitting) -> list[Alert]:
    """Return what operations were told, in order: the worker reports at every tick what it sees of itself and of its connectors."""
    worker, desk, hearing = Self("trial", RULES.tolerance_ms), Desk(), _Hearing(sitting)
    open_: dict[str, int] = {}
    found: list[Alert] = []
    read_ms = sitting.start_ms
    for tick_ms in sitting.ticks():
        if not sitting.is_down(tick_ms):
            read_ms = tick_ms
            hearing.read(tick_ms)
        worker.behind_ms = tick_ms - read_ms
        worker.listen(hearing.heartbeats.last, [] if worker.behind_ms else hearing.sources, tick_ms, RULES.connector_ms)
        desk, news = take(desk, worker.report(tick_ms, None))
        for one in news:
            if one.stage == "open":
                open_[one.trouble.about] = one.at_ms
            else:
                found.append(Alert(one.trouble.about, open_.pop(one.trouble.about), one.at_ms))
    return found + [Alert(about, from_ms, sitting.end_ms) for about, from_ms in open_.items()]


class _Hearing:
    """Hears the connectors that beat; not while Nhịp itself cannot read, but afterwards whatever came meanwhile."""

    def __init__(self, sitting: Sitting) -> None:
        self.heartbeats = Heartbeats(RULES.connector_ms)
        self.sources = [(f"{HEARTBEAT_TOPIC}{down.connector}", 0) for down in sitting.gone]
        self._gone = sitting.gone
        self._through_ms = sitting.start_ms

    def read(self, now_ms: int) -> None:
        """Read all heartbeats up to now."""
        for source, down in zip(self.sources, self._gone, strict=True):
            for at_ms in range(self._through_ms, now_ms + 1, BEAT_MS):
                if not down.from_ms < at_ms < down.until_ms:
                    self.heartbeats.note(source, at_ms)
        self._through_ms = now_ms
