"""Dates and times as connectors write them, into the day or instant they mean.

A zone-less value (DATE, DATETIME, TIMESTAMP without time zone) is the province's own wall clock. Only a value that carries a zone
(ZonedTimestamp, text with an offset) is converted. Without a declared encoding, the magnitude of a number tells its unit: see `number`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  zone-less values are counted from a zone-less epoch
EARLIEST = date(2000, 1, 1)
MOST_DIGITS = 19

UNITS_A_MICROSECOND: dict[str, tuple[int, int]] = {
    # encoding: (multiply, divide) into microseconds since the epoch
    "io.debezium.time.Date": (86_400_000_000, 1),
    "org.apache.kafka.connect.data.Date": (86_400_000_000, 1),
    "io.debezium.time.Timestamp": (1_000, 1),
    "org.apache.kafka.connect.data.Timestamp": (1_000, 1),
    "io.debezium.time.MicroTimestamp": (1, 1),
    "io.debezium.time.NanoTimestamp": (1, 1_000),
}
YEAR = "io.debezium.time.Year"
ZONELESS_TEXT = frozenset({"io.debezium.time.IsoDate", "io.debezium.time.IsoTimestamp"})
TEMPORAL = ZONELESS_TEXT | UNITS_A_MICROSECOND.keys() | {YEAR, "io.debezium.time.ZonedTimestamp"}
_DATE_WITH_Z = re.compile(r"\d{4}-\d{2}-\d{2}Z")


class CoarseError(ValueError):
    """The value names a whole year or month, not a day."""

    def __init__(self, year: int, month: int | None = None) -> None:
        super().__init__("a year or month where a day is needed")
        self.year = year
        self.month = month


def from_epoch(value: int, encoding: str) -> datetime:
    """Turn a counted value into zone-less time; raises ValueError when it lies outside the calendar."""
    multiply, divide = UNITS_A_MICROSECOND[encoding]
    try:
        return EPOCH + timedelta(microseconds=value * multiply // divide)
    except OverflowError:
        raise ValueError("outside the calendar") from None


def number(value: int, encoding: str | None) -> datetime:
    """Turn a number into zone-less time; raises CoarseError for a year or month, ValueError when it is neither.

    Without an encoding: 1900..2200 is a year, 190001..229912 a month (yyyymm), anything else below 1e6 days, 19000101..22001231 a day
    (yyyymmdd), 1e11..1e14 milliseconds, up to 1e17 microseconds, above that nanoseconds. Days of the years 2000 to 2200 are
    10957..84370, so no year or month is mistaken for one.
    """
    if encoding in UNITS_A_MICROSECOND:
        return from_epoch(value, encoding)
    if encoding == YEAR or 1_900 <= value <= 2_200:
        raise CoarseError(value)
    if 190_000 <= value < 230_000:
        raise CoarseError(value // 100, date(value // 100, value % 100, 1).month)
    if 0 <= value < 1_000_000:
        return from_epoch(value, "io.debezium.time.Date")
    if 19_000_101 <= value <= 22_001_231:
        return datetime(value // 10_000, value // 100 % 100, value % 100)  # noqa: DTZ001  a zone-less day
    return from_epoch(value, _by_magnitude(value))


def _by_magnitude(value: int) -> str:
    if value < 100_000_000_000:
        raise ValueError("a number of no known unit: declare the column's encoding in the contract")
    if value < 100_000_000_000_000:
        return "io.debezium.time.Timestamp"
    return "io.debezium.time.MicroTimestamp" if value < 100_000_000_000_000_000 else "io.debezium.time.NanoTimestamp"


def text(value: str, encoding: str | None, zone: ZoneInfo) -> datetime:
    """Turn ISO 8601 text, or digits read as a number, into zone-less time in `zone`; raises ValueError."""
    if value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS:
        return number(int(value), encoding)
    if _DATE_WITH_Z.fullmatch(value):
        value = value[:-1]  # "2026-11-22Z": Debezium's IsoDate, which is no instant
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None or encoding in ZONELESS_TEXT:
        return moment.replace(tzinfo=None)
    try:
        return moment.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        raise ValueError("outside the calendar") from None


def moment_of(value: object, encoding: str | None, zone: ZoneInfo) -> datetime:
    """Return the zone-less local time a column's value means; raises CoarseError or ValueError."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value, encoding)
    if isinstance(value, str):
        return text(value.strip(), encoding, zone)
    raise ValueError("neither text nor a number")


def epoch_ms(moment: datetime, zone: ZoneInfo) -> int:
    """Milliseconds since the epoch of a wall-clock time in `zone`."""
    return (moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None) - EPOCH) // timedelta(milliseconds=1)


def day_at(instant_ms: int, zone: ZoneInfo) -> date:
    """The day in `zone` at an instant between the years 1970 and 2200."""
    return datetime.fromtimestamp(instant_ms / 1000, tz=zone).date()


def _iso_date(value: int) -> str:
    return from_epoch(value, "io.debezium.time.Date").date().isoformat()


def _iso_moment(encoding: str) -> Callable[[int], str]:
    return lambda value: from_epoch(value, encoding).isoformat()


def _iso_time(unit: timedelta, divide: int = 1) -> Callable[[int], str]:
    def convert(value: int) -> str:
        if not timedelta(0) <= value // divide * unit < timedelta(days=1):
            raise ValueError("not a time of day")  # MySQL's TIME may exceed a day
        return (EPOCH + value // divide * unit).time().isoformat()

    return convert


ISO_OF_NUMBER: dict[str, Callable[[int], str]] = {
    "io.debezium.time.Date": _iso_date,
    "org.apache.kafka.connect.data.Date": _iso_date,
    "io.debezium.time.Timestamp": _iso_moment("io.debezium.time.Timestamp"),
    "org.apache.kafka.connect.data.Timestamp": _iso_moment("org.apache.kafka.connect.data.Timestamp"),
    "io.debezium.time.MicroTimestamp": _iso_moment("io.debezium.time.MicroTimestamp"),
    "io.debezium.time.NanoTimestamp": _iso_moment("io.debezium.time.NanoTimestamp"),
    "io.debezium.time.Time": _iso_time(timedelta(milliseconds=1)),
    "org.apache.kafka.connect.data.Time": _iso_time(timedelta(milliseconds=1)),
    "io.debezium.time.MicroTime": _iso_time(timedelta(microseconds=1)),
    "io.debezium.time.NanoTime": _iso_time(timedelta(microseconds=1), 1_000),
}
