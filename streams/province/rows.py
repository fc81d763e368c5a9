"""Rows and records of a history, as connectors write them: made of what the contracts say of their columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from streams.demo import values
from streams.demo.records import key_of, value_of
from streams.province.history import History
from streams.province.plan import ROW_GAP_MS, Delivery, Feed

Row = dict[str, object]

PARTITIONS = 3


class Record(msgspec.Struct, frozen=True):
    """One Kafka record. `read_ms` is when it can be read; its timestamp may be earlier."""

    read_ms: int
    topic: str
    partition: int
    timestamp_ms: int
    key: bytes
    value: bytes | None


class Changed(msgspec.Struct, frozen=True):
    """One change of one row, as streams/demo/records.py writes it."""

    feed: Feed
    op: Literal["c", "u", "r", "d"]
    at_ms: int
    row: int


class Rows:
    """Makes the rows of one feed."""

    def __init__(self, feed: Feed, number: int) -> None:
        self.feed, self._number = feed, number
        dataset, zone = feed.dataset, feed.calendar.zone
        self._slices = sorted(dataset.terms.slices)
        told = {dataset.unit_column, dataset.period_column, dataset.slice_column}
        whole = (c.name for c in dataset.columns.values() if c.logical == "integer" and not c.examples and c.name not in told)
        self._key = next(whole, None)
        self._others = {name: values.examples(column, zone) for name, column in dataset.columns.items() if name not in told}
        self._ids: dict[tuple[object, int], int] = {}

    def key(self, delivery: Delivery, row: int) -> Row:
        """The record's key: the same number whenever the row of its period is sent."""
        told = delivery.meant or delivery.period
        found = self._ids.setdefault((told.at_ms or told.name, row), len(self._ids) + 1)
        return {self._key or "id": self._number * 1_000_000 + found}

    def row(self, delivery: Delivery, row: int, key: Row) -> Row:
        """All columns, in the contract's order."""
        dataset, turn = self.feed.dataset, delivery.period.first.toordinal() + row
        made: Row = {}
        for name in dataset.columns:
            if name in key:
                made[name] = key[name]
            elif name == dataset.period_column:
                made[name] = self._period(delivery)
            elif name == dataset.unit_column:
                made[name] = self._code(delivery)
            elif name == dataset.slice_column:
                made[name] = self._slices[row % len(self._slices)]
            else:
                choice = self._others[name]
                made[name] = choice[turn % len(choice)]
        return made

    def _period(self, delivery: Delivery) -> object:
        column, zone, period = self.feed.dataset.columns[self.feed.dataset.period_column], self.feed.calendar.zone, delivery.period
        if self.feed.calendar.continuous:
            return values.temporal(values.local(period.at_ms, zone), column, zone)
        return values.named(period.name, period.first, column, zone)

    def _code(self, delivery: Delivery) -> str:
        """What the unit column says."""
        feed = self.feed
        codes = {"": (feed.unit,), "old_code": feed.old_codes, "split_code": feed.split_codes}[delivery.twist]
        return codes[delivery.period.first.toordinal() % len(codes)]


def records(history: History) -> Iterator[Record]:
    """Every record of a history in the order in which it can be read."""
    makers = [Rows(feed, n) for n, feed in enumerate(history.world.feeds, 1)]
    moves = sorted(
        (d.at_ms + n * ROW_GAP_MS, feed, at, row)
        for feed, maker in enumerate(makers)
        for at, d in enumerate(history.courses[maker.feed.id].deliveries)
        for n, row in enumerate(d.rows)
    )
    for at_ms, feed, at, row in moves:
        if at_ms < history.world.end_ms:
            maker = makers[feed]
            yield from _records(maker, history.courses[maker.feed.id].deliveries[at], row, at_ms)


def _records(maker: Rows, delivery: Delivery, row: int, at_ms: int) -> Iterator[Record]:
    feed, stamp_ms = maker.feed, at_ms - delivery.lag_ms
    key = maker.key(delivery, row)
    changed = Changed(feed, delivery.op, stamp_ms, row)
    written = key_of(changed, key)
    partition = key[next(iter(key))] % PARTITIONS  # type: ignore[operator]  a number
    yield Record(at_ms, feed.topic, partition, stamp_ms, written, value_of(changed, maker.row(delivery, row, key), key))
    if delivery.op == "d":
        yield Record(at_ms, feed.topic, partition, stamp_ms, written, None)
