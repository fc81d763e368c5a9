"""A contract file becomes a Dataset. Form is odcs.py's and form.py's business, promises are sla.py's, columns and topics are table.py's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from expectations.catalogue import selectors
from expectations.catalogue.files import check_nfc, yaml_of
from expectations.catalogue.form import readable
from expectations.catalogue.mistakes import Page
from expectations.catalogue.odcs import Contract
from expectations.catalogue.own import Own
from expectations.catalogue.sla import read_terms
from expectations.catalogue.table import Table
from expectations.catalogue.units import SLUG, Column, Dataset, Unit
from expectations.freshness.terms import OFFICE_HOURS, Minutes

__all__ = ["Column", "Dataset", "Described", "Usual", "read_contract"]


class Described(msgspec.Struct, frozen=True):
    """A contract that could be read: its dataset, whether it is in force, and topics that belong to it."""

    dataset: Dataset
    active: bool
    examples: tuple[str, ...]
    page: Page


class Owing(msgspec.Struct, frozen=True):
    """Who owes a dataset: the units, those suspended, and the one unit of a table without a unit column."""

    units: tuple[str, ...]
    suspended: frozenset[str]
    fixed: str | None


class Usual(msgspec.Struct, frozen=True):
    """What the province says once for all contracts that do not: on which day months start, and when people work."""

    month_starts_on: int = 1
    working_hours: tuple[Minutes, ...] = OFFICE_HOURS


def read_contract(path: Path, page: Page, units: Mapping[str, Unit], *, folder: Path, usual: Usual) -> Described | None:
    """What one contract describes; None when the file has mistakes, all of which are noted on `page`."""
    before = page.count
    value = yaml_of(path, page)
    said = readable(Contract, value, page) if page.count == before else None
    if said is None:
        return None
    _check_identity(said, page, path, units)
    table, own = Table(said, page), Own(said.custom_properties, "contract", "", page)
    terms = read_terms(said.sla_properties, page, units, usual.month_starts_on, usual.working_hours)
    owing = _owing(own, table.own, units, page)
    name_en, suite, full_before = own.text("nameEn"), _suite(own, folder, page), _full_before(own, page)
    if page.count > before or terms is None:
        return None
    dataset = Dataset(
        id=said.id,
        name_vi=said.name,
        name_en=name_en,
        owner=said.team.name,
        topics=table.pattern,
        unit_column=table.unit_column,
        fixed_unit=owing.fixed,
        period_column=table.period_column,
        slice_column=table.slice_column,
        key_column=table.key_column,
        columns=table.columns,
        personal=frozenset(c.name for c in table.columns.values() if c.personal),
        terms=terms,
        units=owing.units,
        suspended=owing.suspended,
        suite=suite,
        version=said.version,
        blocking=frozenset(),
        example_topics=table.examples,
        full_before=full_before,
    )
    return Described(dataset=dataset, active=said.status == "active", examples=table.examples, page=page)


def _check_identity(said: Contract, page: Page, path: Path, units: Mapping[str, Unit]) -> None:
    if not SLUG.fullmatch(said.id):
        page.wrong("id", f"{said.id!r} is not a slug", "lower-case letters, digits and single hyphens")
    elif path.stem != said.id:
        page.wrong("id", f"{said.id!r} in the file {path.name}", "the file's name without .yaml, so that no two contracts share an id")
    check_nfc(page, "name", said.name)
    departments = {u.id for u in units.values() if u.kind == "department"}
    if departments and said.team.name not in departments:  # without any, departments.csv has its own mistake
        page.wrong("team.name", f"no department {said.team.name!r}", "an id of departments.csv")


def _owing(own: Own, table: Own, units: Mapping[str, Unit], page: Page) -> Owing:
    fixed: str | None = None
    if "fixedUnit" in table:
        chosen = selectors.select(page, table.path("fixedUnit"), [table.value("fixedUnit")], units)
        fixed = chosen[0] if chosen else None
        owing = chosen
        if "units" in own:
            page.wrong(own.path("units"), "says who owes, and so does fixedUnit", "units with unitColumn, or fixedUnit alone")
    else:
        said = own.value("units")
        owing = () if said is None else selectors.select(page, own.path("units"), said, units)
    suspended: tuple[str, ...] = ()
    if "suspendedUnits" in own:
        suspended = selectors.select(page, own.path("suspendedUnits"), own.value("suspendedUnits"), units)
    for stray in sorted(set(suspended) - set(owing)):
        page.wrong(own.path("suspendedUnits"), f"{stray} does not owe this dataset", "units that owe it")
    return Owing(owing, frozenset(suspended), fixed)


def _full_before(own: Own, page: Page) -> bool:
    said = own.text("beforeImages", needed=False)
    if said and said != "full":
        page.wrong(own.path("beforeImages"), f"{said!r} is not possible", "full, or leave the property out")
    elif said and "suite" not in own:
        page.wrong(own.path("beforeImages"), "there is no suite to judge the table by", "a suite as well, or leave the property out")
    return bool(said)


def _suite(own: Own, folder: Path, page: Page) -> str | None:
    said = own.text("suite", needed=False)
    if not said:
        return None
    path = (folder / said).resolve()
    if not path.is_relative_to(folder.resolve()):
        page.wrong(own.path("suite"), f"{said!r} is outside the catalogue", "a path inside the catalogue's folder")
    elif not path.is_file():
        page.wrong(own.path("suite"), f"no file {said!r}", "a file of the folder suites")
    return str(path)
