"""OBSERVE's core: rows and ticks in; points, transitions and touched state out. One Observer a partition; no Kafka, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec

from alerts.transition import Transition
from expectations.catalogue.load import Catalogue
from expectations.freshness.verdict import Status, Verdict, judge
from expectations.quality.suite import Check, SuiteState, merge
from streams.changes.wire import Changes, Message, Recount, Stated, Tick
from streams.feeds import lines, quality_lines
from streams.feeds.counting import Slot, close_windows, count
from streams.feeds.deadlines import Deadlines
from streams.feeds.punctuality import Days, day_lines, noted
from streams.feeds.reach import Reach
from streams.feeds.recount import take_over
from streams.feeds.rules import Rules
from streams.feeds.shelf import NO_WINDOWS, Load, Seat, Shelf
from streams.feeds.table_changes import TableChanges
from streams.feeds.table_state import TableSlot
from streams.feeds.transitions import transition


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
        load: Load,
        checks: Mapping[str, Sequence[Check]] = MappingProxyType({}),
    ) -> None:
        self._catalogue, self._rules, self._checks = catalogue, rules, checks
        self._reach = Reach(catalogue, rules)
        self._shelf = Shelf(catalogue, partition, rules.partitions, rules.buckets, load)
        self._deadlines = Deadlines()
        self._touched: dict[str, Seat] = {}
        self._rows = 0
        self._to_judge: dict[tuple[str, Slot], list[bytes]] = {}
        self._tables = TableChanges()
        self._recounts: list[Recount] = []
        self._next_repeat_ms = 0
        self._days = Days(catalogue.timezone)
        for seat in self._shelf:
            self._schedule(seat, seat.state.verdict)
            seat.forget()

    @property
    def now_ms(self) -> int | None:
        """The time, as the ticks tell it; None before the first one."""
        return self._reach.now_ms

    def take(self, message: Message) -> None:
        """Count rows, let time pass, take a declaration, or take over what was counted anew."""
        match message:
            case Tick():
                self._tick(message)
            case Changes():
                self._count(message)
            case _ if message.feed.partition("/")[2] not in self._catalogue.datasets:
                pass  # of a dataset that the catalogue knows no more
            case Stated():
                self._state(message)
            case Recount():
                self._take_over(message)

    def _state(self, stated: Stated) -> None:
        seat = self._shelf[stated.feed]
        if seat.declare(stated.declarations):
            seat.reconsider = True
            self._touched[stated.feed] = seat

    def _count(self, changes: Changes) -> None:
        source, window_ms = f"{changes.topic}/{changes.partition}", self._rules.window_ms
        for feed, rows in changes.rows.items():
            seat = self._shelf[feed]
            counted = count(seat.state, seat.schedule, source, rows, window_ms)
            if not counted.rows:
                continue
            self._rows += counted.rows
            self._touched[feed] = seat
            seat.windows = counted.windows.union(seat.windows)
            seat.reconsider |= counted.covered
            for slot, bodies in counted.to_judge.items():
                self._to_judge.setdefault((feed, slot), []).extend(bodies)
        for feed, changed in changes.tables.items():
            if (seat := self._shelf[feed]).dataset.full_before:
                self._touched[feed] = seat
                self._tables.take(feed, seat.state, source, changed)

    def _take_over(self, recount: Recount) -> None:
        """Its whole totals stand in for what was counted of these windows, written or not."""
        seat = self._shelf[recount.feed]
        replaced = range(recount.from_ms, recount.until_ms)
        take_over(seat.state, seat.schedule, recount)
        seat.windows = {start for start in seat.windows if start not in replaced}
        self._to_judge = {key: rows for key, rows in self._to_judge.items() if key[0] != seat.feed or key[1][0] not in replaced}
        self._recounts.append(recount)
        seat.reconsider = True
        self._touched[seat.feed] = seat

    def _tick(self, tick: Tick) -> None:
        changed = self._reach.pass_to(tick)
        now_ms = self.now_ms or 0
        doubtful = [seat for seat in self._shelf if seat.doubtful] if changed else []
        for seat in [*(self._shelf[feed] for feed in self._deadlines.pop_due(now_ms)), *doubtful]:
            seat.reconsider = True
            self._touched[seat.feed] = seat
        if now_ms >= self._next_repeat_ms:
            self._next_repeat_ms = now_ms - now_ms % self._rules.repeat_ms + self._rules.repeat_ms
            self._days.pass_to(now_ms)
            for seat in self._shelf:  # at the first tick, too: the catalogue may have other terms than the verdict was made by
                seat.reconsider = True
                self._touched[seat.feed] = seat

    def rows_to_judge(self) -> list[tuple[str, Slot | TableSlot, list[bytes]]]:
        """Take the rows that suites have not seen: feed, where they count, rows as JSON."""
        taken, self._to_judge = self._to_judge, {}
        return [*((feed, slot, rows) for (feed, slot), rows in taken.items()), *self._tables.rows_to_judge()]

    def add_quality(self, feed: str, slot: Slot | TableSlot, found: SuiteState) -> None:
        """Add what a suite found in rows of one window and period, or in those that entered or left a table."""
        seat = self._shelf[feed]
        if isinstance(slot, TableSlot):
            self._tables.add(seat.state, slot, found)
            return
        start_ms, period = slot
        window = seat.state.windows[start_ms]
        seat.judged = True
        window.quality = found if window.quality is None else merge(window.quality, found)
        if period is not None and seat.state.periods.add(period, found):
            seat.periods |= {period}

    def outputs(self) -> Outputs:
        """Judge the touched feeds and return everything to send and to write. Changes only memory: call `written` once all is durable."""
        out = Outputs(rows=self._rows)
        for seat in self._touched.values():
            read_through_ms = self._reach.read_through_ms(seat)
            if self._must_judge(seat):
                self._judge(seat, read_through_ms, out)
            self._points(seat, out)
            close_windows(seat.state, read_through_ms, self._rules.window_ms)
            self._shelf.rest(seat)
        for recount in self._recounts:
            checks = self._checks.get(recount.feed.partition("/")[2], ())
            for start_ms, window in recount.windows.items():
                out.points.extend(lines.window_lines(recount.feed, start_ms, window, checks, lines.ROW_FIELDS))
        out.buckets = self._shelf.encoded({seat.key for seat in self._touched.values()})
        return out

    def written(self) -> None:
        """Everything the last `outputs` returned is durable."""
        self._rows = 0
        self._days.over = False
        self._recounts.clear()
        self._tables.feeds.clear()
        for seat in self._touched.values():
            seat.windows = NO_WINDOWS
            seat.periods = NO_WINDOWS
            seat.reconsider = seat.judged = False
        self._touched.clear()

    def verdicts(self) -> dict[str, Verdict]:
        """The present verdict of every feed that has been judged."""
        return dict(self._shelf.verdicts())

    def _must_judge(self, seat: Seat) -> bool:
        """A feed that is fresh stays so until its deadline or a change of coverage; any other may change with every row."""
        verdict = seat.state.verdict
        return self.now_ms is not None and (verdict is None or seat.reconsider or verdict.status is not Status.FRESH)

    def _judge(self, seat: Seat, read_through_ms: int | None, out: Outputs) -> None:
        now_ms, state = self.now_ms or 0, seat.state
        if now_ms < state.point_ms:
            self._deadlines.set(seat.feed, state.point_ms)  # a tick that is read again: what was said at a later time stands until then
            return
        verdict = judge(
            seat.schedule,
            state.ledger,
            state.clocks(),
            now_ms=now_ms,
            read_through_ms=read_through_ms,
            tolerance_ms=self._rules.tolerance_ms,
            suspended=seat.unit in seat.dataset.suspended,
            declared=seat.declared,
        )
        unheard = self._reach.cannot_be_heard(seat)
        if verdict.status is Status.UNKNOWN and (self._reach.may_be_told(read_through_ms) or (state.verdict is None and not unheard)):
            self._deadlines.set(seat.feed, self._reach.told_by_ms if unheard else now_ms)  # there is nothing to say yet, or nothing new
            return
        change = transition(seat.feed, state, verdict, now_ms)
        if change is not None:
            out.transitions.append(change)
            out.points.append(lines.transition_line(change))
            state.since_ms = change.at_ms if change.old != change.new else state.since_ms
            state.changes = noted(state.changes, change.at_ms, now_ms, verdict.status)
        state.correct(None if state.verdict is None else state.verdict.data_through, verdict.data_through, now_ms)
        state.verdict = verdict
        self._schedule(seat, verdict)

    def _points(self, seat: Seat, out: Outputs) -> None:
        state, checks = seat.state, self._checks.get(seat.dataset.id, ())
        if state.verdict is not None and self.now_ms is not None:
            state.point_ms = lines.freshness_time_ms(state, self.now_ms, self._rules.repeat_ms)
            out.points.append(lines.freshness_line(seat.feed, seat.dataset, seat.schedule, state, state.point_ms))
            if seat.reconsider or seat.judged:
                out.points.extend(quality_lines.scores_lines(seat.feed, seat.dataset, state, checks, state.point_ms))
            if self._days.over:
                out.points.extend(
                    day_lines(seat.feed, seat.dataset, seat.schedule, state, seat.declared, midnight_ms=self._days.midnight_ms)
                )
            hour_ms = self.now_ms - self.now_ms % self._rules.repeat_ms
            out.points.extend(self._tables.lines(seat.feed, state, checks, hour_ms, again=seat.reconsider))
        for start_ms in seat.windows:
            out.points.extend(lines.window_lines(seat.feed, start_ms, state.windows[start_ms], checks))
        for period in sorted(seat.periods & state.periods.counts.keys()):  # one that is past already has nothing to tell
            out.points.extend(quality_lines.period_lines(seat.feed, seat.schedule, period, state.periods.of(period), checks))

    def _schedule(self, seat: Seat, verdict: Verdict | None) -> None:
        seat.doubtful = verdict is not None and verdict.status is not Status.FRESH
        unheard = verdict is not None and verdict.status is Status.UNKNOWN and self._reach.cannot_be_heard(seat)
        self._deadlines.set(seat.feed, None if unheard else 0 if verdict is None else verdict.next_at_ms)
