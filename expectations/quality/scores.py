"""Scores of đúng, đủ, sạch, sống from 0 to 1: of a feed by its checks and its verdict, of a unit or a dataset by its feeds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from expectations.freshness.verdict import Status
from expectations.quality.dimensions import OF_CHECKS, Dimension
from expectations.quality.suite import CheckResult, Severity

WEIGHTS: Mapping[Severity, int] = {"critical": 4, "warning": 2, "info": 1}
"""How much a check weighs in the score of its dimension."""


class Scores(msgspec.Struct, frozen=True):
    """One score a dimension, 0 to 1. None where nothing could be judged: that is neither good nor bad, and is never a 1."""

    dung: float | None = None
    du: float | None = None
    sach: float | None = None
    song: float | None = None

    def of(self, dimension: Dimension) -> float | None:
        """The score of one dimension."""
        score: float | None = getattr(self, dimension)
        return score


def of_feed(results: Sequence[CheckResult], song: float | None) -> Scores:
    """The scores of a feed, of what its checks found and its liveness."""
    return Scores(**{str(dimension): of_checks(results, dimension) for dimension in OF_CHECKS}, song=song)


def of_checks(results: Iterable[CheckResult], dimension: Dimension) -> float | None:
    """The share of rows that meet a check, averaged over the checks of a dimension by the weight of their severity.

    A check that had no row to ask has no part in it; None when none had. `mostly` has none either: a score is how good data are, success
    whether that is good enough.
    """
    parts = [(WEIGHTS[one.severity], met) for one in results if one.dimension == dimension and (met := _met(one)) is not None]
    weight = sum(weight for weight, _ in parts)
    return sum(weight * ratio for weight, ratio in parts) / weight if weight else None


def _met(found: CheckResult) -> float | None:
    """The share of rows that meet a check; of one that is not of single rows, whether it is met."""
    if found.ratio is None and found.whole and found.success is not None:
        return float(found.success)
    return found.ratio


def liveness(status: Status, periods_behind: int | None, stale_after: int) -> float | None:
    """How alive a feed is: 1 while nothing is overdue, less with every period behind, 0 from `stale_after` on and when it never reported.

    A late feed that is no whole period behind is worth a half. None while Nhịp cannot tell, or the obligation is suspended.
    """
    match status:
        case Status.FRESH | Status.DUE:
            return 1.0
        case Status.LATE:
            behind = periods_behind or 0
            return max(0.0, 1 - behind / max(stale_after, 1)) if behind else 0.5
        case Status.STALE | Status.NEVER:
            return 0.0
        case _:
            return None


def together(scores: Iterable[Scores]) -> Scores:
    """The scores of a unit or a dataset: the mean of its feeds, each obligation weighs the same; one without a score has no part in it."""
    several = list(scores)
    return Scores(**{str(d): _mean([s for one in several if (s := one.of(d)) is not None]) for d in Dimension})


def _mean(some: Sequence[float]) -> float | None:
    return sum(some) / len(some) if some else None
