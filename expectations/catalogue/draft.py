"""Reading a whole folder at once. A draft holds whatever could be read and every mistake, so that one run tells all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from expectations.catalogue.calendar import OtherDay, read_workdays
from expectations.catalogue.codes import OldCode, read_codes
from expectations.catalogue.contract import Described, Usual, read_contract
from expectations.catalogue.mistakes import Mistake, Page
from expectations.catalogue.province import Province, read_province
from expectations.catalogue.suites import blocking_of
from expectations.catalogue.units import Dataset, Unit, read_departments, read_units


class Draft(msgspec.Struct, frozen=True):
    """A folder as far as it could be read. `datasets` are those whose contract is active."""

    province: Province | None
    units: dict[str, Unit]
    old_codes: list[OldCode]
    workdays: list[OtherDay]
    datasets: dict[str, Dataset]
    mistakes: list[Mistake]


def read(folder: Path) -> Draft:
    """Read every file of the folder; nothing is raised for what people wrote wrongly."""
    if not folder.is_dir():
        gone = Mistake(str(folder), "", "there is no such folder", "a province's folder; docs/catalogue.md says what lies in it")
        return Draft(None, {}, [], [], {}, [gone])
    mistakes: list[Mistake] = []

    def page(file: str) -> Page:
        return Page(file, mistakes)

    province = read_province(folder / "province.yaml", page("province.yaml"))
    communes = read_units(folder / "units.csv", page("units.csv"))
    units = read_departments(folder / "departments.csv", page("departments.csv")) | communes
    old_codes = read_codes(folder / "codes.csv", page("codes.csv"), communes)
    workdays = read_workdays(folder / "workdays.csv", page("workdays.csv"), units)
    usual = Usual(province.month_starts_on, province.working_hours) if province else Usual()
    contracts = sorted((folder / "contracts").glob("*.yaml"))
    if not contracts:
        page("contracts").wrong("", "no contract", "at least one contracts/*.yaml")
    read_all = [read_contract(p, page(f"contracts/{p.name}"), units, folder=folder, usual=usual) for p in contracts]
    described = [d for d in read_all if d is not None]
    _check_overlaps(described)
    datasets = {d.dataset.id: _with_suite(d, folder, mistakes) for d in described if d.active}
    return Draft(province, units, old_codes, workdays, datasets, mistakes)


def _with_suite(described: Described, folder: Path, mistakes: list[Mistake]) -> Dataset:
    dataset = described.dataset
    if dataset.suite is None:
        return dataset
    path = Path(dataset.suite)
    page = Page(path.relative_to(folder.resolve()).as_posix(), mistakes)
    return replace(dataset, blocking=blocking_of(path, page, dataset))


def _check_overlaps(described: Sequence[Described]) -> None:
    """A topic that two contracts claim would be counted for only one of them. Example topics make the clash visible."""
    for one in described:
        for other in described:
            claimed = [e for e in other.examples if re.fullmatch(one.dataset.topics, e)]
            if claimed and one is not other and one.active and other.active:
                one.page.wrong(
                    "schema[0].customProperties",
                    f"topicPattern also matches {claimed[0]} of {other.dataset.id}",
                    "topics of no other contract",
                )
