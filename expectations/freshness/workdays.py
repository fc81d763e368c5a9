"""The working days of Viet Nam: the `holidays` package, corrected by the province's own list."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

import holidays

DayOff = Literal["override", "holiday", "weekend"]


class Workdays:
    """Knows which days are worked. Each year is worked out once; years the package does not know have weekends only."""

    def __init__(self, overrides: Mapping[date, bool]) -> None:
        self._overrides = dict(overrides)
        self._years: dict[int, list[int]] = {}

    def is_workday(self, day: date) -> bool:
        """Return whether `day` is worked: the override if there is one, else the package."""
        days, ordinal = self._days(day.year), day.toordinal()
        at = bisect_left(days, ordinal)
        return at < len(days) and days[at] == ordinal

    def next_workday(self, day: date) -> date:
        """Return `day` if it is worked, else the first worked day after it."""
        return self.add_workdays(day - timedelta(days=1), 1)

    def add_workdays(self, day: date, n: int) -> date:
        """Return the nth worked day after `day`; `day` itself when n is 0. Raises ValueError when n is negative."""
        if n < 0:
            raise ValueError(f"{n} working days: only 0 or more can be added")
        if n == 0:
            return day
        year, days = day.year, self._days(day.year)
        at = bisect_right(days, day.toordinal()) + n - 1
        while at >= len(days):
            at -= len(days)
            year += 1
            days = self._days(year)
        return date.fromordinal(days[at])

    def last_workday_before(self, day: date) -> date:
        """Return the last worked day before `day`."""
        year, days = day.year, self._days(day.year)
        at = bisect_left(days, day.toordinal())
        while at == 0:
            year -= 1
            days = self._days(year)
            at = len(days)
        return date.fromordinal(days[at - 1])

    def count_between(self, after: date, through: date) -> int:
        """Return how many days are worked after one day and up to another, which is not before it."""
        return sum(
            bisect_right(days, through.toordinal()) - bisect_right(days, after.toordinal())
            for days in map(self._days, range(after.year, through.year + 1))
        )

    def why_off(self, day: date) -> tuple[DayOff, str] | None:
        """Return what makes `day` a day off and, for a holiday, its Vietnamese name; None when it is worked."""
        if self.is_workday(day):
            return None
        if day in self._overrides:
            return "override", ""
        name = _public_holidays(day.year).get(day)
        return ("holiday", str(name)) if name else ("weekend", "")

    def _days(self, year: int) -> list[int]:
        days = self._years.get(year)
        if days is None:
            days = self._years[year] = self._worked(year)
        return days

    def _worked(self, year: int) -> list[int]:
        known = _public_holidays(year)
        start = date(year, 1, 1).toordinal()
        days = (date.fromordinal(start + n) for n in range(date(year, 12, 31).toordinal() - start + 1))
        return [day.toordinal() for day in days if self._overrides.get(day, known.is_working_day(day))]


def _public_holidays(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=year, language="vi")
