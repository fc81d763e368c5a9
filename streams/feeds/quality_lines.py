"""Points of what suites found: of a period, and the four scores of a feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce

from expectations.catalogue.units import Dataset
from expectations.freshness.periods import first_day
from expectations.freshness.schedule import Schedule
from expectations.quality import scores
from expectations.quality.oftable import IN_ORDER, of_table
from expectations.quality.scores import Scores
from expectations.quality.suite import Check, CheckResult, SuiteState, merge, result
from points.measurement import Value
from points.table import QUALITY_PERIOD, QUALITY_TABLE, SCORES
from streams.feeds.state import FeedState
from streams.feeds.table_state import together


def check_tags(unit: str, dataset: str, found: CheckResult) -> Mapping[str, str]:
    """What the points of one check are told apart by."""
    return {"unit": unit, "dataset": dataset, "check": found.check, "dimension": found.dimension, "severity": found.severity}


def check_fields(found: CheckResult) -> dict[str, Value | None]:
    """What one check found."""
    return {
        "evaluated": found.evaluated,
        "missing": found.missing,
        "unexpected": found.unexpected,
        "ratio": found.ratio,
        "success": found.success,
        "observed": found.observed,
        "why": found.why or None,
    }


def period_lines(feed: str, schedule: Schedule, period: int, found: SuiteState, checks: Sequence[Check]) -> Iterator[bytes]:
    """The totals so far of one period, one point a check."""
    unit, _, dataset = feed.partition("/")
    terms = schedule.terms
    start_ms, name = schedule.midnight_ms(first_day(terms.cadence, period, terms.month_starts_on)), schedule.text(period)
    for one in result(checks, found):
        yield QUALITY_PERIOD.line(check_tags(unit, dataset, one), {"period": name, **check_fields(one)}, start_ms)


def table_lines(feed: str, state: FeedState, checks: Sequence[Check], time_ms: int) -> Iterator[bytes]:
    """What is known of the table at `time_ms`, one point a check: of the table, or `of` the stream with the reason."""
    unit, _, dataset = feed.partition("/")
    found = of_table(checks, together(state.table))
    for one in found.checks:
        of = "table" if one.success is not None or not one.why else "stream"
        fields = {"of": of, "rows": found.rows, **check_fields(one)}
        yield QUALITY_TABLE.line(check_tags(unit, dataset, one), fields, time_ms)
    for check in found.not_told:
        tags = {"unit": unit, "dataset": dataset, "check": check.id, "dimension": check.dimension, "severity": check.severity}
        yield QUALITY_TABLE.line(tags, {"of": "stream", "why": found.why or IN_ORDER}, time_ms)


def latest(state: FeedState) -> SuiteState:
    """What the scores tell of: the newest period with judged rows; of a continuous feed the windows that are remembered."""
    newest = state.periods.newest
    if newest is not None:
        return state.periods.of(newest)
    return reduce(merge, (window.quality for window in state.windows.values() if window.quality is not None), SuiteState())


def scores_of(stale_after: int, state: FeedState, checks: Sequence[Check]) -> Scores:
    """The four scores of a feed."""
    verdict = state.verdict
    song = None if verdict is None else scores.liveness(verdict.status, verdict.periods_behind, stale_after)
    return scores.of_feed(result(checks, latest(state)), song)


def scores_lines(feed: str, dataset: Dataset, state: FeedState, checks: Sequence[Check], time_ms: int) -> Iterator[bytes]:
    """The scores at `time_ms`; nothing when there is none."""
    found = scores_of(dataset.terms.stale_after, state, checks)
    fields: dict[str, Value | None] = {
        "dung_ratio": found.dung,
        "du_ratio": found.du,
        "sach_ratio": found.sach,
        "song_ratio": found.song,
    }
    if any(value is not None for value in fields.values()):
        yield SCORES.line({"unit": feed.partition("/")[0], "dataset": dataset.id, "department": dataset.owner}, fields, time_ms)
