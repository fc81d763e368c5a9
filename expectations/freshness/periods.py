"""Business periods as consecutive integers. A period's ordinal is arithmetic; its text is what people read and sources write."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from functools import lru_cache


class Cadence(StrEnum):
    """How often a dataset owes a period. A continuous one owes a maximum age instead, and its ordinal is epoch milliseconds."""

    CONTINUOUS = "continuous"
    DAILY = "daily"
    WORKING_DAILY = "workingDaily"
    WEEKLY = "weekly"
    TEN_DAILY = "tenDaily"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "halfYearly"
    YEARLY = "yearly"


# This runs once a row, and looking a member up in its enumeration costs more than the arithmetic.
_DAYS, _WEEKLY, _TEN_DAILY = (Cadence.DAILY, Cadence.WORKING_DAILY), Cadence.WEEKLY, Cadence.TEN_DAILY
_MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.HALF_YEARLY: 6, Cadence.YEARLY: 12}
_MONTHS_A_YEAR = 12
_TENS = 3
"""Ten-daily periods a month: the 1st to the 10th, the 11th to the 20th, the 21st to its end."""
_TEXT_LIMIT = 40
_SEPARATOR = r"(?:\s*[-/.]\s*|\s+năm\s+)"


def _patterns(*sources: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(source, re.ASCII) for source in sources)


_DAY = _patterns(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    r"(?:ngày\s*)?(?P<day>\d{1,2})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})",
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
    r"(?:ngày\s*)?(?P<day>\d{1,2})\s+tháng\s+(?P<month>\d{1,2})\s+năm\s+(?P<year>\d{4})",
)
_NAMED = {
    Cadence.DAILY: (),
    Cadence.WORKING_DAILY: (),
    Cadence.WEEKLY: _patterns(r"(?P<year>\d{4})-?w(?P<week>\d{2})", rf"(?:tuần\s*|w)(?P<week>\d{{1,2}}){_SEPARATOR}(?P<year>\d{{4}})"),
    Cadence.TEN_DAILY: _patterns(
        r"(?P<year>\d{4})-(?P<month>\d{2})-d(?P<ten>[1-3])",
        rf"kỳ\s*(?P<ten>[1-3]|i{{1,3}})(?:\s*[-/.]\s*|\s+tháng\s*)(?P<month>\d{{1,2}}){_SEPARATOR}(?P<year>\d{{4}})",
    ),
    Cadence.MONTHLY: _patterns(
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d{2})",
        rf"(?:tháng\s*|t)?(?P<month>\d{{1,2}}){_SEPARATOR}(?P<year>\d{{4}})",
    ),
    Cadence.QUARTERLY: _patterns(
        r"(?P<year>\d{4})[-/ ]?q(?P<quarter>[1-4])",
        rf"(?:qu[ýí]\s*|q)(?P<quarter>[1-4]|i{{1,3}}|iv){_SEPARATOR}(?P<year>\d{{4}})",
    ),
    Cadence.HALF_YEARLY: _patterns(
        r"(?P<year>\d{4})[-/ ]?h(?P<half>[12])",
        rf"h(?P<half>[12]){_SEPARATOR}(?P<year>\d{{4}})",
        r"(?:6 tháng|nửa)\s+(?P<half>đầu|cuối)\s+năm\s+(?P<year>\d{4})",
    ),
    Cadence.YEARLY: _patterns(r"(?:năm\s*)?(?P<year>\d{4})"),
}
_NUMBERS = {"1": 1, "2": 2, "3": 3, "4": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4, "đầu": 1, "cuối": 2}
_ALLOWED = {
    Cadence.CONTINUOUS: "2025-10-03T07:30+07:00",
    Cadence.DAILY: "2025-10-03, 03/10/2025 or 20251003",
    Cadence.WORKING_DAILY: "2025-10-03, 03/10/2025 or 20251003",
    Cadence.WEEKLY: "2025-W40 or tuần 40/2025, or a day of the week such as 2025-10-03",
    Cadence.TEN_DAILY: "2025-10-D1 or kỳ 1 tháng 10/2025, or a day of the ten such as 2025-10-03",
    Cadence.MONTHLY: "2025-10, 10/2025, 202510 or tháng 10/2025, or a day of the month such as 2025-10-03",
    Cadence.QUARTERLY: "2025-Q3, Q3/2025 or quý III/2025, or a day of the quarter such as 2025-10-03",
    Cadence.HALF_YEARLY: "2025-H2, H2/2025 or 6 tháng cuối năm 2025, or a day of the half-year such as 2025-10-03",
    Cadence.YEARLY: "2025 or năm 2025, or a day of the year such as 2025-10-03",
}


def ordinal(cadence: Cadence, day: date, month_starts_on: int = 1) -> int:
    """Return the period that contains `day`. Months that start on the 15th carry the name of the month in which they end.

    Quarters, half-years and years follow their months; tens of days are those of calendar months. Raises ValueError for a continuous
    dataset, which has no periods.
    """
    if cadence in _DAYS:
        return day.toordinal()
    if cadence is _WEEKLY:
        return (day.toordinal() - 1) // 7
    if cadence is _TEN_DAILY:
        return (day.year * 12 + day.month - 1) * _TENS + min((day.day - 1) // 10, 2)
    return (day.year * 12 + day.month - 1 + (1 < month_starts_on <= day.day)) // _months(cadence)


def first_day(cadence: Cadence, ordinal: int, month_starts_on: int = 1) -> date:
    """Return the period's first day. Raises ValueError or OverflowError outside the years 1 to 9999."""
    if cadence in _DAYS:
        return date.fromordinal(ordinal)
    if cadence is _WEEKLY:
        return date.fromordinal(ordinal * 7 + 1)
    if cadence is _TEN_DAILY:
        month, ten = divmod(ordinal, _TENS)
        return date(month // 12, month % 12 + 1, ten * 10 + 1)
    month = ordinal * _months(cadence) - (month_starts_on > 1)
    return date(month // 12, month % 12 + 1, month_starts_on)


def end_day(cadence: Cadence, ordinal: int, month_starts_on: int = 1) -> date:
    """Return the day after the period's last day."""
    return first_day(cadence, ordinal + 1, month_starts_on)


def text(cadence: Cadence, ordinal: int, zone: tzinfo = UTC) -> str:
    """Return the canonical text: `2025-10-03`, `2025-W40`, `2025-10-D1`, `2024-12`, `2025-Q3`, `2025-H2`, `2025`, or an ISO minute."""
    if cadence is Cadence.CONTINUOUS:
        return datetime.fromtimestamp(ordinal // 1000, zone).isoformat(timespec="minutes")
    year, nth = divmod(ordinal, _MONTHS_A_YEAR // _MONTHS.get(cadence, _MONTHS_A_YEAR))
    match cadence:
        case Cadence.WEEKLY:
            year, nth, _ = first_day(cadence, ordinal).isocalendar()
            written = f"{year:04d}-W{nth:02d}"
        case Cadence.TEN_DAILY:
            written = f"{first_day(cadence, ordinal).isoformat()[:7]}-D{ordinal % _TENS + 1}"
        case Cadence.MONTHLY:
            written = f"{year:04d}-{nth + 1:02d}"
        case Cadence.QUARTERLY:
            written = f"{year:04d}-Q{nth + 1}"
        case Cadence.HALF_YEARLY:
            written = f"{year:04d}-H{nth + 1}"
        case Cadence.YEARLY:
            written = f"{year:04d}"
        case _:
            written = date.fromordinal(ordinal).isoformat()
    return written


@lru_cache(maxsize=4096)
def parse(cadence: Cadence, written: str, month_starts_on: int = 1, zone: tzinfo = UTC) -> int:
    """Return the ordinal of a period as sources write it; a full date means the period that contains it.

    `zone` is that of continuous instants written without an offset. Raises ValueError, which says what is allowed.
    """
    folded = unicodedata.normalize("NFC", written[:_TEXT_LIMIT]).strip().casefold()
    try:
        if len(written) <= _TEXT_LIMIT:
            return _read(cadence, folded, month_starts_on, zone)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{written[:_TEXT_LIMIT]!r} is not a {cadence} period; write {_ALLOWED[cadence]}")


def _read(cadence: Cadence, folded: str, month_starts_on: int, zone: tzinfo) -> int:
    if cadence is Cadence.CONTINUOUS:
        return _instant_ms(folded.upper(), zone)
    for pattern in _NAMED[cadence]:
        if found := pattern.fullmatch(folded):
            return _named(found.groupdict())
    for pattern in _DAY:
        if found := pattern.fullmatch(folded):
            return ordinal(cadence, date(*(int(found[part]) for part in ("year", "month", "day"))), month_starts_on)
    raise ValueError(folded)


def _named(parts: dict[str, str]) -> int:
    """Return the ordinal of a period called by its own name, which the names of its parts tell."""
    year = date(int(parts["year"]), 1, 1).year  # refuses the year 0
    if "week" in parts:
        return ordinal(Cadence.WEEKLY, date.fromisocalendar(year, int(parts["week"]), 1))
    if "quarter" in parts:
        return year * 4 + _NUMBERS[parts["quarter"]] - 1
    if "half" in parts:
        return year * 2 + _NUMBERS[parts["half"]] - 1
    if "ten" in parts:
        return ordinal(Cadence.TEN_DAILY, date(year, int(parts["month"]), _NUMBERS[parts["ten"]] * 10 - 9))
    if "month" in parts:
        return ordinal(Cadence.MONTHLY, date(year, int(parts["month"]), 1))
    return year


def _instant_ms(written: str, zone: tzinfo) -> int:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return round(moment.timestamp() * 1000)


def _months(cadence: Cadence) -> int:
    months = _MONTHS.get(cadence)
    if months is None:
        raise ValueError(f"a {cadence} dataset has no periods")
    return months
