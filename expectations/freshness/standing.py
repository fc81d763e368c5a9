"""How a feed stands against its calendar and what was declared: which period is missing, and whether that is in order. Pure."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from expectations.freshness.declared import Declared
from expectations.freshness.ledger import Ledger, data_through, has
from expectations.freshness.schedule import Dates, Schedule

MINUTE_MS = 60_000


class Status(StrEnum):
    """What is said of a feed, from best to worst, and the two that say nothing."""

    FRESH = "fresh"
    DUE = "due"
    LATE = "late"
    STALE = "stale"
    NEVER = "never"
    UNKNOWN = "unknown"
    SUSPENDED = "suspended"


class Standing(msgspec.Struct, frozen=True, gc=False):
    """How a feed stands against its calendar at `at_ms`, before anybody says why. Ordinals throughout.

    `extended` says that the deadline is later than the contract's because it was so granted.
    `at` is the first missing period as declarations count it: bits from the first required one, or the minute (ms) of continuous data.
    """

    at_ms: int
    status: Status
    through: int | None
    expected: int | None
    behind: int
    missing: int | None
    dates: Dates
    next_ms: int
    at: int | None
    extended: bool


def stand(schedule: Schedule, ledger: Ledger, declared: Declared, at_ms: int) -> Standing:
    """Return how a feed stands at an instant: by its periods, or by the age of its data when it is continuous."""
    by = _stand_by_age if schedule.continuous else _stand_by_period
    return by(schedule, ledger, declared, at_ms)


def _stand_by_period(schedule: Schedule, ledger: Ledger, declared: Declared, at_ms: int) -> Standing:
    """Look for the first period that is late; if there is none, for the first that is missing, be it extended."""
    first = schedule.first_required
    _, expected, next_ms = schedule.passed(at_ms)
    covered = declared.cover(schedule, ledger, None)
    through = data_through(covered, schedule)
    excused = declared.cover(schedule, ledger, at_ms)
    reached = data_through(excused, schedule)
    missing = schedule.next_required(first if reached is None else reached + 1)
    behind = 0
    if expected is not None and missing <= expected:
        behind = schedule.owed_between(first - 1 if reached is None else reached, expected)
        behind -= _excused(schedule, declared, missing, expected, at_ms)
        regulatory_ms = declared.extend(schedule.dates(missing), missing - first).regulatory_ms
        unlawful = regulatory_ms is not None and regulatory_ms <= at_ms
        status = _late_or_stale(schedule, behind, unlawful=unlawful) if ledger.done or declared.nil else Status.NEVER
        if regulatory_ms is not None and status is Status.LATE:
            next_ms = min(next_ms, regulatory_ms)
    else:
        missing = schedule.next_required(first if through is None else through + 1)
        status = Status.DUE if schedule.due_at_ms(missing) <= at_ms else Status.FRESH
    given = schedule.dates(missing)
    dates = declared.extend(given, missing - first)
    if status is Status.FRESH:
        next_ms = min(next_ms, dates.due_at_ms)
    return Standing(
        at_ms,
        status,
        _last_told(schedule, declared, ledger, through),
        None if expected is None else _last_expected(schedule, declared, expected, at_ms),
        behind,
        missing,
        dates,
        next_ms,
        missing - first,
        dates is not given,
    )


def _excused(schedule: Schedule, declared: Declared, missing: int, expected: int, at_ms: int) -> int:
    """Count the periods from the first missing one to the expected one that nobody owes at the moment."""
    at = missing - schedule.first_required
    asked = (1 << expected - missing + 1) - 1
    return (declared.excused(at_ms) >> at & asked & ~(schedule.days_off(at + asked.bit_length()) >> at)).bit_count()


def _last_told(schedule: Schedule, declared: Declared, ledger: Ledger, through: int | None) -> int | None:
    """Return the last period up to one that has data, or had none to have: that it was waived says nothing of the data."""
    first = schedule.first_required
    while through is not None and through >= first and not (has(ledger, schedule, through) or declared.nil >> (through - first) & 1):
        through -= 1
    return through if through is None or through >= first else data_through(ledger, schedule)


def _last_expected(schedule: Schedule, declared: Declared, expected: int, at_ms: int) -> int | None:
    bits, at = declared.excused(at_ms), expected - schedule.first_required
    while at >= 0 and bits >> at & 1:
        at -= 1
    return schedule.first_required + at if at >= 0 else None


def _stand_by_age(schedule: Schedule, ledger: Ledger, declared: Declared, at_ms: int) -> Standing:
    """Compare the age of the data with what is allowed; a pause that has ended begins the maximum age anew."""
    through, resumed_ms = ledger.latest_ms, declared.resumed_ms(at_ms)
    given = schedule.age_dates(through if resumed_ms is None else max(through or 0, resumed_ms))
    dates = declared.extend(given, 0)
    behind = schedule.spans_late(dates.deadline_ms, at_ms)
    if behind:
        status = Status.NEVER if through is None else _late_or_stale(schedule, behind)
        next_ms = schedule.late_by_ms(dates.deadline_ms, behind)
    elif at_ms < dates.due_at_ms:
        status, next_ms = Status.FRESH, dates.due_at_ms
    else:
        status, next_ms = Status.DUE, dates.deadline_ms
    at = None if through is None else through // MINUTE_MS * MINUTE_MS
    return Standing(at_ms, status, through, schedule.expected_through(at_ms), behind, None, dates, next_ms, at, dates is not given)


def _late_or_stale(schedule: Schedule, behind: int, *, unlawful: bool = False) -> Status:
    """Stale is who is many periods behind, and who has let the law's own deadline pass."""
    return Status.STALE if unlawful or behind >= schedule.terms.stale_after else Status.LATE
