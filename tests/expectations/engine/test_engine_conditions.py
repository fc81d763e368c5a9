"""Row conditions select the rows that `DataFrame.query` selects: of null every comparison is false, but "is not" is true."""

from __future__ import annotations

from typing import Any

import great_expectations.expectations as gxe
import pytest
from great_expectations.expectations.row_conditions import Column

from expectations import NotCompiled, validate

pytestmark = pytest.mark.filterwarnings("ignore")

X = Column("x")
VALUES = [None, float("nan"), 1, 1.0, True, 0, 2.5, "a", "1", ""]
NUMBERS = [None, float("nan"), -1, 0, 1, 2.5, True, 2**60]


def selected(values: list[Any], condition: Any, *, native: bool) -> list[int]:
    """The rows that a condition selects: those that an expectation nobody meets calls unexpected."""
    nobody = gxe.ExpectColumnValuesToBeInSet(column="row", value_set=[-1], row_condition=condition)
    rows = [{"row": number, "x": value} for number, value in enumerate(values)]
    found: list[int] = validate(rows, nobody, result_format="COMPLETE", native=native).result["unexpected_index_list"]
    return found


@pytest.mark.parametrize(
    ("values", "condition", "rows"),
    [
        (VALUES, X == 1, [2, 3, 4]),
        (VALUES, X != 1, [0, 1, 5, 6, 7, 8, 9]),
        (VALUES, X == "1", [8]),
        (VALUES, X.is_in([1, 2.5]), [2, 3, 4, 6]),
        (VALUES, X.is_not_in(["a", "1"]), [0, 1, 2, 3, 4, 5, 6, 9]),
        (VALUES, X.is_null(), [0, 1]),
        (VALUES, X.is_not_null(), [2, 3, 4, 5, 6, 7, 8, 9]),
        (NUMBERS, X > 1, [5, 7]),
        (NUMBERS, X >= 1, [4, 5, 6, 7]),
        (NUMBERS, X < 0, [2]),
        (NUMBERS, X <= -1, [2]),
        (NUMBERS, (X > -1) & (X != 1), [3, 5, 7]),
        (NUMBERS, (X == 0) | X.is_null(), [0, 1, 3]),
    ],
)
def test_a_condition_selects_what_great_expectations_selects(values: list[Any], condition: Any, rows: list[int]) -> None:
    assert selected(values, condition, native=True) == selected(values, condition, native=False) == rows


@pytest.mark.parametrize("values", [[1, "a"], [[1], 2]])
def test_values_that_cannot_be_compared_are_for_great_expectations(values: list[Any]) -> None:
    with pytest.raises(NotCompiled):
        selected(values, (X > 1) & X.is_in([2]), native=True)


def test_a_condition_in_pandas_own_language_may_say_more_which_is_for_pandas() -> None:
    one = gxe.ExpectColumnValuesToNotBeNull(column="x", row_condition="not x > 1", condition_parser="pandas")
    with pytest.raises(NotCompiled, match="says more"):
        validate([{"x": 1}], one, native=True)
    assert validate([{"x": 1}, {"x": 3}], one).result["element_count"] == 1
