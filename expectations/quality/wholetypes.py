"""The expectation types that judge all rows together and compile to states that add. Known here without importing Great Expectations."""

from __future__ import annotations

from typing import Final

from expectations.quality.dimensions import Dimension
from expectations.quality.rowlevel import BOUNDS, TYPES, RowType

DUNG, DU, SACH = Dimension.DUNG, Dimension.DU, Dimension.SACH
MOSTLY: Final = ("mostly",)


def _column(short: str, dimension: Dimension, *required: str, optional: tuple[str, ...] = BOUNDS) -> RowType:
    return RowType("column", short, dimension, required, optional, whole=True)


def _table(short: str, dimension: Dimension, *required: str, optional: tuple[str, ...] = ()) -> RowType:
    return RowType("table", short, dimension, required, optional, whole=True)


WHOLE: Final[dict[str, RowType]] = {
    "expect_column_values_to_be_unique": _column("be_unique", SACH, optional=MOSTLY),
    "expect_compound_columns_to_be_unique": RowType("record", "be_unique", SACH, (), MOSTLY, whole=True),
    "expect_column_unique_value_count_to_be_between": _column("unique_count_between", SACH),
    "expect_column_proportion_of_unique_values_to_be_between": _column("unique_share_between", SACH),
    "expect_column_distinct_values_to_be_in_set": _column("distinct_in_set", SACH, "value_set", optional=()),
    "expect_column_distinct_values_to_contain_set": _column("distinct_contain_set", DU, "value_set", optional=()),
    "expect_column_distinct_values_to_equal_set": _column("distinct_equal_set", DU, "value_set", optional=()),
    "expect_column_most_common_value_to_be_in_set": _column("most_common_in_set", DUNG, "value_set", optional=("ties_okay",)),
    "expect_column_proportion_of_non_null_values_to_be_between": _column("non_null_share_between", DU),
    "expect_column_min_to_be_between": _column("min_between", DUNG),
    "expect_column_max_to_be_between": _column("max_between", DUNG),
    "expect_column_sum_to_be_between": _column("sum_between", DUNG),
    "expect_column_mean_to_be_between": _column("mean_between", DUNG),
    "expect_column_median_to_be_between": _column("median_between", DUNG),
    "expect_column_stdev_to_be_between": _column("stdev_between", DUNG),
    "expect_column_quantile_values_to_be_between": _column(
        "quantiles_between", DUNG, "quantile_ranges", optional=("allow_relative_error",)
    ),
    "expect_column_kl_divergence_to_be_less_than": _column(
        "kl_divergence_less_than",
        DUNG,
        "partition_object",
        optional=("threshold", "tail_weight_holdout", "internal_weight_holdout", "bucketize_data"),
    ),
    "expect_column_value_z_scores_to_be_less_than": _column("z_scores_less_than", DUNG, "threshold", "double_sided", optional=MOSTLY),
    "expect_column_values_to_not_be_outliers": _column("not_be_outliers", DUNG, optional=("method", "multiplier", "mostly")),
    "expect_column_values_to_be_increasing": _column("be_increasing", DUNG, optional=("strictly", "mostly")),
    "expect_column_values_to_be_decreasing": _column("be_decreasing", DUNG, optional=("strictly", "mostly")),
    "expect_table_row_count_to_be_between": _table("row_count_between", DU, optional=BOUNDS),
    "expect_table_row_count_to_equal": _table("row_count_equal", DU, "value"),
    "expect_column_to_exist": _table("column_exists", SACH, "column", optional=("column_index",)),
    "expect_column_type_to_be": _column("column_type", SACH, "type_", optional=()),
    "expect_table_column_count_to_be_between": _table("column_count_between", SACH, optional=BOUNDS),
    "expect_table_column_count_to_equal": _table("column_count_equal", SACH, "value"),
    "expect_table_columns_to_match_ordered_list": _table("columns_in_order", SACH, "column_list"),
    "expect_table_columns_to_match_set": _table("columns_match_set", SACH, "column_set", optional=("exact_match",)),
}

EVERY: Final[dict[str, RowType]] = {**TYPES, **WHOLE}
"""What a suite on the stream may have."""
