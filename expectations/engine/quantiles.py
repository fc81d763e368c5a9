"""Quantiles and medians, exact from how often each number occurs: in numpy's own arithmetic, to which order does not matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from itertools import chain, pairwise, repeat
from math import inf, isfinite
from typing import Any, Final

import msgspec

from expectations.engine import arguments, bounds, dtypes, frequency
from expectations.engine.compiled import Compile, Kwargs, NotCompiled, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.table import Demotion, Table

KINDS: Final[tuple[type, ...]] = (int, float, bool, Decimal)
CODES: Final = {kind: code for code, kind in enumerate(KINDS)}
PICKS_ONE: Final = frozenset({"nearest", "lower", "higher"})
METHODS: Final = PICKS_ONE | {"linear", "midpoint"}


class Numbers(msgspec.Struct, array_like=True, frozen=True):
    """How often each number occurs; 1, 1.0 and True are told apart by the code of their type."""

    counts: Mapping[tuple[int, Any], int] = msgspec.field(default_factory=dict)


class OfNumbers:
    """An expectation that is told from all numbers of a column, in any order."""

    dtypes = dtypes.NUMBERS
    state_type = Numbers
    columns: tuple[str, ...] = ()

    def empty(self) -> Numbers:
        """No numbers."""
        return Numbers()

    def of(self, table: Table) -> Numbers:
        """Count the numbers of a table."""
        column = table.column(self.columns[0])
        if column.dtype in dtypes.NULLABLE and not column.nonnull:
            raise Demotion("a quantile of no values is pandas' NA")
        return Numbers(frequency.bounded(dict(Counter(coded(column.nonnull)))))

    def merge(self, a: Numbers, b: Numbers) -> Numbers:
        """Add counts."""
        return Numbers(frequency.added(a.counts, b.counts))


def coded(values: list[Any]) -> Any:
    """Each value with the code of its type; raises Demotion at what is no number."""
    found = frequency.kinds(values)
    if not found <= bounds.NUMBERS:
        raise Demotion("values are not all numbers")
    if len(found) == 1:
        return zip(repeat(CODES[found.pop()]), values)
    return zip(map(CODES.__getitem__, map(type, values)), values, strict=True)


def ordered(counts: Mapping[tuple[int, Any], int]) -> list[Any]:
    """All numbers, sorted."""
    return list(chain.from_iterable(repeat(value, counts[code, value]) for code, value in sorted(counts, key=_value)))


def _value(key: tuple[int, Any]) -> Any:
    return key[1]


def quantiles(numbers: list[Any], asked: list[float], method: str) -> list[Any]:
    """What `Series.quantile` gives of sorted numbers; raises Demotion where numbers of several types are equal and one must be picked."""
    if not numbers:
        return [float("nan")] * len(asked)
    import numpy as np  # noqa: PLC0415  only where quantiles are asked

    if method in PICKS_ONE and any(one == other and type(one) is not type(other) for one, other in pairwise(numbers)):
        raise Demotion("equal numbers of several types are in the column")
    held = np.empty(len(numbers), dtype=object)
    held[:] = numbers
    with np.errstate(all="ignore"):
        found: Any = np.quantile(held, asked, method=method)  # type: ignore[call-overload]
    return [float(one) if isinstance(one, float) else one for one in found.tolist()]


class QuantilesBetween(OfNumbers):
    """`expect_column_quantile_values_to_be_between`."""

    def __init__(self, kwargs: Kwargs, _keep: ResultFormat) -> None:
        arguments.known(kwargs, ("column", "quantile_ranges"), ("allow_relative_error",))
        self.columns = (arguments.column(kwargs),)
        ranges = kwargs["quantile_ranges"]
        self._asked, self._ranges = list(ranges["quantiles"]), [list(pair) for pair in ranges["value_ranges"]]
        self._method = kwargs.get("allow_relative_error") or "nearest"
        if self._method not in METHODS or not all(0 <= quantile <= 1 for quantile in self._asked):
            raise NotCompiled("falls back, because pandas has no such quantiles")
        if len(self._asked) != len(self._ranges) or any(len(pair) != 2 for pair in self._ranges):
            raise NotCompiled("falls back, because not every quantile has a range")

    def result(self, state: Numbers, form: ResultFormat) -> Outcome:
        """Compare each quantile with its range, as loosely as Great Expectations does."""
        values = quantiles(ordered(state.counts), self._asked, self._method)
        held = [_in_range(value, low, high) for value, (low, high) in zip(values, self._ranges, strict=True)]
        result = {"observed_value": {"quantiles": self._asked, "values": values}, "details": {"success_details": held}}
        return bounds.said(success=all(held), result=result, form=form)


def _in_range(value: Any, low: float | None, high: float | None) -> bool:
    least, most = -inf if low is None else low, inf if high is None else high
    return _is_close(float(value), float(least)) or _is_close(float(value), float(most)) or bool(least <= value <= most)


def _is_close(value: float, bound: float) -> bool:
    """Numpy's `isclose`, with the tolerances of Great Expectations."""
    return value == bound or (isfinite(bound) and abs(value - bound) <= 1e-8 + 1e-4 * abs(bound))


class MedianBetween(OfNumbers):
    """`expect_column_median_to_be_between`."""

    def __init__(self, kwargs: Kwargs, _keep: ResultFormat) -> None:
        self.columns = (arguments.column(kwargs),)
        self._bounds = bounds.of(kwargs, "column")

    def result(self, state: Numbers, form: ResultFormat) -> Outcome:
        """Compare the median, which is a float, with the bounds; there is none of no values."""
        numbers = ordered(state.counts)
        return self._bounds.outcome(_median([float(value) for value in numbers]) if numbers else None, form)


def _median(numbers: list[float]) -> float:
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return (numbers[middle - 1] + numbers[middle]) / 2


TYPES: Mapping[str, Compile] = {
    "expect_column_quantile_values_to_be_between": QuantilesBetween,
    "expect_column_median_to_be_between": MedianBetween,
}
