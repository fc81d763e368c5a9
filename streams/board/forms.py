"""How the page writes instants, ages, numbers and periods: as messages do, and shorter in narrow cells."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

import msgspec

from alerts import forms
from alerts.words import Language

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
NOTHING = "–"
_AGES = (
    (0, MINUTE_MS, "vừa xong", "just now"),
    (MINUTE_MS, MINUTE_MS, "{} phút", "{} min"),
    (HOUR_MS, HOUR_MS, "{} giờ", "{} h"),
    (DAY_MS, DAY_MS, "{} ngày", "{} d"),
    (60 * DAY_MS, 30 * DAY_MS, "{} tháng", "{} mo"),
    (730 * DAY_MS, 365 * DAY_MS, "{} năm", "{} y"),
)
"""From which age on, which unit, and its short form."""


class Forms(msgspec.Struct, frozen=True):
    """Writes values for one reader, in the province's time zone."""

    language: Language
    timezone: tzinfo

    @property
    def english(self) -> bool:
        """Whether the reader reads English."""
        return self.language == "en"

    def local(self, at_ms: int) -> datetime:
        """The instant as an aware local time."""
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone(self.timezone)

    def iso(self, at_ms: int | None) -> str | None:
        """The instant in ISO 8601 with its zone offset, to the second; None for None."""
        return None if at_ms is None else self.local(at_ms).isoformat(timespec="seconds")

    def day(self, day: date) -> str:
        """`03/10/2025`, or `3 Oct 2025`."""
        return f"{day.day} {forms.MONTHS[day.month - 1][:3]} {day.year}" if self.english else forms.day(day, "vi")

    def day_of(self, text: str) -> str:
        """Write a day given in ISO form as `day` does."""
        return self.day(date.fromisoformat(text))

    def instant(self, at_ms: int | None) -> str:
        """`07:30 03/10/2025`, or `07:30, 3 Oct 2025`; a dash for None."""
        if at_ms is None:
            return NOTHING
        at = self.local(at_ms)
        return f"{at:%H:%M}{', ' if self.english else ' '}{self.day(at.date())}"

    def limit(self, at_ms: int | None) -> str:
        """Write the last day on which one is in time for a half-open limit: midnight belongs to the day before. A dash for None."""
        if at_ms is None or self.local(at_ms).time().isoformat() != "00:00:00":
            return self.instant(at_ms)
        return self.day(self.local(at_ms - 1).date())

    def until(self, at_ms: int | None) -> str:
        """The same in a sentence: `hết ngày 20/10/2025`, `20 Oct 2025`."""
        if at_ms is None or self.english:
            return self.limit(at_ms)
        return forms.until(at_ms, self.timezone, "vi")

    def at(self, at_ms: int | None) -> str:
        """An instant in a sentence: `07:30 ngày 03/10/2025`."""
        return NOTHING if at_ms is None else forms.instant(at_ms, self.timezone, self.language)

    def age(self, at_ms: int | None, now_ms: int) -> str:
        """How long ago, in one short unit: `5 phút`, `2 ngày`; empty for None."""
        if at_ms is None:
            return ""
        age_ms = max(0, now_ms - at_ms)
        _, unit_ms, vi, en = next(step for step in reversed(_AGES) if age_ms >= step[0])
        return (en if self.english else vi).format(age_ms // unit_ms)

    def ago(self, at_ms: int | None, now_ms: int) -> str:
        """`5 phút trước`; empty for None."""
        age = self.age(at_ms, now_ms)
        if not age or age in _AGES[0]:
            return age
        return f"{age} ago" if self.english else f"{age} trước"

    def count(self, number: int) -> str:
        """`1.234`, or `1,234`."""
        return forms.number(number, self.language)

    def decimal(self, value: float) -> str:
        """`1.234` or `1.234,57`: whole numbers have no decimals."""
        return forms.number(value, self.language, 0 if value == int(value) else 2)

    def percent(self, ratio: float | None) -> str:
        """`96,3%`; a dash for None. Whole ones have no decimals."""
        if ratio is None:
            return NOTHING
        return forms.percent(ratio, self.language, 0 if ratio in (0, 1) else 1)

    def period(self, text: str | None) -> str:
        """A period in a sentence: `tháng 12/2024`; a dash for None."""
        return NOTHING if text is None else forms.period(text, self.language)

    def short_period(self, text: str | None) -> str:
        """A period in a narrow cell: `12/2024`, `Dec 2024`; an instant without `ngày`; otherwise as in a sentence."""
        if text is None:
            return NOTHING
        if forms.is_instant(text):
            return self.instant(int(datetime.fromisoformat(text).timestamp() * 1000))
        parts = text.split("-")
        if len(parts) == 3 and parts[2].startswith("D"):
            return f"{parts[2][1:]}·{parts[1]}/{parts[0]}"
        if len(parts) == 3:
            return self.day(date.fromisoformat(text))
        if len(parts) == 1 or not parts[1].isdecimal():
            return forms.period(text, self.language).removeprefix("năm ")
        return f"{forms.MONTHS[int(parts[1]) - 1][:3]} {parts[0]}" if self.english else f"{parts[1]}/{parts[0]}"
