"""Rows whose number lies far from the others: how far is known only when all are, so every number is kept with its first rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from math import fsum, isfinite, isnan, sqrt
from typing import Any, Final

import msgspec

from expectations.engine import arguments, dtypes, frequency
from expectations.engine.compiled import Compile, Kwargs, NotCompiled, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.mapped import MapState, first, outcome
from expectations.engine.moments import OfMoments
from expectations.engine.quantiles import coded, ordered, quantiles
from expectations.engine.table import Demotion, Table

NEAR_RATIO: Final = 1e-9
Number = tuple[int, Any]
IsFar = Callable[[Any], bool]


class Places(msgspec.Struct, array_like=True, frozen=True):
    """Counts of rows; of every number how often it occurs and its first rows; and pandas' mean and spread until more is added."""

    rows: int = 0
    elements: int = 0
    missing: int = 0
    counts: Mapping[Number, int] = msgspec.field(default_factory=dict)
    places: Mapping[Number, Sequence[int]] = msgspec.field(default_factory=dict)
    own: tuple[float, ...] = ()


class Far:
    """Whether no number is far; a subclass says how far is far."""

    dtypes = dtypes.NUMBERS
    state_type = Places

    def __init__(self, kwargs: Kwargs, keep: ResultFormat) -> None:
        self.columns: tuple[str, ...] = (arguments.column(kwargs),)
        self._mostly = arguments.mostly(kwargs)
        self._values_kept, self._positions_kept = keep.values_kept, keep.positions_kept
        self._kept = None if self._positions_kept is None else max(self._values_kept, self._positions_kept)
        self._moments = OfMoments({"column": self.columns[0]}, keep)

    def empty(self) -> Places:
        """No rows."""
        return Places()

    def of(self, table: Table) -> Places:
        """Note the numbers of a table and where they are."""
        column = table.column(self.columns[0])
        values = column.nonnull
        if Decimal in frequency.kinds(values):
            raise Demotion("decimals are compared with floats")
        places: dict[Number, list[int]] = {}
        for key, position in zip(coded(values), column.nonnull_positions, strict=True):
            places.setdefault(key, []).append(position)
        counts = {key: len(at) for key, at in places.items()}
        frequency.bounded(counts)
        kept = {key: first(at, self._kept) for key, at in places.items()}
        moments = self._moments.of(table)
        own = (moments.mean, moments.spread) if moments.spread is not None else ()
        return Places(table.rows, table.count, table.count - len(values), counts, kept, own)

    def merge(self, a: Places, b: Places) -> Places:
        """The state of a's rows followed by b's."""
        if not (a.rows and b.rows):
            return a if a.rows else b
        places = dict(a.places)
        for key, at in b.places.items():
            places[key] = first([*places.get(key, ()), *(a.rows + position for position in at)], self._kept)
        counts = frequency.added(a.counts, b.counts)
        return Places(a.rows + b.rows, a.elements + b.elements, a.missing + b.missing, counts, places)

    def result(self, state: Places, form: ResultFormat) -> Outcome:
        """What Great Expectations says of these rows."""
        is_far = self._is_far(state)
        far = [] if is_far is None else [key for key in state.counts if is_far(key[1])]
        rows = sorted(((position, key[1]) for key in far for position in state.places.get(key, ())), key=_position)
        counts = MapState(
            state.rows,
            state.elements,
            state.missing,
            sum(state.counts[key] for key in far),
            [value for _, value in first(rows, self._values_kept)],
            [position for position, _ in first(rows, self._positions_kept)],
        )
        return outcome(counts, self._mostly, form)

    def _is_far(self, state: Places) -> IsFar | None:
        """Which numbers are far, among those of a state; None when none can be."""
        raise NotImplementedError


def _position(row: tuple[int, Any]) -> int:
    return row[0]


def _clear(value: float, limit: float, *, exact: bool) -> None:
    """Raise Demotion where a value that was worked out from added parts lies too near a limit."""
    if not exact and abs(value - limit) <= NEAR_RATIO * max(abs(value), abs(limit)):
        raise Demotion("a number lies too near the limit to be told apart after parts were added")


def _spread(state: Places) -> tuple[float, float, bool]:
    """Mean and standard deviation, NaN where there is none, and whether they are pandas' own to the last bit."""
    if state.own:
        mean, spread = state.own
        return mean, spread, True
    count = sum(state.counts.values())
    if not count:
        return float("nan"), float("nan"), True
    mean = fsum(value * many for (_, value), many in state.counts.items()) / count
    if count < 2:
        return mean, float("nan"), True
    spread = sqrt(fsum((value - mean) ** 2 * many for (_, value), many in state.counts.items()) / (count - 1))
    if spread == 0 and len(state.counts) == 1:
        return mean, spread, True
    if not isfinite(spread) or abs(mean) * 1e-6 > spread:
        raise Demotion("the numbers lie too close together to be told apart after parts were added")
    return mean, spread, False


class ZScores(Far):
    """`expect_column_value_z_scores_to_be_less_than`."""

    def __init__(self, kwargs: Kwargs, keep: ResultFormat) -> None:
        arguments.known(kwargs, ("column", "threshold", "double_sided"), ("mostly",))
        super().__init__(kwargs, keep)
        self._double = arguments.flag(kwargs, "double_sided")
        limit = arguments.number(kwargs["threshold"], "threshold")
        self._limit = abs(limit) if self._double else limit

    def _is_far(self, state: Places) -> IsFar | None:
        mean, spread, exact = _spread(state)
        if spread == 0:
            return None

        def is_far(value: Any) -> bool:
            score = (value - mean) / spread
            score = abs(score) if self._double else score
            _clear(score, self._limit, exact=exact)
            return not (isnan(score) or score < self._limit)

        return is_far


class Outliers(Far):
    """`expect_column_values_to_not_be_outliers`: beyond the quartiles or, by `std`, away from the mean."""

    def __init__(self, kwargs: Kwargs, keep: ResultFormat) -> None:
        arguments.known(kwargs, ("column",), ("method", "multiplier", "mostly"))
        super().__init__(kwargs, keep)
        self._multiplier = arguments.number(kwargs.get("multiplier", 1.5), "multiplier")
        self._method = kwargs.get("method", "iqr")
        if self._method not in ("iqr", "std"):
            raise NotCompiled("falls back, because there is no such method")

    def _is_far(self, state: Places) -> IsFar | None:
        return self._beyond_quartiles(state) if self._method == "iqr" else self._away_from_mean(state)

    def _beyond_quartiles(self, state: Places) -> IsFar | None:
        low, high = (float(found) for found in quantiles(ordered(state.counts), [0.25, 0.75], "linear"))
        if not (isfinite(low) and isfinite(high)):
            return None
        reach = self._multiplier * (high - low)
        return lambda value: not (value >= low - reach and value <= high + reach)

    def _away_from_mean(self, state: Places) -> IsFar | None:
        mean, spread, exact = _spread(state)
        if not (isfinite(mean) and isfinite(spread)):
            return None
        reach = self._multiplier * spread
        if reach <= 0 and exact:
            return lambda value: value != mean
        if reach <= 0:
            raise Demotion("a mean of added parts is compared for equality")

        def is_far(value: Any) -> bool:
            away = abs(value - mean)
            _clear(away, reach, exact=exact)
            return not away < reach

        return is_far


TYPES: Mapping[str, Compile] = {
    "expect_column_value_z_scores_to_be_less_than": ZScores,
    "expect_column_values_to_not_be_outliers": Outliers,
}
