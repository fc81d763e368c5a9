"""What a stranger asks: ordinary columns of every common dtype, formats, labels of rows, row conditions; against live Great Expectations.

`NHIP_DIFFERENTIAL_CASES=500 pytest …` is the long form; `python -m tests.expectations.engine.hunt --ordinary` prints shares, too.
"""

from __future__ import annotations

import math
import os
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from great_expectations.expectations.row_conditions import Column
from scipy import stats  # type: ignore[import-untyped]

from expectations import NotCompiled, validate
from expectations.engine.divergence import entropy
from tests.expectations.engine.agreement import difference
from tests.expectations.engine.cases import Tally, ordinary_case
from tests.expectations.engine.shrinking import assert_agrees

CASES = int(os.environ.get("NHIP_DIFFERENTIAL_CASES", "8"))
LEAST_NATIVE_RATIO = 0.6
"""Of cases of which one in four is for Great Expectations by its nature: it raises on them."""

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(600)]

FRAME = pd.DataFrame({"id": [1, 2, 2, 4, 5], "name": ["a", None, "c", "d", "d"], "price": [1.5, 2.5, None, 2.5, 9.0]})
NAN = math.nan
LABELS = (pd.date_range("2024-01-01", periods=5), pd.RangeIndex(5, name="key"), [0, 0, 1, 1, 2], [0.5, 1, 2, 3, 4])


def json_of(kind: str, **kwargs: Any) -> dict[str, Any]:
    return {"type": f"expect_{kind}", "kwargs": kwargs}


IN_SET = json_of("column_values_to_be_in_set", column="name", value_set=["a"])


def agreed(data: Any, expectation: dict[str, Any], result_format: Any = "COMPLETE") -> Any:
    """The native result, which must be Great Expectations' own."""
    ours = validate(data, expectation, result_format=result_format, native=True)
    assert difference(ours, validate(data, expectation, result_format=result_format, native=False)) is None
    return ours


@pytest.fixture(scope="module")
def tally() -> Tally:
    return Tally()


@pytest.mark.parametrize("seed", range(20_000, 20_000 + CASES))
def test_an_ordinary_case_says_what_great_expectations_says(seed: int, tally: Tally) -> None:
    assert_agrees(ordinary_case(seed), tally)


def test_most_of_it_is_judged_without_great_expectations(tally: Tally) -> None:
    compared = sum(tally.compared.values())
    if not compared:
        pytest.skip("tells of the cases above, which were not asked for")
    assert sum(tally.native.values()) >= LEAST_NATIVE_RATIO * compared


def test_the_null_of_a_column_of_floats_is_another_one_in_each_row_of_a_compound_key() -> None:
    data = pd.DataFrame({"a": [3, 3, 3, -2, -2], "b": [1.0, NAN, NAN, 2.0, 2.0]})
    found = agreed(data, json_of("compound_columns_to_be_unique", column_list=["a", "b"]))
    assert [one["count"] for one in found.result["partial_unexpected_counts"]] == [2, 1, 1]


@pytest.mark.parametrize("count", [1, 2, 7, 9, 40])
def test_a_divergence_is_scipys_to_the_last_bit(count: int) -> None:
    observed, expected = [math.sqrt(n) for n in range(count)], [1 + math.sin(n) for n in range(count)]
    assert entropy([1, *observed], [2, *expected]) == stats.entropy([1, *observed], [2, *expected])


def test_keys_are_named_beside_what_was_judged() -> None:
    found = agreed(FRAME, IN_SET, {"result_format": "SUMMARY", "unexpected_index_column_names": ["id"]})
    assert found.result["partial_unexpected_index_list"] == [{"name": "c", "id": 2}, {"name": "d", "id": 4}, {"name": "d", "id": 5}]


def test_keys_that_are_no_columns_are_for_great_expectations() -> None:
    with pytest.raises(NotCompiled, match="columns that are not there"):
        validate(FRAME, IN_SET, result_format={"result_format": "SUMMARY", "unexpected_index_column_names": ["absent"]}, native=True)


@pytest.mark.parametrize("name", ["BASIC", "SUMMARY", "COMPLETE"])
@pytest.mark.parametrize("data", [FRAME, FRAME.to_dict("records")], ids=["frame", "rows"])
def test_unexpected_rows_are_shown_whole(data: Any, name: str) -> None:
    found = agreed(data, IN_SET, {"result_format": name, "include_unexpected_rows": True, "partial_unexpected_count": 2})
    assert found.result["unexpected_rows"]["id"].tolist() == [2, 4]


@pytest.mark.parametrize("labels", LABELS, ids=["days", "named", "twice", "floats"])
@pytest.mark.parametrize("form", ["SUMMARY", "COMPLETE", {"result_format": "SUMMARY", "include_unexpected_rows": True}])
def test_rows_are_told_by_labels_of_every_ordinary_kind(labels: Any, form: Any) -> None:
    assert agreed(FRAME.set_axis(labels), IN_SET, form).result["unexpected_count"] == 3


def test_a_query_for_rows_is_there_where_it_is_asked_for() -> None:
    form = {"result_format": "BASIC", "return_unexpected_index_query": True}
    assert agreed(FRAME, IN_SET, form).result["unexpected_index_query"] == "df.filter(items=[2, 3, 4], axis=0)"
    with pytest.raises(NotCompiled, match="without the list"):
        validate(FRAME.set_axis(list("vwxyz")), IN_SET, result_format=form, native=True)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("id > 1 & price <= 2.5", (Column("id") > 1) & (Column("price") <= 2.5)),
        ("id > 1 and name in ['a', 'd']", (Column("id") > 1) & Column("name").is_in(["a", "d"])),
        ("price.isnull() | name == 'a'", Column("price").is_null() | (Column("name") == "a")),
        ("name.notna()", Column("name").is_not_null()),
        ("name != 'a'", Column("name") != "a"),
    ],
)
def test_a_condition_in_pandas_language_selects_what_a_condition_object_selects(text: str, condition: Any) -> None:
    asked = [{"row_condition": text, "condition_parser": "pandas"}, {"row_condition": condition}]
    texts, objects = (agreed(FRAME, json_of("column_values_to_be_null", column="id", **kwargs)) for kwargs in asked)
    assert texts.result == objects.result
    assert texts.result["unexpected_count"] > 0


@pytest.mark.parametrize("text", ["id > price", "id + 1 > 2", "name.str.len() > 1", "`id` > 1", "1 < id < 3", "id in 3", "not id > 1"])
def test_a_condition_that_says_more_is_for_pandas(text: str) -> None:
    asked = json_of("column_values_to_be_null", column="id", row_condition=text, condition_parser="pandas")
    with pytest.raises(NotCompiled, match="its row condition"):
        validate(FRAME, asked, native=True)


@pytest.mark.parametrize(
    ("values", "dtype"),
    [([1, 2, None, 4], "Int64"), ([0.1, 0.2, None, 0.7], "Float64"), ([True, None, False, True], "boolean"), ([1, 2, 3, 4], "int32")],
)
@pytest.mark.parametrize("kind", ["sum", "mean", "stdev", "median", "min", "max"])
def test_numbers_of_other_dtypes_are_reckoned_as_pandas_does(values: list[Any], dtype: str, kind: str) -> None:
    data = pd.DataFrame({"x": pd.Series(values, dtype=dtype)})
    ours = validate(data, json_of(f"column_{kind}_to_be_between", column="x", min_value=0), native=None)
    theirs = validate(data, json_of(f"column_{kind}_to_be_between", column="x", min_value=0), native=False)
    assert ours.to_json_dict() == theirs.to_json_dict() or difference(ours, theirs) is None
    assert ours.result["observed_value"] == theirs.result["observed_value"]


@pytest.mark.parametrize("kind", ["sum", "mean", "stdev"])
def test_decimals_with_labels_are_for_great_expectations_which_mixes_them_up(kind: str) -> None:
    data = pd.DataFrame({"x": [Decimal("1.5"), Decimal("2.25"), Decimal(3)]})
    asked = json_of(f"column_{kind}_to_be_between", column="x", min_value=0)
    agreed(data, asked)
    with pytest.raises(NotCompiled, match="mixes up"):
        validate(data.set_axis(pd.Index([2, 0, 1])), asked, native=True)


CONDITIONED = pd.DataFrame(
    {
        "id": range(5),
        "flag": [True, False, True, False, True],
        "kind": pd.Categorical(["x", "y", None, "x", "z"]),
        "text": pd.array(["x", None, "y", "x", "z"], dtype="string"),
        "at": pd.to_datetime(["2024-01-01", None, "2024-01-02", "2024-01-03T10:00:00", "2024-01-04"], format="ISO8601"),
    }
)


@pytest.mark.parametrize(
    "condition",
    [
        Column("flag") == True,  # noqa: E712  a row condition
        Column("flag") != True,  # noqa: E712
        *(made for name in ("kind", "text") for made in (Column(name) == "x", Column(name) != "x", Column(name).is_not_in(["y", "q"]))),
        *(made for text in ("2024-01-02", "2024-01-03T10:00:00") for made in (Column("at") >= text, Column("at") < text)),
    ],
    ids=str,
)
def test_a_condition_on_a_column_of_a_dtype_selects_what_pandas_selects(condition: Any) -> None:
    found = agreed(CONDITIONED, json_of("column_values_to_be_null", column="id", row_condition=condition))
    assert 0 < found.result["unexpected_count"] < 5


@pytest.mark.parametrize("name", ["kind", "text"])
def test_an_order_of_categories_or_of_nulls_of_their_own_is_for_pandas(name: str) -> None:
    with pytest.raises(NotCompiled, match="of the row condition has dtype"):
        validate(CONDITIONED, json_of("column_values_to_be_null", column="id", row_condition=Column(name) > "x"), native=True)


@pytest.mark.parametrize("kind", ["column_values_to_be_increasing", "column_values_to_be_decreasing"])
@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "uint8", "uint16", "uint32"])
def test_differences_of_whole_numbers_without_a_sign_turn_over_and_are_left_to_great_expectations(kind: str, dtype: str) -> None:
    frame, asked = pd.DataFrame({"a": [90, 84, 120, 3]}, dtype=dtype), json_of(kind, column="a")
    if dtype.startswith("uint"):
        with pytest.raises(NotCompiled):
            validate(frame, asked, native=True)
    else:
        agreed(frame, asked)
