"""Which unit a code means. Codes were reused when communes merged, so a code means something only together with a day.

The day is the first day of the row's period: a row of December 2024 speaks the codes of December 2024, whenever it arrives.
In order: the old code in force on that day; the unit in force on that day; an old code no longer in force, because systems keep
sending it. An old code that was split among several successors means none of them, but for one case: the successor that kept the
code. Systems that recoded their history write such rows too, and both readings of the row then name that unit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import Enum
from pathlib import Path

import msgspec

from expectations.catalogue.files import day_of, rows_of
from expectations.catalogue.mistakes import Page
from expectations.catalogue.units import COMMUNE_CODE, Unit

_COLUMNS = ("old_code", "old_name_vi", "former_province", "valid_from", "valid_to", "new_code", "extent")
_DAY = timedelta(days=1)


class UnitProblem(Enum):
    """Why a code names no unit: never heard of, not at that time, one of several, or a unit that does not owe the dataset."""

    UNKNOWN = "unknown"
    NOT_VALID = "not_valid"
    AMBIGUOUS = "ambiguous"
    NOT_OWED = "not_owed"


class OldCode(msgspec.Struct, frozen=True):
    """A code out of use: through which day it was valid and the unit that took over all (`whole`) or a part of it."""

    code: str
    valid_from: date | None
    valid_to: date
    successor: str
    whole: bool

    def valid_on(self, day: date) -> bool:
        """Whether the code was in force on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and day <= self.valid_to


class Codes:
    """Units and old codes of a province, asked by code and day. An answer is the same between two days on which validity changes."""

    def __init__(self, units: Mapping[str, Unit], old: Iterable[OldCode]) -> None:
        self._units = units
        self._old: dict[str, list[OldCode]] = defaultdict(list)
        for code in old:
            self._old[code.code].append(code)
        self._changes = sorted(_changes([*units.values(), *(c for codes in self._old.values() for c in codes)]))

    def era(self, day: date) -> int:
        """Number the stretch of days around `day` in which every code keeps its meaning."""
        return bisect_right(self._changes, day)

    def candidates(self, code: str) -> set[str]:
        """Return every unit that a code has ever meant, whole or in part."""
        own = {code} & self._units.keys()
        return own | {old.successor for old in self._old.get(code, [])}

    def resolve(self, code: str, on: date) -> str | UnitProblem:
        """Return the id of the unit that `code` means on the day `on`, or why there is none."""
        old = self._old.get(code, [])
        in_force = [c for c in old if c.valid_on(on)]
        if in_force:
            return _successor(code, in_force)
        unit = self._units.get(code)
        if unit is not None and unit.valid_on(on):
            return code
        expired = [c for c in old if c.valid_to < on]
        if expired:
            return _successor(code, [c for c in expired if c.valid_to == max(e.valid_to for e in expired)])
        return UnitProblem.UNKNOWN if unit is None and not old else UnitProblem.NOT_VALID


def normal(code: object) -> str:
    """Write a code as the catalogue does: five digits for whole numbers and for digits without their leading zeros, else stripped text."""
    if isinstance(code, float) and code.is_integer():
        code = int(code)
    text = code.strip() if isinstance(code, str) else str(code)
    return text.zfill(5) if text.isascii() and text.isdigit() else text


def read_codes(path: Path, page: Page, units: Mapping[str, Unit]) -> list[OldCode]:
    """Old codes of codes.csv; each must lead to a unit of `units` (not asked when that is empty: units.csv has its own mistake)."""
    found: list[tuple[str, OldCode]] = []
    for where, row in rows_of(path, page, _COLUMNS):
        code = _old_code(page, where, row, units)
        if code is not None:
            found.append((where, code))
    _check_together(page, found, units)
    return [code for _, code in found]


def _old_code(page: Page, where: str, row: dict[str, str], units: Mapping[str, Unit]) -> OldCode | None:
    start, end = day_of(page, f"{where}, valid_from", row["valid_from"]), day_of(page, f"{where}, valid_to", row["valid_to"])
    fine = True
    for column, right, allowed in (
        ("old_code", COMMUNE_CODE.fullmatch(row["old_code"]) is not None, "5 digits as text, leading zeros kept"),
        ("new_code", row["new_code"] in units or not units, "a code of units.csv"),
        ("extent", row["extent"] in ("whole", "part"), "whole, part"),
        ("valid_to", end is not None and (start is None or start <= end), "the last day of the old code, not before valid_from"),
    ):
        if not right:
            page.wrong(f"{where}, {column}", f"{row[column]!r} is not possible", allowed)
            fine = False
    return OldCode(row["old_code"], start, end, row["new_code"], row["extent"] == "whole") if fine and end else None


def _check_together(page: Page, found: list[tuple[str, OldCode]], units: Mapping[str, Unit]) -> None:
    by_code: dict[str, list[tuple[str, OldCode]]] = defaultdict(list)
    for where, code in found:
        unit = units.get(code.code)
        if unit is not None and (unit.valid_from is None or unit.valid_from <= code.valid_to):
            page.wrong(
                f"{where}, valid_to", f"{code.code} is then also the unit {unit.name_vi}", "validity that ends before the unit's begins"
            )
        for _, other in by_code[code.code]:
            if _clash(code, other):
                page.wrong(
                    f"{where}, old_code", f"{code.code} overlaps another line", "one line if whole; several different successors if part"
                )
        by_code[code.code].append((where, code))


def _clash(one: OldCode, other: OldCode) -> bool:
    apart = (one.valid_from or date.min) > other.valid_to or (other.valid_from or date.min) > one.valid_to
    return not apart and (one.whole or other.whole or one.successor == other.successor)


def _successor(code: str, choices: list[OldCode]) -> str | UnitProblem:
    successors = {c.successor for c in choices}
    if len(successors) == 1 and choices[0].whole:
        return choices[0].successor
    return code if code in successors else UnitProblem.AMBIGUOUS


def _changes(valid_things: Iterable[Unit | OldCode]) -> set[date]:
    """Days from which some code means something else."""
    days: set[date] = set()
    for valid in valid_things:
        if valid.valid_from is not None:
            days.add(valid.valid_from)
        if valid.valid_to is not None and valid.valid_to < date.max:
            days.add(valid.valid_to + _DAY)
    return days
