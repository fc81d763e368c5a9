"""Working hours: the stretches of a worked day in which somebody sits at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from expectations.freshness.terms import HOUR_MS, Minutes
from expectations.freshness.workdays import Workdays

MINUTE_MS = 60_000


class WorkingHours:
    """Counts working hours in a province's zone. `stretches` are minutes after midnight, in order."""

    def __init__(self, stretches: Sequence[Minutes], workdays: Workdays, timezone: ZoneInfo) -> None:
        self._stretches, self._workdays, self._timezone = stretches, workdays, timezone
        self._day_ms = sum(to - start for start, to in stretches) * MINUTE_MS

    def after(self, at_ms: int, hours: int) -> int:
        """Return the first instant by which `hours` working hours have gone by since `at_ms`; `at_ms` itself when there are none."""
        left_ms = hours * HOUR_MS
        if left_ms == 0:
            return at_ms
        day = datetime.fromtimestamp(at_ms // 1000, self._timezone).date()
        if self._workdays.is_workday(day):
            found, left_ms = self._within(day, at_ms, left_ms)
            if found is not None:
                return found
        whole_days = (left_ms - 1) // self._day_ms
        day = self._workdays.add_workdays(day, whole_days + 1)
        found, _ = self._within(day, at_ms, left_ms - whole_days * self._day_ms)
        assert found is not None  # noqa: S101  what is left fits into one day
        return found

    def _within(self, day: date, since_ms: int, left_ms: int) -> tuple[int | None, int]:
        """The instant of a worked day at which nothing is left, or None and what is left after it."""
        for start, to in self._stretches:
            from_ms, end_ms = max(since_ms, self._at(day, start)), self._at(day, to)
            if from_ms < end_ms:
                if left_ms <= end_ms - from_ms:
                    return from_ms + left_ms, 0
                left_ms -= end_ms - from_ms
        return None, left_ms

    def _at(self, day: date, minute: int) -> int:
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  a wall clock's reading, given its zone below
        return int((midnight + timedelta(minutes=minute)).replace(tzinfo=self._timezone).timestamp()) * 1000
