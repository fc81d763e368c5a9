"""The due day of a period by its rule: arithmetic on days, no instants."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from expectations.freshness.terms import Due
from expectations.freshness.workdays import Workdays

_DAY = timedelta(days=1)


def counts_hours(due: Due) -> bool:
    """Return whether a rule counts hours, which fall where they fall: rolling them would turn hours into days."""
    return due.rule == "after" and due.unit in ("hour", "workingHour")


def due_day(due: Due, end: date, workdays: Workdays) -> date:
    """Return the day on which a period that ended before `end` is due by a rule that counts no hours.

    Never a day before the period's last one: nobody owes a period that still runs.
    """
    last = end - _DAY
    match due.rule:
        case "dayOfMonth":
            day = _day_of_month(end, due.count)
        case "workingDayOfMonth":
            day = workdays.add_workdays(last, due.count)
        case "workingDayBefore":
            day = max(workdays.last_workday_before(_day_of_month(end, due.count)), last)
        case "after":
            day = workdays.add_workdays(last, due.count) if due.unit == "workingDay" else last + timedelta(days=due.count)
    return workdays.next_workday(day) if due.roll else day


def _day_of_month(end: date, n: int) -> date:
    """Return the first nth day of a month from `end` on, or the last day of a month that has no nth."""
    day = end.replace(day=min(n, monthrange(end.year, end.month)[1]))
    if day >= end:
        return day
    year, month = end.year + end.month // 12, end.month % 12 + 1
    return date(year, month, min(n, monthrange(year, month)[1]))
