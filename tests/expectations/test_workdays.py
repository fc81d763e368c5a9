"""Working days of Viet Nam: weekends, public holidays, days exchanged, and the province's corrections."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.freshness.workdays import Workdays
from tests.expectations.freshness_cases import WORKDAYS

DAYS = st.dates(date(1995, 1, 1), date(2110, 1, 1))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        pytest.param("2025-10-03", True, id="a Friday"),
        pytest.param("2025-10-04", False, id="a Saturday"),
        pytest.param("2025-10-05", False, id="a Sunday"),
        pytest.param("2025-01-29", False, id="first day of Tết"),
        pytest.param("2025-02-03", True, id="first Monday after Tết"),
        pytest.param("2025-04-07", False, id="the Hùng kings"),
        pytest.param("2025-04-26", True, id="Saturday worked for 2 May"),
        pytest.param("2025-05-02", False, id="off in exchange for 26 April"),
        pytest.param("2025-09-01", False, id="National Day takes two days"),
        pytest.param("2026-01-02", False, id="corrected: exchanged late"),
        pytest.param("2026-01-10", True, id="corrected: Saturday worked"),
        pytest.param("2019-01-05", True, id="worked in January for a day off in December"),
        pytest.param("2014-12-27", True, id="worked in December for a day off in January"),
    ],
)
def test_a_day_is_worked_or_not(day: str, worked: bool) -> None:
    assert WORKDAYS.is_workday(date.fromisoformat(day)) is worked


def test_without_the_correction_the_package_is_believed() -> None:
    assert Workdays({}).is_workday(date(2026, 1, 2))
    assert not Workdays({}).is_workday(date(2026, 1, 10))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2025-10-03", None),
        ("2025-10-04", ("weekend", "")),
        ("2025-01-29", ("holiday", "Tết Nguyên Đán")),
        ("2026-01-02", ("override", "")),
    ],
)
def test_a_day_off_says_why(day: str, why: tuple[str, str] | None) -> None:
    assert WORKDAYS.why_off(date.fromisoformat(day)) == why


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        pytest.param("2025-10-03", 0, "2025-10-03", id="none"),
        pytest.param("2025-10-04", 0, "2025-10-04", id="none, from a day off"),
        pytest.param("2025-10-03", 1, "2025-10-06", id="over the weekend"),
        pytest.param("2025-10-04", 1, "2025-10-06", id="from within the weekend"),
        pytest.param("2025-01-24", 1, "2025-02-03", id="over Tết"),
        pytest.param("2025-12-31", 1, "2026-01-05", id="over the year's end and an exchanged day"),
        pytest.param("2026-01-09", 1, "2026-01-10", id="onto a worked Saturday"),
        pytest.param("2025-01-01", 251, "2026-01-05", id="all 250 of 2025 and one"),
    ],
)
def test_working_days_are_added(day: str, n: int, expected: str) -> None:
    assert WORKDAYS.add_workdays(date.fromisoformat(day), n) == date.fromisoformat(expected)


def test_working_days_cannot_be_taken_away() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        WORKDAYS.add_workdays(date(2025, 1, 1), -1)


@given(DAYS, st.integers(1, 600))
def test_adding_steps_from_worked_day_to_worked_day(day: date, n: int) -> None:
    to = WORKDAYS.add_workdays(day, n)
    assert WORKDAYS.is_workday(to)
    assert sum(WORKDAYS.is_workday(day + timedelta(days=d)) for d in range(1, (to - day).days + 1)) == n


@given(DAYS)
def test_the_next_working_day_is_the_day_itself_or_the_first_after_days_off(day: date) -> None:
    following = WORKDAYS.next_workday(day)
    assert WORKDAYS.is_workday(following)
    assert not any(WORKDAYS.is_workday(day + timedelta(days=d)) for d in range((following - day).days))


@pytest.mark.parametrize("year", [2, 1899, 2101, 3000, 9990])
def test_years_that_the_package_does_not_know_have_weekends_only(year: int) -> None:
    days = Workdays({})
    start = days.next_workday(date(year, 3, 1))
    assert sum(days.is_workday(start + timedelta(days=d)) for d in range(28)) == 20
    assert days.add_workdays(start, 20) == start + timedelta(days=28)


def test_each_year_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    days = Workdays({})
    asked: list[int] = []
    work_out = days._worked

    def noted(year: int) -> list[int]:
        asked.append(year)
        return work_out(year)

    monkeypatch.setattr(days, "_worked", noted)
    for n in range(1000):
        days.next_workday(date(2025, 1, 1) + timedelta(days=n % 300))
    assert asked == [2024, 2025]
