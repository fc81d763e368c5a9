"""A suite with every type that is allowed, rows to judge with it, friendly and hostile, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import strategies as st

from expectations.quality.engine import Engine
from expectations.quality.great import GreatSuite
from expectations.quality.reading import read
from expectations.quality.rowlevel import TYPES
from expectations.quality.suite import Check

COLUMNS = ("a", "b", "c", "d")


def one(short: str, mostly: float = 1.0, **kwargs: Any) -> dict[str, Any]:
    """One expectation of a suite file; its type by its short name."""
    return {"type": next(name for name, row_type in TYPES.items() if row_type.short == short), "kwargs": {**kwargs, "mostly": mostly}}


EXPECTATIONS = [
    one("not_be_null", 0.5, column="a"),
    one("be_null", column="a"),
    one("be_in_set", 0.6, column="c", value_set=[1, "1", True, "x", 2.5]),
    one("not_be_in_set", column="c", value_set=[0, "b"]),
    one("be_between", 0.8, column="b", min_value=0, max_value=100, strict_max=True),
    one("length_between", column="a", min_value=2),
    one("length_equal", column="c", value=1),
    one("match_regex", 0.4, column="a", regex=r"^\d{4}-\d\d"),
    one("not_match_regex", column="c", regex="x$"),
    one("match_regex_list", column="a", regex_list=["^x", "b$"], match_on="all"),
    one("not_match_regex_list", column="a", regex_list=["^x", "đ"]),
    one("match_strftime_format", column="a", strftime_format="%Y-%m-%d"),
    one("be_dateutil_parseable", column="a"),
    one("be_json_parseable", column="c"),
    one("match_json_schema", column="a", json_schema={"type": "object"}),
    one("be_of_type", 0.5, column="c", type_="int"),
    one("be_in_type_list", column="c", type_list=["str", "float"]),
    one("be_equal", column_A="b", column_B="d"),
    one("a_greater_than_b", 0.3, column_A="b", column_B="d", or_equal=True, ignore_row_if="either_value_is_missing"),
    one("pair_in_set", column_A="a", column_B="b", value_pairs_set=[["x", 1], [None, 2], ["b", 0]]),
    one("sum_to_equal", column_list=["b", "d"], sum_total=3),
    one("values_be_equal", 0.5, column_list=["b", "c", "d"], ignore_row_if="any_value_is_missing"),
    one("unique_within_record", column_list=["b", "d"], ignore_row_if="never"),
]
SUITE = {"name": "oracle", "expectations": EXPECTATIONS}


def great_suite() -> GreatSuite:
    """The suite with every type."""
    return GreatSuite(read(SUITE, COLUMNS))


texts = st.sampled_from(["", "x", "b", "bx", "đ", "1", "2024-01-31", "2024-13", "{}", "[1", "null", "ab\n"])
numbers = st.sampled_from([0, 1, 2, 3, 100, -1, 2**53 + 1, 0.0, 2.5, 99.99, True, False])
hostile = st.sampled_from([[], [1], {}, {"x": [1]}, 2**70, "\x00"])


def row_of(*extra: st.SearchStrategy[Any], whole: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    """A row; some lack columns when it need not be whole."""
    text = st.one_of(st.none(), texts, *extra)
    number = st.one_of(st.none(), numbers, *extra)
    values = {"a": text, "b": number, "c": st.one_of(text, number), "d": number}
    return st.fixed_dictionaries(values) if whole else st.fixed_dictionaries({}, optional=values)


def calls_of(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows of each call to Great Expectations from now on."""
    made: list[int] = []
    ask = Engine._validate

    def counted(self: Engine, checks: Sequence[Check], frame: Any, result_format: Any) -> dict[str, Any]:
        made.append(len(frame))
        return ask(self, checks, frame, result_format)

    monkeypatch.setattr(Engine, "_validate", counted)
    return made
