"""The expectation types that judge one row at a time: the ones whose counts add. Known here without importing Great Expectations."""

from __future__ import annotations

from typing import Literal

import msgspec

from expectations.quality.dimensions import Dimension

Kind = Literal["column", "pair", "record", "table"]

DUNG, DU, SACH = Dimension.DUNG, Dimension.DU, Dimension.SACH


class RowType(msgspec.Struct, frozen=True):
    """One expectation type: the columns it reads, its dimension unless the suite says another, and its own arguments.

    Those of kind `table` read no column, whatever they name. `whole`: it judges all rows together (`wholetypes.py`).
    """

    kind: Kind
    short: str
    dimension: Dimension
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    whole: bool = False


COLUMNS: dict[Kind, tuple[str, ...]] = {"column": ("column",), "pair": ("column_A", "column_B"), "record": ("column_list",), "table": ()}
"""The arguments that name columns."""

IGNORE: dict[Kind, tuple[str, ...]] = {
    "column": (),
    "pair": ("both_values_are_missing", "either_value_is_missing", "neither"),
    "record": ("all_values_are_missing", "any_value_is_missing", "never"),
    "table": (),
}
"""What `ignore_row_if` may say."""

BOUNDS = ("min_value", "max_value", "strict_min", "strict_max")

TYPES: dict[str, RowType] = {
    "expect_column_values_to_not_be_null": RowType("column", "not_be_null", DU),
    "expect_column_values_to_be_null": RowType("column", "be_null", SACH),
    "expect_column_values_to_be_in_set": RowType("column", "be_in_set", SACH, ("value_set",)),
    "expect_column_values_to_not_be_in_set": RowType("column", "not_be_in_set", SACH, ("value_set",)),
    "expect_column_values_to_be_between": RowType("column", "be_between", DUNG, (), BOUNDS),
    "expect_column_value_lengths_to_be_between": RowType("column", "length_between", SACH, (), BOUNDS),
    "expect_column_value_lengths_to_equal": RowType("column", "length_equal", SACH, ("value",)),
    "expect_column_values_to_match_regex": RowType("column", "match_regex", SACH, ("regex",)),
    "expect_column_values_to_not_match_regex": RowType("column", "not_match_regex", SACH, ("regex",)),
    "expect_column_values_to_match_regex_list": RowType("column", "match_regex_list", SACH, ("regex_list",), ("match_on",)),
    "expect_column_values_to_not_match_regex_list": RowType("column", "not_match_regex_list", SACH, ("regex_list",)),
    "expect_column_values_to_match_strftime_format": RowType("column", "match_strftime_format", SACH, ("strftime_format",)),
    "expect_column_values_to_be_dateutil_parseable": RowType("column", "be_dateutil_parseable", SACH),
    "expect_column_values_to_be_json_parseable": RowType("column", "be_json_parseable", SACH),
    "expect_column_values_to_match_json_schema": RowType("column", "match_json_schema", SACH, ("json_schema",)),
    "expect_column_values_to_be_of_type": RowType("column", "be_of_type", SACH, ("type_",)),
    "expect_column_values_to_be_in_type_list": RowType("column", "be_in_type_list", SACH, ("type_list",)),
    "expect_column_pair_values_to_be_equal": RowType("pair", "be_equal", DUNG),
    "expect_column_pair_values_a_to_be_greater_than_b": RowType("pair", "a_greater_than_b", DUNG, (), ("or_equal",)),
    "expect_column_pair_values_to_be_in_set": RowType("pair", "pair_in_set", DUNG, ("value_pairs_set",)),
    "expect_multicolumn_sum_to_equal": RowType("record", "sum_to_equal", DUNG, ("sum_total",)),
    "expect_multicolumn_values_to_be_equal": RowType("record", "values_be_equal", DUNG),
    "expect_select_column_values_to_be_unique_within_record": RowType("record", "unique_within_record", SACH),
}


def allowed(row_type: RowType) -> tuple[str, ...]:
    """Every argument that the type takes."""
    ignore = ("ignore_row_if",) if IGNORE[row_type.kind] else ()
    mostly = () if row_type.whole else ("mostly",)
    return (*COLUMNS[row_type.kind], *row_type.required, *row_type.optional, *mostly, *ignore)
