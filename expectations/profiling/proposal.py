"""A first suite out of what sample rows look like, in Great Expectations' own JSON. Conservative: ordinary rows of tomorrow pass it too.

No value of a personal column is ever shown: of such a column come only whether it is there, its type, that it is digits, and a length
rounded up. What is seldom wrong is allowed to be (`mostly`); a person then makes it stricter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from expectations.catalogue.units import Column, Dataset
from expectations.profiling import shapes
from expectations.profiling.column import ABSENT, ColumnProfile
from expectations.profiling.rounding import above, below
from expectations.quality.dimensions import Dimension

Expectation = dict[str, Any]

ENOUGH_VALUES = 30
"""With fewer values of a column nothing is said of what they are."""

MOST_IN_SET = 12
TIMES_EACH = 5
"""A text belongs to a set of values when each was seen so often on average, and none only once."""

VARIED = 20
"""Letters that so many different texts have in common are a part of the code."""

MOSTLY = 0.99
NUMBERS = frozenset({"int", "float"})


class Profile:
    """What sample rows of one dataset tell, column by column. Columns that the contract does not know are counted, not looked at."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.rows = 0
        self.columns = {name: ColumnProfile() for name in dataset.columns}
        self.unknown: set[str] = set()

    def add(self, row: Mapping[str, object]) -> None:
        """Look at one row."""
        self.rows += 1
        for name, profile in self.columns.items():
            profile.add(row.get(name, ABSENT))
        self.unknown.update(name for name in row if name not in self.columns)


def suite(profile: Profile, notes: Iterable[str] = ()) -> dict[str, Any]:
    """The suite of a dataset: a JSON object as Great Expectations writes it, without its version."""
    return {
        "name": profile.dataset.id,
        "meta": {},
        "notes": list(notes),
        "expectations": [one for name, found in profile.columns.items() for one in _of_column(profile.dataset, name, found)],
    }


def _of_column(dataset: Dataset, name: str, found: ColumnProfile) -> Iterator[Expectation]:
    """At most: is it there, of what type, and what is it."""
    column, tells = dataset.columns[name], name in {dataset.unit_column, dataset.period_column, dataset.slice_column}
    if found.values < ENOUGH_VALUES:
        return
    if not (found.nulls or found.absent):
        severity = "critical" if tells else "warning"
        yield _one("expect_column_values_to_not_be_null", Dimension.DU, severity, f"never null in {found.rows:,} rows", column=name)
    seen = f"as in all of {found.values:,} values"
    yield from _type(name, found, seen)
    yield from _content(column, found, seen, tells=tells)


def _type(name: str, found: ColumnProfile, seen: str) -> Iterator[Expectation]:
    kinds = sorted(found.types)
    if NUMBERS.issuperset(kinds) and len(kinds) == 2:
        yield _one("expect_column_values_to_be_in_type_list", Dimension.SACH, "warning", seen, column=name, type_list=kinds)
    elif len(kinds) == 1:
        yield _one("expect_column_values_to_be_of_type", Dimension.SACH, "warning", seen, column=name, type_=kinds[0])


def _content(column: Column, found: ColumnProfile, seen: str, *, tells: bool) -> Iterator[Expectation]:
    """What the values are. A number and a text in one column would make each of these checks fail on the other."""
    kinds = set(found.types)
    if kinds <= NUMBERS and not tells:
        yield from _range(column, found, seen)
    elif kinds == {"str"}:
        members = None if tells or column.personal else _members(found)
        if members is not None:
            yield _set(column.name, members, seen)
        elif found.shape is not None:
            code = _code(column, found, found.shape, seen, tells=tells)
            if code is not None:
                yield code
        elif found.longest is not None and (most := above(found.longest)):
            kwargs = {"min_value": 1} if found.shortest else {}
            kind = "expect_column_value_lengths_to_be_between"
            yield _one(kind, Dimension.SACH, "info", seen, column=column.name, **kwargs, max_value=most, mostly=MOSTLY)


def _range(column: Column, found: ColumnProfile, seen: str) -> Iterator[Expectation]:
    """A range with room. Of a personal column only that it is never below zero: even a rounded bound is near somebody's value."""
    if found.least is None or found.greatest is None:
        return
    low, high = below(found.least), None if column.personal else above(found.greatest)
    kwargs = {} if low is None or (column.personal and low != 0) else {"min_value": low}
    kwargs |= {} if not high else {"max_value": high}
    if kwargs:
        note = f"{seen}, and beyond"
        yield _one("expect_column_values_to_be_between", Dimension.DUNG, "warning", note, column=column.name, **kwargs, mostly=MOSTLY)


def _members(found: ColumnProfile) -> list[str] | None:
    """The set of values of a column that has few and repeats them; None when it has none."""
    if not found.texts or len(found.texts) > MOST_IN_SET or min(found.texts.values()) < 2:
        return None
    return sorted(found.texts) if found.values >= TIMES_EACH * len(found.texts) else None


def _set(name: str, members: list[str], seen: str) -> Expectation:
    return _one("expect_column_values_to_be_in_set", Dimension.SACH, "warning", seen, column=name, value_set=members, mostly=MOSTLY)


def _code(column: Column, found: ColumnProfile, shape: shapes.Shape, seen: str, *, tells: bool) -> Expectation | None:
    """A date's format, else a pattern. Of a personal column only a pattern of digits: marks and letters could be a part of a name."""
    if column.personal and not all(part.kind == "[0-9]" for part in shape):
        return None
    if found.only_days and not column.personal:
        kind = "expect_column_values_to_match_strftime_format"
        return _one(kind, Dimension.SACH, "warning", seen, column=column.name, strftime_format="%Y-%m-%d", mostly=MOSTLY)
    varied = found.texts is None or len(found.texts) >= VARIED
    pattern = shapes.regex(shape, shows_text=varied and not column.personal and not tells)
    return _one("expect_column_values_to_match_regex", Dimension.SACH, "warning", seen, column=column.name, regex=pattern, mostly=MOSTLY)


def _one(kind: str, dimension: Dimension, severity: str, note: str, **kwargs: object) -> Expectation:
    return {"type": kind, "kwargs": kwargs, "meta": {"dimension": str(dimension)}, "severity": severity, "notes": note}
