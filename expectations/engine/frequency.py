"""How often each value occurs: what uniqueness, distinct values, modes and quantiles are told from. Bounded by the number of values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from expectations.engine.table import SELF_UNEQUAL, Column, Demotion, Table

Key = TypeVar("Key")

MOST_DISTINCT: Final = 100_000
"""Distinct values that a state holds at most. With more, Great Expectations must judge the rows."""
UNHASHED: Final = frozenset({tuple, list, dict, set})
"""Types that pandas' hash tables treat in a way of their own."""

NUMPY_TIMES: Final = frozenset({"datetime64", "timedelta64"})


class Frequencies(msgspec.Struct, array_like=True, frozen=True):
    """How often each value that is not null occurs, in the order in which they were first seen."""

    counts: Mapping[Any, int] = msgspec.field(default_factory=dict)


def of(table: Table, name: str) -> Frequencies:
    """Count the values of a column. 1, 1.0 and True are one value, shown as it was first seen. Raises Demotion."""
    return Frequencies(bounded(dict(Counter(hashable(table.column(name))))))


def merged(a: Frequencies, b: Frequencies) -> Frequencies:
    """The frequencies in a's rows followed by b's."""
    return Frequencies(added(a.counts, b.counts))


def added(a: Mapping[Key, int], b: Mapping[Key, int]) -> Mapping[Key, int]:
    """Add counts; keys of a come first, and stay as they are written there."""
    if not (a and b):
        return a or b
    both = dict(a)
    for key, count in b.items():
        both[key] = both.get(key, 0) + count
    return bounded(both)


def bounded(counts: Mapping[Key, int]) -> Mapping[Key, int]:
    """The counts; raises Demotion when there are more values than a state may hold."""
    if len(counts) > MOST_DISTINCT:
        raise Demotion(f"there are more than {MOST_DISTINCT:,} distinct values")
    return counts


def hashable(column: Column) -> list[Any]:
    """The values that are not null; raises Demotion when some cannot be told apart as pandas does it."""
    if not column.types.isdisjoint(UNHASHED) or has_numpy_times(column):
        raise Demotion("a value is a list, a dict or the like")
    return column.nonnull


def has_numpy_times(column: Column) -> bool:
    """Whether there are numpy's own instants and durations among objects: pandas makes its own of them here and there."""
    return not column.types <= SELF_UNEQUAL and any(kind.__name__ in NUMPY_TIMES for kind in column.types)


def kinds(values: Iterable[Any]) -> set[type]:
    """The types of values."""
    return set(map(type, values))
