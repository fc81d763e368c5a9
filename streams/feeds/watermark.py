"""Up to which instant every source partition has been read, as the ticks of all workers tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest

from streams.changes.envelope import HEARTBEAT_TOPIC


class Watermark:
    """Merges ticks by maximum. A topic's watermark is the least of its partitions; None while one of them is unknown."""

    def __init__(self) -> None:
        self._read_through_ms: dict[str, list[int]] = {}

    def merge(self, read_through_ms: Mapping[str, list[int]]) -> None:
        """Take what one worker knows: per topic and partition an instant, or -1 where it cannot tell; no partition: the topic is gone."""
        for topic, told in read_through_ms.items():
            if not told:
                self._read_through_ms.pop(topic, None)
                continue
            known = self._read_through_ms.get(topic, [])
            self._read_through_ms[topic] = [max(a, b) for a, b in zip_longest(known, told, fillvalue=-1)]

    def of(self, topics: Iterable[str], now_ms: int) -> int | None:
        """Return the instant up to which all of `topics` have been read; `now_ms` when there is nothing to read."""
        least = now_ms
        for topic in topics:
            for read_ms in self._read_through_ms.get(topic, ()):
                if read_ms < 0:
                    return None
                least = min(least, read_ms)
        return least

    def behind(self, now_ms: int, tolerance_ms: int) -> frozenset[str]:
        """The topics of which too little has been read to accuse anybody; heartbeats are looked at by `quiet`."""
        oldest_ms = now_ms - tolerance_ms
        sources = ((t, read) for t, read in self._read_through_ms.items() if not t.startswith(HEARTBEAT_TOPIC))
        return frozenset(topic for topic, read in sources if any(at_ms < oldest_ms for at_ms in read))

    def quiet(self, now_ms: int, tolerance_ms: int) -> dict[str, int]:
        """The connectors, by the prefix of their topics, whose last heartbeat is too old, with its instant (-1: none was heard).

        A connector without a heartbeat topic promises none. With a tolerance of 0 none is looked at.
        """
        beats = {t: max(read) for t, read in self._read_through_ms.items() if t.startswith(HEARTBEAT_TOPIC)} if tolerance_ms else {}
        return {f"{t.removeprefix(HEARTBEAT_TOPIC)}.": at_ms for t, at_ms in beats.items() if at_ms < now_ms - tolerance_ms}

    @property
    def topics(self) -> Iterable[str]:
        """The source topics that exist."""
        return self._read_through_ms
