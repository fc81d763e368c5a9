"""What happens in a scenario, before anything is written: deliveries of periods, and the single record changes that they are made of."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from streams.demo.stage import Feed

ROW_GAP_MS = 40


class Delivery(msgspec.Struct, frozen=True):
    """Rows of one period that arrive together. `rows` are their numbers within the period; `twist` says what is odd about them."""

    period: int
    at_ms: int
    op: str
    rows: range
    twist: str = ""


class Move(msgspec.Struct, frozen=True):
    """One record to come: a change of one row, or (`op` empty) something else that the twist names."""

    at_ms: int
    feed: Feed
    op: str
    period: int = 0
    row: int = 0
    twist: str = ""


def moves_of(feed: Feed, delivery: Delivery) -> Iterator[Move]:
    """The records of one delivery, close together."""
    for n, row in enumerate(delivery.rows):
        yield Move(delivery.at_ms + n * ROW_GAP_MS, feed, delivery.op, delivery.period, row, delivery.twist)


def rows_wanted(feed: Feed) -> range:
    """The rows that make a period complete, and no more."""
    terms = feed.dataset.terms
    return range(max(1, terms.min_rows, len(terms.slices)))
