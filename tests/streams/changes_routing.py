"""Routing a few records in the small province, and looking at what came of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from expectations.catalogue.units import Dataset
from expectations.freshness import periods
from expectations.freshness.periods import Cadence
from streams.changes.problems import Problem
from streams.changes.refusals import REFUSED
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


def sent(routed: Routed) -> Iterator[tuple[str, Row]]:
    """Every row that OBSERVE gets to know of, by feed."""
    for changes in routed.messages.values():
        for feed, found in changes.rows.items():
            yield from ((feed, row) for row in found)


def rows(routed: Routed) -> dict[str, list[Row]]:
    """The rows that count, by feed."""
    found: dict[str, list[Row]] = {}
    for feed, row in sent(routed):
        if row.op not in REFUSED:
            found.setdefault(feed, []).append(row)
    return found


def refused(routed: Routed) -> list[tuple[str, str]]:
    """The rows that were set aside and whose feed is known: feed and why."""
    return [(feed, row.op) for feed, row in sent(routed) if row.op in REFUSED]


def only_row(routed: Routed) -> Row:
    ((row,),) = rows(routed).values()
    return row


def set_aside(routed: Routed) -> list[Problem]:
    return [q.reason for q in routed.quarantined]
