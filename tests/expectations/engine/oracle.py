"""Live Great Expectations: one context and one asset for the whole run, in one thread, as its traps demand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import great_expectations as gx

from tests.expectations.engine.frames import Frame


@cache
def _definition() -> Any:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context.data_sources.add_pandas("oracle").add_dataframe_asset("all").add_batch_definition_whole_dataframe("all")


def batch(frame: Any) -> Any:
    """A batch of a pandas frame, to be validated before the next one is asked for."""
    return _definition().get_batch(batch_parameters={"dataframe": frame})


def ask(frame: Frame, expectations: Sequence[Any], result_format: Any) -> list[Any]:
    """Great Expectations' results in the order of the expectations; the error, where its validate itself raises."""
    try:
        return _ask_suite(frame, expectations, result_format)
    except Exception as error:  # noqa: BLE001  one expectation can break the validation of its whole suite
        if len(expectations) == 1:
            return [error]
        return [found for one in expectations for found in ask(frame, [one], result_format)]


def _ask_suite(frame: Frame, expectations: Sequence[Any], result_format: Any) -> list[Any]:
    numbered = gx.ExpectationSuite(name="all", expectations=[])
    for number, one in enumerate(expectations):
        copy = one.copy(deep=True)
        copy.meta = {**(one.meta or {}), "_number": number}
        numbered.expectations.append(copy)
    report = batch(frame.pandas()).validate(numbered, result_format=result_format)
    return sorted(report.results, key=lambda found: found.expectation_config.meta["_number"])
