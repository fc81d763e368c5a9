"""A state holds no more values than a bound; past it, the check is for Great Expectations and says so."""

from __future__ import annotations

from typing import Any

import great_expectations as gx
import pandas as pd
import pytest

from expectations import NotCompiled, validate
from expectations.engine import frequency
from expectations.engine.compiled import Demoted
from expectations.engine.formats import COUNTS_ONLY, ResultFormat
from expectations.engine.suite import compilation
from expectations.engine.table import Table

BOUND = 5
OF_VALUES: list[tuple[str, dict[str, Any]]] = [
    ("expect_column_values_to_be_unique", {"column": "a"}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["a", "b"]}),
    ("expect_column_unique_value_count_to_be_between", {"column": "a", "min_value": 1}),
    ("expect_column_distinct_values_to_contain_set", {"column": "a", "value_set": [1]}),
    ("expect_column_most_common_value_to_be_in_set", {"column": "a", "value_set": [1]}),
    ("expect_column_median_to_be_between", {"column": "a", "min_value": 0}),
    ("expect_column_values_to_not_be_outliers", {"column": "a"}),
]


def table(*values: int) -> Table:
    return Table.of_rows([{"a": value, "b": 0} for value in values], ["a", "b"])


@pytest.mark.parametrize(("name", "kwargs"), OF_VALUES, ids=[name for name, _ in OF_VALUES])
def test_as_many_values_as_the_bound_are_kept_and_one_more_is_not(
    name: str, kwargs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frequency, "MOST_DISTINCT", BOUND)
    check = compilation(name, kwargs, ResultFormat())
    at_bound = check.merge(check.of(table(*range(BOUND), 0, 1)), check.of(table(*range(BOUND))))
    assert not isinstance(check.result(at_bound, ResultFormat()), Demoted)
    past = check.merge(at_bound, check.of(table(BOUND)))
    assert past == Demoted(f"there are more than {BOUND} distinct values")
    assert check.of(table(*range(BOUND + 1))) == past
    assert check.merge(past, check.of(table(1))) == past == check.result(past, ResultFormat())


def test_counts_without_lists_hold_no_row_however_many_repeat() -> None:
    """What is kept where states are persisted: a value and its count, not the rows."""
    check = compilation("expect_column_values_to_be_unique", {"column": "a"}, COUNTS_ONLY)
    state = check.of(table(*[1] * 1000))
    assert (state.elements, dict(state.firsts), dict(state.repeated)) == (1000, {1: 0}, {1: 1000})
    assert (list(state.repeats), list(state.repeat_positions)) == ([], [])
    outcome = check.result(state, COUNTS_ONLY)
    assert not isinstance(outcome, Demoted)
    assert outcome["result"]["unexpected_count"] == 1000


def test_only_so_many_rows_are_kept_as_the_richest_format_shows() -> None:
    check = compilation("expect_column_values_to_be_unique", {"column": "a"}, ResultFormat())
    state = check.merge(check.of(table(*[1] * 30)), check.of(table(*[1] * 30)))
    assert len(state.repeats) == len(state.repeat_positions) == 20
    outcome = check.result(state, ResultFormat())
    assert not isinstance(outcome, Demoted)
    assert outcome["result"]["partial_unexpected_index_list"] == list(range(20))


def test_a_sum_that_overflows_in_numpy_is_for_great_expectations_and_not_one_of_objects() -> None:
    """int64 wraps around silently; Python's integers, of which canonical rows consist, do not."""
    sum_of = gx.expectations.ExpectColumnSumToBeBetween(column="a", min_value=0)
    rows = [{"a": 2**53}] * 2_000
    assert validate(rows, sum_of, native=True).result == {"observed_value": 2**53 * 2_000}
    with pytest.raises(NotCompiled, match="int64"):
        validate(pd.DataFrame(rows), sum_of, native=True)
    assert validate(pd.DataFrame(rows), sum_of).result == {"observed_value": 2**53 * 2_000 - 2**64}
