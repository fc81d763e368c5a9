"""The catalogue in use: who owes what, which topic belongs to which dataset, which code to which unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from expectations.catalogue.calendar import Calendars, Days, known_by
from expectations.catalogue.codes import Codes, UnitProblem, normal
from expectations.catalogue.draft import Draft, read
from expectations.catalogue.mistakes import CatalogueError, in_order
from expectations.catalogue.province import Contact, Province
from expectations.catalogue.units import Dataset
from expectations.freshness.schedule import Schedule

__all__ = ["Catalogue", "CatalogueError", "Contact", "load"]

_CACHED_TOPICS = 10_000
_CACHED_CODES = 65_536


class Catalogue:
    """A province's catalogue, read once. Answers about topics and codes are remembered, up to a bound."""

    def __init__(self, draft: Draft, province: Province) -> None:
        self.id, self.name_vi, self.name_en = province.id, province.name_vi, province.name_en
        self.timezone, self.language = province.timezone, province.language
        self.operations_contact: Contact = province.operations
        self.units, self.datasets = draft.units, draft.datasets
        self._draft, self._province = draft, province
        self._calendars = Calendars(draft.workdays)
        self.workdays = self._calendars.common
        self.schedules = {i: Schedule(d.terms, self.workdays, self.timezone) for i, d in self.datasets.items()}
        self._own_schedules: dict[tuple[Days, str], Schedule] = {}
        self._codes = Codes(draft.units, draft.old_codes)
        self._owing = {i: frozenset(d.units) for i, d in self.datasets.items()}
        self._patterns = [(re.compile(d.topics), d) for d in self.datasets.values()]
        self._topics: dict[str, Dataset | None] = {}
        self._units: dict[str, dict[tuple[object, int], str | UnitProblem]] = {i: {} for i in self.datasets}
        self._slices: dict[str, dict[tuple[object, int], str | UnitProblem]] = {i: {} for i in self.datasets}

    def feeds(self) -> Iterator[tuple[str, str]]:
        """Yield (unit, dataset) of every obligation, by dataset and then by unit, in the catalogue's order."""
        for dataset in self.datasets.values():
            for unit in dataset.units:
                yield unit, dataset.id

    def schedule_of(self, unit: str, dataset: str) -> Schedule:
        """Return the schedule by which a unit owes a dataset: the dataset's, unless the unit has days off of its own."""
        own = self._calendars.days_of(unit)
        if not own:
            return self.schedules[dataset]
        if (own, dataset) not in self._own_schedules:
            self._own_schedules[own, dataset] = Schedule(self.datasets[dataset].terms, self._calendars.of(unit), self.timezone)
        return self._own_schedules[own, dataset]

    def as_known_on(self, day: date) -> Catalogue:
        """Return the catalogue with the calendar as it was known by the end of a day: later announcements are left out."""
        return Catalogue(msgspec.structs.replace(self._draft, workdays=known_by(self._draft.workdays, day)), self._province)

    def dataset_of(self, topic: str) -> Dataset | None:
        """Return the dataset whose pattern matches the whole topic name, None when there is none."""
        if topic not in self._topics:
            if len(self._topics) >= _CACHED_TOPICS:
                self._topics.clear()
            self._topics[topic] = next((d for pattern, d in self._patterns if pattern.fullmatch(topic)), None)
        return self._topics[topic]

    def resolve_unit(self, dataset: str, code: str | int | None, on: date) -> str | UnitProblem:
        """Return the id of the unit that owes a row of `dataset`, or why there is none.

        `code` is the value of the unit column (not read when the dataset has a fixed unit); `on` is the first day of the row's period.
        """
        fixed = self.datasets[dataset].fixed_unit
        return fixed if fixed is not None else self._resolve(self._units[dataset], self._owing[dataset], code, on)

    def unit_meant(self, dataset: str, code: str | int) -> str | None:
        """Return the only unit owing `dataset` that a code has ever meant; None when there are several, or none."""
        owing = self._codes.candidates(normal(code)) & self._owing[dataset]
        return owing.pop() if len(owing) == 1 else None

    def resolve_slice(self, dataset: str, code: str | int | None, on: date) -> str | UnitProblem:
        """Return the slice that the value of the slice column means on `on`, or why there is none."""
        return self._resolve(self._slices[dataset], self.datasets[dataset].terms.slices, code, on)

    def _resolve(
        self, cache: dict[tuple[object, int], str | UnitProblem], among: frozenset[str], code: str | int | None, on: date
    ) -> str | UnitProblem:
        key = (code, self._codes.era(on))
        found = cache.get(key)
        if found is None:
            found = self._codes.resolve(normal(code), on) if code is not None else UnitProblem.UNKNOWN
            if isinstance(found, str) and found not in among:
                found = UnitProblem.NOT_OWED
            if len(cache) >= _CACHED_CODES:
                cache.clear()
            cache[key] = found
        return found


def load(folder: Path) -> Catalogue:
    """Read a province's folder. Raises CatalogueError with all of its mistakes; suites are not built (check.py does that)."""
    draft = read(folder)
    if draft.mistakes or draft.province is None:
        raise CatalogueError(in_order(draft.mistakes))
    return Catalogue(draft, draft.province)
