"""Sums, means and standard deviations: exact where Great Expectations' are, and bit for bit its own as long as nothing was merged.

Parts that are added later are added in another order than Great Expectations adds. So the state knows how much that can matter (how much
cancelled), and where it matters, or where a bound is near, the check is demoted.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import reduce
from math import isfinite, sqrt
from typing import Any, Final

import msgspec

from expectations.engine import arguments, bounds, dtypes
from expectations.engine.compiled import Compile, Kwargs, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.table import Column, Demotion, Table

EPSILON: Final = 2.0**-52
MOST_INT64: Final = 2**63 - 1
TOLERANCE: Final = 1e-10
"""How large, relative to the result, what rounding can do may be after parts were added."""


class Sum(msgspec.Struct, array_like=True, frozen=True):
    """A sum, the sum of the magnitudes, and whether decimals or nulls were among the values."""

    total: Any = None
    magnitude: float = 0.0
    parts: int = 0
    decimals: bool = False
    nulls: bool = False


class SumBetween:
    """`expect_column_sum_to_be_between`: pandas adds the objects one by one, so integers never overflow."""

    dtypes = dtypes.NUMBERS | {"bool", "boolean"}
    state_type = Sum

    def __init__(self, kwargs: Kwargs, _keep: ResultFormat) -> None:
        self.columns: tuple[str, ...] = (arguments.column(kwargs),)
        self._bounds = bounds.of(kwargs, "column")

    def empty(self) -> Sum:
        """No values."""
        return Sum()

    def of(self, table: Table) -> Sum:
        """Add the values of a table in their order."""
        values, decimals, nulls = numbers(table, self.columns[0])
        if not values:
            return Sum(0.0 if table.column(self.columns[0]).dtype in ("float64", "Float64") else None, nulls=nulls)
        column = table.column(self.columns[0])
        total = reduce(operator.add, values) if column.dtype == "object" else _of_dtype(column)
        magnitude = float(sum(map(abs, values))) if type(total) is float else 0.0
        return Sum(total, magnitude, 1, decimals, nulls)

    def merge(self, a: Sum, b: Sum) -> Sum:
        """Add two sums."""
        total = a.total + b.total if a.parts and b.parts else a.total if a.parts else b.total
        return Sum(total, a.magnitude + b.magnitude, a.parts + b.parts, a.decimals or b.decimals, a.nulls or b.nulls)

    def result(self, state: Sum, form: ResultFormat) -> Outcome:
        """Compare the sum with the bounds; of no values it is 0."""
        _no_null_decimals(state.decimals, state.nulls)
        total = 0 if state.total is None else float(state.total) if state.decimals else state.total
        if type(total) is bool and state.nulls:
            total = int(total)  # pandas puts a 0 in the place of a null
        merged = state.parts > 1 and type(total) is float
        if merged:
            well_conditioned(state.magnitude * state.parts, abs(total))
        return self._bounds.outcome(total, form, exact=not merged)


class Moments(msgspec.Struct, array_like=True, frozen=True):
    """The number of values, their mean, the sum of squares of what they differ from it, and of the magnitudes."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    magnitude: float = 0.0
    parts: int = 0
    spread: float | None = None
    """The standard deviation as pandas rounds it, while these are the values of one part."""
    decimals: bool = False
    nulls: bool = False


class OfMoments:
    """What mean and standard deviation share: values are turned into floats first, as pandas does."""

    dtypes = dtypes.NUMBERS | {"bool", "boolean"}
    state_type = Moments

    def __init__(self, kwargs: Kwargs, _keep: ResultFormat) -> None:
        self.columns: tuple[str, ...] = (arguments.column(kwargs),)
        self._bounds = bounds.of(kwargs, "column")

    def empty(self) -> Moments:
        """No values."""
        return Moments()

    def of(self, table: Table) -> Moments:
        """The moments of a table's values, in pandas' own arithmetic."""
        column = table.column(self.columns[0])
        values, decimals, nulls = numbers(table, self.columns[0])
        if column.dtype in dtypes.NULLABLE and len(values) < 2:
            raise Demotion("the mean or the spread of too few values is pandas' NA")
        if not values:
            return Moments(nulls=nulls)
        return _moments(column, values, decimals=decimals, nulls=nulls)

    def merge(self, a: Moments, b: Moments) -> Moments:
        """Chan's formula."""
        if not (a.count and b.count):
            held, other = (a, b) if a.count else (b, a)
            return msgspec.structs.replace(held, nulls=held.nulls or other.nulls)
        count, apart = a.count + b.count, b.mean - a.mean
        return Moments(
            count,
            (a.mean * a.count + b.mean * b.count) / count,
            a.squares + b.squares + apart * apart * a.count * b.count / count,
            a.magnitude + b.magnitude,
            a.parts + b.parts,
            None,
            a.decimals or b.decimals,
            a.nulls or b.nulls,
        )


class MeanBetween(OfMoments):
    """`expect_column_mean_to_be_between`."""

    def result(self, state: Moments, form: ResultFormat) -> Outcome:
        """Compare the mean with the bounds; there is none of no values."""
        _no_null_decimals(state.decimals, state.nulls)
        if state.count and state.parts > 1:
            well_conditioned(state.magnitude * state.parts, abs(state.mean) * state.count)
        return self._bounds.outcome(state.mean if state.count else None, form, exact=state.parts <= 1)


class SpreadBetween(OfMoments):
    """`expect_column_stdev_to_be_between`: of the sample."""

    def result(self, state: Moments, form: ResultFormat) -> Outcome:
        """Compare the standard deviation with the bounds; there is none of fewer than two values."""
        _no_null_decimals(state.decimals, state.nulls)
        if state.count < 2:
            return self._bounds.outcome(None, form)
        if state.spread is not None:
            return self._bounds.outcome(state.spread, form)
        well_conditioned((abs(state.mean) * sqrt(state.count) + sqrt(state.squares)) * state.parts, sqrt(state.squares))
        return self._bounds.outcome(sqrt(state.squares / (state.count - 1)), form, exact=False)


def numbers(table: Table, name: str) -> tuple[list[Any], bool, bool]:
    """The values of a column, whether there are decimals (all are then floats), and nulls. Raises Demotion at what is no number."""
    column = table.column(name)
    values = column.nonnull
    kinds = set(map(type, values))
    if not kinds <= bounds.NUMBERS:
        raise Demotion("values are not all numbers")
    if Decimal not in kinds:
        return values, False, len(values) < table.count
    if table.positions is not None or table.has_labels:
        raise Demotion("Great Expectations mixes up the rows of decimals that have labels, or a row condition")
    return [float(value) for value in values], True, len(values) < table.count


def _of_dtype(column: Column) -> Any:
    """The sum of a column of numpy's numbers, added as numpy adds them."""
    import numpy as np  # noqa: PLC0415  as below

    if column.dtype == "float64":
        return float(np.nan_to_num(np.array(column.values), nan=0.0, posinf=np.inf, neginf=-np.inf).sum())
    if column.dtype == "Float64":
        placed, held = _placed(column, column.nonnull)
        return float(np.sum(placed, where=held))
    total = sum(column.nonnull)
    if abs(total) > MOST_INT64:
        raise Demotion("whole numbers add up to more than int64 holds")
    return total


def _moments(column: Column, values: Sequence[Any], *, decimals: bool, nulls: bool) -> Moments:
    import numpy as np  # noqa: PLC0415  pandas' own order of adding is numpy's, to the last bit

    placed, held = _placed(column, values)
    count = len(values)
    if column.dtype in dtypes.NULLABLE:  # pandas leaves nulls out instead of adding zeros, which rounds in another way
        with np.errstate(all="ignore"):
            mean, around = np.sum(placed, where=held) / count, np.var(placed, where=held, ddof=1)
        return Moments(count, float(mean), float(around * (count - 1)), float(np.abs(placed).sum()), 1, float(np.sqrt(around)), nulls=nulls)
    with np.errstate(all="ignore"):
        mean = placed.sum() / count
        squares = (mean - placed) ** 2
        squares[~held] = 0
        around = squares.sum()
        spread = float(np.sqrt(around / (count - 1))) if count > 1 else None
        magnitude = float(np.abs(placed).sum())
    return Moments(count, float(mean), float(around), magnitude, 1, spread, decimals, nulls)


def _placed(column: Column, values: Sequence[Any]) -> tuple[Any, Any]:
    """The values as floats with 0 where there is none, and where there is one."""
    import numpy as np  # noqa: PLC0415  as above

    placed = np.zeros(len(column.values))
    held = np.ones(len(column.values), dtype=bool) if column.mask is None else ~np.array(column.mask)
    placed[held] = values
    return placed, held


def _no_null_decimals(decimals: bool, nulls: bool) -> None:
    if decimals and nulls:
        raise Demotion("decimals stand among nulls")


def well_conditioned(scale: float, result: float) -> None:
    """Raise Demotion where rounding of parts of such a scale can be seen in the result."""
    if not isfinite(scale) or scale * EPSILON > TOLERANCE * result:
        raise Demotion("the parts cancel each other so far that rounding shows")


TYPES: Mapping[str, Compile] = {
    "expect_column_sum_to_be_between": SumBetween,
    "expect_column_mean_to_be_between": MeanBetween,
    "expect_column_stdev_to_be_between": SpreadBetween,
}
