"""OBSERVE's core: rows and ticks in; points, transitions and touched state out. One Observer a partition; no Kafka, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from alerts.transition import Transition
from expectations.catalogue.load import Catalogue
from expectations.freshness.verdict import Clocks, Status, Verdict, judge
from expectations.quality.suite import Check, SuiteState, merge
from streams.changes.wire import Changes, Message, Row, Tick, partition_of
from streams.feeds import lines
from streams.feeds.counting import close_windows, count
from streams.feeds.deadlines import Deadlines
from streams.feeds.state import Bucket, FeedState, bucket_of, decode_bucket, encode_bucket
from streams.feeds.transitions import transition
from streams.feeds.watermark import Watermark


class Rules(msgspec.Struct, frozen=True):
    """How OBSERVE divides and times its work."""

    partitions: int = 4
    buckets: int = 64
    window_ms: int = 3_600_000
    tolerance_ms: int = 60_000
    repeat_ms: int = 3_600_000
    """How often the freshness point of a silent feed is written again: a series that ends reads as resolved."""


class Outputs(msgspec.Struct):
    """What one checkpoint sends and then writes."""

    points: list[bytes] = msgspec.field(default_factory=list)
    transitions: list[Transition] = msgspec.field(default_factory=list)
    buckets: dict[bytes, bytes] = msgspec.field(default_factory=dict)
    rows: int = 0
    """Rows counted since the checkpoint before."""


class Observer:
    """The feeds of one partition between checkpoints.

    `load` reads a bucket from the table (bytes, or None when there is none); `checks` are the suites' checks by dataset.
    Nothing is judged before the first tick: the time is an event.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        rules: Rules,
        partition: int,
        load: Callable[[bytes], bytes | None],
        checks: Mapping[str, Sequence[Check]] = MappingProxyType({}),
    ) -> None:
        self.now_ms: int | None = None
        self._rows = 0
        self._catalogue, self._rules, self._load = catalogue, rules, load
        self._checks = checks
        self._watermark = Watermark()
        self._deadlines = Deadlines()
        self._buckets: dict[bytes, Bucket] = {}
        self._states: dict[str, FeedState] = {}
        self._touched: dict[str, set[int]] = {}
        self._covered: set[str] = set()
        self._to_judge: dict[tuple[str, int], list[bytes]] = {}
        self._next_repeat_ms = 0
        self._behind: frozenset[str] = frozenset()
        self._topics: dict[str, list[str]] = {}
        self._feeds = [f for f in (f"{u}/{d}" for u, d in catalogue.feeds()) if partition_of(f, rules.partitions) == partition]
        for feed in self._feeds:
            self._schedule(feed, self._state(feed).verdict)

    def take(self, message: Message) -> None:
        """Count rows, or let time pass."""
        if isinstance(message, Tick):
            self._tick(message)
        else:
            self._count(message)

    def _count(self, changes: Changes) -> None:
        source = f"{changes.topic}/{changes.partition}"
        for feed, rows in changes.rows.items():
            self._count_feed(feed, source, rows)

    def _count_feed(self, feed: str, source: str, rows: list[Row]) -> None:
        schedule = self._catalogue.schedules[feed.split("/", 1)[1]]
        counted = count(self._state(feed), schedule, source, rows, self._rules.window_ms)
        if not counted.rows:
            return
        self._rows += counted.rows
        self._touched.setdefault(feed, set()).update(counted.windows)
        if counted.covered:
            self._covered.add(feed)
        for start, bodies in counted.to_judge.items():
            self._to_judge.setdefault((feed, start), []).extend(bodies)

    def _tick(self, tick: Tick) -> None:
        self.now_ms = max(tick.now_ms, self.now_ms or 0)
        self._watermark.merge(tick.read_through_ms)
        self._topics = {}
        for feed in [*self._deadlines.pop_due(self.now_ms), *self._doubtful(self.now_ms)]:
            self._touched.setdefault(feed, set())
            self._covered.add(feed)
        if self.now_ms >= self._next_repeat_ms:
            self._next_repeat_ms = self.now_ms - self.now_ms % self._rules.repeat_ms + self._rules.repeat_ms
            self._touched.update({feed: self._touched.get(feed, set()) for feed in self._feeds})

    def _doubtful(self, now_ms: int) -> list[str]:
        """The feeds that are not fresh, when it has changed how far their sources have been read: an accusation needs a read source."""
        behind = self._watermark.behind(now_ms, self._rules.tolerance_ms)
        changed, self._behind = behind != self._behind, behind
        if not changed:
            return []
        return [f for f in self._feeds if (v := self._state(f).verdict) is not None and v.status is not Status.FRESH]

    def rows_to_judge(self) -> Iterable[tuple[str, int, list[bytes]]]:
        """Take the rows that suites have not seen: feed, window start (ms), rows as JSON."""
        taken, self._to_judge = self._to_judge, {}
        return [(feed, start, rows) for (feed, start), rows in taken.items()]

    def add_quality(self, feed: str, start_ms: int, found: SuiteState) -> None:
        """Add what a suite found in rows of one window."""
        window = self._state(feed).windows[start_ms]
        window.quality = found if window.quality is None else merge(window.quality, found)

    def outputs(self) -> Outputs:
        """Judge the touched feeds and return everything to send and to write. Changes only memory: call `written` once all is durable."""
        out = Outputs(rows=self._rows)
        touched_buckets = set()
        for feed, windows in self._touched.items():
            state = self._state(feed)
            self._judge(feed, state, out)
            self._points(feed, state, windows, out)
            close_windows(state, self._watermark_of(feed), self._rules.window_ms)
            touched_buckets.add(self._bucket_key(feed))
        out.buckets = {key: encode_bucket(self._buckets[key]) for key in touched_buckets}
        return out

    def verdicts(self) -> dict[str, Verdict]:
        """The present verdict of every feed that has been judged."""
        found = {feed: self._state(feed).verdict for feed in self._feeds}
        return {feed: verdict for feed, verdict in found.items() if verdict is not None}

    def written(self) -> None:
        """Everything the last `outputs` returned is durable."""
        self._rows = 0
        self._touched.clear()
        self._covered.clear()

    def _judge(self, feed: str, state: FeedState, out: Outputs) -> None:
        now_ms = self.now_ms
        if now_ms is None or not self._must_judge(feed, state):
            return
        unit, dataset = feed.split("/", 1)
        verdict = judge(
            self._catalogue.schedules[dataset],
            state.ledger,
            Clocks(state.heard_ms, state.changed_ms),
            now_ms=now_ms,
            read_through_ms=self._watermark_of(feed),
            tolerance_ms=self._rules.tolerance_ms,
            suspended=unit in self._catalogue.datasets[dataset].suspended,
        )
        change = transition(feed, state, verdict, now_ms)
        if change is not None:
            out.transitions.append(change)
            out.points.append(lines.transition_line(change))
            state.since_ms = change.at_ms
        state.verdict = verdict
        self._schedule(feed, verdict)

    def _must_judge(self, feed: str, state: FeedState) -> bool:
        """A feed that is fresh stays so until its deadline or a change of coverage; any other may change with every row."""
        return state.verdict is None or feed in self._covered or state.verdict.status is not Status.FRESH

    def _points(self, feed: str, state: FeedState, windows: set[int], out: Outputs) -> None:
        dataset = feed.split("/", 1)[1]
        if state.verdict is not None and self.now_ms is not None:
            time_ms = lines.freshness_time_ms(state, self.now_ms, self._rules.repeat_ms)
            out.points.append(
                lines.freshness_line(feed, self._catalogue.datasets[dataset], self._catalogue.schedules[dataset], state, time_ms)
            )
        for start_ms in windows:
            out.points.extend(lines.window_lines(feed, start_ms, state.windows[start_ms], self._checks.get(dataset, ())))

    def _schedule(self, feed: str, verdict: Verdict | None) -> None:
        self._deadlines.set(feed, 0 if verdict is None else verdict.next_at_ms)

    def _watermark_of(self, feed: str) -> int | None:
        if self.now_ms is None:
            return None
        dataset = feed.split("/", 1)[1]
        heard = {source.rsplit("/", 1)[0] for source in self._state(feed).seen}
        return self._watermark.of(heard or self._topics_of(dataset), self.now_ms)

    def _topics_of(self, dataset: str) -> list[str]:
        if not self._topics:
            for topic in self._watermark.topics:
                found = self._catalogue.dataset_of(topic)
                if found is not None:
                    self._topics.setdefault(found.id, []).append(topic)
        return self._topics.get(dataset, [])

    def _bucket_key(self, feed: str) -> bytes:
        return bucket_of(feed, self._rules.partitions, self._rules.buckets)

    def _state(self, feed: str) -> FeedState:
        state = self._states.get(feed)
        return self._open(feed) if state is None else state

    def _open(self, feed: str) -> FeedState:
        """Find a feed's state in its bucket, once: from then on both share it."""
        key = self._bucket_key(feed)
        if key not in self._buckets:
            stored = self._load(key)
            self._buckets[key] = decode_bucket(stored) if stored else {}
        state = self._states[feed] = self._buckets[key].setdefault(feed, FeedState())
        return state
