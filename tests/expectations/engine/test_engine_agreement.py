"""The comparison that the differential tests rest on must see every difference."""

from __future__ import annotations

from typing import Any

import pytest
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from tests.expectations.engine.agreement import difference


def told(**changes: Any) -> ExpectationValidationResult:
    given: dict[str, Any] = {
        "success": True,
        "result": {"observed_value": 1.0, "partial_unexpected_list": [1, "x", None]},
        "exception_info": {"raised_exception": False, "exception_message": None, "exception_traceback": None},
    }
    given |= changes
    config = given.pop("config", {"column": "a", "batch_id": "b"})
    return ExpectationValidationResult(
        **given, expectation_config=ExpectationConfiguration(type="expect_column_max_to_be_between", kwargs=config)
    )


def test_equal_results_agree_whatever_their_batch_is_called() -> None:
    assert difference(told(), told(config={"column": "a", "batch_id": "other"})) is None
    assert difference(told(result={"observed_value": 1.0 + 1e-13}), told(result={"observed_value": 1.0})) is None
    assert difference(told(result={"observed_value": float("nan")}), told(result={"observed_value": float("nan")})) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"success": False},
        {"result": {"observed_value": 1}},
        {"result": {"observed_value": True}},
        {"result": {"observed_value": None}},
        {"result": {"observed_value": 1.0 + 1e-8, "partial_unexpected_list": [1, "x", None]}},
        {"result": {"observed_value": 1.0, "partial_unexpected_list": [1, "x"]}},
        {"result": {"observed_value": 1.0, "partial_unexpected_list": [True, "x", None]}},
        {"result": {"observed_value": 1.0, "partial_unexpected_list": [1, "x", float("nan")]}},
        {"result": {"observed_value": 1.0, "partial_unexpected_list": [1, "x", None], "more": None}},
        {"exception_info": {"raised_exception": True, "exception_message": "no", "exception_traceback": ""}},
        {"exception_info": {"m": {"raised_exception": True, "exception_message": "no", "exception_traceback": ""}}},
        {"config": {"column": "b"}},
    ],
    ids=str,
)
def test_a_difference_is_seen(changes: dict[str, Any]) -> None:
    assert difference(told(**changes), told()) is not None
    assert difference(told(), told(**changes)) is not None


def test_a_raised_error_agrees_only_with_its_like() -> None:
    assert difference(ValueError("a"), ValueError("b")) is None
    assert difference(ValueError("a"), TypeError("a")) is not None
    assert difference(told(), ValueError("a")) is not None
