"""Numbers, dates, instants and periods as readers write them: 1.234,5 · 96,3% · 31/12/2024 · tháng 12/2024 · quý III/2025."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal

from alerts.words import Language

MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


def number(value: float, language: Language, decimals: int = 0) -> str:
    """A number with grouped thousands: 1.234,5 in Vietnamese, 1,234.5 in English."""
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    english = f"{rounded:,f}"
    return english.translate(str.maketrans(",.", ".,")) if language == "vi" else english


def percent(ratio: float, language: Language, decimals: int = 1) -> str:
    """A share as 96,3%. Rounding never turns less than everything into 100 %, nor something into 0 %."""
    step = 10.0**-decimals
    shown = min(max(ratio * 100, step), 100 - step) if 0 < ratio < 1 else ratio * 100
    return f"{number(shown, language, decimals)}%"


def day(value: date, language: Language) -> str:
    """A day as 31/12/2024, or 31 December 2024."""
    return f"{value:%d/%m/%Y}" if language == "vi" else f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def instant(at_ms: int, timezone: tzinfo, language: Language) -> str:
    """An instant as 07:30 ngày 31/12/2024, or 07:30 on 31 December 2024."""
    return _at(_local(at_ms, timezone), language)


def until(at_ms: int, timezone: tzinfo, language: Language) -> str:
    """A deadline (the first instant that is too late). Midnight is told as the day that it ends: hết ngày 30/12/2024."""
    local = _local(at_ms, timezone)
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return ("trước " if language == "vi" else "before ") + _at(local, language)
    last = day(local.date() - timedelta(days=1), language)
    return f"hết ngày {last}" if language == "vi" else f"by the end of {last}"


def _local(at_ms: int, timezone: tzinfo) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone(timezone)


def _at(local: datetime, language: Language) -> str:
    return f"{local:%H:%M} {'ngày' if language == 'vi' else 'on'} {day(local.date(), language)}"


def _instant_text(found: re.Match[str], language: Language) -> str:
    return _at(datetime.fromisoformat(found[0]), language)


def _daily(found: re.Match[str], language: Language) -> str:
    return ("ngày " if language == "vi" else "") + day(date.fromisoformat(found[0]), language)


def _weekly(found: re.Match[str], language: Language) -> str:
    return f"tuần {found[2]}/{found[1]}" if language == "vi" else f"week {int(found[2])} of {found[1]}"


def _monthly(found: re.Match[str], language: Language) -> str:
    return f"tháng {found[2]}/{found[1]}" if language == "vi" else f"{MONTHS[int(found[2]) - 1]} {found[1]}"


def _ten_daily(found: re.Match[str], language: Language) -> str:
    year, month, ten = int(found[1]), int(found[2]), int(found[3])
    last = calendar.monthrange(year, month)[1] if ten == 3 else ten * 10
    if language == "vi":
        return f"kỳ {ten} tháng {found[2]}/{found[1]} (ngày {ten * 10 - 9:02d}–{last})"
    return f"{ten * 10 - 9}–{last} {MONTHS[month - 1]} {found[1]}"


def _half_yearly(found: re.Match[str], language: Language) -> str:
    if language == "vi":
        return f"6 tháng {'đầu' if found[2] == '1' else 'cuối'} năm {found[1]}"
    return f"H{found[2]} {found[1]}"


def _quarterly(found: re.Match[str], language: Language) -> str:
    return f"quý {ROMAN[int(found[2])]}/{found[1]}" if language == "vi" else f"Q{found[2]} {found[1]}"


def _yearly(found: re.Match[str], language: Language) -> str:
    return f"năm {found[1]}" if language == "vi" else found[1]


SHAPES: Mapping[re.Pattern[str], Callable[[re.Match[str], Language], str]] = {
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S*"): _instant_text,
    re.compile(r"\d{4}-\d\d-\d\d"): _daily,
    re.compile(r"(\d{4})-W(0[1-9]|[1-4]\d|5[0-3])"): _weekly,
    re.compile(r"(\d{4})-(0[1-9]|1[0-2])"): _monthly,
    re.compile(r"(\d{4})-(0[1-9]|1[0-2])-D([1-3])"): _ten_daily,
    re.compile(r"(\d{4})-Q([1-4])"): _quarterly,
    re.compile(r"(\d{4})-H([12])"): _half_yearly,
    re.compile(r"(\d{4})"): _yearly,
}


def period(text: str, language: Language) -> str:
    """A canonical period (`2024-12`) as readers write it (tháng 12/2024). Raises ValueError for a text of no known shape."""
    for shape, write in SHAPES.items():
        found = shape.fullmatch(text)
        if found is not None:
            return write(found, language)
    allowed = "2025-10-03, 2025-W40, 2025-10-D1, 2024-12, 2025-Q3, 2025-H2, 2025 or 2025-10-03T07:30+07:00"
    raise ValueError(f"{text!r} is no period: allowed are {allowed}")


def is_instant(text: str) -> bool:
    """Whether a canonical period text is the instant of a continuous dataset."""
    return "T" in text
