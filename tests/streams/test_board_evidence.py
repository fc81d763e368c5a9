"""Which periods are shown as evidence, and in what state."""

from __future__ import annotations

from datetime import date

import pytest

from expectations.freshness import ledger as ledgers
from expectations.freshness.schedule import Schedule
from streams.board.evidence import PERIODS_SHOWN, Evidence, collect
from streams.board.view import FeedDetail, FeedView
from streams.feeds.state import FeedState
from tests.streams import board_scene as scene

DAILY = "thu-tuc-hanh-chinh"


def schedule_of(dataset: str) -> Schedule:
    return scene.catalogue().schedules[dataset]


def evidence_of(dataset: str, state: FeedState, now_ms: int = scene.NOW_MS) -> Evidence:
    return collect(schedule_of(dataset), FeedDetail(FeedView("u", dataset), state, []), (), now_ms)


def complete(state: FeedState, dataset: str, periods: range) -> None:
    for period in periods:
        for key in range(schedule_of(dataset).terms.min_rows):
            ledgers.count(state.ledger, schedule_of(dataset), period, key + 1, None, scene.NOW_MS)


@pytest.mark.parametrize(
    ("before_due_ms", "state"),
    [pytest.param(1, "not_due", id="just before"), pytest.param(0, "due", id="at"), pytest.param(-1, "due", id="just after")],
)
def test_a_period_is_missing_from_the_instant_it_is_due(before_due_ms: int, state: str) -> None:
    schedule = schedule_of("nguoi-co-cong")
    september = schedule.ordinal_of(date(2025, 9, 1))
    found = evidence_of("nguoi-co-cong", FeedState(), schedule.due_at_ms(september) - before_due_ms)
    assert {period.period: period.state for period in found.periods}["2025-09"] == state


def test_the_newest_periods_come_first_and_end_with_the_next_one_due() -> None:
    found = evidence_of("nguoi-co-cong", FeedState())
    texts = [period.period for period in found.periods]
    assert texts[0] == "2025-10"
    assert texts == sorted(texts, reverse=True)
    assert texts[-1] == "2024-01"
    assert len(texts) == 22


def test_where_the_data_end_is_shown_however_long_ago() -> None:
    schedule, state = schedule_of(DAILY), FeedState()
    first = schedule.first_required
    complete(state, DAILY, range(first, first + 3))
    texts = [period.period for period in evidence_of(DAILY, state).periods]
    assert texts[-2:] == [schedule.text(first + 3), schedule.text(first + 2)]
    assert len(texts) == PERIODS_SHOWN + 2


def test_a_period_that_came_early_is_shown() -> None:
    schedule, state = schedule_of("nguoi-co-cong"), FeedState()
    december = schedule.ordinal_of(date(2025, 12, 1))
    complete(state, "nguoi-co-cong", range(december, december + 1))
    assert evidence_of("nguoi-co-cong", state).periods[0].period == "2025-12"
    assert evidence_of("nguoi-co-cong", state).periods[0].state == "complete"


def test_some_rows_of_a_period_are_not_the_period() -> None:
    schedule, state = schedule_of("bao-tro-xa-hoi"), FeedState()
    september = schedule.ordinal_of(date(2025, 9, 1))
    ledgers.count(state.ledger, schedule, september, 1, None, scene.NOW_MS)
    partial = {period.period: period for period in evidence_of("bao-tro-xa-hoi", state).periods}["2025-09"]
    assert (partial.state, partial.rows) == ("partial", 1)


def test_a_continuous_feed_has_no_periods_to_show() -> None:
    assert evidence_of("ho-tich", FeedState()).periods == []


def test_quality_without_checked_rows_is_nothing_rather_than_perfect() -> None:
    assert evidence_of("ho-ngheo", FeedState()).quality is None
