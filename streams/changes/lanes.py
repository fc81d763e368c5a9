"""One dataset as ROUTE reads it: its three telling columns, and the feed, period and slice that their values mean.

Answers are remembered, because units and periods repeat.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from operator import attrgetter
from typing import Any

import msgspec

from expectations.catalogue.codes import UnitProblem
from expectations.catalogue.load import Catalogue
from expectations.catalogue.units import Dataset
from expectations.freshness import periods
from expectations.freshness.periods import Cadence
from streams.changes import keys
from streams.changes.keys import columns_of
from streams.changes.moments import day_at
from streams.changes.periods import encoding_of, period_of
from streams.changes.problems import Defect, Problem
from streams.changes.shapes import MISSING, scalar
from streams.changes.values import UNAVAILABLE

MOST_REMEMBERED = 32_768
MOST_CHARACTERS = 64  # of what is remembered: a hostile column of a megabyte each time must not fill the memory
QUARTER_HOUR_MS = 900_000  # no zone has ever changed its offset within one
Scalar = str | int | float | None

_PROBLEMS = {
    UnitProblem.UNKNOWN: (Problem.UNKNOWN_UNIT, "the catalogue has no such unit"),
    UnitProblem.NOT_VALID: (Problem.UNKNOWN_UNIT, "the code was not in force in that period"),
    UnitProblem.AMBIGUOUS: (Problem.UNKNOWN_UNIT, "the old code was split among several units"),
    UnitProblem.NOT_OWED: (Problem.UNEXPECTED_UNIT, "the unit does not owe this dataset"),
}


class Telling(msgspec.Struct, gc=False):
    """The values of a row that tell where it belongs."""

    unit: Scalar = None
    period: Scalar = None
    slice: Scalar = None


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where a row belongs: a feed, a period and a slice. `period` is None when the event does not carry it (unchanged TOAST)."""

    feed: str
    period: int | None = None
    slice: str | None = None
    lost_slice: bool = False


class Lane:
    """A dataset with everything prepared for its events."""

    def __init__(self, dataset: Dataset, catalogue: Catalogue, *, tolerance_ms: int, judged: bool) -> None:
        self.dataset = dataset
        self.judged = judged
        self.counts_rows = dataset.terms.min_rows > 1 or dataset.terms.usual_share > 0
        self.fixed = None if dataset.fixed_unit is None else Place(f"{dataset.fixed_unit}/{dataset.id}")
        self._catalogue = catalogue
        self._zone = catalogue.timezone
        self._tolerance_ms = tolerance_ms
        self._continuous = dataset.terms.cadence is Cadence.CONTINUOUS
        self._places: dict[tuple[Scalar, Scalar, Scalar, str | None], Place | Defect] = {}
        self._block, self._latest = -1, 0
        self.read_plain = _decoder_of(dataset)
        """Decodes the telling columns of a row; raises msgspec.ValidationError when one is neither text nor a number."""

    def read(self, row: msgspec.Raw) -> Telling | Defect:
        """Decode the telling columns of a row."""
        try:
            telling: Telling = self.read_plain(row)
        except msgspec.ValidationError:
            return self._read_odd(row)
        return telling

    def _read_odd(self, row: msgspec.Raw) -> Telling | Defect:
        """A row in which some telling column is neither text nor a number."""
        columns, dataset = columns_of(row), self.dataset
        values: dict[str | None, Scalar] = {None: None}
        for name in (dataset.unit_column, dataset.period_column, dataset.slice_column):
            value = scalar(columns.get(name or "", MISSING))
            values[name] = None if isinstance(value, bool) else value
        if _is_odd(values[dataset.unit_column], columns.get(dataset.unit_column or "")):
            return Defect(Problem.UNKNOWN_UNIT, "the unit column holds neither text nor a number")
        if _is_odd(values[dataset.period_column], columns.get(dataset.period_column)):
            return Defect(Problem.IMPLAUSIBLE_PERIOD, "the period column holds neither text nor a number")
        return Telling(values[dataset.unit_column], values[dataset.period_column], values[dataset.slice_column])

    def place(self, row: Telling, encoding: str | None, heard_ms: int) -> Place | Defect:
        """Return where a row belongs; `encoding` is the period column's semantic name when the event has a schema."""
        where = (row.unit, row.period, row.slice, encoding)
        place = self._places.get(where)
        if place is None:
            if row.period == UNAVAILABLE:
                return self.feed_at(row.unit, heard_ms)
            place = self._find(row, encoding)
            if _is_short(row.unit) and _is_short(row.period) and _is_short(row.slice):
                _remember(self._places, where, place)
        if isinstance(place, Place) and place.period is not None and place.period > self._latest_at(heard_ms + self._tolerance_ms):
            return Defect(Problem.FUTURE_PERIOD, f"the period begins after the record was written{self._read_as(encoding)}", place.feed)
        return place

    def key(self, key: bytes | None, row: msgspec.Raw) -> int:
        """Return what a row is counted by: the row itself, or the value of the contract's column; NO_KEY when that is empty."""
        column = self.dataset.key_column
        return keys.row_key(key, row) if column is None else keys.value_key(row, column)

    def _find(self, row: Telling, encoding: str | None) -> Place | Defect:
        if row.period is None or row.period == "":
            return Defect(Problem.MISSING_PERIOD, "the period column is missing, null or empty")
        terms = self.dataset.terms
        column = self.dataset.columns[self.dataset.period_column]
        try:
            period = period_of(row.period, column, terms, self._zone, encoding)
            day = day_at(period, self._zone) if self._continuous else periods.first_day(terms.cadence, period, terms.month_starts_on)
        except (ValueError, OverflowError):
            return Defect(Problem.IMPLAUSIBLE_PERIOD, f"not a {terms.cadence} period since the year 2000{self._read_as(encoding)}")
        found = self._feed(row.unit, day)
        if isinstance(found, Defect):
            return found
        part = self._slice(row.slice, day)
        return Place(found.feed, period, part, part is None and row.slice is not None)

    def _read_as(self, encoding: str | None) -> str:
        """How the period was read, where a schema or the contract says it: that may be what is wrong, not the row."""
        said = encoding_of(self.dataset.columns[self.dataset.period_column], encoding)
        return f"; it was read as {said}" if said else ""

    def feed_at(self, unit: Scalar, heard_ms: int) -> Place | Defect:
        """Return the feed that a unit's code means at an instant, without a period."""
        return self._feed(unit, day_at(heard_ms, self._zone))

    def _feed(self, unit: Scalar, day: date) -> Place | Defect:
        if self.fixed is not None:
            return self.fixed
        code = _code(unit)
        if code is None:
            return Defect(Problem.UNKNOWN_UNIT, "the unit column is missing, null or empty")
        found = self._catalogue.resolve_unit(self.dataset.id, code, day)
        if not isinstance(found, UnitProblem):
            return Place(f"{found}/{self.dataset.id}")
        meant = self._catalogue.unit_meant(self.dataset.id, code) if found in (UnitProblem.NOT_VALID, UnitProblem.AMBIGUOUS) else None
        return Defect(*_PROBLEMS[found], None if meant is None else f"{meant}/{self.dataset.id}")

    def _slice(self, value: Scalar, day: date) -> str | None:
        code = _code(value)
        if code is None or code == UNAVAILABLE:
            return None
        found = self._catalogue.resolve_slice(self.dataset.id, code, day)
        return None if isinstance(found, UnitProblem) else found

    def _latest_at(self, instant_ms: int) -> int:
        """The last period that has begun at an instant."""
        if self._continuous:
            return instant_ms
        block = instant_ms // QUARTER_HOUR_MS
        if block != self._block:
            terms = self.dataset.terms
            self._latest = periods.ordinal(terms.cadence, day_at(instant_ms, self._zone), terms.month_starts_on)
            self._block = block
        return self._latest


def _code(value: Scalar) -> str | int | None:
    """A unit's or slice's code as the catalogue takes it; None when there is none."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else str(value)
    return value if value is None or isinstance(value, int) else value.strip()[: MOST_CHARACTERS + 1] or None


def _is_short(value: Scalar) -> bool:
    return not isinstance(value, str) or len(value) <= MOST_CHARACTERS


def _is_odd(value: Scalar, raw: msgspec.Raw | None) -> bool:
    return value is None and raw is not None and bytes(raw) != b"null"


def _decoder_of(dataset: Dataset) -> Callable[[msgspec.Raw], Any]:
    """A decoder of just the telling columns. A column that the dataset lacks is None; one that tells two things is decoded once."""
    field_of: dict[str, str] = {}
    others: dict[str, Any] = {}
    for field, column in (("unit", dataset.unit_column), ("period", dataset.period_column), ("slice", dataset.slice_column)):
        if column is None:
            others[field] = None
        elif column in field_of:
            others[field] = property(attrgetter(field_of[column]))
        else:
            field_of[column] = field
    fields = [(field, Scalar, None) for field in field_of.values()]
    columns = msgspec.defstruct("Columns", fields, namespace=others, rename={f: c for c, f in field_of.items()}, gc=False)
    return msgspec.json.Decoder(columns).decode


def _remember(answers: dict[Any, Place | Defect], question: object, answer: Place | Defect) -> None:
    """Keep an answer; forget all when there are too many: cheaper than order, and rare."""
    if len(answers) >= MOST_REMEMBERED:
        answers.clear()
    answers[question] = answer
