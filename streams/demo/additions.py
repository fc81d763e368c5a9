"""Oddities beside an orderly course: records that are hard to read, values that are wrong, noise that every connector makes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from streams.demo.stage import Stage
from streams.province.calendar import Period
from streams.province.plan import Delivery, Op

MINUTE_MS = 60_000
BURST = 8
"""Records of a burst just before the scenario ends: its windows are still open, so the page shows them."""

NO_PERIOD = Period("", date.min, date.min)

Deliveries = list[Delivery]


def bad_rows(stage: Stage, given: Deliveries) -> Deliveries:
    """Rows of the last period are changed for the worse: nulls, impossible numbers, unknown codes."""
    return _burst(stage, given, "bad")


def untouched_large_value(stage: Stage, given: Deliveries) -> Deliveries:
    """Updates that did not touch a large column: the connector sends a marker in its place."""
    return _burst(stage, given, "toast")


def deletes(stage: Stage, given: Deliveries) -> Deliveries:
    """Old rows are deleted."""
    return [replace(delivery, at_ms=at_ms, op="d", rows=delivery.rows[:1]) for delivery, at_ms in zip(given, _times(stage), strict=False)]


def malformed(stage: Stage, _: Deliveries) -> Deliveries:
    """Records cut short, of another encoding, or written through a schema registry."""
    return _no_rows(stage, "malformed")


def unknown_unit(stage: Stage, given: Deliveries) -> Deliveries:
    """Rows of a unit that nobody knows come on the feed's topic."""
    return _burst(stage, given, "unknown_unit", "c")


def transactions(stage: Stage, _: Deliveries) -> Deliveries:
    """Records of transactions that begin and end come between the rows."""
    return _no_rows(stage, "transaction")


def heartbeats(stage: Stage, _: Deliveries) -> Deliveries:
    """The connector tells every minute that it is alive."""
    return _no_rows(stage, "heartbeat")


def _burst(stage: Stage, given: Deliveries, twist: str, op: Op = "u") -> Deliveries:
    """One row of the last period after the other, a minute apart."""
    last = [d for d in given if d.op in {"c", "r"}][-1:]
    return [replace(d, at_ms=at_ms, rows=range(n, n + 1), op=op, twist=twist) for d in last for n, at_ms in enumerate(_times(stage))]


def _no_rows(stage: Stage, twist: str) -> Deliveries:
    """What is no row of any period, whether the feed sends rows or not."""
    return [Delivery(at_ms, NO_PERIOD, range(n, n + 1), twist=twist) for n, at_ms in enumerate(_times(stage))]


def _times(stage: Stage) -> Iterator[int]:
    return (stage.now_ms - n * MINUTE_MS for n in range(BURST, 0, -1))
