"""A worker's router and observer without a broker: whoever drives them says what is read, and when it is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from alerts.transition import Transition
from expectations.catalogue.load import Catalogue
from expectations.freshness.verdict import Verdict
from streams.changes.route import Router
from streams.changes.wire import Stated, Tick
from streams.feeds.observe import Observer
from streams.feeds.rules import Rules
from streams.feeds.state import FeedState, bucket_of, encode_bucket
from streams.heartbeats import NO_BEATS, Beats

DAY_MS = 86_400_000
RULES = Rules(partitions=1, buckets=4096, window_ms=DAY_MS, repeat_ms=100 * 365 * DAY_MS, connector_ms=600_000, needs_topic=False)
"""Buckets of about one feed each: a checkpoint encodes those that were touched and no others. The repeated point of a silent feed is for
dashboards; without it, every verdict comes from a deadline or a row. Records are all there is: a dataset without any is a silent one."""


class Fetched(msgspec.Struct, frozen=True):
    """A record as the router reads it from Kafka."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


class Offline:
    """The only worker, which has every feed. `partitions` are the source topics, and how many partitions each has.

    It begins with the states that are `kept`, by feed, as a worker does that is started again.
    `heard` are the feeds that something was read of, be it only a row that was set aside.
    """

    def __init__(self, catalogue: Catalogue, partitions: Mapping[str, int], kept: Mapping[str, FeedState] = MappingProxyType({})) -> None:
        self.counts: Counter[str] = Counter()
        self.heard: set[str] = set()
        self._partitions = dict(partitions)
        self._router = Router(catalogue, 1, suites=False)
        self._router.know(self._partitions)
        buckets: defaultdict[bytes, dict[str, FeedState]] = defaultdict(dict)
        for feed, state in kept.items():
            buckets[bucket_of(feed, RULES.partitions, RULES.buckets)][feed] = state
        table = {key: encode_bucket(bucket) for key, bucket in buckets.items()}
        self._observer = Observer(catalogue, RULES, 0, table.get)

    def read(self, records: Iterable[Fetched], now_ms: int) -> None:
        """Route and count records; those of one partition in offset order."""
        batches: dict[tuple[str, int], list[Fetched]] = {}
        for record in records:
            batches.setdefault((record.topic, record.partition), []).append(record)
        for (topic, _), batch in batches.items():
            routed = self._router.route(topic, batch, now_ms)
            self.counts.update(routed.counts)
            for changes in routed.messages.values():
                self.heard.update(changes.rows)
                self._observer.take(changes)

    def state(self, stated: Stated) -> None:
        """Take what was declared of a feed."""
        self._observer.take(stated)

    def tick(self, now_ms: int, read_ms: int, beats: Beats = NO_BEATS) -> list[Transition]:
        """Let it be `now_ms`, with all sources read up to `read_ms`, heartbeats told apart; return the transitions that this makes."""
        told = {topic: [read_ms] * count for topic, count in self._partitions.items()}
        self._observer.take(Tick(now_ms, told | {topic: [at_ms] for (topic, _), at_ms in beats.items()}))
        transitions = self._observer.outputs().transitions
        self._observer.written()
        return transitions

    def verdicts(self) -> dict[str, Verdict]:
        """The present verdict of every feed."""
        return self._observer.verdicts()


def partitions_of(records: Iterable[Fetched]) -> dict[str, int]:
    """The topics of records, and the least number of partitions that each can have."""
    found: dict[str, int] = {}
    for record in records:
        found[record.topic] = max(found.get(record.topic, 0), record.partition + 1)
    return found
