"""How a result tells the rows of a frame: by their labels, by the values of named columns, or by showing the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from expectations.engine.compiled import Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.mapped import index_query
from expectations.engine.table import Demotion

LISTS: Final = ("partial_unexpected_index_list", "unexpected_index_list")
PLAIN: Final = ("int", "uint", "float", "str", "datetime64")
"""How names of dtypes begin whose labels are shown as they are."""


def is_numbered(index: Any) -> bool:
    """Whether the labels of rows are their places: 0, 1, 2, … and no name."""
    return type(index).__name__ == "RangeIndex" and index.start == 0 and index.step == 1 and index.name is None


def check(index: Any, columns: Sequence[str]) -> None:
    """Raise Demotion where Great Expectations shows labels in a way of its own."""
    if index.nlevels > 1 or index.hasnans or not (len(index) == 0 or str(index.dtype).startswith(PLAIN)):
        raise Demotion("the frame's rows are labelled by something else than numbers, texts or instants")
    if index.name is not None and (type(index.name) is not str or index.name in columns):
        raise Demotion("the name of the labels of the frame's rows is no text, or that of a column")


def told(found: Outcome, frame: Any, columns: Sequence[str], form: ResultFormat) -> Outcome:
    """The outcome of an expectation of some columns with what tells the rows of a frame where their places are; raises Demotion."""
    result, index = dict(found["result"]), frame.index
    named = index.name is not None
    if named and form.keys:
        raise Demotion("rows whose labels have a name are told by columns")
    keys = (index.name,) if named else form.keys
    places = result.get("unexpected_index_list", result.get("partial_unexpected_index_list", ()))
    if "unexpected_index_query" in result and not is_numbered(index):
        if "unexpected_index_list" not in result:
            raise Demotion("a query for all unexpected rows is asked without the list of them")
        result["unexpected_index_query"] = index_query(index[list(places)].tolist())
    if named and places and form.exclude_values:
        raise Demotion("rows whose labels have a name are told without their values")
    for name in LISTS:
        if name in result and keys and places:
            result[name] = _keyed(frame, result[name], columns, keys, named=named)
        elif name in result:
            result[name] = [index[at] for at in result[name]]
    if "unexpected_rows" in result:
        if result["element_count"] == result.get("missing_count", 0):
            raise Demotion("of no values, Great Expectations shows rows without columns here and there")
        result["unexpected_rows"] = frame.iloc[result["unexpected_rows"]]
    return {**found, "result": result}


def _keyed(frame: Any, places: Sequence[int], columns: Sequence[str], keys: Sequence[str], *, named: bool) -> list[dict[str, Any]]:
    """Of each row its values in the columns that were judged and in those that tell rows apart, or its label if that has a name."""
    if not frame.index.is_unique or not (named or set(keys) <= set(frame.columns)):
        raise Demotion("rows are told by columns that are not there, or by labels that are not unique")
    told = []
    for label in frame.index[list(places)]:
        row: dict[str, Any] = {}
        for column in columns:
            row[column] = frame.at[label, column]
            row |= {key: label if named else frame.at[label, key] for key in keys}
        told.append(row)
    return told
