"""Values as a connector writes them: the other direction of streams/changes/moments.py."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from expectations.catalogue.units import Column
from streams.changes.moments import EPOCH, UNITS_A_MICROSECOND, YEAR, ZONELESS_TEXT

MIDNIGHT = datetime.min.time()
NAMES = ("Nguyễn Thị Ví Dụ", "Trần Văn Mẫu", "Lê Thị Thử", "Phạm Văn Minh Họa")
"""People who do not exist, for personal columns of which the contract gives no example."""


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


def named(name: str, first: date, column: Column, zone: ZoneInfo) -> object:
    """A period as the period column holds it: a date, a number such as 202412, or its name."""
    if column.encoding or column.logical in {"date", "timestamp"}:
        return temporal(datetime.combine(first, MIDNIGHT), column, zone)
    if column.logical == "integer":
        digits = name.replace("-", "")
        return int(digits) if digits.isdecimal() else first.year * 100 + first.month
    return name


def examples(column: Column, zone: ZoneInfo) -> list[object]:
    """What a column may hold: the contract's examples, or something of its type."""
    if column.examples:
        return [example(value, column, zone) for value in column.examples]
    return [_plain(column, n, zone) for n in range(len(NAMES))]


def example(value: object, column: Column, zone: ZoneInfo) -> object:
    """An example of the contract as a connector writes it: dates are written for people there."""
    if column.encoding and isinstance(value, str):
        return temporal(datetime.fromisoformat(value).replace(tzinfo=None), column, zone)
    return value


def _plain(column: Column, n: int, zone: ZoneInfo) -> object:
    """A value of the column's type where the contract shows none."""
    match column.logical:
        case "integer":
            return n + 1
        case "number":
            return f"{n + 1}.50"
        case "boolean":
            return n % 2 == 0
        case "date" | "timestamp":
            return temporal(datetime(2024, 1, n + 1), column, zone)  # noqa: DTZ001  the province's wall clock
        case "array" | "object":
            return None
    return NAMES[n] if column.personal else f"{column.name} {n + 1}"
