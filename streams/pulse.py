"""What a worker sees of itself at every tick: whether Kafka takes them, whether its clock is right, which connectors are quiet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from streams import troubles
from streams.changes.batch import EARLIEST_MS
from streams.changes.envelope import HEARTBEAT_TOPIC
from streams.changes.wire import Changes
from streams.operations import Report
from streams.troubles import Pulse, Signs

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


def quiet(beats: Mapping[tuple[str, int], int], mine: Iterable[tuple[str, int]], now_ms: int, tolerance_ms: int) -> dict[str, int | None]:
    """The connectors whose heartbeats this worker reads and misses, with the last one; None looks at none (tolerance 0)."""
    found: dict[str, int | None] = {}
    for source in mine if tolerance_ms else ():
        topic = source[0]
        if topic.startswith(HEARTBEAT_TOPIC):
            name, last_ms = topic.removeprefix(HEARTBEAT_TOPIC), beats.get(source)
            found[name] = max((at for at in (found.get(name), last_ms) if at is not None), default=None)
    return {name: last_ms for name, last_ms in found.items() if last_ms is None or last_ms < now_ms - tolerance_ms}


class Self:
    """A worker's view of itself, kept from tick to tick."""

    def __init__(self, worker: str, tolerance_ms: int) -> None:
        self.pulse = Pulse(tolerance_ms)
        self.skew_ms: int | None = None
        self.quiet: Mapping[str, int | None] = {}
        self.behind_ms = 0
        self.without_topic = False
        self._worker, self._tolerance_ms = worker, tolerance_ms

    @property
    def may_tell_the_time(self) -> bool:
        """Whether this worker's clock is good enough to let deadlines pass."""
        return not troubles.is_skewed(self.skew_ms)

    def report(self, now_ms: int, store_down_since_ms: int | None) -> Report:
        """What operations should know."""
        signs = Signs(now_ms, self.behind_ms, self.pulse.gap, self.quiet, self.without_topic, self.skew_ms, store_down_since_ms)
        return Report(self._worker, now_ms, troubles.troubles(signs, self._tolerance_ms))
