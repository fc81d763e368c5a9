"""A row-level column map: every value is judged by itself, in one pass over the values of a column that are not null."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from expectations.engine import arguments, dtypes
from expectations.engine.compiled import Kwargs, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.mapped import MapState, first, merged, outcome
from expectations.engine.table import Demotion, Table

Judge = Callable[[list[Any], set[type]], Sequence[int]]
"""Takes the values that are not null and their types; returns the places of those that are unexpected. Raises Demotion."""


class RowMap:
    """A column map expectation."""

    state_type = MapState

    def __init__(self, column: str, mostly: float, keep: ResultFormat, judge: Judge, dtypes: frozenset[str]) -> None:
        self.columns: tuple[str, ...] = (column,)
        self.dtypes = dtypes
        self._mostly, self._judge = mostly, judge
        self._keep, self._values, self._positions = keep, keep.values_kept, keep.positions_kept

    def empty(self) -> MapState:
        """No rows."""
        return MapState()

    def of(self, table: Table) -> MapState:
        """Judge the rows of a table."""
        column = table.column(self.columns[0])
        values = column.nonnull
        bad = self._judge(values, column.nonnull_types)
        missing = table.count - len(values)
        if not bad:
            if not values and dtypes.is_instant(column.dtype):
                raise Demotion("no instant is compared, which fails or not by what it is compared with")
            return MapState(table.rows, table.count, missing)
        positions = column.nonnull_positions
        kept = [values[i] for i in first(bad, self._values)]
        return MapState(table.rows, table.count, missing, len(bad), kept, [positions[i] for i in first(bad, self._positions)])

    def merge(self, a: MapState, b: MapState) -> MapState:
        """The state of a's rows followed by b's."""
        return merged(a, b, self._keep)

    def result(self, state: MapState, form: ResultFormat) -> Outcome:
        """What Great Expectations says of these rows."""
        return outcome(state, self._mostly, form)


def row_map(
    kwargs: Kwargs,
    keep: ResultFormat,
    judge: Judge,
    *,
    required: Collection[str] = (),
    optional: Collection[str] = (),
    dtypes: Collection[str] = (),
) -> RowMap:
    """Compile a row map whose own arguments are `required` and `optional`; raises NotCompiled."""
    arguments.known(kwargs, ("column", *required), ("mostly", *optional))
    return RowMap(arguments.column(kwargs), arguments.mostly(kwargs), keep, judge, frozenset(dtypes))
