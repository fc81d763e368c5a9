"""Points of a feed: its freshness, its windows, its transitions. The same state gives the same line, whenever it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from alerts.transition import Transition
from expectations.catalogue.units import Dataset
from expectations.freshness.ledger import Ledger, data_through
from expectations.freshness.schedule import Schedule
from expectations.quality.suite import Check, result
from points.table import FRESHNESS, QUALITY, STATUS_CODES, TRANSITIONS, VOLUME
from streams.feeds.quality_lines import check_fields, check_tags
from streams.feeds.state import FeedState, Window

MINUTE_MS = 60_000
VOLUME_FIELDS = {"c": "inserts", "u": "updates", "d": "deletes", "r": "snapshots", "h": "heartbeats"}
ROW_FIELDS = tuple(name for name in VOLUME.fields if name != "heartbeats")
"""What a recount knows of a window: it reads rows, and what it does not write stays in the store as it was."""


def freshness_time_ms(state: FeedState, now_ms: int, repeat_ms: int) -> int:
    """The instant of a feed's freshness point: the minute last heard, the last transition, or the last full hour; whichever is latest.

    Never before the point before it: a status may begin in the past (a deadline, an arrival read late), but the newest point has to
    tell the present one.
    """
    heard_ms = (state.heard_ms or 0) // MINUTE_MS * MINUTE_MS
    return max(state.point_ms, min(max(heard_ms, state.since_ms or 0, now_ms // repeat_ms * repeat_ms), now_ms))


def freshness_line(feed: str, dataset: Dataset, schedule: Schedule, state: FeedState, time_ms: int) -> bytes:
    """A feed's verdict and evidence at `time_ms`; the state must have been judged."""
    verdict = state.verdict
    assert verdict is not None  # noqa: S101  the caller's promise, for the type checker
    unit, _, name = feed.partition("/")
    through_ms = _data_through_ms(state.ledger, schedule)
    return FRESHNESS.line(
        {"unit": unit, "dataset": name, "department": dataset.owner},
        {
            "status": str(verdict.status),
            "status_code": STATUS_CODES[verdict.status],
            "reason": str(verdict.reason),
            "data_through": verdict.data_through,
            "data_through_ms": through_ms,
            "expected_through": verdict.expected_through,
            "periods_behind": verdict.periods_behind,
            "holes": verdict.hole_count,
            "lag_seconds": None if through_ms is None else max(0, time_ms - through_ms) // 1000,
            "heard_age_seconds": None if state.heard_ms is None else max(0, time_ms - state.heard_ms) // 1000,
            "completeness_ratio": verdict.slices_seen / verdict.slices_expected if verdict.slices_expected else None,
        },
        time_ms,
    )


def _data_through_ms(ledger: Ledger, schedule: Schedule) -> int | None:
    """The end of the period that the data reach; of a continuous feed the instant itself."""
    through = data_through(ledger, schedule)
    return through if through is None or schedule.continuous else schedule.midnight_ms(schedule.end_day(through))


def window_lines(
    feed: str, start_ms: int, window: Window, checks: Sequence[Check], known: Iterable[str] = tuple(VOLUME.fields)
) -> Iterator[bytes]:
    """The totals so far of one window: volume (the fields that are `known`), and one point a check."""
    unit, _, dataset = feed.partition("/")
    counts = dict.fromkeys(VOLUME.fields, 0)
    for op, events in window.volume.items():
        counts[VOLUME_FIELDS.get(op, "other")] += events
    yield VOLUME.line({"unit": unit, "dataset": dataset}, {name: counts[name] for name in known}, start_ms)
    if window.quality is None:
        return
    for found in result(checks, window.quality):
        yield QUALITY.line(check_tags(unit, dataset, found), check_fields(found), start_ms)


def transition_line(change: Transition) -> bytes:
    """A transition, at the instant it happened."""
    return TRANSITIONS.line(
        {"unit": change.unit, "dataset": change.dataset, "status": change.new},
        {
            "from_status": change.old or "",
            "reason": change.reason,
            "noticed_ms": change.noticed_ms,
            "periods_behind": change.periods_behind,
            "id": change.id,
        },
        change.at_ms,
    )
