"""Cases written by hand, as a stranger writes them: what `validate` answers by itself is what Great Expectations answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from great_expectations.expectations.row_conditions import Column

from expectations import NotCompiled, validate
from tests.expectations.engine.agreement import difference

pytestmark = pytest.mark.filterwarnings("ignore")

Case = tuple[str, str, dict[str, Any], Any]
"""The name of the data, the type without `expect_`, its arguments, the result format."""

NAN = float("nan")
NUMBERS: dict[str, list[Any]] = {"a": [1.0, 2.5, NAN, 4.0, 5.25, NAN, 7.0], "b": [1, 1, 2, 2, 3, 3, 4], "c": [7, 6, 5, 4, 3, 2, 1]}
TEXTS: dict[str, list[Any]] = {
    "name": ["Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng", None, "Đỗ Mười", "Phạm"],
    "code": ["HN-001", "HCM-002", "DN-003", "XX4", "HN-005", None],
    "date": ["2024-01-01", "2024-02-30", "31/01/2024", "2024-03-15", None, "abc"],
    "json": ['{"a": 1}', '{"a": "x"}', "[1, 2]", '{"a": null}', "{}", "3"],
}
ORDERS: dict[str, list[Any]] = {
    "id": list(range(1, 31)),
    "price": [round(10 + i * 1.37, 2) for i in range(30)],
    "qty": [(i * 7) % 5 for i in range(30)],
    "status": [("paid", "open", "void")[i % 3] for i in range(30)],
    "city": [("Hà Nội", "Đà Nẵng", "Huế", None)[i % 4] for i in range(30)],
    "at": [dt.datetime(2024, 1, 1) + dt.timedelta(hours=i) for i in range(30)],  # noqa: DTZ001  naive values are data here
}
ODD: dict[str, list[Any]] = {
    "m": [1, "a", 2.5, None, True],
    "dec": [Decimal("1.10"), Decimal("2.20"), None, Decimal(3), Decimal("3.0")],
    "big": [2**53, 2**53 + 1, 2**62, 1, 2],
    "huge": [2**70, 1, 2, 3, 4],
    "flag": [True, False, None, True, True],
    "day": [dt.date(2024, 1, day) for day in (1, 2, 3, 3, 5)],
}


def rows_of(columns: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


LABELLED = pd.DataFrame({"a": [1, 2, 3, 4, 4], "b": [2, 2, 2, 1, 1], "s": ["a", "b", "b", None, "zz"]})
DATA: Mapping[str, Any] = {
    "numbers": pd.DataFrame(NUMBERS),
    "rows of numbers": rows_of(NUMBERS),
    "texts": pd.DataFrame(TEXTS),
    "rows of texts": rows_of(TEXTS),
    "orders": pd.DataFrame(ORDERS),
    "rows of orders": rows_of(ORDERS),
    "odd": pd.DataFrame(ODD),
    "odd rows": rows_of(ODD),
    "instants": pd.DataFrame(
        {
            unit: pd.Series(["2024-01-01", "2024-01-02", None, "2024-01-02", "2024-01-05"]).astype(f"datetime64[{unit}]")
            for unit in ("s", "us", "ns")
        }
        | {"zone": pd.to_datetime(["2024-01-01", "2024-01-02", None, "2024-01-02", "2024-01-05"], utc=True)}
        | {"never": pd.Series([None] * 5).astype("datetime64[us]")}
    ),
    "nullable": pd.DataFrame(
        {
            "i": pd.array([1, 2, None, 4, 4], dtype="Int64"),
            "s": pd.array(["a", "bb", None, "dddd", "a"], dtype="string"),
            "b": pd.array([True, None, False, True, True], dtype="boolean"),
            "c": pd.Categorical(["x", "y", "x", None, "z"]),
            "small": np.array([1, 2, 3, 4, 4], dtype="int32"),
        }
    ),
    "spans": pd.DataFrame(
        {"begin": pd.to_datetime(["2024-01-01", "2024-01-02", None]), "end": pd.to_datetime(["2024-01-01", "2024-01-01", "2024-01-05"])}
    ),
    "stamps among numbers": pd.DataFrame({"n": [1, 2], "begin": [pd.Timestamp(1), 2], "end": [pd.Timestamp(2), 2]}),
    "empty": pd.DataFrame({"a": [], "b": []}),
    "no rows": [],
    "filtered": LABELLED.iloc[1:],
    "labelled by texts": LABELLED.set_axis(list("vwxyz")),
    "labelled twice": LABELLED.set_axis([0, 0, 1, 1, 2]),
    "labels with a name": LABELLED.set_axis(pd.RangeIndex(5, name="key")),
}

OF_ANY: Mapping[str, dict[str, Any]] = {
    "column_values_to_not_be_null": {},
    "column_values_to_be_null": {"mostly": 0.5},
    "column_values_to_be_unique": {},
    "column_values_to_be_in_set": {"value_set": [1, 2, 4, "a", "HN-001"]},
    "column_values_to_not_be_in_set": {"value_set": [1, "x", "open"]},
    "column_values_to_be_of_type": {"type_": "str"},
    "column_values_to_be_in_type_list": {"type_list": ["str", "float64", "datetime64[ns]"]},
    "column_unique_value_count_to_be_between": {"min_value": 2, "max_value": 5},
    "column_proportion_of_unique_values_to_be_between": {"min_value": 0.5, "max_value": 1},
    "column_proportion_of_non_null_values_to_be_between": {"min_value": 0.5},
    "column_distinct_values_to_be_in_set": {"value_set": [1, 2, 4, "a", "2024-01-02"]},
    "column_distinct_values_to_contain_set": {"value_set": [1, 2]},
    "column_distinct_values_to_equal_set": {"value_set": [1, 2, 3, 4]},
    "column_most_common_value_to_be_in_set": {"value_set": [4, "a", "paid"], "ties_okay": True},
    "column_to_exist": {"column_index": 1},
    "column_type_to_be": {"type_": "int64"},
}
OF_NUMBERS: Mapping[str, dict[str, Any]] = {
    "column_values_to_be_between": {"min_value": 1, "max_value": 5, "strict_min": True},
    "column_min_to_be_between": {"min_value": 0, "max_value": 2},
    "column_max_to_be_between": {"min_value": 4, "max_value": 9.5},
    "column_sum_to_be_between": {"min_value": 1, "max_value": 100},
    "column_mean_to_be_between": {"min_value": 1, "max_value": 5},
    "column_median_to_be_between": {"min_value": 1, "max_value": 5},
    "column_stdev_to_be_between": {"min_value": 0.5, "max_value": 3},
    "column_quantile_values_to_be_between": {"quantile_ranges": {"quantiles": [0.1, 0.5], "value_ranges": [[0, 3], [None, 5]]}},
    "column_value_z_scores_to_be_less_than": {"threshold": 1, "double_sided": True},
    "column_values_to_not_be_outliers": {"method": "iqr", "multiplier": 1.5},
    "column_values_to_be_increasing": {"strictly": True},
    "column_values_to_be_decreasing": {},
    "column_kl_divergence_to_be_less_than": {
        "partition_object": {"values": [1, 2, 4], "weights": [0.3, 0.3, 0.4]},
        "threshold": 0.5,
    },
}
OF_TEXTS: Mapping[str, dict[str, Any]] = {
    "column_value_lengths_to_be_between": {"min_value": 1, "max_value": 6},
    "column_value_lengths_to_equal": {"value": 6},
    "column_values_to_match_regex": {"regex": "^[a-zH0-9]"},
    "column_values_to_not_match_regex": {"regex": "[0-9]"},
    "column_values_to_match_regex_list": {"regex_list": ["^H", "[0-9]$"], "match_on": "all"},
    "column_values_to_not_match_regex_list": {"regex_list": ["^a", "[0-9]$"]},
    "column_values_to_match_strftime_format": {"strftime_format": "%Y-%m-%d"},
    "column_values_to_be_dateutil_parseable": {},
    "column_values_to_be_json_parseable": {},
    "column_values_to_match_json_schema": {"json_schema": {"type": "object", "properties": {"a": {"type": "integer"}}}},
    "column_values_to_match_like_pattern": {"like_pattern": "a%"},
    "column_values_to_not_match_like_pattern": {"like_pattern": "a%"},
    "column_values_to_match_like_pattern_list": {"like_pattern_list": ["a%"]},
    "column_values_to_not_match_like_pattern_list": {"like_pattern_list": ["a%"]},
}
ORDINARY_NUMBERS = ("numbers", "rows of numbers", "orders", "rows of orders")
ORDINARY_TEXTS = ("texts", "rows of texts")
FORMATS: tuple[Any, ...] = (
    "BOOLEAN_ONLY",
    "BASIC",
    "COMPLETE",
    {"result_format": "SUMMARY", "partial_unexpected_count": 0},
    {"result_format": "COMPLETE", "partial_unexpected_count": 5, "return_unexpected_index_query": False},
    {"result_format": "COMPLETE", "unexpected_index_column_names": ["s"]},
)


def columns_of(data: Any) -> list[str]:
    return list(data.columns) if isinstance(data, pd.DataFrame) else list(data[0]) if data else ["a"]


def ordinary() -> Iterator[Case]:
    """Arguments that fit the column."""
    for name in (*ORDINARY_NUMBERS, *ORDINARY_TEXTS):
        yield from (
            (name, kind, {"column": column, **kwargs}, "SUMMARY") for column in columns_of(DATA[name]) for kind, kwargs in OF_ANY.items()
        )
    for name in ORDINARY_NUMBERS:
        for column in [one for one in columns_of(DATA[name]) if one in ("a", "b", "c", "id", "price", "qty")]:
            yield from ((name, kind, {"column": column, **kwargs}, "SUMMARY") for kind, kwargs in OF_NUMBERS.items())
    for name in ORDINARY_TEXTS:
        for column in columns_of(DATA[name]):
            kinds = [kind for kind in OF_TEXTS if "json_schema" not in kind or column == "json"]
            yield from ((name, kind, {"column": column, **OF_TEXTS[kind]}, "SUMMARY") for kind in kinds)
    for name in ("orders", "rows of orders"):
        yield from of_the_table(name)
        yield from conditional(name)


def of_the_table(name: str) -> Iterator[Case]:
    """Of several columns, and of the table's shape."""
    pair, record = {"column_A": "id", "column_B": "qty"}, {"column_list": ["id", "qty"]}
    columns = columns_of(DATA[name])
    for kind, kwargs in (
        ("column_pair_values_to_be_equal", pair),
        ("column_pair_values_a_to_be_greater_than_b", {**pair, "or_equal": True}),
        ("column_pair_values_to_be_in_set", {**pair, "value_pairs_set": [(1, 0), (2, 2)]}),
        ("multicolumn_sum_to_equal", {**record, "sum_total": 12}),
        ("multicolumn_values_to_be_equal", record),
        ("select_column_values_to_be_unique_within_record", record),
        ("compound_columns_to_be_unique", {"column_list": ["qty", "status"], "mostly": 0.5}),
        ("table_row_count_to_be_between", {"min_value": 1, "max_value": 10}),
        ("table_row_count_to_equal", {"value": 30}),
        ("table_column_count_to_be_between", {"min_value": 2}),
        ("table_column_count_to_equal", {"value": 6}),
        ("table_columns_to_match_ordered_list", {"column_list": [*columns[1:], "absent"]}),
        ("table_columns_to_match_set", {"column_set": columns[:2], "exact_match": False}),
        ("table_row_count_to_equal_other_table", {"other_table_name": "x"}),
        (
            "query_results_to_match_comparison",
            {"base_query": "SELECT 1", "comparison_data_source_name": "x", "comparison_query": "SELECT 1"},
        ),
        ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT * FROM {batch} WHERE qty > 1"}),
    ):
        yield from ((name, kind, kwargs, form) for form in ("SUMMARY", "COMPLETE"))


def conditional(name: str) -> Iterator[Case]:
    """Of some rows."""
    for condition in (Column("qty") > 1, Column("status").is_in(["paid", "void"]), Column("city").is_null()):
        for kind, kwargs in (
            ("column_values_to_be_in_set", {"column": "status", "value_set": ["paid"]}),
            ("column_values_to_be_unique", {"column": "qty"}),
            ("column_max_to_be_between", {"column": "price", "max_value": 45}),
            ("column_values_to_be_between", {"column": "at", "min_value": "2024-01-01T10:00:00"}),
            ("table_row_count_to_be_between", {"min_value": 15}),
        ):
            yield (name, kind, {**kwargs, "row_condition": condition}, "COMPLETE")


def odd() -> Iterator[Case]:
    """Any argument on any column, odd frames, columns that are absent, formats."""
    for name in ("odd", "odd rows", "instants", "nullable", "empty", "no rows"):
        for column in columns_of(DATA[name]):
            for kinds in (OF_ANY, OF_NUMBERS):
                yield from ((name, kind, {"column": column, **kwargs}, "SUMMARY") for kind, kwargs in kinds.items())
    for name in ("filtered", "labelled by texts", "labelled twice", "labels with a name"):
        for form in FORMATS:
            yield (name, "column_values_to_be_in_set", {"column": "s", "value_set": ["a"]}, form)
            yield (name, "column_values_to_be_unique", {"column": "s"}, form)
            yield (name, "multicolumn_sum_to_equal", {"column_list": ["a", "b"], "sum_total": 5}, form)
    for name in ("spans", "stamps among numbers"):
        for kind in ("column_pair_values_to_be_equal", "column_pair_values_a_to_be_greater_than_b"):
            yield (name, kind, {"column_A": "begin", "column_B": "end"}, "COMPLETE")
    for kind in ("column_values_to_not_be_null", "column_mean_to_be_between", "column_values_to_be_unique"):
        yield ("orders", kind, {"column": "absent"}, "SUMMARY")


def json_of(case: Case) -> dict[str, Any]:
    _, kind, kwargs, _ = case
    return {"type": kind if kind.startswith("unexpected") else f"expect_{kind}", "kwargs": deepcopy(kwargs)}


def judged(case: Case, *, native: bool | None) -> Any:
    """The result, or the error where Great Expectations raises."""
    try:
        return validate(DATA[case[0]], json_of(case), result_format=case[3], native=native)
    except NotCompiled:
        raise
    except Exception as error:  # noqa: BLE001  compared with what Great Expectations raised
        return error


def compared(cases: Iterator[Case]) -> tuple[list[str], float]:
    """Where ours is not Great Expectations' own, and the share of cases that did not need it."""
    wrong, natives, count = [], 0, 0
    for case in cases:
        count += 1
        try:
            ours = judged(case, native=True)
        except NotCompiled:
            continue
        natives += 1
        found = difference(ours, judged(case, native=False))
        if found:
            wrong.append(f"{case}: {found}")
    return wrong, natives / count


def test_what_is_ordinary_is_answered_as_great_expectations_answers_it_and_nine_in_ten_times_without_it() -> None:
    wrong, share = compared(ordinary())
    assert wrong == []
    assert share >= 0.9


def test_what_is_odd_is_answered_as_great_expectations_answers_it_or_left_to_it() -> None:
    wrong, share = compared(odd())
    assert wrong == []
    assert share >= 0.4


@pytest.mark.parametrize("name", ["filtered", "labelled by texts"])
def test_rows_are_told_by_the_labels_that_the_frame_gives_them(name: str) -> None:
    found = validate(DATA[name], json_of((name, "column_values_to_not_be_null", {"column": "s"}, "")), native=True)
    assert found.result["partial_unexpected_index_list"] == [3 if name == "filtered" else "y"]


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        (pd.MultiIndex.from_product([[1], range(5)]), "labelled by something else"),
        ([1.0, 2.0, None, 3.0, 4.0], "labelled by something else"),
        (pd.RangeIndex(5, name="a"), "that of a column"),
    ],
)
def test_labels_that_great_expectations_shows_in_a_way_of_its_own_are_left_to_it(labels: Any, why: str) -> None:
    with pytest.raises(NotCompiled, match=why):
        validate(LABELLED.set_axis(labels), json_of(("", "column_values_to_not_be_null", {"column": "s"}, "")), native=True)
