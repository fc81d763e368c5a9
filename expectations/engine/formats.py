"""Great Expectations' result formats, without importing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

import msgspec

Name = Literal["BOOLEAN_ONLY", "BASIC", "SUMMARY", "COMPLETE"]

MOST_RECORDS = 200
"""Great Expectations' MAX_RESULT_RECORDS: no list of values is longer."""

NATIVE_KEYS = frozenset(
    {
        *("result_format", "partial_unexpected_count", "exclude_unexpected_values", "return_unexpected_index_query"),
        *("include_unexpected_rows", "unexpected_index_column_names"),
    }
)
IGNORED_WHEN_FALSE = frozenset({"map_expectation_unexpected_rows_as_dict"})


class ResultFormat(msgspec.Struct, frozen=True):
    """How much a result says."""

    name: Name = "SUMMARY"
    partial: int = 20
    """How many unexpected values and positions the partial lists hold."""
    exclude_values: bool = False
    index_query: bool | None = None
    """`return_unexpected_index_query` as given."""
    keys: tuple[str, ...] = ()
    """`unexpected_index_column_names`: the columns whose values tell rows apart, instead of their labels."""
    rows: bool = False
    """Whether the unexpected rows themselves are shown."""

    @property
    def shows_query(self) -> bool:
        """Whether the result has a query for all unexpected rows: the richest format has one, the others when asked."""
        return self.index_query is not False if self.name == "COMPLETE" else bool(self.index_query)

    @property
    def rows_shown(self) -> int:
        """How many unexpected rows are shown at most."""
        return min(self.partial, MOST_RECORDS)

    @property
    def values_kept(self) -> int:
        """How many unexpected values a state must keep for this format."""
        if self.name == "BOOLEAN_ONLY":
            return 0
        return MOST_RECORDS if self.name == "COMPLETE" else max(0, min(self.partial, MOST_RECORDS))

    @property
    def positions_kept(self) -> int | None:
        """How many unexpected positions a state must keep; None is all, and is not bounded."""
        if self.name == "COMPLETE" or self.shows_query:
            return None
        return max(self.partial, 0) if self.name == "SUMMARY" or self.rows else 0


SUMMARY = ResultFormat()
"""Great Expectations' own default."""

COUNTS_ONLY = ResultFormat(name="BASIC", partial=0)
"""Counts and percentages without a value: what is kept where states are persisted."""


def parse(given: object) -> ResultFormat | None:
    """Read Great Expectations' `result_format`: a name, an enum of names, or a dict. None when only Great Expectations can write it."""
    if isinstance(given, Mapping):
        return _of_dict(given)
    name: Any = getattr(given, "value", given)
    if name == SUMMARY.name:
        return SUMMARY  # so that it can be told by identity
    return ResultFormat(name=name) if name in get_args(Name) else None


def _of_dict(given: Mapping[str, Any]) -> ResultFormat | None:
    known = NATIVE_KEYS | {key for key in IGNORED_WHEN_FALSE if not given.get(key)}
    keys, rows, excluded = (
        given.get(key) for key in ("unexpected_index_column_names", "include_unexpected_rows", "exclude_unexpected_values")
    )
    name: Any = getattr(given.get("result_format"), "value", given.get("result_format"))
    partial = given.get("partial_unexpected_count", 20)
    query = given.get("return_unexpected_index_query")
    if not known.issuperset(given) or name not in get_args(Name) or type(partial) is not int or partial < 0:
        return None
    if query is not None and (type(query) is not bool or (query and name == "BOOLEAN_ONLY")):
        return None
    if keys is not None and (excluded or not keys or type(keys) is not list or not all(type(key) is str for key in keys)):
        return None
    return ResultFormat(name, partial, bool(excluded), query, tuple(keys or ()), bool(rows))
