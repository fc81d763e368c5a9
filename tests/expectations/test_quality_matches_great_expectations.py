"""The oracle is Great Expectations itself on all the rows at once, on the frame that docs/quality.md defines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import great_expectations as gx
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.quality.great import GreatSuite
from expectations.quality.reading import read
from expectations.quality.rowlevel import TYPES
from expectations.quality.suite import CheckResult

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
OURS = GreatSuite(read(SUITE, COLUMNS))

texts = st.sampled_from(["", "x", "b", "bx", "đ", "1", "2024-01-31", "2024-13", "{}", "[1", "null", "ab\n"])
numbers = st.sampled_from([0, 1, 2, 3, 100, -1, 2**53 + 1, 0.0, 2.5, 99.99, True, False])
hostile = st.sampled_from([[], [1], {}, {"x": [1]}, 2**70, "\x00"])


def rows_of(*extra: st.SearchStrategy[Any], most: int = 7) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows with every column present."""
    text = st.one_of(st.none(), texts, *extra)
    number = st.one_of(st.none(), numbers, *extra)
    row = st.fixed_dictionaries({"a": text, "b": number, "c": st.one_of(text, number), "d": number})
    return st.lists(row, min_size=1, max_size=most)


class Oracle:
    """Great Expectations, asked as its own documentation shows."""

    def __init__(self) -> None:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        self._definition = context.data_sources.add_pandas("oracle").add_dataframe_asset("all").add_batch_definition_whole_dataframe("all")
        self._suite = gx.ExpectationSuite(name="oracle", expectations=[{**e, "meta": {"n": n}} for n, e in enumerate(EXPECTATIONS)])

    def ask(self, rows: Sequence[dict[str, Any]]) -> list[Any]:
        """Results in the order of the suite file."""
        frame = pd.DataFrame(list(rows), columns=list(COLUMNS), dtype=object)
        report = self._definition.get_batch(batch_parameters={"dataframe": frame}).validate(self._suite)
        return sorted(report.results, key=lambda found: found.expectation_config.meta["n"])


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


def agree(ours: CheckResult, theirs: Any) -> None:
    """Same success, same counts, same share; where Great Expectations raised, we must have counted errors, and only there."""
    if "element_count" not in theirs.result:
        assert ours.errors > 0, ours
        return
    found = theirs.result
    assert ours.errors == 0, (ours, found)
    assert ours.success == theirs.success, (ours, found)
    assert ours.evaluated == found["element_count"]
    assert ours.missing == (found.get("missing_count") or 0)
    assert ours.unexpected == found["unexpected_count"]
    percent = found["unexpected_percent"]
    assert (ours.ratio is None) == (percent is None)
    assert ours.ratio is None or 100 * (1 - ours.ratio) == pytest.approx(percent)


few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
some = settings(few, max_examples=25)


def test_every_type_that_is_allowed_is_compared() -> None:
    assert {e["type"] for e in EXPECTATIONS} == set(TYPES)


@some
@given(rows=rows_of(), cut=st.integers(0, 7))
def test_states_of_two_parts_give_what_great_expectations_gives_on_all_rows(oracle: Oracle, rows: list[dict[str, Any]], cut: int) -> None:
    state = OURS.merge(OURS.of(rows[:cut]), OURS.of(rows[cut:]))
    for ours, theirs in zip(OURS.result(state), oracle.ask(rows), strict=True):
        agree(ours, theirs)


@few
@given(rows=rows_of(hostile, most=4), cut=st.integers(0, 4))
def test_hostile_values_count_the_same_in_any_splitting(rows: list[dict[str, Any]], cut: int) -> None:
    """Each row is judged, or counted as an error, whatever its neighbours are."""
    assert OURS.merge(OURS.of(rows[:cut]), OURS.of(rows[cut:])) == OURS.of(rows)
