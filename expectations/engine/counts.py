"""Numbers of rows: exact, and the same in any order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from expectations.engine import arguments, bounds, dtypes
from expectations.engine.compiled import Compile, Kwargs, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.table import Table


class Rows(msgspec.Struct, array_like=True, frozen=True):
    """Rows, and those of them whose value is not null."""

    rows: int = 0
    nonnull: int = 0


class RowCount:
    """`expect_table_row_count_to_be_between` and `…_to_equal`."""

    columns: tuple[str, ...] = ()
    dtypes: frozenset[str] = frozenset()
    state_type = Rows

    def empty(self) -> Rows:
        """No rows."""
        return Rows()

    def of(self, table: Table) -> Rows:
        """Count rows."""
        return Rows(table.count)

    def merge(self, a: Rows, b: Rows) -> Rows:
        """Add."""
        return Rows(a.rows + b.rows, a.nonnull + b.nonnull)


class RowCountBetween(RowCount):
    """`expect_table_row_count_to_be_between`."""

    def __init__(self, kwargs: Kwargs, _keep: ResultFormat) -> None:
        self._bounds = bounds.of(kwargs)

    def result(self, state: Rows, form: ResultFormat) -> Outcome:
        """Compare the count with the bounds."""
        return self._bounds.outcome(state.rows, form)


class RowCountEqual(RowCount):
    """`expect_table_row_count_to_equal`."""

    def __init__(self, kwargs: Kwargs, _keep: ResultFormat) -> None:
        arguments.known(kwargs, ("value",))
        self._value: Any = kwargs["value"]

    def result(self, state: Rows, form: ResultFormat) -> Outcome:
        """Compare the count with the number wanted."""
        return bounds.said(success=state.rows == self._value, result={"observed_value": state.rows}, form=form)


class NonNullProportion(RowCount):
    """`expect_column_proportion_of_non_null_values_to_be_between`."""

    def __init__(self, kwargs: Kwargs, _keep: ResultFormat) -> None:
        self.columns: tuple[str, ...] = (arguments.column(kwargs),)
        self._bounds = bounds.of(kwargs, "column")
        self.dtypes = dtypes.ANY

    def of(self, table: Table) -> Rows:
        """Count rows and values."""
        return Rows(table.count, len(table.column(self.columns[0]).nonnull))

    def result(self, state: Rows, form: ResultFormat) -> Outcome:
        """Compare the share with the bounds; of no rows it is 0."""
        return self._bounds.outcome(state.nonnull / state.rows if state.rows else 0, form)


TYPES: Mapping[str, Compile] = {
    "expect_table_row_count_to_be_between": RowCountBetween,
    "expect_table_row_count_to_equal": RowCountEqual,
    "expect_column_proportion_of_non_null_values_to_be_between": NonNullProportion,
}
