"""Values that rise or fall from row to row: the state knows its first and last value, so it adds, but only in order."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

from expectations.engine import arguments, dtypes
from expectations.engine.compiled import Compile, Kwargs, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.mapped import MapState, first, merged, outcome
from expectations.engine.table import Demotion, Table

Sign = Callable[[Any, Any], bool]
"""Compares a difference with zero: `operator.ge` and the like."""
NUMBERS: Final = frozenset({int, float, bool, Decimal})
SPANS: Final = frozenset({dt.date, dt.datetime, dt.timedelta})
NO_TIME: Final = dt.timedelta()


class Ordered(MapState, array_like=True, frozen=True):
    """Counts, with the first value and its row, and the last value; None where there is none, for a value is never null."""

    first: Any = None
    first_position: int = 0
    last: Any = None


class InOrder:
    """`expect_column_values_to_be_increasing` and `…_decreasing`."""

    dtypes = dtypes.NUMBERS - dtypes.UNSIGNED | dtypes.INSTANTS | {dtypes.ZONED, "float32"}
    state_type = Ordered

    def __init__(self, loose: Sign, strict: Sign, kwargs: Kwargs, keep: ResultFormat) -> None:
        arguments.known(kwargs, ("column",), ("strictly", "mostly"))
        self.columns: tuple[str, ...] = (arguments.column(kwargs),)
        self._sign = strict if arguments.flag(kwargs, "strictly") else loose
        self._mostly, self._keep = arguments.mostly(kwargs), keep

    def empty(self) -> Ordered:
        """No rows."""
        return Ordered()

    def of(self, table: Table) -> Ordered:
        """Compare each value with the one before it that is not null."""
        column = table.column(self.columns[0])
        values, positions = column.nonnull, column.nonnull_positions
        kinds = set(map(type, values))
        if not (kinds <= NUMBERS or (len(kinds) == 1 and kinds <= SPANS) or dtypes.is_instant(column.dtype)):
            raise Demotion("values are of kinds that have no differences")
        bad = [at for at in range(1, len(values)) if not self._follows(values[at - 1], values[at])]
        counts = _counts(table, values, positions, bad, self._keep)
        return _with_ends(counts, values[0], positions[0], values[-1]) if values else _with_ends(counts)

    def _follows(self, before: Any, after: Any) -> bool:
        """The sign of the difference, as pandas takes it: of equal infinities there is none, which is in order."""
        difference = after - before
        if isinstance(difference, dt.timedelta):
            return self._sign(difference, NO_TIME)
        return self._sign(difference, 0) or difference != difference  # noqa: PLR0124  a NaN

    def merge(self, a: Ordered, b: Ordered) -> Ordered:
        """A's rows followed by b's: one more comparison, between a's last value and b's first."""
        if a.last is None or b.first is None:
            held, shift = (a, 0) if b.first is None else (b, a.rows)
            return _with_ends(merged(a, b, self._keep), held.first, held.first_position + shift, held.last)
        after: MapState = b
        if not self._follows(a.last, b.first):
            values = first([b.first, *b.values], self._keep.values_kept)
            positions = first([b.first_position, *b.positions], self._keep.positions_kept)
            after = MapState(b.rows, b.elements, b.missing, b.unexpected + 1, values, positions)
        return _with_ends(merged(a, after, self._keep), a.first, a.first_position, b.last)

    def result(self, state: Ordered, form: ResultFormat) -> Outcome:
        """What Great Expectations says of these rows."""
        return outcome(state, self._mostly, form)


def _with_ends(counts: MapState, first_value: Any = None, first_position: int = 0, last: Any = None) -> Ordered:
    return Ordered(
        counts.rows, counts.elements, counts.missing, counts.unexpected, counts.values, counts.positions, first_value, first_position, last
    )


def _counts(table: Table, values: Sequence[Any], positions: Sequence[int], bad: Sequence[int], keep: ResultFormat) -> MapState:
    return MapState(
        table.rows,
        table.count,
        table.count - len(values),
        len(bad),
        [values[at] for at in first(bad, keep.values_kept)],
        [positions[at] for at in first(bad, keep.positions_kept)],
    )


TYPES: Mapping[str, Compile] = {
    "expect_column_values_to_be_increasing": partial(InOrder, operator.ge, operator.gt),
    "expect_column_values_to_be_decreasing": partial(InOrder, operator.le, operator.lt),
}
