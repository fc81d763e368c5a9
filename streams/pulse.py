"""What a worker sees of itself at every tick: whether Kafka takes them, whether its clock is right, which connectors are quiet."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from typing import Any

from streams import troubles
from streams.changes.batch import EARLIEST_MS
from streams.changes.envelope import HEARTBEAT_TOPIC
from streams.changes.wire import Changes
from streams.heartbeats import Beats, Source
from streams.operations import Report
from streams.troubles import SETTLE_MS, Gap, Signs

LOG_APPEND_TIME = 1
PROBE = Changes("", 0, {})
"""No rows: it is sent for the sake of its stamp, and changes nothing. A tick would let time pass."""


def skew_ms(acknowledged: Iterable[Any], began_ms: int, ended_ms: int) -> int | None:
    """How far our clock is ahead of the broker's, as its own stamps tell; None where it does not stamp.

    A stamp of long ago is none: the embedded broker's is always the same.
    A stamp between sending and acknowledgement is no skew: only what cannot be explained by the way there and back counts.
    """
    stamps = [a.timestamp for a in acknowledged if a is not None and a.timestamp_type == LOG_APPEND_TIME and a.timestamp > EARLIEST_MS]
    if not stamps:
        return None
    ahead, behind = began_ms - max(stamps), min(stamps) - ended_ms
    return ahead if ahead > 0 else -behind if behind > 0 else 0


def quiet(beats: Beats, mine: Iterable[Source], now_ms: int, tolerance_ms: int) -> dict[str, int | None]:
    """The connectors whose heartbeats this worker reads and misses, with the last one; None looks at none (tolerance 0)."""
    found: dict[str, int | None] = {}
    for source in mine if tolerance_ms else ():
        topic = source[0]
        if topic.startswith(HEARTBEAT_TOPIC):
            name, last_ms = topic.removeprefix(HEARTBEAT_TOPIC), beats.get(source)
            found[name] = max((at for at in (found.get(name), last_ms) if at is not None), default=None)
    return {name: last_ms for name, last_ms in found.items() if last_ms is None or last_ms < now_ms - tolerance_ms}


def audible(mine: Collection[Source], at_end: Container[Source], beats: Beats, counts: Mapping[str, int]) -> list[Source]:
    """Return the partitions of heartbeat topics by which this worker can miss a heartbeat, of those that are `mine`.

    Of a topic that waits to be routed none: that is our lag, and no silence. Nor of one of which others read some of its `counts`
    partitions and of which nothing was ever heard here: a connector beats in one partition only, and they hear it.
    """
    waits = {topic for topic, partition in mine if (topic, partition) not in at_end}
    heard = {topic for topic, _ in beats}
    whole = {topic for topic, count in counts.items() if all((topic, p) in mine for p in range(count))}
    topics = {topic for topic, _ in mine if topic.startswith(HEARTBEAT_TOPIC)} & (heard | whole) - waits
    return [source for source in mine if source[0] in topics]


class Pulse:
    """Whether Kafka takes ticks. A tick that was refused, or that waited too long, begins a gap at the last one that was taken."""

    def __init__(self, tolerance_ms: int) -> None:
        self._tolerance_ms = tolerance_ms
        self._last_ms: int | None = None
        self._refused = False
        self.gap: Gap | None = None

    def refused(self) -> None:
        """Note that Kafka did not take a tick."""
        self._refused = True

    def taken(self, began_ms: int, ended_ms: int) -> None:
        """Note that a tick that was sent at `began_ms` was acknowledged at `ended_ms`."""
        waited = ended_ms - began_ms > self._tolerance_ms
        since_ms = began_ms if self._last_ms is None else self._last_ms
        if waited or (self._refused and ended_ms - since_ms > self._tolerance_ms):
            from_ms = min(since_ms, self.gap.from_ms) if self.gap is not None and ended_ms < self.gap.until_ms else since_ms
            self.gap = Gap(from_ms, ended_ms + SETTLE_MS)
        self._last_ms, self._refused = ended_ms, False

    def cap_ms(self, now_ms: int) -> int | None:
        """Return the instant up to which sources may count as read, None when there is no such limit."""
        return None if self.gap is None or now_ms >= self.gap.until_ms else self.gap.from_ms


class Self:
    """A worker's view of itself, kept from tick to tick."""

    def __init__(self, worker: str, tolerance_ms: int) -> None:
        self.pulse = Pulse(tolerance_ms)
        self.skew_ms: int | None = None
        self.quiet: Mapping[str, int | None] = {}
        self.behind_ms = 0
        self.without_topic = False
        self._worker, self._tolerance_ms = worker, tolerance_ms
        self._unheard_ms: Mapping[str, int] = {}
        """Connectors of which no heartbeat was heard, and since when this worker listens to them."""

    def listen(self, beats: Beats, mine: Iterable[Source], now_ms: int, tolerance_ms: int) -> None:
        """Look which connectors are quiet. One that was never heard is, once it could have been for as long as is tolerated."""
        found = quiet(beats, mine, now_ms, tolerance_ms)
        self._unheard_ms = {name: self._unheard_ms.get(name, now_ms) for name, last_ms in found.items() if last_ms is None}
        self.quiet = {name: last_ms for name, last_ms in found.items() if now_ms - self._unheard_ms.get(name, 0) > tolerance_ms}

    @property
    def may_tell_the_time(self) -> bool:
        """Whether this worker's clock is good enough to let deadlines pass."""
        return not troubles.is_skewed(self.skew_ms)

    def report(self, now_ms: int, store_down_since_ms: int | None) -> Report:
        """What operations should know."""
        signs = Signs(now_ms, self.behind_ms, self.pulse.gap, self.quiet, self.without_topic, self.skew_ms, store_down_since_ms)
        return Report(self._worker, now_ms, troubles.troubles(signs, self._tolerance_ms))
