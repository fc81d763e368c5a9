"""Continuous datasets owe a maximum age: due, late, and by how many ages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.freshness.schedule import Due, Schedule, Span
from expectations.freshness.terms import Unit
from tests.expectations.freshness_cases import HOUR_MS, NO_GRACE, at, local, schedule

AGES = st.builds(Due, st.just("after"), st.integers(1, 60), st.sampled_from(["hour", "day", "workingDay"]))
GRACES = st.builds(Span, st.integers(0, 30), st.sampled_from(["hour", "day", "workingDay"]))
INSTANTS = st.integers(at("2024-06-01"), at("2026-06-01"))


def aged(count: int, unit: Unit, grace: Span = NO_GRACE) -> Schedule:
    return schedule("continuous", Due("after", count, unit), grace, first_due="2024-01-02")


@pytest.mark.parametrize(
    ("case", "reaches_to", "due", "late"),
    [
        pytest.param(aged(2, "hour"), "2025-10-03 07:30", "2025-10-03 09:30", "2025-10-03 09:30", id="two hours"),
        pytest.param(aged(2, "hour", Span(30, "hour")), "2025-10-03 07:30", "2025-10-03 09:30", "2025-10-04 15:30", id="and grace"),
        pytest.param(aged(1, "day"), "2025-10-03 07:30", "2025-10-04 07:30", "2025-10-04 07:30", id="a day is 24 hours"),
        pytest.param(
            aged(1, "workingDay"), "2025-10-03 07:30", "2025-10-07 00:00", "2025-10-07 00:00", id="Friday's data last to Monday's end"
        ),
        pytest.param(aged(1, "workingDay", Span(1, "workingDay")), "2025-10-03 07:30", "2025-10-07 00:00", "2025-10-08 00:00", id="both"),
    ],
)
def test_data_grow_too_old_then_late(case: Schedule, reaches_to: str, due: str, late: str) -> None:
    assert (local(case.due_at_ms(at(reaches_to))), local(case.deadline_ms(at(reaches_to)))) == (due, late)


def test_a_feed_that_never_reported_is_due_by_the_end_of_its_first_due_day() -> None:
    first = aged(2, "hour", Span(3, "hour")).age_dates(None)
    assert (local(first.due_at_ms), local(first.deadline_ms)) == ("2024-01-03 00:00", "2024-01-03 03:00")


def test_nothing_is_due_of_old_data_before_the_first_due_day() -> None:
    case = aged(2, "hour")
    assert case.age_dates(at("2023-06-01")) == case.age_dates(None)
    assert case.expected_through(at("2024-01-02 23:59")) is None
    assert case.expected_through(at("2024-01-03 00:00")) == at("2024-01-02 22:00")


@pytest.mark.parametrize(
    ("case", "expected_through"),
    [
        pytest.param(aged(2, "hour", Span(1, "hour")), "2025-10-06 06:00", id="age and grace ago"),
        pytest.param(aged(1, "workingDay"), "2025-10-02 23:59:59", id="on Monday, all of Thursday is too old and Friday is not"),
        pytest.param(aged(2, "hour", Span(1, "workingDay")), "2025-10-02 22:00", id="hours of age and a working day of grace"),
    ],
)
def test_the_expectation_moves_with_time(case: Schedule, expected_through: str) -> None:
    found = case.expected_through(at("2025-10-06 09:00"))
    assert found is not None
    assert local(found // 1000 * 1000) == expected_through


@pytest.mark.parametrize(
    ("case", "now", "spans"),
    [
        pytest.param(aged(2, "hour"), "2025-10-03 09:29", 0, id="before the deadline"),
        pytest.param(aged(2, "hour"), "2025-10-03 09:30", 1, id="at it"),
        pytest.param(aged(2, "hour"), "2025-10-03 11:29", 1, id="before another age has gone by"),
        pytest.param(aged(2, "hour"), "2025-10-03 11:30", 2, id="at it"),
        pytest.param(aged(1, "workingDay"), "2025-10-07 00:00", 1, id="working days: at the deadline"),
        pytest.param(aged(1, "workingDay"), "2025-10-07 23:59", 1, id="all that day"),
        pytest.param(aged(1, "workingDay"), "2025-10-08 00:00", 2, id="another working day"),
        pytest.param(aged(1, "workingDay"), "2025-10-12 23:59", 5, id="a weekend adds none"),
    ],
)
def test_lateness_is_counted_in_whole_ages(case: Schedule, now: str, spans: int) -> None:
    assert case.spans_late(case.deadline_ms(at("2025-10-03 07:30")), at(now)) == spans


@settings(max_examples=150)
@given(AGES, GRACES, INSTANTS)
def test_data_at_the_expectation_are_late_and_any_newer_are_not(age: Due, grace: Span, now: int) -> None:
    case = schedule("continuous", age, grace, first_due="2024-01-02")
    expected = case.expected_through(now)
    assert expected is not None
    assert case.deadline_ms(expected) <= now < case.deadline_ms(expected + 1)


@settings(max_examples=150)
@given(AGES, GRACES, INSTANTS, st.integers(0, 5000))
def test_an_instant_never_expires_before_an_earlier_one(age: Due, grace: Span, reaches_to: int, hours: int) -> None:
    case = schedule("continuous", age, grace, first_due="2024-01-02")
    assert reaches_to < case.due_at_ms(reaches_to) <= case.deadline_ms(reaches_to)
    assert case.dates(reaches_to) <= case.dates(reaches_to + hours * HOUR_MS)


@settings(max_examples=150)
@given(AGES, INSTANTS, st.integers(0, 20_000))
def test_the_next_age_late_is_the_first_instant_that_counts_one_more(age: Due, deadline: int, hours: int) -> None:
    case = schedule("continuous", age, first_due="2024-01-02")
    spans = case.spans_late(deadline, deadline + hours * HOUR_MS)
    following = case.late_by_ms(deadline, spans)
    assert spans >= 1
    assert [case.spans_late(deadline, following - 1), case.spans_late(deadline, following)] == [spans, spans + 1]
