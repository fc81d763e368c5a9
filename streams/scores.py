"""Scores of units, datasets, departments and the province from what Kafka keeps: transitions, and the states of feeds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

import msgspec

from alerts.transition import Transition
from expectations.catalogue.load import Catalogue
from expectations.freshness.declared import fold
from expectations.freshness.scores import Change, Score, begins_ms, deliveries, timeliness, total, window
from expectations.freshness.verdict import Status
from streams.feeds.state import FeedState

By = Literal["unit", "dataset", "department", "province"]
DAY_MS = 86_400_000


class Asked(msgspec.Struct, frozen=True):
    """Which scores: over the `week`, `month` or `quarter` that contains `day`, for each of `by`, against an objective (0 to 1)."""

    over: str
    day: date
    by: By
    objective: float


def changes_of(transitions: Iterable[Transition], states: Mapping[str, FeedState]) -> dict[str, list[Change]]:
    """Return each feed's changes of status in the order in which they were noticed. A transition that was sent again is one.

    What is older than the topic keeps is told by the state: since when the present status has lasted.
    """
    found: dict[str, set[tuple[int, int, Status]]] = {}
    for one in transitions:
        found.setdefault(f"{one.unit}/{one.dataset}", set()).add((one.noticed_ms, one.at_ms, Status(one.new)))
    for feed, state in states.items():
        if state.verdict is not None and state.since_ms is not None:
            known = found.setdefault(feed, set())
            if not any((at_ms, status) == (state.since_ms, state.verdict.status) for _, at_ms, status in known):
                known.add((state.since_ms, state.since_ms, state.verdict.status))
    return {feed: _in_order(sorted(noticed)) for feed, noticed in found.items()}


def _in_order(noticed: Iterable[tuple[int, int, Status]]) -> list[Change]:
    changes: list[Change] = []
    for noticed_ms, at_ms, status in noticed:
        changes.append(Change(begins_ms(changes[-1] if changes else None, at_ms, noticed_ms), status))
    return changes


def scores(
    catalogue: Catalogue, changes: Mapping[str, list[Change]], states: Mapping[str, FeedState], asked: Asked, now_ms: int
) -> dict[str, Score]:
    """Return the scores asked for, by id ("" for the province); also of those of which nothing is known."""
    parts: dict[str, list[Score]] = {}
    for unit, dataset in catalogue.feeds():
        feed, schedule = f"{unit}/{dataset}", catalogue.schedule_of(unit, dataset)
        within, state = window(schedule, asked.over, asked.day), states.get(feed, FeedState())
        found = timeliness(changes.get(feed, []), within, now_ms)
        if unit not in catalogue.datasets[dataset].suspended:
            found += deliveries(schedule, state.ledger, fold(schedule, state.declarations), within, now_ms)
        owner = catalogue.datasets[dataset].owner
        whose = {"unit": unit, "dataset": dataset, "department": owner, "province": ""}[asked.by]
        parts.setdefault(whose, []).append(found)
    return {whose: total(found) for whose, found in parts.items()}


def as_json(catalogue: Catalogue, whose: str, score: Score, asked: Asked) -> dict[str, Any]:
    """One line of the answer. Shares are 0 to 1; null where there is nothing to judge."""
    named = catalogue.datasets.get(whose) if asked.by == "dataset" else catalogue.units.get(whose)
    left, delay_ms = score.budget_left_ratio(asked.objective), score.mean_delay_ms
    return {
        "by": asked.by,
        "id": whose,
        "name_vi": named.name_vi if named else catalogue.name_vi,
        "on_time_ratio": _rounded(score.on_time_ratio),
        "completeness_ratio": _rounded(score.completeness_ratio),
        "mean_delay_days": None if delay_ms is None else round(delay_ms / DAY_MS, 2),
        "spells": score.spells,
        "owed": score.owed,
        "complete": score.complete,
        "behind_days": round(score.behind_ms / DAY_MS, 2),
        "judged_days": round((score.in_order_ms + score.behind_ms) / DAY_MS, 2),
        "objective": asked.objective,
        "budget_left_ratio": _rounded(left),
    }


def _rounded(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio, 4)
