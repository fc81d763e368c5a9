"""What the tests of freshness share: a province's calendar, terms with usual values, and instants written as people write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from expectations.freshness.ledger import Ledger, count
from expectations.freshness.periods import Cadence, parse
from expectations.freshness.schedule import Due, Schedule, Span, Terms
from expectations.freshness.workdays import Workdays

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WORKDAYS = Workdays({date(2026, 1, 2): False, date(2026, 1, 10): True})
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NO_GRACE = Span(0, "day")


def at(written: str) -> int:
    """`2025-10-05` or `2025-10-05 07:30` in the province's time zone, as ms."""
    return int(datetime.fromisoformat(written).replace(tzinfo=ZONE).timestamp() * 1000)


def local(at_ms: int) -> str:
    """The other way round, to the second."""
    return datetime.fromtimestamp(at_ms / 1000, ZONE).strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")


def schedule(
    cadence: str = "monthly", due: Due | None = None, grace: Span = NO_GRACE, first_due: str = "2025-02-01", **terms: Any
) -> Schedule:
    """Monthly, due on the 5th, no grace, first due in February 2025, unless told otherwise."""
    due = due or Due("dayOfMonth", 5)
    return Schedule(Terms(Cadence(cadence), due, grace, date.fromisoformat(first_due), **terms), WORKDAYS, ZONE)


def delivered(schedule: Schedule, periods: Iterable[str], heard: str = "2025-01-01") -> Ledger:
    """A ledger that got one row of each period."""
    ledger = Ledger()
    for period in periods:
        count(ledger, schedule, parse(schedule.terms.cadence, period, zone=ZONE), 0, None, at(heard))
    return ledger
