"""Values as a connector writes them: the other direction of streams/changes/moments.py."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from expectations.catalogue.units import Column
from expectations.freshness import periods
from expectations.freshness.schedule import Schedule
from streams.changes.moments import EPOCH, UNITS_A_MICROSECOND, YEAR, ZONELESS_TEXT

MIDNIGHT = datetime.min.time()


def temporal(moment: datetime, column: Column, zone: ZoneInfo) -> object:
    """A wall-clock time of the province in the column's encoding; as ISO text where the contract declares none."""
    encoding = column.encoding
    if encoding in UNITS_A_MICROSECOND:
        multiply, divide = UNITS_A_MICROSECOND[encoding]
        return (moment - EPOCH) // timedelta(microseconds=1) * divide // multiply
    if encoding == YEAR:
        return moment.year
    if encoding in ZONELESS_TEXT:
        return (moment.date() if encoding.endswith("Date") else moment).isoformat() + "Z"
    if column.logical == "date":
        return moment.date().isoformat()
    return moment.replace(tzinfo=zone).astimezone(UTC).isoformat().replace("+00:00", "Z")


def local(at_ms: int, zone: ZoneInfo) -> datetime:
    """The province's wall-clock time at an instant."""
    return datetime.fromtimestamp(at_ms / 1000, zone).replace(tzinfo=None)


def of_period(period: int, column: Column, schedule: Schedule) -> object:
    """A period (continuous: an instant in ms) as the period column holds it: a date, a number such as 202412, or its name."""
    if schedule.continuous:
        return temporal(local(period, schedule.timezone), column, schedule.timezone)
    day, name = first_day(period, schedule), schedule.text(period)
    if column.encoding or column.logical in {"date", "timestamp"}:
        return temporal(datetime.combine(day, MIDNIGHT), column, schedule.timezone)
    if column.logical == "integer":
        digits = name.replace("-", "")
        return int(digits) if digits.isdecimal() else day.year * 100 + day.month
    return name


def first_day(period: int, schedule: Schedule) -> date:
    """The first day of a period (continuous: the day of the instant)."""
    terms = schedule.terms
    return schedule.day_of(period) if schedule.continuous else periods.first_day(terms.cadence, period, terms.month_starts_on)


def example(value: object, column: Column, zone: ZoneInfo) -> object:
    """An example of the contract as a connector writes it: dates are written for people there."""
    if column.encoding and isinstance(value, str):
        return temporal(datetime.fromisoformat(value).replace(tzinfo=None), column, zone)
    return value
