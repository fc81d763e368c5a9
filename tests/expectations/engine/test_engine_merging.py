"""Long frames, and states of many parts that were written down in between, against Great Expectations on all rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from expectations.engine import great
from expectations.engine.codec import decode, encode
from expectations.engine.compiled import Demoted
from expectations.engine.formats import ResultFormat
from expectations.engine.suite import Compilation, compilation
from expectations.engine.table import Table
from tests.expectations.engine import oracle
from tests.expectations.engine.agreement import difference
from tests.expectations.engine.frames import Frame, Row

COLUMNS = ("id", "unit", "amount", "ratio", "day", "at", "note")
KINDS = dict.fromkeys(COLUMNS, "int")
SUITE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("expect_column_values_to_not_be_null", {"column": "note", "mostly": 0.9}),
    ("expect_column_values_to_be_unique", {"column": "id", "mostly": 0.9}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["unit", "amount"], "mostly": 0.5}),
    ("expect_column_values_to_be_in_set", {"column": "unit", "value_set": [f"{n:05d}" for n in range(90)], "mostly": 0.5}),
    ("expect_column_values_to_match_regex", {"column": "note", "regex": "^Hồ"}),
    ("expect_column_value_lengths_to_equal", {"column": "unit", "value": 5}),
    ("expect_column_values_to_be_between", {"column": "amount", "min_value": 0, "max_value": 2**60, "mostly": 0.99}),
    ("expect_column_values_to_be_increasing", {"column": "at", "mostly": 0.99}),
    ("expect_column_values_to_be_decreasing", {"column": "ratio", "strictly": True}),
    ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "amount", "column_B": "ratio", "mostly": 0.9}),
    ("expect_column_min_to_be_between", {"column": "day", "min_value": dt.date(2024, 1, 1), "max_value": dt.date(2024, 1, 2)}),
    ("expect_column_max_to_be_between", {"column": "amount", "max_value": 2**60}),
    ("expect_column_sum_to_be_between", {"column": "amount", "min_value": 0}),
    ("expect_column_mean_to_be_between", {"column": "ratio", "min_value": 0.4, "max_value": 0.6}),
    ("expect_column_stdev_to_be_between", {"column": "ratio", "min_value": 0.2, "max_value": 0.4}),
    ("expect_column_median_to_be_between", {"column": "ratio", "min_value": 0, "max_value": 1}),
    (
        "expect_column_quantile_values_to_be_between",
        {"column": "amount", "quantile_ranges": {"quantiles": [0.1, 0.5], "value_ranges": [[0, None], [0, None]]}},
    ),
    ("expect_column_unique_value_count_to_be_between", {"column": "unit", "min_value": 96, "max_value": 96}),
    ("expect_column_proportion_of_unique_values_to_be_between", {"column": "id", "min_value": 0.9}),
    ("expect_column_distinct_values_to_equal_set", {"column": "unit", "value_set": [f"{n:05d}" for n in range(97)]}),
    ("expect_column_most_common_value_to_be_in_set", {"column": "note", "value_set": ["Hồ sơ"]}),
    (
        "expect_column_kl_divergence_to_be_less_than",
        {"column": "ratio", "partition_object": {"bins": [0, 0.5, 1.0], "weights": [0.5, 0.5]}, "threshold": 0.1},
    ),
    ("expect_column_value_z_scores_to_be_less_than", {"column": "ratio", "threshold": 1.5, "double_sided": True}),
    ("expect_column_values_to_not_be_outliers", {"column": "amount", "mostly": 0.9}),
    ("expect_table_row_count_to_be_between", {"min_value": 1, "max_value": 200_000}),
    ("expect_table_columns_to_match_set", {"column_set": list(COLUMNS)}),
)


def rows_of(rng: Random, count: int, start: dt.datetime) -> list[Row]:
    """Events as a province sends them: nearly all well, some not; amounts beyond 2**53."""
    return [
        {
            "id": f"TN-{number if rng.random() < 0.99 else rng.randint(0, number):07d}",
            "unit": f"{rng.randint(0, 95):05d}",
            "amount": rng.choice((rng.randint(0, 10**6), 2**53 + number, rng.randint(-5, 2**55))),
            "ratio": rng.random(),
            "day": dt.date(2024, 1, 1) + dt.timedelta(days=rng.randint(0, 30)),
            "at": start + dt.timedelta(seconds=number if rng.random() < 0.999 else 0),
            "note": rng.choice(("Hồ sơ", "Hồ sơ", "Giấy tờ", None)),
        }
        for number in range(count)
    ]


def checks_of(form: ResultFormat) -> tuple[list[Any], list[Compilation]]:
    asked = [great.as_object({"type": name, "kwargs": kwargs}) for name, kwargs in SUITE]
    written = [great.filled_in(great.configurations(one, None)[0][1])[1] for one in asked]
    return asked, [compilation(one.type, one.kwargs, form) for one in written]


def agree(rows: Sequence[Row], *splits: Sequence[Sequence[Row]]) -> None:
    """Each part becomes a state, written and read if short; they are added from the left. Every split is judged as all rows are."""
    form = ResultFormat()
    asked, checks = checks_of(form)
    theirs = oracle.ask(Frame(COLUMNS, KINDS, tuple(rows)), asked, form.name)
    for parts in splits:
        tables = [Table.of_rows(part, COLUMNS) for part in parts]
        for one, check, right in zip(asked, checks, theirs, strict=True):
            state = check.check.empty()
            for table in tables:
                state = check.merge(state, _travelled(check.of(table), check) if len(rows) < 10_000 else check.of(table))
            outcome = check.result(state, form)
            assert not isinstance(outcome, Demoted), (one.expectation_type, outcome)
            assert difference(great.one_result(right.expectation_config, outcome), right) is None, one.expectation_type


def _travelled(state: Any, check: Compilation) -> Any:
    return decode(encode(state), check.check.state_type)


def test_a_month_of_events_from_its_hours_is_judged_as_the_month() -> None:
    """744 hours, some of them silent; a report on the month holds no row of it."""
    rng = Random(1)
    rows = rows_of(rng, 3_000, dt.datetime(2024, 1, 1))  # noqa: DTZ001  a naive column
    hours = sorted(rng.choices(range(744), k=len(rows)))
    parts: list[list[Row]] = [[] for _ in range(744)]
    for hour, row in zip(hours, rows, strict=True):
        parts[hour].append(row)
    agree(rows, parts)


@pytest.mark.timeout(600)
def test_a_hundred_thousand_rows_whole_and_in_parts() -> None:
    rows = rows_of(Random(2), 100_000, dt.datetime(2024, 1, 1))  # noqa: DTZ001  as above
    agree(rows, [rows], [rows[start : start + 30_000] for start in range(0, len(rows), 30_000)])
