"""When periods are due and late: due rules, days off, grace, the first required period, and where the calendar stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.freshness.periods import Cadence
from expectations.freshness.schedule import Dates, Due, Rule, Schedule, Span, Terms
from tests.expectations.freshness_cases import NO_GRACE, WORKDAYS, ZONE, at, local, schedule

DUE_CASES = [
    # cadence, rule, period, due at, other terms
    pytest.param("monthly", Due("dayOfMonth", 5), "2025-01", "2025-02-06 00:00", {}, id="the 5th lasts until its midnight"),
    pytest.param("monthly", Due("dayOfMonth", 5), "2025-09", "2025-10-07 00:00", {}, id="Sunday the 5th rolls to Monday"),
    pytest.param("monthly", Due("dayOfMonth", 5, roll=False), "2025-09", "2025-10-06 00:00", {}, id="Sunday the 5th stays without roll"),
    pytest.param("monthly", Due("dayOfMonth", 1), "2025-09", "2025-10-02 00:00", {}, id="the day after the period's last is soon enough"),
    pytest.param("monthly", Due("dayOfMonth", 2), "2025-12", "2026-01-06 00:00", {}, id="an exchanged Friday off rolls on"),
    pytest.param("monthly", Due("dayOfMonth", 31), "2025-01", "2025-03-01 00:00", {}, id="31st of February is the 28th"),
    pytest.param("monthly", Due("dayOfMonth", 31), "2024-01", "2024-03-01 00:00", {}, id="31st of February is the 29th in a leap year"),
    pytest.param(
        "monthly",
        Due("dayOfMonth", 25),
        "2025-10",
        "2025-10-28 00:00",
        {"month_starts_on": 15},
        id="administrative month, the 25th after its 14th",
    ),
    pytest.param(
        "monthly",
        Due("dayOfMonth", 5),
        "2025-10",
        "2025-11-06 00:00",
        {"month_starts_on": 15},
        id="administrative month, the 5th is next month's",
    ),
    pytest.param("monthly", Due("workingDayOfMonth", 1), "2025-09", "2025-10-02 00:00", {}, id="first working day"),
    pytest.param("monthly", Due("workingDayOfMonth", 3), "2025-01", "2025-02-06 00:00", {}, id="third working day after Tết"),
    pytest.param("quarterly", Due("dayOfMonth", 10), "2025-Q3", "2025-10-11 00:00", {}, id="quarter"),
    pytest.param("yearly", Due("dayOfMonth", 15), "2025", "2026-01-16 00:00", {}, id="year"),
    pytest.param("weekly", Due("after", 2, "day"), "2025-W40", "2025-10-08 00:00", {}, id="two days after the week"),
    pytest.param("daily", Due("after", 1, "workingDay"), "2025-10-03", "2025-10-07 00:00", {}, id="Friday's data by Monday's end"),
    pytest.param("daily", Due("after", 1, "workingDay"), "2025-10-05", "2025-10-07 00:00", {}, id="and Sunday's too"),
    pytest.param("daily", Due("after", 1, "day"), "2025-10-03", "2025-10-07 00:00", {}, id="a day later is Saturday: Monday"),
    pytest.param("daily", Due("after", 1, "day", roll=False), "2025-10-03", "2025-10-05 00:00", {}, id="a day later is Saturday: Saturday"),
    pytest.param("daily", Due("after", 6, "hour"), "2025-10-03", "2025-10-04 06:00", {}, id="hours do not roll"),
    pytest.param("daily", Due("after", 0, "hour"), "2025-10-03", "2025-10-04 00:00", {}, id="at once"),
    pytest.param("daily", Due("after", 0, "day", roll=False), "2025-10-03", "2025-10-04 00:00", {}, id="no days later is at once"),
]


@pytest.mark.parametrize(("cadence", "due", "period", "due_at", "terms"), DUE_CASES)
def test_a_period_is_due_at_the_midnight_after_its_due_day(cadence: str, due: Due, period: str, due_at: str, terms: dict[str, Any]) -> None:
    case = schedule(cadence, due, **terms)
    assert local(case.due_at_ms(case.parse(period))) == due_at


@pytest.mark.parametrize(
    ("due", "grace", "deadline"),
    [
        pytest.param(Due("dayOfMonth", 3), NO_GRACE, "2025-10-04 00:00", id="none"),
        pytest.param(Due("dayOfMonth", 3), Span(6, "hour"), "2025-10-04 06:00", id="six hours"),
        pytest.param(Due("dayOfMonth", 3), Span(2, "day"), "2025-10-06 00:00", id="calendar days run through the weekend"),
        pytest.param(Due("dayOfMonth", 3), Span(2, "workingDay"), "2025-10-08 00:00", id="working days skip it"),
        pytest.param(Due("after", 36, "hour"), Span(1, "workingDay"), "2025-10-04 00:00", id="from within a day to the end of the next"),
        pytest.param(Due("after", 36, "hour"), Span(1, "day"), "2025-10-03 12:00", id="from within a day by 24 hours"),
    ],
)
def test_grace_is_added_to_the_due_instant(due: Due, grace: Span, deadline: str) -> None:
    case = schedule(due=due, grace=grace)
    assert local(case.deadline_ms(case.parse("2025-09"))) == deadline


@pytest.mark.parametrize(
    ("first_due", "first"),
    [
        pytest.param("2025-02-04", "2025-01", id="the day before its due day"),
        pytest.param("2025-02-05", "2025-01", id="its due day"),
        pytest.param("2025-02-06", "2025-02", id="the day after"),
        pytest.param("2025-10-06", "2025-09", id="a due day that rolled to Monday counts as Monday"),
    ],
)
def test_the_first_required_period_is_the_first_due_on_or_after_the_first_due_day(first_due: str, first: str) -> None:
    case = schedule(first_due=first_due)
    assert case.text(case.first_required) == first


@pytest.mark.parametrize(
    ("now", "due", "expected"),
    [
        # January is due on 5 February (Wednesday), with grace until Friday's end.
        pytest.param("2025-02-05 23:59", None, None, id="before the due instant"),
        pytest.param("2025-02-06 00:00", "2025-01", None, id="due at it exactly"),
        pytest.param("2025-02-07 23:59", "2025-01", None, id="before the deadline"),
        pytest.param("2025-02-08 00:00", "2025-01", "2025-01", id="late at it exactly"),
        pytest.param("2025-10-06 23:59", "2025-08", "2025-08", id="the last moment of September's rolled due day"),
        pytest.param("2025-10-07 00:00", "2025-09", "2025-08", id="September due"),
        pytest.param("2025-10-09 00:00", "2025-09", "2025-09", id="September late"),
        pytest.param("1960-01-01 00:00", None, None, id="long before"),
    ],
)
def test_the_calendar_stands_at_the_last_required_period_that_is_due_and_at_the_last_past_its_deadline(
    now: str, due: str | None, expected: str | None
) -> None:
    case = schedule(grace=Span(2, "workingDay"))
    found = [case.due_through(at(now)), case.expected_through(at(now))]
    assert [None if period is None else case.text(period) for period in found] == [due, expected]


def test_the_expectation_is_found_without_walking_through_history() -> None:
    case = schedule("daily", Due("after", 1, "day"), first_due="1990-01-01")
    asked: list[int] = []
    dates = case.dates

    def noted(period: int) -> Dates:
        asked.append(period)
        return dates(period)

    case.dates = noted
    case.expected_through(at("2025-10-03 12:00"))
    assert 2 <= len(asked) < 12


SPANS = st.builds(Span, st.integers(0, 40), st.sampled_from(["hour", "day", "workingDay", "workingHour"]))
DUES = st.one_of(
    st.builds(Due, st.just("dayOfMonth"), st.integers(1, 31), roll=st.booleans()),
    st.builds(Due, st.just("workingDayOfMonth"), st.integers(1, 30)),
    st.builds(Due, st.just("workingDayBefore"), st.integers(1, 31)),
    st.builds(Due, st.just("after"), st.integers(0, 40), st.sampled_from(["hour", "day", "workingDay", "workingHour"]), st.booleans()),
)
PERIODIC = st.sampled_from([cadence for cadence in Cadence if cadence is not Cadence.CONTINUOUS])


@st.composite
def schedules(draw: Callable[..., Any]) -> Schedule:
    first_due = draw(st.dates(date(2020, 1, 1), date(2026, 1, 1)))
    days = draw(st.sampled_from([(), (date(2022, 3, 7), date(2025, 1, 1))]))
    changes = tuple(Rule(day, draw(DUES), draw(SPANS), draw(st.none() | DUES)) for day in days)
    terms = Terms(
        draw(PERIODIC),
        draw(DUES),
        draw(SPANS),
        first_due,
        month_starts_on=draw(st.sampled_from([1, 15])),
        regulatory=draw(st.none() | DUES),
        changes=changes,
    )
    return Schedule(terms, WORKDAYS, ZONE)


@settings(max_examples=150)
@given(schedules(), st.integers(0, 60))
def test_periods_end_then_are_due_then_late_and_never_before_those_before_them(case: Schedule, further: int) -> None:
    period = case.first_required + further
    dates, following = case.dates(period), case.dates(period + 1)
    assert case.midnight_ms(case.end_day(period)) <= dates.due_at_ms <= dates.deadline_ms
    assert dates[:2] <= following[:2]
    assert dates.deadline_ms <= following.deadline_ms
    assert dates.regulatory_ms is None or dates.regulatory_ms >= dates.deadline_ms


@settings(max_examples=150)
@given(schedules())
def test_the_first_required_period_is_the_first_of_all_due_late_enough(case: Schedule) -> None:
    first_due, before = case.terms.first_due, case.first_required - 1
    while case.skips and not case.workdays.is_workday(date.fromordinal(before)):
        before -= 1
    assert case.dates(case.first_required).due_day >= first_due > case.dates(before).due_day


@settings(max_examples=150)
@given(schedules(), st.lists(st.integers(at("2019-01-01"), at("2027-01-01")), min_size=1, max_size=6))
def test_the_expectation_is_the_last_deadline_passed_whatever_was_asked_before(case: Schedule, instants: list[int]) -> None:
    for now in instants:
        expected = case.expected_through(now)
        first_open = case.next_required(case.first_required if expected is None else expected + 1)
        assert case.deadline_ms(first_open) > now
        assert expected is None or case.deadline_ms(expected) <= now
        passed = case.passed(now)
        assert passed.from_ms <= now < passed.until_ms == case.deadline_ms(first_open)


@settings(max_examples=150)
@given(schedules(), st.integers(at("2019-01-01"), at("2027-01-01")), st.integers(0, 400))
def test_the_calendar_never_goes_back_and_what_is_late_was_due(case: Schedule, now: int, days: int) -> None:
    later = now + days * 86_400_000
    for through in (case.expected_through, case.due_through):
        assert (through(now) or 0) <= (through(later) or 0)
    assert (case.expected_through(now) or 0) <= (case.due_through(now) or 0)


@pytest.mark.parametrize(
    ("terms", "allowed"),
    [
        ({"due": Due("dayOfMonth", 0)}, "counts from 1"),
        ({"due": Due("after", -1)}, "offset from 0"),
        ({"grace": Span(-1, "day")}, "grace"),
        ({"stale_after": 0}, "stale_after"),
        ({"min_rows": 0}, "min_rows"),
        ({"slice_quorum": 1.01}, "slice_quorum"),
        ({"month_starts_on": 29}, "1 to 28"),
        ({"cadence": "continuous"}, "age"),
    ],
)
def test_terms_that_mean_nothing_are_refused_with_what_is_allowed(terms: dict[str, Any], allowed: str) -> None:
    with pytest.raises(ValueError, match=allowed):
        schedule(**terms)


@pytest.mark.parametrize(
    ("quorum", "expected", "needed"),
    [(1.0, 96, 96), (0.8, 96, 77), (0.07, 100, 7), (0.9, 10, 9), (0.905, 10, 10), (0.0, 10, 0), (1.0, 0, 0), (1 / 3, 3, 1)],
)
def test_the_quorum_is_rounded_up_to_whole_slices(quorum: float, expected: int, needed: int) -> None:
    case = schedule(slices=frozenset(str(n) for n in range(expected)), slice_quorum=quorum)
    assert case.slices_needed == needed


@pytest.mark.parametrize(("cadence", "days"), [("daily", 3), ("weekly", 10), ("monthly", 35), ("quarterly", 100), ("yearly", 100)])
def test_silence_depends_on_the_cadence_unless_the_contract_says(cadence: str, days: int) -> None:
    assert schedule(cadence).terms.silent_after_ms == days * 86_400_000
    assert schedule(cadence, silent_after_ms=1).terms.silent_after_ms == 1


def test_a_province_elsewhere_has_its_own_midnight_and_its_clocks_may_jump() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    case = Schedule(Terms(Cadence.DAILY, Due("after", 0, "hour"), Span(1, "day"), date(2025, 1, 1)), WORKDAYS, berlin)
    spring = case.parse("2025-03-29")
    assert case.deadline_ms(spring) - case.due_at_ms(spring) == 24 * 3_600_000
    assert case.due_at_ms(spring + 1) - case.due_at_ms(spring) == 23 * 3_600_000
    assert case.midnight_ms(date(2025, 3, 30)) + timedelta(hours=23) // timedelta(milliseconds=1) == case.midnight_ms(date(2025, 3, 31))
