"""What each argument of an expectation may be. An argument that would only fail on the first row is refused when the suite is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from expectations.quality.rowlevel import IGNORE, RowType, allowed

DROPPED = frozenset({"batch_id", "catch_exceptions", "result_format", "include_config"})
"""Arguments that Great Expectations' tools write and that Nhịp decides by itself."""

OBJECTS = frozenset({"object", "object_", "O"})
"""Type names that would make a type check a check of the whole column."""


def is_number(value: object) -> bool:
    """Whether a JSON value is a number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _compiles(value: object) -> bool:
    try:
        return isinstance(value, str) and re.compile(value) is not None
    except re.error:
        return False


def _many(test: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and bool(value) and all(test(v) for v in value)


def _is(kind: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, kind)


def _is_type_name(value: object) -> bool:
    return isinstance(value, str) and value not in OBJECTS


def _is_ratio(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2


RULES: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "mostly": (_is_ratio, "a number from 0 to 1"),
    "value_set": (_is(list), "a list of values"),
    "regex": (_compiles, "a regular expression that Python can compile"),
    "regex_list": (_many(_compiles), "a list of regular expressions that Python can compile"),
    "match_on": (lambda v: v in ("any", "all"), "any or all"),
    "strftime_format": (_is(str), "a date format such as %Y-%m-%d"),
    "json_schema": (_is(dict), "a JSON schema"),
    "type_": (_is_type_name, "a Python type such as str, int, float or bool"),
    "type_list": (_many(_is_type_name), "a list of Python types such as str, int, float or bool"),
    "min_value": (is_number, "a number"),
    "max_value": (is_number, "a number"),
    "strict_min": (_is(bool), "true or false"),
    "strict_max": (_is(bool), "true or false"),
    "or_equal": (_is(bool), "true or false"),
    "value": (is_number, "a number"),
    "sum_total": (is_number, "a number"),
    "value_pairs_set": (_many(_is_pair), "a list of pairs"),
    "threshold": (is_number, "a number"),
    "multiplier": (is_number, "a number"),
    "double_sided": (_is(bool), "true or false"),
    "strictly": (_is(bool), "true or false"),
    "ties_okay": (_is(bool), "true or false"),
    "exact_match": (_is(bool), "true or false"),
    "column": (_is(str), "the name of a column"),
    "column_list": (_many(_is(str)), "a list of names of columns"),
    "column_set": (_many(_is(str)), "a list of names of columns"),
    "quantile_ranges": (_is(dict), "an object with quantiles and value_ranges"),
    "partition_object": (_is(dict), "an object with values and weights, or bins and weights"),
}


def problems(row_type: RowType, kwargs: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the arguments, columns apart: one sentence each, with what is allowed."""
    known = allowed(row_type)
    found = [f"{name} is missing: it must be {RULES[name][1]}" for name in row_type.required if name not in kwargs]
    for name, value in kwargs.items():
        if name in DROPPED:
            continue
        if name in ("row_condition", "condition_parser"):
            found.append(f"{name} is not possible in this form: filter nothing, or write a check that holds for every row")
        elif name not in known:
            found.append(f"{name} is no argument of this type: allowed are {', '.join(known)}")
        elif name == "type_" and row_type.whole:
            continue  # a dtype, object among them: compiling it says whether there is one
        elif name in RULES and not RULES[name][0](value):
            found.append(f"{name} must be {RULES[name][1]}")
        elif name == "ignore_row_if" and value not in IGNORE[row_type.kind]:
            found.append(f"ignore_row_if must be one of {', '.join(IGNORE[row_type.kind])}")
    return found or _bounds(row_type, kwargs)


def _bounds(row_type: RowType, kwargs: Mapping[str, Any]) -> list[str]:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if "min_value" not in row_type.optional:
        return []
    if low is None and high is None:
        return ["min_value and max_value are both missing: give at least one"]
    return ["min_value is greater than max_value: swap them"] if low is not None and high is not None and low > high else []
