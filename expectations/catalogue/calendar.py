"""The province's working calendar (workdays.csv): days unlike the public one, for all or for one unit, and since when that was known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import msgspec

from expectations.catalogue.files import day_of, rows_of
from expectations.catalogue.mistakes import Page
from expectations.catalogue.units import Unit
from expectations.freshness.workdays import Workdays

Days = frozenset[tuple[date, bool]]


class OtherDay(msgspec.Struct, frozen=True):
    """A day that is worked (or not) against the public calendar; of one unit, or of everybody when `unit` is empty.

    `known_on` is the day on which it was announced; None when it was always known.
    """

    day: date
    worked: bool
    unit: str = ""
    known_on: date | None = None


class Calendars:
    """The working days of each unit. Units without days of their own share one calendar."""

    def __init__(self, other_days: Iterable[OtherDay]) -> None:
        self._common: dict[date, bool] = {}
        self._own: dict[str, dict[date, bool]] = {}
        for one in other_days:
            (self._own.setdefault(one.unit, {}) if one.unit else self._common)[one.day] = one.worked
        self.common = Workdays(self._common)
        self._made: dict[Days, Workdays] = {}

    def days_of(self, unit: str) -> Days:
        """Return the days of a unit's own; none for most."""
        return frozenset(self._own.get(unit, {}).items())

    def of(self, unit: str) -> Workdays:
        """Return the calendar by which a unit's deadlines are reckoned. Its own days win over everybody's."""
        own = self.days_of(unit)
        if not own:
            return self.common
        if own not in self._made:
            self._made[own] = Workdays(self._common | dict(own))
        return self._made[own]


def known_by(other_days: Iterable[OtherDay], day: date) -> list[OtherDay]:
    """Return what had been announced by the end of a day."""
    return [one for one in other_days if one.known_on is None or one.known_on <= day]


def read_workdays(path: Path, page: Page, units: Mapping[str, Unit]) -> list[OtherDay]:
    """The days of workdays.csv. A day still to be checked (`check`) overrides nothing."""
    found: list[OtherDay] = []
    seen: set[tuple[date, str]] = set()
    for where, row in rows_of(path, page, ("date", "status", "reason"), ("unit", "known_on")):
        day, unit = day_of(page, f"{where}, date", row["date"]), row.get("unit", "")
        known_on = day_of(page, f"{where}, known_on", row.get("known_on", ""))
        if day is None:
            if not row["date"]:
                page.wrong(f"{where}, date", "empty", "a day as YYYY-MM-DD")
        elif (day, unit) in seen:
            page.wrong(f"{where}, date", f"{row['date']!r} is there twice", "one line a day, for everybody and for each unit")
        elif row["status"] not in ("work", "off", "check"):
            page.wrong(f"{where}, status", f"{row['status']!r} is not possible", "work, off, check")
        elif unit and units and unit not in units:
            page.wrong(f"{where}, unit", f"no unit {unit!r}", "an id of units.csv or departments.csv; empty for everybody")
        elif row["status"] == "work" and known_on is not None and known_on > day:
            # It would make somebody late for a day that nobody knew was worked.
            page.wrong(f"{where}, known_on", f"{known_on} is after the day that is worked", "a day that was announced before it came")
        elif row["status"] != "check":
            found.append(OtherDay(day, row["status"] == "work", unit, known_on))
        seen |= {(day, unit)} if day else set()
    return found
