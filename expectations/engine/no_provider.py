"""Expectations that Great Expectations cannot run on pandas: always the same failure, whatever the rows. Columns are not even looked at."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from expectations.engine.compiled import Compile, Compiled, Kwargs, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.table import Table


class NothingState(msgspec.Struct, array_like=True, frozen=True):
    """Nothing is to be remembered."""


class NoProvider:
    """One expectation without a provider."""

    columns: tuple[str, ...] = ()
    dtypes: frozenset[str] = frozenset()
    state_type = NothingState

    def __init__(self, metric: str) -> None:
        self._message = f"No provider found for {metric} using PandasExecutionEngine"

    def empty(self) -> NothingState:
        """No rows."""
        return NothingState()

    def of(self, table: Table) -> NothingState:  # noqa: ARG002  a Compiled takes rows
        """No row is looked at."""
        return NothingState()

    def merge(self, a: NothingState, b: NothingState) -> NothingState:  # noqa: ARG002  as above
        """Nothing and nothing."""
        return a

    def result(self, state: NothingState, form: ResultFormat) -> Outcome:  # noqa: ARG002  as above
        """Great Expectations' failure; of its traceback only the last line."""
        trace = f"great_expectations.exceptions.exceptions.MetricProviderError: {self._message}\n"
        info = {"exception_traceback": trace, "exception_message": self._message, "raised_exception": True}
        return {"success": False, "result": {}, "exception_info": info}


def without_provider(metric: str) -> Compile:
    """A Compile of an expectation whose first metric has no provider."""

    def compiles(kwargs: Kwargs, keep: ResultFormat) -> Compiled[NothingState]:  # noqa: ARG001  as above
        return NoProvider(metric)

    return compiles


TYPES: Mapping[str, Compile] = {
    f"expect_column_values_to_{name}": without_provider(f"column_values.{name}.unexpected_count")
    for name in ("match_like_pattern", "not_match_like_pattern", "match_like_pattern_list", "not_match_like_pattern_list")
} | {
    "unexpected_rows_expectation": without_provider("unexpected_rows_query.table"),
    "expect_query_results_to_match_comparison": without_provider("base_query.table"),
}
