"""The rule book, first part: when a period is due and when it is late. Each line is a rule with its day; WORKDAYS has the days off.

Read "due 2025-10-07" as: on the 6th it is still in time, at midnight (the first instant of the 7th) it is due.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pytest

from expectations.freshness.schedule import Due, Rule, Schedule, Span, Terms
from expectations.freshness.workdays import Workdays
from tests.expectations.freshness_cases import NO_GRACE, ZONE, at, local, schedule

TWO_WORKING_DAYS = Span(2, "workingDay")


def of_month(n: int, **more: Any) -> Due:
    return Due("dayOfMonth", n, **more)


def before(n: int) -> Due:
    return Due("workingDayBefore", n)


def after(n: int, unit: Any = "day", **more: Any) -> Due:
    return Due("after", n, unit, **more)


NTH: Literal["workingDayOfMonth"] = "workingDayOfMonth"
# cadence, due rule, grace, period, due at, late at
BOOK = [
    # A day of the month.
    pytest.param("monthly", of_month(10), NO_GRACE, "2025-06", "2025-07-11", "2025-07-11", id="the 10th: the 10th is still in time"),
    pytest.param("monthly", of_month(5), NO_GRACE, "2025-09", "2025-10-07", "2025-10-07", id="the 5th is a Sunday: Monday the 6th"),
    pytest.param("monthly", of_month(5, roll=False), NO_GRACE, "2025-09", "2025-10-06", "2025-10-06", id="no roll: the Sunday it stays"),
    pytest.param("monthly", of_month(1), NO_GRACE, "2025-08", "2025-09-04", "2025-09-04", id="1 and 2 September are National Day: the 3rd"),
    pytest.param("monthly", of_month(2), NO_GRACE, "2025-12", "2026-01-06", "2026-01-06", id="an exchanged Friday off: Monday"),
    pytest.param("monthly", of_month(17), NO_GRACE, "2026-01", "2026-02-24", "2026-02-24", id="Tết: the Monday after it"),
    pytest.param("monthly", of_month(30), NO_GRACE, "2025-01", "2025-03-01", "2025-03-01", id="February has no 30th: its last day"),
    pytest.param("quarterly", of_month(15), NO_GRACE, "2025-Q3", "2025-10-16", "2025-10-16", id="a quarter: the 15th after its end"),
    pytest.param("halfYearly", of_month(15), NO_GRACE, "2025-H1", "2025-07-16", "2025-07-16", id="a half-year: 15 July"),
    pytest.param("halfYearly", of_month(15), NO_GRACE, "2025-H2", "2026-01-16", "2026-01-16", id="the second half: 15 January"),
    pytest.param("yearly", of_month(20), NO_GRACE, "2025", "2026-01-21", "2026-01-21", id="a year: 20 January"),
    # The nth working day.
    pytest.param("monthly", Due(NTH, 1), NO_GRACE, "2025-08", "2025-09-04", "2025-09-04", id="the 1st working day after National Day"),
    pytest.param(
        "monthly", Due(NTH, 3), NO_GRACE, "2025-09", "2025-10-04", "2025-10-04", id="the 3rd working day of October: Friday the 3rd"
    ),
    pytest.param("monthly", Due(NTH, 4), NO_GRACE, "2025-09", "2025-10-07", "2025-10-07", id="the 4th: over the weekend"),
    pytest.param("monthly", Due(NTH, 5), NO_GRACE, "2025-12", "2026-01-10", "2026-01-10", id="2 January off: the 5th is Friday the 9th"),
    pytest.param(
        "monthly", Due(NTH, 6), NO_GRACE, "2025-12", "2026-01-11", "2026-01-11", id="a worked Saturday counts: the 6th is the 10th"
    ),
    # The last working day before a day.
    pytest.param("monthly", before(15), NO_GRACE, "2025-09", "2025-10-15", "2025-10-15", id="before the 15th: Tuesday the 14th"),
    pytest.param("monthly", before(20), NO_GRACE, "2025-09", "2025-10-18", "2025-10-18", id="before Monday the 20th: Friday the 17th"),
    pytest.param("monthly", before(23), NO_GRACE, "2026-01", "2026-02-14", "2026-02-14", id="before Monday after Tết: Friday before it"),
    pytest.param(
        "monthly", before(11), NO_GRACE, "2025-12", "2026-01-11", "2026-01-11", id="a worked Saturday is the last before the 11th"
    ),
    pytest.param("monthly", before(1), NO_GRACE, "2025-09", "2025-10-01", "2025-10-01", id="before the 1st: the period's last day"),
    pytest.param(
        "monthly", before(1), NO_GRACE, "2025-08", "2025-09-04", "2025-09-04", id="never before the period ends, and it ended on a Sunday"
    ),
    # So long after the end.
    pytest.param("daily", after(1), NO_GRACE, "2025-10-01", "2025-10-03", "2025-10-03", id="a day later: Thursday for Wednesday"),
    pytest.param(
        "daily", after(1), NO_GRACE, "2025-10-03", "2025-10-07", "2025-10-07", id="Friday's is due on Saturday, which rolls to Monday"
    ),
    pytest.param("daily", after(1, roll=False), NO_GRACE, "2025-10-03", "2025-10-05", "2025-10-05", id="Friday's on Saturday without roll"),
    pytest.param("daily", after(0, "hour"), NO_GRACE, "2025-10-03", "2025-10-04", "2025-10-04", id="no hours: the moment the day ends"),
    pytest.param(
        "daily", after(6, "hour"), NO_GRACE, "2025-10-03", "2025-10-04 06:00", "2025-10-04 06:00", id="6 hours: Saturday at 6, no roll"
    ),
    pytest.param(
        "daily", after(4, "workingHour"), NO_GRACE, "2025-10-02", "2025-10-03 11:30", "2025-10-03 11:30", id="4 working hours: by 11:30"
    ),
    pytest.param(
        "daily", after(5, "workingHour"), NO_GRACE, "2025-10-02", "2025-10-03 14:30", "2025-10-03 14:30", id="the 5th is after lunch"
    ),
    pytest.param(
        "daily", after(4, "workingHour"), NO_GRACE, "2025-10-03", "2025-10-06 11:30", "2025-10-06 11:30", id="Friday's: Monday by 11:30"
    ),
    pytest.param("weekly", after(2, "workingDay"), NO_GRACE, "2025-W40", "2025-10-08", "2025-10-08", id="a week: Tuesday after its Sunday"),
    pytest.param(
        "weekly", after(2, "workingDay"), NO_GRACE, "2025-W35", "2025-09-05", "2025-09-05", id="the week before National Day: Thursday"
    ),
    pytest.param("quarterly", after(45), NO_GRACE, "2025-Q2", "2025-08-15", "2025-08-15", id="45 days after the quarter"),
    # Every working day.
    pytest.param(
        "workingDaily", after(1, "workingDay"), NO_GRACE, "2025-10-02", "2025-10-04", "2025-10-04", id="Thursday's is due on Friday"
    ),
    pytest.param(
        "workingDaily", after(1, "workingDay"), NO_GRACE, "2025-10-03", "2025-10-07", "2025-10-07", id="Friday's is due on Monday"
    ),
    pytest.param(
        "workingDaily", after(1, "workingDay"), NO_GRACE, "2026-02-13", "2026-02-24", "2026-02-24", id="the day before Tết: after it"
    ),
    # Every ten days.
    pytest.param(
        "tenDaily", after(2, "workingDay"), NO_GRACE, "2025-10-D1", "2025-10-15", "2025-10-15", id="1–10 October ends on a Friday: Tuesday"
    ),
    pytest.param("tenDaily", after(2, "workingDay"), NO_GRACE, "2025-10-D2", "2025-10-23", "2025-10-23", id="11–20 October: Wednesday"),
    pytest.param(
        "tenDaily", after(1), NO_GRACE, "2025-02-D3", "2025-03-04", "2025-03-04", id="21–28 February: 1 March rolls to Monday the 3rd"
    ),
    # The administrative month, 15th to 14th, is named after the month in which it ends.
    pytest.param("monthly-15", of_month(20), NO_GRACE, "2025-10", "2025-10-21", "2025-10-21", id="administrative October: 20 October"),
    pytest.param(
        "monthly-15", of_month(14), NO_GRACE, "2025-10", "2025-11-15", "2025-11-15", id="due on a 14th: the next one, it ends then"
    ),
    pytest.param("monthly-15", of_month(15), NO_GRACE, "2025-10", "2025-10-16", "2025-10-16", id="due on a 15th: the day after its end"),
    pytest.param(
        "quarterly-15", of_month(25), NO_GRACE, "2025-Q4", "2025-12-26", "2025-12-26", id="the fourth administrative quarter: December"
    ),
    pytest.param(
        "halfYearly-15", of_month(25), NO_GRACE, "2025-H1", "2025-06-26", "2025-06-26", id="the first administrative half: 25 June"
    ),
    # Grace is added to the due day.
    pytest.param("monthly", of_month(5), TWO_WORKING_DAYS, "2025-09", "2025-10-07", "2025-10-09", id="two working days of grace"),
    pytest.param("monthly", of_month(2), TWO_WORKING_DAYS, "2025-09", "2025-10-03", "2025-10-07", id="grace over a weekend"),
    pytest.param(
        "monthly", of_month(2), Span(2, "day"), "2025-09", "2025-10-03", "2025-10-05", id="two calendar days do not wait for Monday"
    ),
    pytest.param("monthly", of_month(2), Span(36, "hour"), "2025-09", "2025-10-03", "2025-10-04 12:00", id="hours are hours"),
    pytest.param(
        "monthly", of_month(2), Span(4, "workingHour"), "2025-09", "2025-10-03", "2025-10-03 11:30", id="four working hours of grace"
    ),
    pytest.param("monthly", of_month(3), Span(4, "workingHour"), "2025-09", "2025-10-04", "2025-10-06 11:30", id="not on a Saturday"),
]


def case_of(cadence: str, due: Due, grace: Span = NO_GRACE, **terms: Any) -> Schedule:
    name, _, starts = cadence.partition("-")
    return schedule(name, due, grace, month_starts_on=int(starts or 1), **terms)


@pytest.mark.parametrize(("cadence", "due", "grace", "period", "due_at", "late_at"), BOOK)
def test_a_period_is_due_and_late(  # noqa: PLR0917 - the columns of a table
    cadence: str, due: Due, grace: Span, period: str, due_at: str, late_at: str
) -> None:
    case = case_of(cadence, due, grace)
    dates = case.dates(case.parse(period))
    assert (local(dates.due_at_ms), local(dates.deadline_ms)) == (instant(due_at), instant(late_at))


def instant(written: str) -> str:
    return written if " " in written else f"{written} 00:00"


LAW = case_of("monthly", of_month(5), TWO_WORKING_DAYS, regulatory=of_month(15))


@pytest.mark.parametrize(
    ("regulatory", "period", "late_at", "unlawful_at"),
    [
        pytest.param(of_month(15), "2025-09", "2025-10-09", "2025-10-16", id="the law's day is after ours"),
        pytest.param(of_month(7), "2025-09", "2025-10-09", "2025-10-09", id="never before our own deadline has passed"),
        pytest.param(before(15), "2025-09", "2025-10-09", "2025-10-15", id="by the last working day before the 15th"),
        pytest.param(after(30), "2025-09", "2025-10-09", "2025-10-31", id="thirty days after the end"),
    ],
)
def test_the_law_has_a_deadline_of_its_own(regulatory: Due, period: str, late_at: str, unlawful_at: str) -> None:
    case = case_of("monthly", of_month(5), TWO_WORKING_DAYS, regulatory=regulatory)
    dates = case.dates(case.parse(period))
    assert dates.regulatory_ms is not None
    assert (local(dates.deadline_ms), local(dates.regulatory_ms)) == (instant(late_at), instant(unlawful_at))


STRICTER = (Rule(date(2026, 1, 1), of_month(5), NO_GRACE),)
SOONER = (Rule(date(2026, 1, 1), after(3), NO_GRACE),)
TWICE = (Rule(date(2025, 6, 1), of_month(15), NO_GRACE), Rule(date(2026, 1, 16), of_month(5), NO_GRACE, of_month(10)))


@pytest.mark.parametrize(
    ("first", "changes", "period", "due_at"),
    [
        pytest.param(of_month(20), STRICTER, "2025-06", "2025-07-22", id="what was due is not rewritten"),
        pytest.param(of_month(20), STRICTER, "2025-12", "2026-01-21", id="the last period that began before keeps the old rule"),
        pytest.param(of_month(20), STRICTER, "2026-01", "2026-02-06", id="the first that begins on the day has the new one"),
        pytest.param(after(60), SOONER, "2025-12", "2026-03-03", id="sixty days under the old rule"),
        pytest.param(after(60), SOONER, "2026-01", "2026-03-03", id="three under the new, but not before the period before it"),
        pytest.param(after(60), SOONER, "2026-02", "2026-03-04", id="then the new rule's own day"),
        pytest.param(of_month(20), TWICE, "2025-05", "2025-06-21", id="before the first change"),
        pytest.param(of_month(20), TWICE, "2025-06", "2025-07-16", id="after the first change"),
        pytest.param(of_month(20), TWICE, "2026-01", "2026-02-24", id="a change within a period begins with the next: the 15th of Tết"),
        pytest.param(of_month(20), TWICE, "2026-02", "2026-03-06", id="after the second change"),
    ],
)
def test_a_changed_rule_holds_from_its_day_on(first: Due, changes: tuple[Rule, ...], period: str, due_at: str) -> None:
    case = case_of("monthly", first, changes=changes)
    assert local(case.due_at_ms(case.parse(period))) == instant(due_at)


# A continuous dataset owes an age. Its data reach to an instant; from when on are they too old?
AGES = [
    pytest.param(after(8, "workingHour"), "2025-10-02 08:00", "2025-10-03 08:30", id="8 working hours: 7:30 is half an hour before 8"),
    pytest.param(
        after(8, "workingHour"), "2025-10-03 07:30", "2025-10-06 08:00", id="Friday morning: a day has 7.5 hours, the rest is Monday's"
    ),
    pytest.param(after(8, "workingHour"), "2025-10-04 10:00", "2025-10-07 08:00", id="on a Saturday no hour runs"),
    pytest.param(after(4, "workingHour"), "2025-10-03 12:00", "2025-10-06 08:00", id="at noon nobody works, the afternoon has 3.5 hours"),
    pytest.param(after(4, "workingHour"), "2025-10-03 07:30", "2025-10-03 11:30", id="at 11:30 exactly, not after lunch"),
    pytest.param(after(15, "workingHour"), "2026-02-13 07:30", "2026-02-23 17:00", id="two whole days, with Tết between them"),
    pytest.param(after(24, "hour"), "2025-10-03 08:00", "2025-10-04 08:00", id="wall hours run on a Saturday"),
    pytest.param(after(2, "workingDay"), "2025-10-03 08:00", "2025-10-08 00:00", id="working days run to midnight"),
]


@pytest.mark.parametrize(("age", "reaches", "due_at"), AGES)
def test_data_of_a_continuous_dataset_grow_old(age: Due, reaches: str, due_at: str) -> None:
    assert local(schedule("continuous", age).due_at_ms(at(reaches))) == due_at


def test_a_units_own_day_off_moves_its_own_deadlines_only() -> None:
    common = {date(2025, 10, 6): True}
    terms = Terms(schedule().terms.cadence, of_month(6), NO_GRACE, date(2025, 2, 1))
    ours, flooded = (Schedule(terms, Workdays(days), ZONE) for days in (common, common | {date(2025, 10, 6): False}))
    period = ours.parse("2025-09")
    assert (local(ours.due_at_ms(period)), local(flooded.due_at_ms(period))) == ("2025-10-07 00:00", "2025-10-08 00:00")
