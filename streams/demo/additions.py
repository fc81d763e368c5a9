"""Oddities beside an orderly course: records that are hard to read, values that are wrong, noise that every connector makes."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from streams.demo.moves import Delivery, Move, moves_of
from streams.demo.stage import Feed, Stage

MINUTE_MS = 60_000
BURST = 8
"""Records of a burst just before the scenario ends: its windows are still open, so the page shows them."""

Moves = list[Move]


def bad_rows(feed: Feed, stage: Stage, given: list[Delivery]) -> Moves:
    """Rows of the last period are changed for the worse: nulls, impossible numbers, unknown codes."""
    return _burst(feed, stage, given, "bad")


def untouched_large_value(feed: Feed, stage: Stage, given: list[Delivery]) -> Moves:
    """Updates that did not touch a large column: the connector sends a marker in its place."""
    return _burst(feed, stage, given, "toast")


def deletes(feed: Feed, stage: Stage, given: list[Delivery]) -> Moves:
    """Old rows are deleted; each delete is followed by a tombstone."""
    times = _times(stage)
    oldest = [replace(delivery, at_ms=at_ms, op="d", rows=delivery.rows[:1]) for delivery, at_ms in zip(given, times, strict=False)]
    gone = [move for delivery in oldest for move in moves_of(feed, delivery)]
    return gone + [replace(move, at_ms=move.at_ms + 1, op="", twist="tombstone") for move in gone]


def malformed(feed: Feed, stage: Stage, _: list[Delivery]) -> Moves:
    """Records cut short, of another encoding, or written through a schema registry."""
    return [Move(at_ms, feed, "", row=n, twist="malformed") for n, at_ms in enumerate(_times(stage))]


def unknown_unit(feed: Feed, stage: Stage, given: list[Delivery]) -> Moves:
    """Rows of a unit that nobody knows come on the feed's topic."""
    return _burst(feed, stage, given, "unknown_unit", op="c")


def transactions(feed: Feed, stage: Stage, _: list[Delivery]) -> Moves:
    """Records of transactions that begin and end come between the rows."""
    return [Move(at_ms, feed, "", row=n, twist="transaction") for n, at_ms in enumerate(_times(stage))]


def heartbeats(feed: Feed, stage: Stage, _: list[Delivery]) -> Moves:
    """The connector tells every minute that it is alive."""
    return [Move(at_ms, feed, "", row=n, twist="heartbeat") for n, at_ms in enumerate(_times(stage))]


def _burst(feed: Feed, stage: Stage, given: list[Delivery], twist: str, op: str = "u") -> Moves:
    if not given:
        return []
    last = given[-1]
    return [Move(at_ms, feed, op, last.period, row=n % len(last.rows), twist=twist) for n, at_ms in enumerate(_times(stage))]


def _times(stage: Stage) -> Iterator[int]:
    return (stage.now_ms - n * MINUTE_MS for n in range(BURST, 0, -1))
