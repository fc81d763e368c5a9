"""Whether values are null: None, NaN, NaT, pandas' NA. All rows are asked, none is missing."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress
from typing import Any

from expectations.engine import arguments, dtypes
from expectations.engine.compiled import Compile, Compiled, Kwargs, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.mapped import MapState, first, merged, outcome_of_nulls
from expectations.engine.table import Table


class NullMap:
    """`be_null` or `not_be_null`."""

    state_type = MapState
    dtypes = dtypes.ANY

    def __init__(self, column: str, mostly: float, keep: ResultFormat, *, null_is_unexpected: bool) -> None:
        self.columns: tuple[str, ...] = (column,)
        self._mostly, self._keep, self._null_is_unexpected = mostly, keep, null_is_unexpected

    def empty(self) -> MapState:
        """No rows."""
        return MapState()

    def of(self, table: Table) -> MapState:
        """Count the rows of a table."""
        column = table.column(self.columns[0])
        if not self._null_is_unexpected:
            return self._state(table, len(column.nonnull), column.nonnull, column.nonnull_positions)
        mask = column.mask
        if mask is None:
            return MapState(table.rows, table.count)
        positions = list(compress(column.every_position, mask))
        return self._state(table, len(positions), list(compress(column.values, mask)), positions)

    def _state(self, table: Table, unexpected: int, values: Any, positions: Any) -> MapState:
        kept = list(first(values, self._keep.values_kept))
        return MapState(table.rows, table.count, 0, unexpected, kept, list(first(positions, self._keep.positions_kept)))

    def merge(self, a: MapState, b: MapState) -> MapState:
        """The state of a's rows followed by b's."""
        return merged(a, b, self._keep)

    def result(self, state: MapState, form: ResultFormat) -> Outcome:
        """What Great Expectations says of these rows."""
        return outcome_of_nulls(state, self._mostly, form, names_keys=self._null_is_unexpected)


def _compiles(*, null_is_unexpected: bool) -> Compile:
    def compiles(kwargs: Kwargs, keep: ResultFormat) -> Compiled[MapState]:
        arguments.known(kwargs, ("column",), ("mostly",))
        return NullMap(arguments.column(kwargs), arguments.mostly(kwargs), keep, null_is_unexpected=null_is_unexpected)

    return compiles


TYPES: Mapping[str, Compile] = {
    "expect_column_values_to_not_be_null": _compiles(null_is_unexpected=True),
    "expect_column_values_to_be_null": _compiles(null_is_unexpected=False),
}
