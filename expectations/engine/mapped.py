"""Results of map expectations: what Great Expectations' `_format_map_output` writes, from counts and the first unexpected values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from expectations.engine.compiled import Outcome
from expectations.engine.formats import MOST_RECORDS, SUMMARY, ResultFormat


class MapState(msgspec.Struct, array_like=True, frozen=True):
    """Counts of rows, and the first unexpected values with their positions, as many as the suite keeps."""

    rows: int = 0
    """All rows that were looked at, selected or not: where the positions of the next state start."""
    elements: int = 0
    """Rows that the row condition selects."""
    missing: int = 0
    """Elements that are null, or that `ignore_row_if` leaves out."""
    unexpected: int = 0
    values: Sequence[Any] = ()
    positions: Sequence[int] = ()


def merged(a: MapState, b: MapState, keep: ResultFormat) -> MapState:
    """The state of a's rows followed by b's."""
    return MapState(
        a.rows + b.rows,
        a.elements + b.elements,
        a.missing + b.missing,
        a.unexpected + b.unexpected,
        first((*a.values, *b.values), keep.values_kept) if a.values and b.values else a.values or b.values,
        first((*a.positions, *(a.rows + at for at in b.positions)), keep.positions_kept),
    )


def first(values: Sequence[Any], most: int | None) -> Sequence[Any]:
    """The first values; all of them when `most` is None."""
    return values if most is None or len(values) <= most else values[:most]


def mostly_holds(asked: int, unexpected: int, mostly: float) -> bool:
    """Great Expectations' own fraction, in its own order of operations; true of no rows."""
    return asked == 0 or (float(asked) - float(unexpected)) / float(asked) >= mostly


def outcome(state: MapState, mostly: float, form: ResultFormat) -> Outcome:
    """The result of an expectation that leaves nulls out."""
    asked = state.elements - state.missing
    if form is SUMMARY and asked and not state.unexpected:
        return _all_is_well(state)
    success = mostly_holds(asked, state.unexpected, mostly)
    if form.name == "BOOLEAN_ONLY":
        return {"success": success, "result": {}}
    some = state.elements > 0
    of_asked = state.unexpected / asked * 100 if asked > 0 else None
    result: dict[str, Any] = {"element_count": state.elements, "unexpected_count": state.unexpected, "unexpected_percent": of_asked}
    if not form.exclude_values:
        result["partial_unexpected_list"] = list(first(state.values, form.partial))
    if form.keys:
        result["unexpected_index_column_names"] = list(form.keys)
    result["missing_count"] = state.missing
    result["missing_percent"] = state.missing / state.elements * 100 if some else None
    result["unexpected_percent_total"] = state.unexpected / state.elements * 100 if some else None
    result["unexpected_percent_nonmissing"] = of_asked
    return {"success": success, "result": _with_lists(result, state, form)}


def _all_is_well(state: MapState) -> Outcome:
    """The commonest result by far, in the commonest format: what `outcome` says of no unexpected values, without working it out."""
    return {
        "success": True,
        "result": {
            "element_count": state.elements,
            "unexpected_count": 0,
            "unexpected_percent": 0.0,
            "partial_unexpected_list": [],
            "missing_count": state.missing,
            "missing_percent": state.missing / state.elements * 100,
            "unexpected_percent_total": 0.0,
            "unexpected_percent_nonmissing": 0.0,
            "partial_unexpected_counts": [],
            "partial_unexpected_index_list": [],
        },
    }


def _no_null(state: MapState) -> Outcome:
    """As `_all_is_well`, of an expectation about nulls."""
    return {
        "success": True,
        "result": {
            "element_count": state.elements,
            "unexpected_count": 0,
            "unexpected_percent": 0.0,
            "partial_unexpected_list": [],
            "partial_unexpected_counts": [],
            "partial_unexpected_index_list": [],
        },
    }


def outcome_of_nulls(state: MapState, mostly: float, form: ResultFormat, *, names_keys: bool) -> Outcome:
    """The result of an expectation about nulls themselves: all rows are asked, nothing is missing. One of the two does not name keys."""
    if not state.unexpected and state.elements and form is SUMMARY:
        return _no_null(state)
    success = state.elements == 0 or (state.elements - state.unexpected) / state.elements >= mostly
    if form.name == "BOOLEAN_ONLY":
        return {"success": success, "result": {}}
    percent = state.unexpected / state.elements * 100 if state.elements else None
    result: dict[str, Any] = {"element_count": state.elements, "unexpected_count": state.unexpected, "unexpected_percent": percent}
    if not form.exclude_values:
        result["partial_unexpected_list"] = list(first(state.values, form.partial))
    if form.keys and names_keys:
        result["unexpected_index_column_names"] = list(form.keys)
    return {"success": success, "result": _with_lists(result, state, form)}


def _with_lists(result: dict[str, Any], state: MapState, form: ResultFormat) -> dict[str, Any]:
    if form.rows:
        result["unexpected_rows"] = list(first(state.positions, form.rows_shown))
    if form.name != "COMPLETE" and form.shows_query:
        result["unexpected_index_query"] = index_query(state.positions)
    if form.name == "BASIC":
        return result
    values = first(state.values, form.values_kept)
    if form.partial > 0:
        if not form.exclude_values:
            counts = _counts(values, form.partial)
            if counts is not None:
                result["partial_unexpected_counts"] = counts
        result["partial_unexpected_index_list"] = list(first(state.positions, form.partial))
    if form.name == "COMPLETE":
        if not form.exclude_values:
            result["unexpected_list"] = list(first(values, MOST_RECORDS))
        result["unexpected_index_list"] = list(state.positions)
        if form.shows_query:
            result["unexpected_index_query"] = index_query(state.positions)
    return result


def index_query(labels: Sequence[Any]) -> str:
    """Great Expectations' query for rows of some labels."""
    return f"df.filter(items={list(labels)}, axis=0)"


def _counts(values: Sequence[Any], most: int) -> list[dict[str, Any]] | None:
    """How often each value is among the kept ones; None when they cannot be hashed or sorted: Great Expectations then leaves them out."""
    if not values:
        return []
    flat = [tuple(value.values()) for value in values] if isinstance(values[0], dict) else values
    try:
        return [{"value": value, "count": n} for value, n in sorted(Counter(flat).most_common(most), key=lambda one: (-one[1], one[0]))]
    except TypeError:
        return None
