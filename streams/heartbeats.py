"""Heartbeats of connectors, as this worker has read them. Pure.

A connector that was away beats before it has brought what its databases changed meanwhile: a heartbeat tells that it is there, not that it
has caught up. So for SETTLE_MS after it came back its topics still count as read up to the heartbeat before it was away.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from streams.troubles import SETTLE_MS

Source = tuple[str, int]
Beats = Mapping[Source, int]
"""An instant (ms) by topic and partition."""
NO_BEATS: Beats = MappingProxyType({})


class Heartbeats:
    """`last` is when each partition of a heartbeat topic last had a heartbeat. With a tolerance of 0 no connector is ever away."""

    def __init__(self, tolerance_ms: int) -> None:
        self.last: dict[Source, int] = {}
        self._tolerance_ms = tolerance_ms
        self._returns: dict[Source, tuple[int, int]] = {}
        """The last heartbeat before a connector was away, and the first after it."""

    def note(self, source: Source, at_ms: int) -> None:
        """Note a heartbeat, in the order in which they are read."""
        before_ms = self.last.get(source)
        if before_ms is not None and 0 < self._tolerance_ms < at_ms - before_ms:
            from_ms, back_ms = self._returns.get(source, (before_ms, 0))
            self._returns[source] = (from_ms if before_ms < back_ms + SETTLE_MS else before_ms, at_ms)
        self.last[source] = max(before_ms or 0, at_ms)

    def told(self, now_ms: int) -> Beats:
        """Up to which instant what a connector carries can have been read."""
        return self.last | {source: from_ms for source, (from_ms, back_ms) in self._returns.items() if now_ms < back_ms + SETTLE_MS}
