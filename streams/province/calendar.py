"""When a period ends, is due and is late: worked out from the contract's plain terms, apart from the code that judges feeds.

"Due on day D" ends with that day, so every due instant is a midnight; at the deadline exactly a missing period is late.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from expectations.freshness.periods import Cadence
from expectations.freshness.terms import DAY_MS, HOUR_MS, Span, Terms
from expectations.freshness.workdays import Workdays

ONE_DAY = timedelta(days=1)
UNITS = ("hour", "day", "workingDay")
PLAYED = frozenset(
    {"cadence", "due", "grace", "first_due", "stale_after", "min_rows", "slices", "slice_quorum", "month_starts_on", "silent_after_ms"}
    | {"nil_return"}
)
"""The terms that the truth takes account of. A contract that sets any other is refused: its truth would be wrong."""
_MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.HALF_YEARLY: 6, Cadence.YEARLY: 12}


class NotSimulated(ValueError):  # noqa: N818  says what is so
    """A contract asks for what the simulator does not play; the message says what."""


class Period(msgspec.Struct, frozen=True):
    """A business period: its name, its first day and the day after its last. Of a continuous dataset the instant that a row carries."""

    name: str
    first: date
    end: date
    at_ms: int = 0


class Calendar:
    """The days of a province as one dataset's contract counts them."""

    def __init__(self, terms: Terms, workdays: Workdays, zone: ZoneInfo) -> None:
        refuse_unknown(terms)
        self.terms, self.workdays, self.zone = terms, workdays, zone
        self.continuous = terms.cadence is Cadence.CONTINUOUS
        self.midnight_ms = lru_cache(4096)(self._midnight_ms)
        self.late_ms = lru_cache(8192)(self._late_ms)

    def day_of(self, at_ms: int) -> date:
        """The province's day at an instant."""
        return datetime.fromtimestamp(at_ms // 1000, self.zone).date()

    def periods(self, first: date, until: date) -> Iterator[Period]:
        """The periods that begin on `first` or later and before `until`. Raises NotSimulated for a continuous dataset, which has none."""
        count = _MONTHS.get(self.terms.cadence)
        if count is None:
            days = (first + timedelta(days=n) for n in range((until - first).days))
            yield from (period for period in map(self._beginning_on, days) if period is not None)
            return
        for year in range(first.year - 1, until.year + 2):
            for month in range(1, 13, count):
                period = self._months(year, month, count)
                if first <= period.first < until:
                    yield period

    def _beginning_on(self, day: date) -> Period | None:
        """The period of some days that begins on a day; None where none does, or nobody owes it: a day off between working days."""
        match self.terms.cadence:
            case Cadence.DAILY:
                return Period(day.isoformat(), day, day + ONE_DAY)
            case Cadence.WORKING_DAILY:
                return Period(day.isoformat(), day, day + ONE_DAY) if self.workdays.is_workday(day) else None
            case Cadence.WEEKLY:
                year, week, weekday = day.isocalendar()
                return Period(f"{year}-W{week:02d}", day, day + timedelta(days=7)) if weekday == 1 else None
            case Cadence.TEN_DAILY:
                end = _months_later(day.replace(day=1), 1) if day.day == 21 else day + timedelta(days=10)
                return Period(f"{day.isoformat()[:7]}-D{day.day // 10 + 1}", day, end) if day.day in (1, 11, 21) else None
        raise NotSimulated(f"{self.terms.cadence}: it has no periods")

    def _months(self, year: int, month: int, count: int) -> Period:
        """`count` months from a named one on. A month that starts on another day than the 1st starts in the month before."""
        starts_on = self.terms.month_starts_on
        name = {1: f"{year}-{month:02d}", 3: f"{year}-Q{month // 3 + 1}", 6: f"{year}-H{month // 6 + 1}", 12: f"{year}"}[count]
        first, end = date(year, month, 1), _months_later(date(year, month, 1), count)
        if starts_on > 1:
            first, end = (_months_later(day, -1).replace(day=starts_on) for day in (first, end))
        return Period(name, first, end)

    def due_day(self, period: Period) -> date:
        """The last day on which the period may still come in time. Raises NotSimulated for a rule that is not simulated."""
        due, last = self.terms.due, period.end - ONE_DAY
        if due.rule in {"dayOfMonth", "workingDayBefore"}:
            day = _clipped(period.end, due.count)
            if day < period.end:
                day = _clipped(_months_later(period.end.replace(day=1), 1), due.count)
            if due.rule == "workingDayBefore":
                day = max(self.workdays.last_workday_before(day), last)
        elif due.rule == "workingDayOfMonth" or (due.rule, due.unit) == ("after", "workingDay"):
            day = self.workdays.add_workdays(last, due.count)
        elif (due.rule, due.unit) == ("after", "day"):
            day = last + timedelta(days=due.count)
        else:
            raise NotSimulated(f"due {due.rule} {due.count} {due.unit}: the simulator has no such rule")
        return self.workdays.next_workday(day) if due.roll else day

    def deadline_ms(self, period: Period) -> int:
        """The instant from which the period is late: its due day and the grace are over."""
        return self.over_ms(self.due_day(period))

    def over_ms(self, due_day: date) -> int:
        """The instant at which the grace after a due day is over."""
        return self._later_ms(self.midnight_ms(due_day + ONE_DAY), due_day, self.terms.grace)

    def _late_ms(self, reaches_ms: int) -> int:
        """The instant from which data that reach only to `reaches_ms` are too old, the grace included."""
        due = self.terms.due
        due_ms = self._later_ms(reaches_ms, self.day_of(reaches_ms), Span(due.count, due.unit))
        return self._later_ms(due_ms, self.day_of(due_ms - 1), self.terms.grace)

    def required(self, until: date) -> list[Period]:
        """The periods owed, from the first that is due on `first_due` or later."""
        first_due = self.terms.first_due
        return [p for p in self.periods(first_due - timedelta(days=800), until) if self.due_day(p) >= first_due]

    def _later_ms(self, at_ms: int, day: date, span: Span) -> int:
        """A span after an instant of a day; working days run to the midnight after the last of them."""
        if span.count == 0 or span.unit != "workingDay":
            return at_ms + span.count * (HOUR_MS if span.unit == "hour" else DAY_MS)
        return self.midnight_ms(self.workdays.add_workdays(day, span.count) + ONE_DAY)

    def _midnight_ms(self, day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp()) * 1000


def refuse_unknown(terms: Terms) -> None:
    """Raise NotSimulated when a contract sets a term that the truth does not take account of, or counts what it does not."""
    for unit in (terms.due.unit, terms.grace.unit):
        if unit not in UNITS:
            raise NotSimulated(f"{unit}: the simulator counts {', '.join(UNITS)}")
    for field in msgspec.structs.fields(terms):
        if field.name not in PLAYED and getattr(terms, field.name) != field.default:
            raise NotSimulated(f"{field.name}: the simulator does not play it")


def _months_later(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 + months
    return day.replace(year=month // 12, month=month % 12 + 1)


def _clipped(day: date, n: int) -> date:
    """The nth day of a day's month, or its last."""
    return day.replace(day=min(n, monthrange(day.year, day.month)[1]))
