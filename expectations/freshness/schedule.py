"""When a dataset's periods are due. A schedule is shared by all feeds of a dataset and remembers what it worked out.

"Due on day D" ends with that day: `due_at_ms` is the midnight after D in the province's time zone. All instants are half open:
at `due_at_ms` exactly a period is due, at `deadline_ms` exactly it is late.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from expectations.freshness import periods, usual
from expectations.freshness.due import counts_hours, due_day
from expectations.freshness.hours import WorkingHours
from expectations.freshness.periods import Cadence
from expectations.freshness.terms import DAY_MS, HOUR_MS, Due, Rule, Span, Terms
from expectations.freshness.workdays import Workdays

__all__ = ["DAY_MS", "HOUR_MS", "Dates", "Due", "Rule", "Schedule", "Span", "Terms"]

PLAUSIBLE_YEARS = 40
"""Periods further than this from the first due day are not remembered, whatever a row says."""
REMEMBERED = 4096


class Dates(NamedTuple):
    """A period's due day, the instant it is due, the instant it is late, and the instant at which the law's day has passed, if any."""

    due_day: date
    due_at_ms: int
    deadline_ms: int
    regulatory_ms: int | None = None


class Passed(NamedTuple):
    """The last required period whose deadline has passed, and the span of time for which that is so."""

    from_ms: int
    expected: int | None
    until_ms: int


class Schedule:
    """Works out due instants and deadlines. Of a continuous dataset an "ordinal" is the instant (ms) its data reach to."""

    def __init__(self, terms: Terms, workdays: Workdays, timezone: ZoneInfo) -> None:
        self.terms = terms
        self.workdays = workdays
        self.timezone = timezone
        self.continuous = terms.cadence is Cadence.CONTINUOUS
        self.skips = terms.cadence is Cadence.WORKING_DAILY
        """Whether some periods are owed by nobody: days off between working days."""
        # The tolerance is for binary fractions: 0.07 of 100 slices is 7, not 8.
        self.slices_needed = math.ceil(terms.slice_quorum * len(terms.slices) - 1e-9)
        self.dates: Callable[[int], Dates] = lru_cache(REMEMBERED)(self._dates_of_age if self.continuous else self._dates_of_period)
        self.keys_kept = max(terms.min_rows, usual.SKETCH) if terms.usual_share else terms.min_rows if terms.min_rows > 1 else 0
        """Row keys remembered of a period."""
        self.text: Callable[[int], str] = lru_cache(REMEMBERED)(self._text)
        self._latest_late_at: Callable[[int], int] = lru_cache(16)(self._latest_late)  # one tick judges many feeds at one instant
        self._hours = WorkingHours(terms.working_hours, workdays, timezone)
        self._rules = terms.rules()
        self._begin = [self._first_period_from(rule.valid_from) for rule in self._rules[1:]]
        self.earliest, self.latest = self._plausible()
        self._days_off, self._days_known = 0, 0
        self.first_required = 0 if self.continuous else self._first_required()
        self._passed = Passed(0, None, 0)
        self._first_dates = self._due_on(terms.first_due)

    def due_at_ms(self, ordinal: int) -> int:
        """Return the instant from which the period is due (continuous: from which data reaching to `ordinal` are too old)."""
        return self.dates(ordinal).due_at_ms

    def deadline_ms(self, ordinal: int) -> int:
        """Return the instant from which the period is late: its due instant and the grace."""
        return self.dates(ordinal).deadline_ms

    def age_dates(self, reaches_to_ms: int | None) -> Dates:
        """Return the dates of a continuous feed, None if it never reported: not before those of the first due day."""
        return self._first_dates if reaches_to_ms is None else max(self.dates(reaches_to_ms), self._first_dates)

    def expected_through(self, now_ms: int) -> int | None:
        """Return the last required period whose deadline has passed, None before the first.

        Continuous: the latest instant such that data reaching only to it are late; None before the first deadline.
        """
        if not self.continuous:
            return self.passed(now_ms).expected
        return None if now_ms < self._first_dates.deadline_ms else self._latest_late_at(now_ms)

    def due_through(self, now_ms: int) -> int | None:
        """Return the last required period that is due, its grace past or not; None before the first, and when continuous."""
        if self.continuous:
            return None
        last = self._last_owed(self._last(now_ms, self.due_at_ms))
        return None if last < self.first_required else last

    def passed(self, now_ms: int) -> Passed:
        """Return `expected_through` and until when it stays. Not for continuous datasets, whose expectation moves with time."""
        if not self._passed.from_ms <= now_ms < self._passed.until_ms:
            last = self._last(now_ms, self.deadline_ms)
            if last >= self.first_required:
                until_ms = self.deadline_ms(self.next_required(last + 1))
                self._passed = Passed(self.deadline_ms(last), self._last_owed(last), until_ms)
            else:
                self._passed = Passed(now_ms, None, self.deadline_ms(self.first_required))
        return self._passed

    def is_required(self, period: int) -> bool:
        """Return whether a period is owed: from the first required one on, and not when its only day is a day off."""
        return period >= self.first_required and (not self.skips or self.workdays.is_workday(date.fromordinal(period)))

    def next_required(self, period: int) -> int:
        """Return the first required period from `period` on."""
        period = max(period, self.first_required)
        return self.workdays.next_workday(date.fromordinal(period)).toordinal() if self.skips else period

    def owed_between(self, after: int, through: int) -> int:
        """Return how many periods are owed after one and up to another; periods before the required ones are counted too."""
        if not self.skips:
            return through - after
        return self.workdays.count_between(date.fromordinal(after), date.fromordinal(through))

    def days_off(self, length: int) -> int:
        """Return the periods owed by nobody as bits: bit n is the one n after the first required. At least `length` bits are known."""
        while self.skips and self._days_known < length:
            day = date.fromordinal(self.first_required + self._days_known)
            self._days_off |= (not self.workdays.is_workday(day)) << self._days_known
            self._days_known += 1
        return self._days_off

    def rule_of(self, ordinal: int) -> Rule:
        """Return the limits under which a period stands: those in force on its first day."""
        return self._rules[bisect_right(self._begin, ordinal)]

    def spans_late(self, deadline_ms: int, now_ms: int) -> int:
        """Return how many whole maximum ages have gone by since the deadline, plus one once it has passed."""
        if now_ms < deadline_ms:
            return 0
        due = self.terms.due
        spans = (now_ms - deadline_ms) // (DAY_MS if due.unit in ("day", "workingDay") else HOUR_MS) // due.count + 1
        if due.unit in ("hour", "day"):
            return spans
        return _first(lambda n: n >= 0 and self.late_by_ms(deadline_ms, n) > now_ms, spans)

    def late_by_ms(self, deadline_ms: int, spans: int) -> int:
        """Return the instant at which `spans` whole maximum ages have gone by since a continuous feed's deadline."""
        due = self.terms.due
        return self._after(deadline_ms, self.day_before(deadline_ms), Span(due.count * spans, due.unit))

    def day_before(self, at_ms: int) -> date:
        """Return the day that an instant ends or falls in: that of the millisecond before it."""
        return self.day_of(at_ms - 1)

    def day_of(self, at_ms: int) -> date:
        """Return the province's day at an instant."""
        return datetime.fromtimestamp(at_ms // 1000, self.timezone).date()

    def midnight_ms(self, day: date) -> int:
        """Return the instant at which `day` begins."""
        return int(datetime(day.year, day.month, day.day, tzinfo=self.timezone).timestamp()) * 1000

    def ordinal_of(self, day: date) -> int:
        """Return the period that contains `day`. Raises ValueError when continuous."""
        return periods.ordinal(self.terms.cadence, day, self.terms.month_starts_on)

    def end_day(self, ordinal: int) -> date:
        """Return the day after the period's last."""
        return periods.end_day(self.terms.cadence, ordinal, self.terms.month_starts_on)

    def parse(self, written: str) -> int:
        """Return the ordinal of a period as sources write it. Raises ValueError, which says what is allowed."""
        return periods.parse(self.terms.cadence, written, self.terms.month_starts_on, self.timezone)

    def _text(self, ordinal: int) -> str:
        return periods.text(self.terms.cadence, ordinal, self.timezone)

    def _dates_of_period(self, ordinal: int) -> Dates:
        """Work out a period's dates by its rule: a new rule never asks for a period before the last one of the old rule."""
        at = bisect_right(self._begin, ordinal)
        dates = self._by_rule(ordinal, self._rules[at])
        if at == 0:
            return dates
        before = self.dates(self._begin[at - 1] - 1)
        due_day, due_at_ms, deadline_ms = max(dates[0], before[0]), max(dates[1], before[1]), max(dates[2], before[2])
        return Dates(due_day, due_at_ms, deadline_ms, dates.regulatory_ms and max(dates.regulatory_ms, deadline_ms))

    def _by_rule(self, ordinal: int, rule: Rule) -> Dates:
        end = self.end_day(ordinal)
        due_on, due_at_ms = self._due_at(end, rule.due)
        graced = self._after if counts_hours(rule.due) else self._graced
        deadline_ms = graced(due_at_ms, due_on, rule.grace)
        regulatory_ms = None if rule.regulatory is None else max(self._due_at(end, rule.regulatory)[1], deadline_ms)
        return Dates(due_on, due_at_ms, deadline_ms, regulatory_ms)

    def _due_at(self, end: date, due: Due) -> tuple[date, int]:
        if counts_hours(due):
            at_ms = self._after(self.midnight_ms(end), end, Span(due.count, due.unit))
            return self.day_before(at_ms), at_ms
        day = due_day(due, end, self.workdays)
        return day, self.midnight_ms(day + timedelta(days=1))

    def _due_on(self, day: date) -> Dates:
        due_at_ms = self.midnight_ms(day + timedelta(days=1))
        return Dates(day, due_at_ms, self._graced(due_at_ms, day, self.terms.grace))

    def _graced(self, due_at_ms: int, due_on: date, grace: Span) -> int:
        """Add the grace to the end of a due day: days run from midnight to midnight, whatever the clocks do in between."""
        if grace.unit == "day":
            return self.midnight_ms(due_on + timedelta(days=1 + grace.count))
        return self._after(due_at_ms, due_on, grace)

    def _dates_of_age(self, reaches_to_ms: int) -> Dates:
        due = self.terms.due
        due_at_ms = self._after(reaches_to_ms, self.day_of(reaches_to_ms), Span(due.count, due.unit))
        due_day = self.day_before(due_at_ms)
        return Dates(due_day, due_at_ms, self._after(due_at_ms, due_day, self.terms.grace))

    def _after(self, at_ms: int, day: date, span: Span) -> int:
        """Return the instant one span after another, which belongs to `day`: working days run to the midnight after the last."""
        if span.count == 0 or span.unit in ("hour", "day"):
            return at_ms + span.count * (HOUR_MS if span.unit == "hour" else DAY_MS)
        if span.unit == "workingHour":
            return self._hours.after(at_ms, span.count)
        return self.midnight_ms(self.workdays.add_workdays(day, span.count) + timedelta(days=1))

    def _plausible(self) -> tuple[int, int]:
        first = self.terms.first_due
        earliest = date(max(first.year - PLAUSIBLE_YEARS, 2), 1, 1)
        latest = date(min(first.year + PLAUSIBLE_YEARS, 9900), 1, 1)
        to_ordinal = self.midnight_ms if self.continuous else self.ordinal_of
        return to_ordinal(earliest), to_ordinal(latest)

    def _first_required(self) -> int:
        first_due = self.terms.first_due
        first = _first(lambda period: self.dates(period).due_day >= first_due, self.ordinal_of(first_due))
        return self.workdays.next_workday(date.fromordinal(first)).toordinal() if self.skips else first

    def _first_period_from(self, day: date) -> int:
        """Return the first period that begins on or after a day."""
        period = self.ordinal_of(day)
        return period if periods.first_day(self.terms.cadence, period, self.terms.month_starts_on) >= day else period + 1

    def _last_owed(self, period: int) -> int:
        """Return the last period up to one that is no day off."""
        return self.workdays.last_workday_before(date.fromordinal(period + 1)).toordinal() if self.skips else period

    def _last(self, now_ms: int, at_ms: Callable[[int], int]) -> int:
        """Return the last period, required or not, whose instant has come. The one running now cannot: no rule precedes its end."""
        return _first(lambda period: at_ms(period) > now_ms, self.ordinal_of(self.day_of(now_ms))) - 1

    def _latest_late(self, now_ms: int) -> int:
        due, grace = self.terms.due, self.terms.grace
        if {due.unit, grace.unit} <= {"hour", "day"}:
            return now_ms - self.deadline_ms(0)
        return _first(lambda at_ms: self._dates_of_age(at_ms).deadline_ms > now_ms, now_ms + 1) - 1


def _first(holds: Callable[[int], bool], known: int) -> int:
    """Return the smallest number for which a monotone condition holds, given one for which it does."""
    step = 1
    while holds(known - step):
        known -= step
        step *= 2
    fails = known - step
    while known - fails > 1:
        middle = (known + fails) // 2
        known, fails = (middle, fails) if holds(middle) else (known, middle)
    return known
