"""The values of a catalogue: units (who owe), columns and datasets (what is owed); and the reading of units.csv and departments.csv."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from expectations.catalogue.files import day_of, rows_of
from expectations.catalogue.mistakes import Page
from expectations.freshness.terms import Terms

COMMUNE_CODE = re.compile(r"[0-9]{5}")
SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TEXTS = ("name_vi", "name_en", "short_name_vi", "email", "phone", "contact")


class Unit(msgspec.Struct, frozen=True):
    """Who owes data: a commune (its id is a 5-digit code) or a department (a slug), valid from and through the given days."""

    id: str
    kind: str
    name_vi: str
    name_en: str
    short_name_vi: str
    valid_from: date | None
    valid_to: date | None
    email: str
    phone: str
    contact: str
    former_province: str

    def valid_on(self, day: date) -> bool:
        """Whether the unit exists on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Column(msgspec.Struct, frozen=True):
    """One column of a dataset; `encoding` is its Debezium or Connect type name where the contract declares one.

    `examples` are values as the contract shows them: the first of every column make a row, and so on.
    """

    name: str
    logical: str
    encoding: str | None
    personal: bool
    examples: tuple[Any, ...] = ()


class Dataset(msgspec.Struct, frozen=True):
    """One specialised database as its contract describes it. `topics` is a regular expression that must match a topic in full.

    `example_topics` are some that it matches. `key_column` is the column whose different values a period's rows are counted by; None
    counts rows. `full_before`: updates and deletes carry the whole row before.
    """

    id: str
    name_vi: str
    name_en: str
    owner: str
    topics: str
    unit_column: str | None
    fixed_unit: str | None
    period_column: str
    slice_column: str | None
    columns: dict[str, Column]
    personal: frozenset[str]
    terms: Terms
    units: tuple[str, ...]
    suspended: frozenset[str]
    suite: str | None
    version: str
    blocking: frozenset[str]
    example_topics: tuple[str, ...] = ()
    key_column: str | None = None
    full_before: bool = False

    def hides(self, column: str) -> bool:
        """Whether values of `column` must never be shown. A column that the contract does not know is hidden too."""
        known = self.columns.get(column)
        return known is None or known.personal


def read_units(path: Path, page: Page) -> dict[str, Unit]:
    """Communes of units.csv by code."""
    required = ("code", *_TEXTS, "former_province", "valid_from", "valid_to")
    return _read(path, page, required, kind="commune", key="code", well_formed=_is_commune_code)


def read_departments(path: Path, page: Page) -> dict[str, Unit]:
    """Departments of departments.csv by slug."""
    required = ("id", *_TEXTS, "valid_from", "valid_to")
    return _read(path, page, required, kind="department", key="id", well_formed=_is_slug)


def _read(
    path: Path, page: Page, required: tuple[str, ...], *, kind: str, key: str, well_formed: Callable[[Page, str, str], bool]
) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for where, row in rows_of(path, page, required):
        identity = row[key]
        if not well_formed(page, f"{where}, {key}", identity):
            continue
        if identity in units:
            page.wrong(f"{where}, {key}", f"{identity} is there twice", "one line a unit")
            continue
        units[identity] = _unit(page, where, kind, identity, row)
    return units


def _unit(page: Page, where: str, kind: str, identity: str, row: dict[str, str]) -> Unit:
    for column in ("name_vi", "name_en", "short_name_vi"):
        if not row[column]:
            page.wrong(f"{where}, {column}", "empty", "the unit's name")
    if not _EMAIL.fullmatch(row["email"]):
        page.wrong(f"{where}, email", f"{row['email']!r} is not an address", "name@domain, to which alerts are sent")
    start, end = day_of(page, f"{where}, valid_from", row["valid_from"]), day_of(page, f"{where}, valid_to", row["valid_to"])
    if start and end and end < start:
        page.wrong(f"{where}, valid_to", f"{end} is before valid_from {start}", "the unit's last day, or empty")
    texts = {column: row[column] for column in _TEXTS}
    return Unit(id=identity, kind=kind, valid_from=start, valid_to=end, former_province=row.get("former_province", ""), **texts)


def _is_commune_code(page: Page, path: str, text: str) -> bool:
    if COMMUNE_CODE.fullmatch(text):
        return True
    page.wrong(path, f"{text!r} is not a commune code", "5 digits as text, leading zeros kept")
    return False


def _is_slug(page: Page, path: str, text: str) -> bool:
    if SLUG.fullmatch(text):
        return True
    page.wrong(path, f"{text!r} is not a slug", "lower-case letters, digits and single hyphens, beginning with a letter")
    return False
