"""Values in a set, or not in one, as pandas' `isin` has it on objects: 1, 1.0 and True are one value, "1" another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from expectations.engine import dtypes
from expectations.engine.compiled import Compile, Compiled, Kwargs, NotCompiled
from expectations.engine.formats import ResultFormat
from expectations.engine.row_map import row_map
from expectations.engine.table import Demotion

EXACT = dtypes.PLAIN | dtypes.SMALL | dtypes.NULLABLE | {"category"}
UNHASHABLE = frozenset({list, dict, set})


def _all_exact(members: frozenset[Any]) -> bool:
    """Whether numpy tells all members apart from all whole numbers up to 2**53 as Python does."""
    return all(type(value) in (str, bool, float) or (type(value) is int and abs(value) <= 2**53) for value in members)


def _compiles(*, member_is_unexpected: bool) -> Compile:
    def compiles(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
        given = kwargs["value_set"]
        if not isinstance(given, list | tuple | set | frozenset):
            raise NotCompiled("falls back, because value_set is no list")
        if any(type(value) in (*UNHASHABLE, tuple) for value in given):
            raise NotCompiled("falls back, because value_set has a list or a dict in it")
        members = frozenset(value for value in given if value == value)  # noqa: PLR0124  NaN is null, and nulls are not asked

        def judge(values: list[Any], types: set[type]) -> Sequence[int]:
            if tuple in types:
                raise Demotion("a value is a tuple")
            if not types.isdisjoint(UNHASHABLE):  # such a value is no member
                return [i for i, v in enumerate(values) if (type(v) not in UNHASHABLE and v in members) is member_is_unexpected]
            if member_is_unexpected:
                return () if members.isdisjoint(values) else [i for i, v in enumerate(values) if v in members]
            return () if members.issuperset(values) else [i for i, v in enumerate(values) if v not in members]

        return row_map(kwargs, keep, judge, required=("value_set",), dtypes=EXACT if _all_exact(members) else ("str",))

    return compiles


TYPES: Mapping[str, Compile] = {
    "expect_column_values_to_be_in_set": _compiles(member_is_unexpected=False),
    "expect_column_values_to_not_be_in_set": _compiles(member_is_unexpected=True),
}
