"""What a verdict rests on: periods, their rows, slices and limits; the facts of `explain`; quality.

The page and `nhip why` show the same. Counts, periods, days and instants only: no value of a row is in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from expectations.freshness.declared import Declared, fold
from expectations.freshness.explain import Fact, explain
from expectations.freshness.ledger import Ledger, data_through
from expectations.freshness.schedule import Schedule
from expectations.freshness.states import Declared as Excuse
from expectations.freshness.states import PeriodState, state_of
from expectations.freshness.verdict import Verdict
from expectations.quality.oftable import TableResult, of_table
from expectations.quality.scores import Scores
from expectations.quality.suite import Check, CheckResult, result
from streams.board.declared import Statement, statements
from streams.board.view import FeedDetail
from streams.feeds.quality_lines import latest, scores_of
from streams.feeds.state import FeedState
from streams.feeds.table_state import together

PERIODS_SHOWN = 24


class Period(msgspec.Struct, frozen=True):
    """One required period, or an earlier one that holds data.

    `rows` and arrivals are None when nothing came, or when the period is complete and long past: then only that is remembered.
    `slices_missing` names the slices that an incomplete period still lacks; empty while nothing at all has come.
    """

    period: str
    state: PeriodState
    rows: int | None
    slices: int | None
    slices_expected: int
    slices_missing: list[str]
    first_heard_ms: int | None
    last_heard_ms: int | None
    due_at_ms: int
    deadline_ms: int


class Quality(msgspec.Struct, frozen=True):
    """What the suite found in the rows of `period`, the newest with judged rows, whenever they came.

    A continuous feed has no period: these are then the windows that are remembered; the oldest starts at `since_ms`.
    """

    period: str | None
    since_ms: int | None
    rows: int
    checks: list[CheckResult]


class Evidence(msgspec.Struct, frozen=True):
    """Periods are newest first and empty for a continuous feed. `quality` is None when no row has been checked.

    `table` is what is known of the table as it is now, None where the contract promises no row images.
    """

    periods: list[Period]
    facts: list[Fact]
    quality: Quality | None
    declared: list[Statement]
    scores: Scores
    table: TableResult | None = None


def collect(schedule: Schedule, detail: FeedDetail, checks: Sequence[Check], now_ms: int) -> Evidence:
    """Gather the evidence for one feed as of `now_ms`."""
    state = detail.state
    return Evidence(
        periods=[] if schedule.continuous else _periods(schedule, state.ledger, fold(schedule, state.declarations), now_ms),
        facts=[] if state.verdict is None else _facts(schedule, detail, state.verdict, now_ms),
        quality=_quality(schedule, state, checks),
        declared=statements(schedule, state.declarations, now_ms),
        scores=scores_of(schedule.terms.stale_after, state, checks),
        table=of_table(checks, together(state.table)) if state.table and checks else None,
    )


def _facts(schedule: Schedule, detail: FeedDetail, verdict: Verdict, now_ms: int) -> list[Fact]:
    return explain(schedule, detail.state.ledger, detail.state.clocks(), verdict, now_ms)


def _periods(schedule: Schedule, ledger: Ledger, declared: Declared, now_ms: int) -> list[Period]:
    """The newest required periods up to the next one due, what came early, and where the data end if that is further back."""
    first, due = schedule.first_required, schedule.due_through(now_ms)
    newest = schedule.next_required(first if due is None else due + 1)
    through = data_through(declared.cover(schedule, ledger, None), schedule)
    shown = {p for p in range(max(first, newest - PERIODS_SHOWN + 1), newest + 1) if schedule.is_required(p)}
    shown |= {period for period in ledger.entries if period > newest}
    shown |= set() if through is None else {through, schedule.next_required(through + 1)}
    return [_period(schedule, ledger, declared, period, now_ms) for period in sorted(shown, reverse=True)]


def _period(schedule: Schedule, ledger: Ledger, declared: Declared, period: int, now_ms: int) -> Period:
    entry, slices = ledger.entries.get(period), schedule.terms.slices
    at = period - schedule.first_required
    dates = declared.extend(schedule.dates(period), at)
    state = state_of(schedule, ledger, period, now_ms, _excuse(declared, at, now_ms))
    counted = entry is not None and state != "complete"
    return Period(
        period=schedule.text(period),
        state=state,
        rows=entry.rows if entry else None,
        slices=len(slices.intersection(entry.slices)) if entry and counted else None,
        slices_expected=len(slices),
        slices_missing=sorted(slices.difference(entry.slices)) if entry and counted else [],
        first_heard_ms=entry.first_heard_ms if entry else None,
        last_heard_ms=entry.last_heard_ms if entry else None,
        due_at_ms=dates.due_at_ms,
        deadline_ms=dates.deadline_ms,
    )


def _excuse(declared: Declared, at: int, now_ms: int) -> Excuse | None:
    """Say what was declared of a period (its bit from the first required one), None when nothing that holds."""
    if at < 0:
        return None
    if declared.nil >> at & 1:
        return "nil"
    if declared.waived >> at & 1:
        return "waived"
    return "extended" if declared.excused(now_ms) >> at & 1 else None


def _quality(schedule: Schedule, state: FeedState, checks: Sequence[Check]) -> Quality | None:
    found, newest = latest(state), state.periods.newest
    if not found.rows or not checks:
        return None
    if newest is not None:
        return Quality(schedule.text(newest), None, found.rows, result(checks, found))
    since_ms = min(start_ms for start_ms, window in state.windows.items() if window.quality is not None)
    return Quality(None, since_ms, found.rows, result(checks, found))
