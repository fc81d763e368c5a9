"""Scores as sentences: what counts, what must not, and that parts add up to the whole."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.freshness.declared import NOTHING
from expectations.freshness.scores import Change, Score, Window, deliveries, timeliness, total, window
from expectations.freshness.verdict import Status
from tests.expectations.declaring import CASE, applied, declaration
from tests.expectations.freshness_cases import DAY_MS, at, delivered, local

FEBRUARY = Window("2025-02", at("2025-02-01"), at("2025-03-01"))
LATER = at("2025-06-01")


def scored(history: str, now_ms: int = LATER) -> tuple[int, int, int, int]:
    """Days in order, days behind, spells, days of delay of `2025-02-01 late, 2025-02-03 fresh`."""
    changes = [one.split() for one in history.split(", ") if one]
    score = timeliness([Change(at(day), Status(status)) for day, status in changes], FEBRUARY, now_ms)
    return score.in_order_ms // DAY_MS, score.behind_ms // DAY_MS, score.spells, score.delay_ms // DAY_MS


CASES = [
    pytest.param("", (0, 0, 0, 0), id="nothing is known"),
    pytest.param("2025-01-01 fresh", (28, 0, 0, 0), id="fresh all month"),
    pytest.param("2025-02-11 fresh", (18, 0, 0, 0), id="before the first change nothing counts"),
    pytest.param("2025-01-01 fresh, 2025-02-06 due", (28, 0, 0, 0), id="a running grace is in order"),
    pytest.param("2025-01-01 fresh, 2025-02-11 late, 2025-02-15 fresh", (24, 4, 1, 4), id="late for four days"),
    pytest.param("2025-02-01 late, 2025-02-05 stale, 2025-02-11 fresh", (18, 10, 1, 10), id="late and then stale are one spell"),
    pytest.param("2025-01-22 late, 2025-02-03 fresh", (26, 2, 1, 12), id="a delay is not cut by the month"),
    pytest.param("2025-01-22 late, 2025-02-01 fresh", (28, 0, 0, 0), id="a spell that ended as the month began is not its own"),
    pytest.param("2025-02-19 late, 2025-05-01 fresh", (0, 10, 1, 10), id="nor is what comes after it"),
    pytest.param("2025-02-01 late, 2025-02-03 fresh, 2025-02-05 never, 2025-02-09 fresh", (22, 6, 2, 6), id="two spells"),
    pytest.param("2025-02-01 fresh, 2025-02-08 unknown, 2025-02-15 fresh", (21, 0, 0, 0), id="must not count: our own outage"),
    pytest.param(
        "2025-02-01 late, 2025-02-08 unknown, 2025-02-15 late, 2025-02-20 fresh",
        (9, 12, 1, 12),
        id="which neither ends a spell nor lengthens it",
    ),
    pytest.param("2025-02-01 suspended", (0, 0, 0, 0), id="must not count: a rest"),
]


@pytest.mark.parametrize(("history", "expected"), CASES)
def test_time_counts_as_it_was_spent(history: str, expected: tuple[int, int, int, int]) -> None:
    assert scored(history) == expected


def test_time_to_come_does_not_count() -> None:
    assert scored("2025-01-01 late", now_ms=at("2025-02-04")) == (0, 3, 1, 34)


@pytest.mark.parametrize(
    ("score", "ratio", "left"),
    [
        pytest.param(Score(in_order_ms=100), 1.0, 1.0, id="nothing spent"),
        pytest.param(Score(in_order_ms=95, behind_ms=5), 0.95, 0.0, id="all spent"),
        pytest.param(Score(in_order_ms=90, behind_ms=10), 0.90, -1.0, id="twice as much"),
        pytest.param(Score(), None, None, id="nothing judged"),
    ],
)
def test_an_objective_of_95_percent_has_a_budget(score: Score, ratio: float | None, left: float | None) -> None:
    assert score.on_time_ratio == ratio
    assert score.budget_left_ratio(0.95) == (None if left is None else pytest.approx(left))


def owed(now: str, complete: list[str], *kinds: tuple[str, str]) -> tuple[int, int]:
    declared = applied(*(declaration(kind, first=period) for kind, period in kinds)) if kinds else NOTHING
    score = deliveries(CASE, delivered(CASE, complete), declared, FEBRUARY, at(now))
    return score.owed, score.complete


@pytest.mark.parametrize(
    ("now", "complete", "kinds", "expected"),
    [
        pytest.param("2025-02-07 23:59", [], [], (0, 0), id="no deadline has passed"),
        pytest.param("2025-02-08", [], [], (1, 0), id="at the deadline January is owed"),
        pytest.param("2025-02-08", ["2025-01"], [], (1, 1), id="and complete"),
        pytest.param("2025-06-01", ["2025-02"], [], (1, 0), id="periods of other months do not count"),
        pytest.param("2025-06-01", [], [("nil", "2025-01")], (1, 1), id="a nil period is complete"),
        pytest.param("2025-06-01", [], [("waive", "2025-01")], (0, 0), id="must not count: a waived one"),
    ],
)
def test_periods_are_owed_in_the_window_of_their_deadline(
    now: str, complete: list[str], kinds: list[tuple[str, str]], expected: tuple[int, int]
) -> None:
    assert owed(now, complete, *kinds) == expected


@pytest.mark.parametrize(
    ("kind", "name", "first", "end"),
    [
        ("week", "2025-W07", "2025-02-10 00:00", "2025-02-17 00:00"),
        ("month", "2025-02", "2025-02-01 00:00", "2025-03-01 00:00"),
        ("quarter", "2025-Q1", "2025-01-01 00:00", "2025-04-01 00:00"),
    ],
)
def test_windows_are_those_of_the_calendar(kind: str, name: str, first: str, end: str) -> None:
    found = window(CASE, kind, date(2025, 2, 12))
    assert (found.name, local(found.from_ms), local(found.until_ms)) == (name, first, end)


@given(
    st.lists(st.tuples(st.integers(0, 120), st.sampled_from(Status)), max_size=12, unique_by=lambda c: c[0]),
    st.integers(0, 28),
)
def test_two_halves_of_a_window_have_together_the_time_of_the_whole(history: list[tuple[int, Status]], cut: int) -> None:
    changes = [Change(at("2024-12-15") + day * DAY_MS, status) for day, status in sorted(history)]
    middle = FEBRUARY.from_ms + cut * DAY_MS
    halves = [Window("a", FEBRUARY.from_ms, middle), Window("b", middle, FEBRUARY.until_ms)]
    parts, whole = total(timeliness(changes, half, LATER) for half in halves), timeliness(changes, FEBRUARY, LATER)
    assert (parts.in_order_ms, parts.behind_ms) == (whole.in_order_ms, whole.behind_ms)
    assert whole.in_order_ms + whole.behind_ms <= FEBRUARY.until_ms - FEBRUARY.from_ms
