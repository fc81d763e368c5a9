"""Ticks: the time, and how far ROUTE has read, sent into every partition of `changes` so that time passes in one order for all."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from streams.changes.envelope import HEARTBEAT_TOPIC
from streams.changes.wire import Tick
from streams.heartbeats import NO_BEATS, Beats, Source

UNREAD = -1


class Progress:
    """Up to which instant this worker has routed each of its source partitions.

    A partition is read through `now` when everything that Kafka had of it at `now` has been routed and acknowledged;
    while a backlog waits, its instant stays where it was. `at_end` are those of which nothing waits.
    """

    def __init__(self) -> None:
        self.at_end: frozenset[Source] = frozenset()
        self._read_through_ms: dict[Source, int] = {}

    def note(self, now_ms: int, ends: Mapping[Source, int], routed: Mapping[Source, int | None]) -> None:
        """Compare, for each partition that is ours, Kafka's end offset at `now_ms` with the next offset to route.

        A partition missing from `ends` is no longer ours and is forgotten: its new owner tells how far it has come.
        """
        kept, at_end = {}, set[Source]()
        for source, end in ends.items():
            position = routed.get(source)
            if position is not None and position >= end:
                kept[source] = now_ms
                at_end.add(source)
            elif source in self._read_through_ms:
                kept[source] = self._read_through_ms[source]
        self._read_through_ms, self.at_end = kept, frozenset(at_end)

    def tick(self, now_ms: int, topics: Mapping[str, int], beats: Beats = NO_BEATS, cap_ms: int | None = None) -> Tick:
        """The tick to send: every source topic (name to partitions, 0 once it is gone), UNREAD where this worker cannot tell.

        Nothing counts as read beyond `cap_ms`, and a heartbeat topic not beyond what its connector tells (`beats`).
        """
        known = self._read_through_ms
        if cap_ms is not None:
            known = {source: min(at_ms, cap_ms) for source, at_ms in known.items()}

        def told(topic: str, partition: int) -> int:
            source = topic, partition
            return (beats if topic.startswith(HEARTBEAT_TOPIC) else known).get(source, UNREAD) if source in known else UNREAD

        return Tick(now_ms, {topic: [told(topic, p) for p in range(n)] for topic, n in topics.items()})

    def behind_ms(self, now_ms: int) -> int:
        """How far reading lies behind the present: of our slowest partition; 0 while none has been read through yet."""
        return now_ms - min(self._read_through_ms.values(), default=now_ms)

    def lag(self, ends: Mapping[Source, int], routed: Mapping[Source, int | None]) -> int:
        """Records of our partitions that wait to be routed."""
        return sum(max(0, end - (routed.get(source) or 0)) for source, end in ends.items())


class Vanished:
    """Topics that were read and that the cluster no longer has. Nobody waits for a deleted topic to be read further."""

    def __init__(self) -> None:
        self.missing: frozenset[str] = frozenset()
        self.topics: frozenset[str] = frozenset()

    def note(self, read: AbstractSet[str], there: AbstractSet[str]) -> None:
        """Compare the topics that we read with those of the cluster; one is gone when it is missing at two looks in a row."""
        missing = frozenset(read - there)
        self.topics, self.missing = missing & self.missing, missing
