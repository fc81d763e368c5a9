"""Great Expectations behind the interface: absent columns, hostile values."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from expectations.quality import narrowing
from expectations.quality.great import GreatSuite
from expectations.quality.reading import read
from expectations.quality.suite import CheckResult, CheckState, Row, merge
from tests.expectations.quality_rows import calls_of

COLUMNS = ("ma", "so")
SUITE = GreatSuite(
    read(
        {
            "name": "x",
            "expectations": [
                {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "ma"}},
                {"type": "expect_column_values_to_be_between", "kwargs": {"column": "so", "min_value": 0}},
                {"type": "expect_column_pair_values_to_be_equal", "kwargs": {"column_A": "ma", "column_B": "so"}},
            ],
        },
        COLUMNS,
    )
)
NOT_NULL, BETWEEN, EQUAL = (check.id for check in SUITE.checks)


def of(*rows: Row) -> dict[str, CheckState]:
    """The counts of some rows."""
    return SUITE.of(rows).checks


def test_a_column_that_a_row_lacks_is_not_null() -> None:
    """An unchanged large value does not travel with an update: nothing is known of it, so nothing is said of it."""
    found = of({"ma": 1, "so": 1}, {"so": 2}, {"ma": None, "so": 3})
    assert found[NOT_NULL] == CheckState(evaluated=2, unexpected=1, absent=1)
    assert found[BETWEEN] == CheckState(evaluated=3)
    assert found[EQUAL] == CheckState(evaluated=2, unexpected=1, absent=1)


def test_a_column_that_no_row_has_gives_no_verdict() -> None:
    state = SUITE.of([{"so": 1}])
    verdicts: dict[str, CheckResult] = {found.check: found for found in SUITE.result(state)}
    assert (verdicts[NOT_NULL].success, verdicts[EQUAL].success, verdicts[BETWEEN].success) == (None, None, True)


def test_no_rows_are_the_empty_state() -> None:
    assert merge(SUITE.of([]), SUITE.of([{"ma": 1, "so": 1}])) == SUITE.of([{"ma": 1, "so": 1}])


def test_a_hostile_value_costs_its_own_row_only() -> None:
    rows: list[dict[str, Any]] = [{"ma": i, "so": i} for i in range(50)]
    rows[17] = {"ma": 17, "so": "17"}
    rows[33] = {"ma": 33, "so": -33}
    found = of(*rows)
    assert found[BETWEEN] == CheckState(evaluated=49, unexpected=1, errors=1)
    assert found[EQUAL] == CheckState(evaluated=50, unexpected=2)


def test_what_great_expectations_says_of_a_value_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """It cites values, and values may be personal."""
    caplog.set_level(logging.DEBUG)
    of({"ma": 1, "so": "Nguyễn Văn A"}, {"ma": 1, "so": 1})
    assert "Nguyễn" not in caplog.text


def test_many_hostile_rows_cost_a_bounded_number_of_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The types do not tell which rows are at fault: what is not narrowed down counts as errors."""
    calls = calls_of(monkeypatch)
    schema = {"type": "expect_column_values_to_match_json_schema", "kwargs": {"column": "ma", "json_schema": {}}}
    suite = GreatSuite(read({"name": "x", "expectations": [schema]}, COLUMNS))
    assert list(suite.of([{"ma": f"no JSON {i}"} for i in range(1000)]).checks.values()) == [CheckState(errors=1000)]
    assert len(calls) == 1 + narrowing.CALLS
