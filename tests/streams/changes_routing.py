"""Routing a few records in the small province, and looking at what came of them."""

from __future__ import annotations

from typing import Any

from expectations.catalogue.units import Dataset
from expectations.freshness import periods
from expectations.freshness.periods import Cadence
from streams.changes.problems import Problem
from streams.changes.route import Routed, Router
from streams.changes.wire import Row
from tests.streams.changes_province import NOW, TAN_NINH, catalogue, dataset, records

DAY = periods.parse(Cadence.DAILY, "2025-10-03")
TODAY = {"id": 1, "ma_xa": TAN_NINH, "ky": "2025-10-03"}
FEED = f"{TAN_NINH}/ho-tich"
TOPIC = "shop1.public.ho-tich"
TOAST = "__debezium_unavailable_value"
COUNTED = dataset(min_rows=3)
JUDGED = dataset(suite="s.json")


def router(*datasets: Dataset, **how: Any) -> Router:
    return Router(catalogue(datasets or (dataset(),)), 4, **how)


def route(*values: object, of: Dataset | None = None, key: object = None, timestamp: int = NOW, suites: bool = True) -> Routed:
    made = router(of or dataset(), suites=suites)
    return made.route(TOPIC, records(*values, key=key, timestamp=timestamp))


def rows(routed: Routed) -> dict[str, list[Row]]:
    return {feed: found for changes in routed.messages.values() for feed, found in changes.rows.items()}


def only_row(routed: Routed) -> Row:
    ((row,),) = rows(routed).values()
    return row


def set_aside(routed: Routed) -> list[Problem]:
    return [q.reason for q in routed.quarantined]
