"""Checks of all rows together on the stream: windows and periods, merged over batches, partitions and restarts, are GX's on all rows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations import validate
from expectations.quality import whole
from expectations.quality.mixed import MixedSuite
from expectations.quality.reading import read
from expectations.quality.suite import Check, CheckResult, SuiteState, merge, result
from expectations.quality.wholetypes import WHOLE
from streams.feeds.period_quality import PeriodQuality

SCHEMA = ("id", "n", "x", "t", "d")
Row = dict[str, object]


def expect(name: str, **kwargs: object) -> dict[str, Any]:
    return {"type": f"expect_{name}", "kwargs": kwargs, "meta": {"dimension": "dung"}}


QUANTILES = {"quantiles": [0.1, 0.9], "value_ranges": [[0, 9], [1, None]]}
EXPECTATIONS = [
    expect("column_values_to_be_unique", column="id", mostly=0.9),
    expect("compound_columns_to_be_unique", column_list=["t", "n"], mostly=0.5),
    expect("column_unique_value_count_to_be_between", column="t", min_value=1, max_value=3),
    expect("column_proportion_of_unique_values_to_be_between", column="id", min_value=0.83),
    expect("column_distinct_values_to_be_in_set", column="t", value_set=["a", "b", "c"]),
    expect("column_distinct_values_to_contain_set", column="t", value_set=["a", "b"]),
    expect("column_distinct_values_to_equal_set", column="t", value_set=["a", "b", "c", "đ"]),
    expect("column_most_common_value_to_be_in_set", column="t", value_set=["a", "b"], ties_okay=True),
    expect("column_proportion_of_non_null_values_to_be_between", column="t", min_value=0.77),
    expect("column_min_to_be_between", column="n", min_value=0),
    expect("column_max_to_be_between", column="n", max_value=40),
    expect("column_sum_to_be_between", column="n", max_value=301),
    expect("column_mean_to_be_between", column="x", min_value=3.3, max_value=9.1),
    expect("column_median_to_be_between", column="n", min_value=4, max_value=20),
    expect("column_stdev_to_be_between", column="x", max_value=7.123),
    expect("column_quantile_values_to_be_between", column="n", quantile_ranges=QUANTILES),
    expect(
        "column_kl_divergence_to_be_less_than",
        column="t",
        partition_object={"values": ["a", "b", "c", "đ"], "weights": [0.25, 0.25, 0.25, 0.25]},
        threshold=0.1,
    ),
    expect("column_value_z_scores_to_be_less_than", column="x", threshold=1.7, double_sided=True, mostly=0.9),
    expect("column_values_to_not_be_outliers", column="x", method="iqr", multiplier=1.5, mostly=0.95),
    expect("column_values_to_be_increasing", column="d", mostly=0.5),
    expect("column_values_to_be_decreasing", column="d", strictly=True, mostly=0.4),
    expect("table_row_count_to_be_between", min_value=20, max_value=60),
    expect("table_row_count_to_equal", value=31),
    expect("column_to_exist", column="n"),
    expect("column_type_to_be", column="n", type_="object"),
    expect("table_column_count_to_be_between", min_value=5),
    expect("table_column_count_to_equal", value=4),
    expect("table_columns_to_match_ordered_list", column_list=list(SCHEMA)),
    expect("table_columns_to_match_set", column_set=["n", "id"], exact_match=False),
]
CHECKS = read({"name": "all", "expectations": EXPECTATIONS}, SCHEMA)


def rows_of(chance: random.Random, count: int) -> list[Row]:
    return [
        {
            "id": chance.choice([n, n, n, str(n), n - 1, None]),
            "n": chance.randrange(0, 50),
            "x": chance.choice([chance.uniform(0, 9), 40.5, 3, None]),
            "t": chance.choice(["a", "b", "c", "đ", None]),
            "d": chance.randrange(100),
        }
        for n in range(count)
    ]


def kept(suite: MixedSuite, chance: random.Random, rows: Sequence[Row]) -> SuiteState:
    """Rows judged in batches; between batches the period's states go through bytes, as over a restart."""
    period, at = PeriodQuality(), 0
    while at < len(rows):
        size = chance.randrange(1, 12)
        period.add(7, suite.of(rows[at : at + size]))
        period = msgspec.msgpack.decode(msgspec.msgpack.encode(period), type=PeriodQuality)
        at += size
    return period.of(7)


def test_every_type_that_compiles_and_is_bounded_is_allowed_on_the_stream() -> None:
    assert {check.type for check in CHECKS} == set(WHOLE)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=6)
@given(seed=st.integers(0, 2**32))
def test_a_period_of_many_batches_is_great_expectations_answer_on_its_rows(seed: int) -> None:
    chance = random.Random(seed)
    rows = rows_of(chance, chance.randrange(25, 70))
    found = MixedSuite(CHECKS).result(kept(MixedSuite(CHECKS), chance, rows))
    format_: dict[str, object] = {"result_format": "BASIC", "partial_unexpected_count": 0}
    for one, asked in zip(found, EXPECTATIONS, strict=True):
        right = validate(rows, asked, native=False, result_format=format_)
        if one.success is None:  # a float near its bound: nothing is said rather than something wrong
            assert "near" in one.why, one
            continue
        assert one.success == right.success, (one, right)
        if "element_count" in right.result:
            counts = (right.result["element_count"], right.result.get("missing_count", 0), right.result["unexpected_count"])
            assert (one.evaluated, one.missing, one.unexpected) == counts, (one, right)
        elif isinstance(right.result.get("observed_value"), int | float):
            assert one.observed == pytest.approx(right.result["observed_value"]), (one, right)


def one(check: dict[str, Any], *batches: Sequence[Row], personal: frozenset[str] = frozenset()) -> CheckResult:
    checks = read({"name": "one", "expectations": [check]}, SCHEMA, personal)
    return _result(checks, *batches)


def _result(checks: tuple[Check, ...], *batches: Sequence[Row]) -> CheckResult:
    state = SuiteState()
    for rows in batches:
        state = merge(state, MixedSuite(checks).of(rows))
    return result(checks, state)[0]


def test_a_key_that_comes_again_in_another_batch_is_not_unique() -> None:
    unique = expect("column_values_to_be_unique", column="id")
    assert one(unique, [{"id": 1}], [{"id": 2}]).success is True
    again = one(unique, [{"id": 1}, {"id": 2}], [{"id": 1.0}])
    assert (again.success, again.unexpected) == (False, 2)
    assert again.ratio == pytest.approx(1 / 3)


def test_with_more_distinct_values_than_are_kept_there_is_no_verdict_and_it_says_why() -> None:
    """4,000 keys of eight bytes fit into a state, 4,200 do not."""
    unique = expect("column_values_to_be_unique", column="id")
    assert one(unique, [{"id": n} for n in range(4_000)]).success is True
    many = one(unique, [{"id": n} for n in range(4_000)], [{"id": n} for n in range(4_000, 4_200)])
    assert (many.success, many.evaluated) == (None, 4_200)
    assert "too many distinct values" in many.why


def test_no_value_of_a_unique_column_is_in_the_state() -> None:
    state = MixedSuite(read({"name": "u", "expectations": [expect("column_values_to_be_unique", column="t")]}, SCHEMA)).of(
        [{"t": "079123456789"}]
    )
    assert b"079123456789" not in msgspec.msgpack.encode(state)


def test_a_value_that_ends_the_check_says_so_and_no_other_check_suffers() -> None:
    checks = read({"name": "m", "expectations": [expect("column_mean_to_be_between", column="n", max_value=5), EXPECTATIONS[0]]}, SCHEMA)
    mean, unique = MixedSuite(checks).result(MixedSuite(checks).of([{"n": "x", "id": 1}]))
    assert (mean.success, mean.why, unique.success) == (None, "values are not all numbers", True)


def test_rows_without_the_column_are_absent_and_do_not_end_the_check() -> None:
    mean = expect("column_mean_to_be_between", column="n", max_value=5)
    found = one(mean, [{"n": 2}, {"id": 1}], [{"id": 2}])
    assert (found.success, found.evaluated, found.absent, found.observed) == (True, 1, 2, 2.0)
    assert (one(mean, [{"id": 1}]).success, one(mean, [{"id": 1}]).why) == (None, "no row had its columns")


def test_what_is_observed_of_a_personal_column_is_not_shown() -> None:
    mean = expect("column_mean_to_be_between", column="n", max_value=5)
    assert one(mean, [{"n": 2}]).observed == 2.0
    hidden = one(mean, [{"n": 2}], personal=frozenset({"n"}))
    assert (hidden.success, hidden.observed) == (True, None)


def test_a_check_with_other_arguments_does_not_take_over_what_was_counted_before() -> None:
    before, after = (whole.header("expect_column_max_to_be_between", {"column": "n", "max_value": n}, of_table=False) for n in (1, 2))
    (check,) = read({"name": "m", "expectations": [expect("column_max_to_be_between", column="n", max_value=1)]}, SCHEMA)
    state = MixedSuite((check,)).of([{"n": 1}]).checks[check.id].whole
    other = state.replace(before, after)
    assert other != state
    assert "changed" in str(whole.outcome(whole.merged(state, other)))


def test_states_written_before_there_were_such_checks_are_read() -> None:
    counts = msgspec.msgpack.encode([9, 9, 0, 1, 0, 0])
    before = msgspec.msgpack.encode([["n.be_between"], {7: counts}])
    found = msgspec.msgpack.decode(before, type=PeriodQuality).of(7)
    assert (found.rows, found.checks["n.be_between"].counts, found.checks["n.be_between"].whole) == (9, (9, 0, 1, 0, 0), b"")
    window = msgspec.msgpack.encode([9, {"n.be_between": [9, 0, 1, 0, 0]}])
    assert msgspec.msgpack.decode(window, type=SuiteState) == found
