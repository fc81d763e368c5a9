"""The least and the greatest value of a column: exact and mergeable, whatever the values are, as long as they can be compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import msgspec

from expectations.engine import arguments, bounds, dtypes
from expectations.engine.compiled import Compile, Kwargs, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.table import Demotion, Table

Pick = Callable[..., Any]
ORDERED: Final = frozenset({str, bytes, dt.date, dt.datetime, dt.time, dt.timedelta})


class Extreme(msgspec.Struct, array_like=True, frozen=True):
    """The value so far, and whether there was one."""

    found: bool = False
    value: Any = None


class ExtremeBetween:
    """`expect_column_min_to_be_between` and `expect_column_max_to_be_between`."""

    dtypes = dtypes.PLAIN | dtypes.SMALL | dtypes.NULLABLE | dtypes.INSTANTS | {dtypes.ZONED}
    state_type = Extreme

    def __init__(self, pick: Pick, kwargs: Kwargs, _keep: ResultFormat) -> None:
        self.columns: tuple[str, ...] = (arguments.column(kwargs),)
        self._pick, self._bounds = pick, bounds.of(kwargs, "column")

    def empty(self) -> Extreme:
        """No value."""
        return Extreme()

    def of(self, table: Table) -> Extreme:
        """The extreme of a table's values; raises Demotion when they are of kinds that pandas does not compare one by one."""
        column = table.column(self.columns[0])
        values = column.nonnull
        has_own_null = dtypes.is_instant(column.dtype) or column.dtype in dtypes.NULLABLE
        if not values and not has_own_null:
            return Extreme()
        found = set(map(type, values))
        if not values or not (found <= bounds.NUMBERS or (len(found) == 1 and found <= ORDERED) or dtypes.is_instant(column.dtype)):
            raise Demotion("values are of several kinds, or of one that has no order")
        return Extreme(found=True, value=self._pick(values))

    def merge(self, a: Extreme, b: Extreme) -> Extreme:
        """The extreme of both; of equals the first, as in one pass."""
        if not (a.found and b.found):
            return a if a.found else b
        if type(a.value) is not type(b.value) and not {type(a.value), type(b.value)} <= bounds.NUMBERS:
            raise Demotion("values of several kinds are compared")
        return Extreme(found=True, value=self._pick(a.value, b.value))

    def result(self, state: Extreme, form: ResultFormat) -> Outcome:
        """What Great Expectations says of the extreme."""
        return self._bounds.outcome(state.value if state.found else None, form)


TYPES: Mapping[str, Compile] = {
    "expect_column_min_to_be_between": partial(ExtremeBetween, min),
    "expect_column_max_to_be_between": partial(ExtremeBetween, max),
}
