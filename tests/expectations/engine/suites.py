"""Expectations of all 59 types with generated arguments, as Great Expectations' own objects."""

# ruff: noqa: ARG005  every type is made from chance, a frame and a column, whether it needs them or not

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.row_conditions import Column

from tests.expectations.engine import arguments as a
from tests.expectations.engine.frames import Frame

Kwargs = dict[str, Any]
Make = Callable[[Random, Frame], Kwargs]

SPECIFIC: Mapping[str, Make] = {
    "expect_column_values_to_not_be_null": a.of_column(lambda r, f, c: {}),
    "expect_column_values_to_be_null": a.of_column(lambda r, f, c: {}),
    "expect_column_values_to_be_in_set": a.of_column(lambda r, f, c: {"value_set": a.value_set(r, f, c)}),
    "expect_column_values_to_not_be_in_set": a.of_column(lambda r, f, c: {"value_set": a.value_set(r, f, c)}),
    "expect_column_values_to_be_between": a.of_column(lambda r, f, c: a.bounds(r, lambda: a.bound(r, f, c))),
    "expect_column_value_lengths_to_be_between": a.of_column(lambda r, f, c: a.bounds(r, lambda: r.randint(0, 7))),
    "expect_column_value_lengths_to_equal": a.of_column(lambda r, f, c: {"value": r.choice((0, 1, 2, 3, 5, 10, 2.0))}),
    "expect_column_values_to_match_regex": a.of_column(lambda r, f, c: {"regex": r.choice(a.REGEXES)}),
    "expect_column_values_to_not_match_regex": a.of_column(lambda r, f, c: {"regex": r.choice(a.REGEXES)}),
    "expect_column_values_to_match_regex_list": a.of_column(
        lambda r, f, c: {"regex_list": a.some_of(r, a.REGEXES), **a.options(r, {"match_on": ("any", "all")})}
    ),
    "expect_column_values_to_not_match_regex_list": a.of_column(lambda r, f, c: {"regex_list": a.some_of(r, a.REGEXES)}),
    "expect_column_values_to_match_strftime_format": a.of_column(lambda r, f, c: {"strftime_format": a.formats(r)}),
    "expect_column_values_to_be_dateutil_parseable": a.of_column(lambda r, f, c: {}),
    "expect_column_values_to_be_json_parseable": a.of_column(lambda r, f, c: {}),
    "expect_column_values_to_match_json_schema": a.of_column(lambda r, f, c: {"json_schema": r.choice(a.SCHEMAS)}),
    "expect_column_values_to_be_of_type": a.of_column(lambda r, f, c: {"type_": r.choice(a.TYPES)}),
    "expect_column_values_to_be_in_type_list": a.of_column(
        lambda r, f, c: {"type_list": a.some_of(r, a.TYPES) if r.random() < 0.95 else None}
    ),
    "expect_column_values_to_match_like_pattern": a.of_column(lambda r, f, c: {"like_pattern": "a%"}),
    "expect_column_values_to_not_match_like_pattern": a.of_column(lambda r, f, c: {"like_pattern": "a%"}),
    "expect_column_values_to_match_like_pattern_list": a.of_column(
        lambda r, f, c: {"like_pattern_list": ["a%"], **a.options(r, {"match_on": ("any", "all")})}
    ),
    "expect_column_values_to_not_match_like_pattern_list": a.of_column(lambda r, f, c: {"like_pattern_list": ["a%", "_"]}),
    "expect_column_pair_values_to_be_equal": a.pair,
    "expect_column_pair_values_a_to_be_greater_than_b": lambda r, f: {**a.pair(r, f), **a.options(r, {"or_equal": (True, False, None)})},
    "expect_column_pair_values_to_be_in_set": lambda r, f: {**(names := a.pair(r, f)), "value_pairs_set": a.pairs_set(r, f, names)},
    "expect_multicolumn_sum_to_equal": lambda r, f: {**a.many(r, f), "sum_total": a.near(r, f, f.columns[0]) * r.choice((1, 2))},
    "expect_multicolumn_values_to_be_equal": a.many,
    "expect_select_column_values_to_be_unique_within_record": a.many,
    "expect_column_values_to_be_unique": a.of_column(lambda r, f, c: {}),
    "expect_compound_columns_to_be_unique": a.many,
    "expect_column_min_to_be_between": a.of_column(lambda r, f, c: a.bounds(r, lambda: a.bound(r, f, c))),
    "expect_column_max_to_be_between": a.of_column(lambda r, f, c: a.bounds(r, lambda: a.bound(r, f, c))),
    "expect_column_proportion_of_non_null_values_to_be_between": a.of_column(lambda r, f, c: a.bounds(r, lambda: r.choice(a.MOSTLY))),
    "expect_table_row_count_to_be_between": lambda r, f: a.bounds(r, lambda: len(f.rows) + r.choice((-1, 0, 0, 1))),
    "expect_table_row_count_to_equal": lambda r, f: {"value": len(f.rows) + r.choice((-1, 0, 0, 1))},
    "expect_column_sum_to_be_between": a.of_column(lambda r, f, c: a.bounds(r, lambda: a.near(r, f, c))),
    "expect_column_mean_to_be_between": a.of_column(lambda r, f, c: a.bounds(r, lambda: a.near(r, f, c))),
    "expect_column_stdev_to_be_between": a.of_column(lambda r, f, c: a.bounds(r, lambda: a.near(r, f, c))),
    "expect_column_distinct_values_to_be_in_set": a.of_column(lambda r, f, c: {"value_set": a.value_set(r, f, c)}),
    "expect_column_distinct_values_to_contain_set": a.of_column(lambda r, f, c: {"value_set": a.value_set(r, f, c)}),
    "expect_column_distinct_values_to_equal_set": a.of_column(lambda r, f, c: {"value_set": a.value_set(r, f, c)}),
    "expect_column_unique_value_count_to_be_between": a.of_column(lambda r, f, c: a.bounds(r, lambda: r.randint(0, 9))),
    "expect_column_proportion_of_unique_values_to_be_between": a.of_column(lambda r, f, c: a.bounds(r, lambda: r.choice(a.MOSTLY))),
    "expect_column_most_common_value_to_be_in_set": a.of_column(
        lambda r, f, c: {"value_set": a.value_set(r, f, c), **a.options(r, {"ties_okay": (True, False)})}
    ),
    "expect_column_values_to_be_increasing": a.of_column(lambda r, f, c: a.options(r, {"strictly": (True, False, None)})),
    "expect_column_values_to_be_decreasing": a.of_column(lambda r, f, c: a.options(r, {"strictly": (True, False, None)})),
    "expect_column_quantile_values_to_be_between": a.of_column(a.quantiles),
    "expect_column_median_to_be_between": a.of_column(lambda r, f, c: a.bounds(r, lambda: a.near(r, f, c))),
    "expect_column_kl_divergence_to_be_less_than": a.of_column(
        lambda r, f, c: {
            "partition_object": a.partition(r, f, c),
            "threshold": r.choice((None, 0.1, 1, 0, 5)),
            **(a.options(r, {"tail_weight_holdout": (0, 0.1), "internal_weight_holdout": (0, 0.05)}) if r.random() < 0.5 else {}),
            **({"bucketize_data": False} if r.random() < 0.2 else {}),
        }
    ),
    "expect_column_value_z_scores_to_be_less_than": a.of_column(
        lambda r, f, c: {"threshold": r.choice((0.5, 1, 2, 3, -1)), "double_sided": r.random() < 0.5}
    ),
    "expect_column_values_to_not_be_outliers": a.of_column(
        lambda r, f, c: a.options(r, {"method": ("iqr", "std"), "multiplier": (0.5, 1, 1.5, 3, 0, -1)})
    ),
    "expect_column_to_exist": a.of_column(lambda r, f, c: a.options(r, {"column_index": (None, 0, 1, 2, 9, -1)})),
    "expect_column_type_to_be": a.of_column(lambda r, f, c: {"type_": r.choice(a.DTYPES)}),
    "expect_table_column_count_to_be_between": lambda r, f: a.bounds(r, lambda: len(f.columns) + r.choice((-1, 0, 1)), strict=False),
    "expect_table_column_count_to_equal": lambda r, f: {"value": len(f.columns) + r.choice((-1, 0, 0))},
    "expect_table_columns_to_match_ordered_list": lambda r, f: {"column_list": a.columns_list(r, f)},
    "expect_table_columns_to_match_set": lambda r, f: {
        "column_set": a.columns_list(r, f),
        **a.options(r, {"exact_match": (True, False, None)}),
    },
    "expect_table_row_count_to_equal_other_table": lambda r, f: {"other_table_name": "other"},
    "unexpected_rows_expectation": lambda r, f: {"unexpected_rows_query": "select * from {batch} where 1 = 0"},
    "expect_query_results_to_match_comparison": lambda r, f: {
        "base_query": "select 1",
        "comparison_data_source_name": "other",
        "comparison_query": "select 1",
    },
}
MAPS = tuple(
    name
    for name in SPECIFIC
    if name.startswith(("expect_column_value", "expect_column_pair", "expect_multicolumn", "expect_select", "expect_compound"))
    and "unique_value_count" not in name
)
WITHOUT_CONDITION = ("expect_column_to_exist", "expect_column_type_to_be", "expect_table_column", "expect_query")


def expectation(rng: Random, frame: Frame, name: str) -> Any | None:
    """An expectation that Great Expectations accepts; None when it refuses what was made, in a few tries."""
    for _ in range(5):
        kwargs = SPECIFIC[name](rng, frame)
        if name in MAPS and rng.random() < 0.4:
            kwargs["mostly"] = rng.choice(a.MOSTLY)
        if not name.startswith(WITHOUT_CONDITION) and rng.random() < 0.15:
            kwargs["row_condition"] = condition(rng, frame)
            kwargs["condition_parser"] = "great_expectations"
            if rng.random() < 0.3:
                kwargs |= {"row_condition": text_condition(rng, frame), "condition_parser": "pandas"}
        settings: Kwargs = {"severity": rng.choice(("warning", "info", "critical"))} if rng.random() < 0.2 else {}
        settings |= {"meta": {"owner": "Sở", "n": [1, {"x": None}]}} if rng.random() < 0.2 else {}
        try:
            return ExpectationConfiguration(type=name, kwargs=kwargs, **settings).to_domain_obj()
        except Exception:  # noqa: BLE001, S112  Great Expectations refuses arguments with many kinds of errors
            continue
    return None


def condition(rng: Random, frame: Frame, depth: int = 0) -> Any:
    """A row condition of one column, or of several."""
    if depth == 0 and rng.random() < 0.3:
        one, other = condition(rng, frame, 1), condition(rng, frame, 1)
        return one & other if rng.random() < 0.5 else one | other
    name = a.column(rng, frame)
    of = Column(name)
    style = rng.random()
    if style < 0.2:
        return of.is_null() if rng.random() < 0.4 else of.is_not_null()
    value = a.some_value(rng, frame, name)
    if style < 0.4:
        values: list[Any] = [v for v in (value, a.some_value(rng, frame, name)) if type(v) is str]
        values = values or [1, 2.5, rng.randint(-3, 12)]
        return of.is_in(values) if rng.random() < 0.5 else of.is_not_in(values)
    compare = rng.choice(("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"))
    return getattr(of, compare)(value)


def text_condition(rng: Random, frame: Frame) -> str:
    """A row condition in pandas' own language."""
    name = a.column(rng, frame)
    value = a.some_value(rng, frame, name)
    plain = value if isinstance(value, int | float | str) else rng.randint(-3, 12)
    one: str = rng.choice(
        (
            f"{name} {rng.choice(('==', '!=', '<', '<=', '>', '>='))} {plain!r}",
            f"{name} {rng.choice(('in', 'not in'))} [{plain!r}, {rng.randint(0, 5)!r}]",
            f"{name}.{rng.choice(('isnull', 'notnull', 'isna', 'notna'))}()",
        )
    )
    if rng.random() < 0.6:
        return one
    return f"({one}) {rng.choice('&|')} ({text_condition(rng, frame)})" if rng.random() < 0.4 else f"{one} and {text_condition(rng, frame)}"
