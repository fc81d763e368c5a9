"""The Kullback-Leibler divergence of a column from an expected distribution: only counts in its bins, or of its values, need be known."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from math import inf, isfinite, isnan, log, log1p, nan
from typing import Any, Final

import msgspec

from expectations.engine import arguments, bounds, dtypes, frequency
from expectations.engine.compiled import Compile, Compiled, Kwargs, NotCompiled, Outcome
from expectations.engine.distinct import OfFrequencies
from expectations.engine.formats import ResultFormat
from expectations.engine.frequency import Frequencies
from expectations.engine.table import Demotion, Table

OPTIONS: Final = ("threshold", "tail_weight_holdout", "internal_weight_holdout", "bucketize_data")
LEAST_FLOAT: Final = 2.2250738585072014e-308


class Expected(msgspec.Struct, frozen=True):
    """The arguments: expected weights, what is held out for other values, and how far the column may diverge."""

    weights: Sequence[float]
    tails: tuple[float, float] | None
    tail_holdout: float
    inner_holdout: float
    threshold: float | None

    def outcome(self, observed: Any, expected: Any, details: dict[str, Any], form: ResultFormat) -> Outcome:
        """Judge the divergence of weights; it is none when endless, or when there is no value."""
        diverges = entropy(observed, expected)
        success = self.threshold is None or bool(diverges <= self.threshold)
        if self.threshold is not None and diverges != 0 and abs(diverges - self.threshold) <= bounds.NEAR_RATIO * max(1, self.threshold):
            raise Demotion("the divergence lies too near its threshold")
        value = diverges if isfinite(diverges) else None
        return bounds.said(success=success, result={"observed_value": value, "details": details}, form=form)


def entropy(observed: Any, expected: Any) -> float:
    """What `scipy.stats.entropy` gives of two lists of weights, to the last bit."""
    import numpy as np  # noqa: PLC0415  only where a divergence is asked

    p, q = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    with np.errstate(all="ignore"):
        p, q = p / p.sum(), q / q.sum()
        return float(np.array(list(map(_relative, p.tolist(), q.tolist()))).sum())


def _relative(p: float, q: float) -> float:
    """Scipy's `rel_entr`; the logarithms are those of C, which numpy's are not."""
    if isnan(p) or isnan(q):
        return nan
    if p <= 0 or q <= 0:
        return 0.0 if p == 0 and q >= 0 else inf
    ratio = p / q
    if 0.5 < ratio < 2:
        return p * log1p((p - q) / q)
    return p * (log(ratio) if LEAST_FLOAT < ratio < inf else log(p) - log(q))


class Buckets(msgspec.Struct, array_like=True, frozen=True):
    """How many values lie below the first edge, at or above each edge, and at the last edge exactly."""

    counts: Sequence[int] = ()
    at_last: int = 0


class DivergenceOfBins:
    """Of numbers, counted in bins."""

    dtypes = frozenset({"int64", "float64"}) | dtypes.SMALL
    state_type = Buckets

    def __init__(self, column: str, bins: list[Any], expected: Expected) -> None:
        self.columns: tuple[str, ...] = (column,)
        self._bins, self._expected = bins, expected

    def empty(self) -> Buckets:
        """No values."""
        return Buckets()

    def of(self, table: Table) -> Buckets:
        """Count the values of a table in the bins; raises Demotion at what is no number."""
        values = table.column(self.columns[0]).nonnull
        if not frequency.kinds(values) <= bounds.NUMBERS:
            raise Demotion("values are not all numbers")
        found = Counter(bisect_right(self._bins, value) for value in values)
        return Buckets([found[at] for at in range(len(self._bins) + 1)], sum(1 for value in values if value == self._bins[-1]))

    def merge(self, a: Buckets, b: Buckets) -> Buckets:
        """Add counts."""
        if not (a.counts and b.counts):
            return a if a.counts else b
        return Buckets([one + other for one, other in zip(a.counts, b.counts, strict=True)], a.at_last + b.at_last)

    def result(self, state: Buckets, form: ResultFormat) -> Outcome:
        """What Great Expectations says of these counts."""
        import numpy as np  # noqa: PLC0415  as above

        buckets = state.counts or [0] * (len(self._bins) + 1)
        below = list(accumulate(buckets))[:-1]
        held = np.diff(np.array([*below[:-1], below[-1] + state.at_last]))
        total, above = np.int64(sum(buckets)), buckets[-1] - state.at_last
        with np.errstate(all="ignore"):
            observed, tails = held / total, np.array([below[0], above]) / total
        return self._judge(observed, tails, form)

    def _judge(self, observed: Any, tails: Any, form: ResultFormat) -> Outcome:
        import numpy as np  # noqa: PLC0415  as above

        asked = self._expected
        expected = np.array(asked.weights) * (1 - asked.tail_holdout - asked.inner_holdout)
        zeros = len(expected) - np.count_nonzero(expected)
        if asked.inner_holdout > 0 and zeros > 0:
            expected[expected == 0] = asked.inner_holdout / zeros
        low, high = self._bins[0] == -inf, self._bins[-1] == inf
        half = asked.tail_holdout / 2
        outside = asked.tails or (half, half)
        if low != high:
            outside = (asked.tail_holdout, asked.tail_holdout)
        all_expected = np.concatenate(([] if low else [outside[0]], expected, [] if high else [outside[1]]))
        all_observed = np.concatenate(([] if low else tails[:1], observed, [] if high else tails[1:]))
        inner = slice(1 if low else 0, -1 if high else None)
        details = {
            name: {"bins": self._bins[inner], "weights": weights[inner].tolist(), "tail_weights": [every[0].item(), every[-1].item()]}
            for name, weights, every in (("observed_partition", observed, all_observed), ("expected_partition", expected, all_expected))
        }
        return asked.outcome(all_observed, all_expected, details, form)


class DivergenceOfValues(OfFrequencies):
    """Of values, each of which has its own weight."""

    dtypes = frozenset({"int64", "float64", "bool", "str"})

    def __init__(self, column: str, values: list[Any], expected: Expected) -> None:
        self.columns = (column,)
        self._values, self._expected = values, expected
        self._kind = type(values[0])

    def of(self, table: Table) -> Frequencies:
        """Count the values of a table; raises Demotion unless they are of the one type that is expected."""
        column = table.column(self.columns[0])
        if column.dtype != "object" and not column.nonnull:
            raise Demotion("values are not all of the type that is expected")
        if not frequency.kinds(column.nonnull) <= {self._kind}:
            raise Demotion("values are not all of the type that is expected")
        return super().of(table)

    def result(self, state: Frequencies, form: ResultFormat) -> Outcome:
        """What Great Expectations says: the expected values in their order, then the others, sorted, which share what is held out."""
        import numpy as np  # noqa: PLC0415  as above

        asked, others = self._expected, sorted(set(state.counts).difference(self._values))
        values, total = [*self._values, *others], sum(state.counts.values())
        observed = [state.counts.get(value, 0) / total if total else 0.0 for value in values]
        expected = np.array(asked.weights)
        if others:
            expected = np.concatenate((expected * (1 - asked.tail_holdout), [asked.tail_holdout / len(others)] * len(others)))
        details = {
            "observed_partition": {"values": values, "weights": observed},
            "expected_partition": {"values": values, "weights": expected.tolist()},
        }
        return asked.outcome(observed, expected, details, form)


def _compiled(kwargs: Kwargs, _keep: ResultFormat) -> Compiled[Any]:
    arguments.known(kwargs, ("column", "partition_object"), OPTIONS)
    column, partition = arguments.column(kwargs), kwargs["partition_object"]
    threshold = kwargs.get("threshold")
    tail, inner = (arguments.number(kwargs.get(f"{name}_weight_holdout", 0), name) for name in ("tail", "internal"))
    weights, tails = partition["weights"], partition.get("tail_weights")
    if not (isinstance(weights, list) and weights and (tails is None or (isinstance(tails, list) and len(tails) == 2 and not tail))):
        raise NotCompiled("falls back, because its weights are not those of a distribution")
    if abs(sum([*weights, *(tails or ())]) - 1.0) > 1e-6 or (threshold is not None and threshold < 0):
        raise NotCompiled("falls back, because its weights do not add up to 1, or its threshold is negative")
    expected = Expected(weights, None if tails is None else tuple(tails), tail, inner, threshold)
    if "bins" in partition:
        return DivergenceOfBins(column, _bins(partition, kwargs, expected), expected)
    return DivergenceOfValues(column, _values(partition, expected), expected)


def _bins(partition: Mapping[str, Any], kwargs: Kwargs, expected: Expected) -> list[Any]:
    bins = partition["bins"]
    if not isinstance(bins, list) or len(bins) != len(expected.weights) + 1 or not all(type(edge) in (int, float) for edge in bins):
        raise NotCompiled("falls back, because its bins are not edges of numbers")
    if any(high <= low for low, high in pairwise(bins)) or not arguments.flag(kwargs, "bucketize_data", default=True):
        raise NotCompiled("falls back, because its bins do not rise, or are not to be used")
    ends = (bins[0] == -inf) + (bins[-1] == inf)
    if (ends and expected.tails) or (ends == 2 and expected.tail_holdout) or len(bins) < 2 + ends:
        raise NotCompiled("falls back, because endless bins have no tails")
    return bins


def _values(partition: Mapping[str, Any], expected: Expected) -> list[Any]:
    values = partition["values"]
    if not isinstance(values, list) or len(values) != len(expected.weights) or len(set(values)) != len(values):
        raise NotCompiled("falls back, because its values are not each named once")
    if frequency.kinds(values) not in ({str}, {int}, {float}, {bool}) or expected.inner_holdout or expected.tails:
        raise NotCompiled("falls back, because its values are of several types, or are held out from within")
    return values


TYPES: Mapping[str, Compile] = {"expect_column_kl_divergence_to_be_less_than": _compiled}
