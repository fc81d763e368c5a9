"""Who is due now? A heap of instants, so that a tick costs what is due and not what exists."""

from __future__ import annotations

import heapq


class Deadlines:
    """The next instant at which each feed must be looked at. Setting a feed again replaces its instant."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, str]] = []
        self._at_ms: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._at_ms)

    def set(self, feed: str, at_ms: int | None) -> None:
        """Look at `feed` at `at_ms`; never, when it is None."""
        if at_ms is None:
            self._at_ms.pop(feed, None)
        elif self._at_ms.get(feed) != at_ms:
            self._at_ms[feed] = at_ms
            heapq.heappush(self._heap, (at_ms, feed))
            if len(self._heap) > 4 * len(self._at_ms) + 64:
                self._heap = [(at, name) for name, at in self._at_ms.items()]
                heapq.heapify(self._heap)

    def pop_due(self, now_ms: int) -> list[str]:
        """Take the feeds whose instant has come (at or before `now_ms`)."""
        due = []
        while self._heap and self._heap[0][0] <= now_ms:
            at_ms, feed = heapq.heappop(self._heap)
            if self._at_ms.get(feed) == at_ms:
                del self._at_ms[feed]
                due.append(feed)
        return due
