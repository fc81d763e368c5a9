"""The four scores of every unit and dataset: the mean of its feeds, each obligation weighs the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from expectations.catalogue.load import Catalogue
from expectations.quality.scores import Scores, together
from expectations.quality.suite import Check
from streams.feeds.quality_lines import scores_of
from streams.feeds.state import FeedState

OwnState = tuple[str, str, FeedState]
"""Unit, dataset and state of a feed."""


class Summary(msgspec.Struct, frozen=True):
    """Scores by id."""

    units: dict[str, Scores]
    datasets: dict[str, Scores]


def summary(catalogue: Catalogue, states: Iterable[OwnState], checks: Mapping[str, Sequence[Check]]) -> Summary:
    """Score all units and datasets that have a feed."""
    units: dict[str, list[Scores]] = {}
    datasets: dict[str, list[Scores]] = {}
    for unit, dataset, state in states:
        found = scores_of(catalogue.datasets[dataset].terms.stale_after, state, checks.get(dataset, ()))
        units.setdefault(unit, []).append(found)
        datasets.setdefault(dataset, []).append(found)
    return Summary({u: together(some) for u, some in units.items()}, {d: together(some) for d, some in datasets.items()})
