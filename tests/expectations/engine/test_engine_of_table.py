"""The quality of a table after inserts, updates and deletes is Great Expectations' of the rows that are then in it."""

from __future__ import annotations

import os
from collections import Counter
from random import Random
from typing import Any

import pytest

from expectations.engine import great
from expectations.engine.of_table import OfTheStream, TableSuite
from tests.expectations.engine import oracle
from tests.expectations.engine.agreement import difference
from tests.expectations.engine.frames import Frame, Row, frame_of
from tests.expectations.engine.suites import SPECIFIC, expectation

CASES = int(os.environ.get("NHIP_DIFFERENTIAL_CASES", "14"))
FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(600)]  # Great Expectations, sixty times a case


class Source:
    """A table that sends full images of its rows, before and after each change."""

    def __init__(self, rng: Random, pool: Frame) -> None:
        self._rng, self._pool = rng, pool
        self.rows: list[Row] = []

    def change(self) -> tuple[list[Row], list[Row]]:
        """Rows that left and rows that entered, in one batch of changes; a row may come and go within it."""
        left: list[Row] = []
        entered: list[Row] = []
        for _ in range(self._rng.randint(1, 6)):
            kind = self._rng.choice(("insert", "insert", "update", "delete"))
            if kind != "insert" and self.rows:
                left.append(self.rows.pop(self._rng.randrange(len(self.rows))))
            if kind != "delete" and self._pool.rows:
                entered.append(self._rng.choice(self._pool.rows))
                self.rows.append(entered[-1])
        return left, entered


def suite_of(expectations: list[Any]) -> TableSuite:
    written = [great.filled_in(great.configurations(one, None)[0][1])[1] for one in expectations]
    return TableSuite([(one.type, one.kwargs) for one in written])


@pytest.fixture(scope="module")
def told() -> Counter[str]:
    """How many outcomes of each type were compared."""
    return Counter()


@pytest.mark.parametrize("seed", range(CASES // 2))
def test_after_any_changes_the_table_is_judged_as_its_rows_are(seed: int, told: Counter[str]) -> None:
    rng = Random(seed)
    pool = frame_of(rng, rng.choice((3, 12, 30)))
    asked = [one for one in (expectation(rng, pool, name) for name in SPECIFIC) if one is not None]
    source, suite = Source(rng, pool), suite_of(asked)
    state = suite.empty()
    for _ in range(rng.randint(1, 16)):
        left, entered = source.change()
        state = suite.changed(state, left=left, entered=entered, schema=pool.columns)
    right = oracle.ask(pool.with_rows(source.rows), asked, FORMAT)
    for one, ours, theirs in zip(asked, suite.results(state), right, strict=True):
        if isinstance(ours, OfTheStream):
            assert ours.reason
            continue
        told[one.expectation_type] += 1
        found = difference(great.one_result(theirs.expectation_config, ours), theirs)
        assert found is None, f"{one.expectation_type} {one.configuration.kwargs} {source.rows}: {found}"


def test_most_types_are_told_of_the_table(told: Counter[str]) -> None:
    if not told:
        pytest.skip("tells of the cases above, which were not asked for")
    assert len(told) >= 50, set(SPECIFIC) - set(told)
    assert not any("creasing" in name for name in told)


def suite(*asked: tuple[str, dict[str, Any]]) -> TableSuite:
    return TableSuite(list(asked))


def test_values_in_order_are_told_of_the_stream_only() -> None:
    ordered = suite(("expect_column_values_to_be_increasing", {"column": "a"}))
    state = ordered.changed(ordered.empty(), left=[], entered=[{"a": 1}], schema=["a"])
    (outcome,) = ordered.results(state)
    assert isinstance(outcome, OfTheStream)
    assert "of the stream" in outcome.reason


def test_the_least_value_that_is_deleted_gives_way_to_the_next() -> None:
    least = suite(("expect_column_min_to_be_between", {"column": "a", "min_value": 2.0}))
    state = least.changed(least.empty(), left=[], entered=[{"a": 1}, {"a": 2}, {"a": 5}], schema=["a"])
    assert least.results(state) == [{"success": False, "result": {"observed_value": 1}}]
    state = least.changed(state, left=[{"a": 1}], entered=[], schema=["a"])
    assert least.results(state) == [{"success": True, "result": {"observed_value": 2}}]


def test_an_update_that_repairs_a_row_takes_its_fault_out() -> None:
    filled = suite(("expect_column_values_to_not_be_null", {"column": "a"}), ("expect_column_values_to_be_unique", {"column": "a"}))
    state = filled.changed(filled.empty(), left=[], entered=[{"a": None}, {"a": "x"}, {"a": "x"}], schema=["a"])
    assert [one["success"] for one in filled.results(state) if not isinstance(one, OfTheStream)] == [False, False]
    state = filled.changed(state, left=[{"a": None}, {"a": "x"}], entered=[{"a": "y"}, {"a": "z"}], schema=["a"])
    assert [one["success"] for one in filled.results(state) if not isinstance(one, OfTheStream)] == [True, True]


def test_a_row_that_never_entered_cannot_leave() -> None:
    """The source lost an event, or we did: nothing is said of the table rather than something wrong."""
    counted = suite(("expect_table_row_count_to_equal", {"value": 1}), ("expect_column_values_to_be_unique", {"column": "a"}))
    state = counted.changed(counted.empty(), left=[], entered=[{"a": 1}], schema=["a"])
    state = counted.changed(state, left=[{"a": 2}], entered=[{"a": 3}], schema=["a"])
    rows, unique = counted.results(state)
    assert rows == {"success": True, "result": {"observed_value": 1}}
    assert isinstance(unique, OfTheStream)
    assert "had not entered" in unique.reason
