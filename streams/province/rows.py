"""Rows and records of a history, as connectors write them: made of what the contracts say of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from streams.province import values
from streams.province.history import History
from streams.province.plan import ROW_GAP_MS, Course, Delivery, Feed, World
from streams.province.records import Changed, Row, key_of, value_of

PARTITIONS = 3


class Record(msgspec.Struct, frozen=True):
    """One Kafka record. `read_ms` is when it can be read; its timestamp may be earlier."""

    read_ms: int
    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None


class Written(msgspec.Struct, frozen=True):
    """What a maker of rows has written of one row: the number decides the partition."""

    topic: str
    number: int
    key: bytes | None
    value: bytes | None


class Rows:
    """Makes and writes the rows of one feed, the `number`th. Values begin with the example at `turn`."""

    def __init__(self, feed: Feed, number: int, turn: int = 0) -> None:
        self.feed, self._first, self._turn = feed, number * 1_000_000, turn
        dataset, zone = feed.dataset, feed.calendar.zone
        self._slices = sorted(dataset.terms.slices)
        told = self.telling = frozenset(name for name in (dataset.unit_column, dataset.period_column, dataset.slice_column) if name)
        whole = (c.name for c in dataset.columns.values() if c.logical == "integer" and not c.examples and c.name not in told)
        self.key = next(whole, "id")
        self._others = {name: values.examples(column, zone) for name, column in dataset.columns.items() if name not in told}
        self._ids: dict[tuple[object, int], int] = {}

    def number(self, delivery: Delivery, row: int) -> int:
        """The row's own number: the same whenever the row of its period is sent."""
        period = delivery.meant or delivery.period
        return self._first + self._ids.setdefault((period.at_ms or period.name, row), len(self._ids) + 1)

    def write(self, delivery: Delivery, row: int, at_ms: int) -> Iterator[Written]:
        """What one row of a delivery becomes when it can be read at an instant."""
        number = self.number(delivery, row)
        key: Row = {self.key: number}
        change = Changed(self.feed, delivery.op, at_ms - delivery.lag_ms, row)
        written_key = key_of(change, key)
        yield Written(self.feed.topic, number, written_key, value_of(change, self.row(delivery, row, key), key))
        if delivery.op == "d":  # the tombstone that lets compaction forget the row
            yield Written(self.feed.topic, number, written_key, None)

    def row(self, delivery: Delivery, row: int, key: Row) -> Row:
        """All columns, in the contract's order."""
        dataset, turn = self.feed.dataset, self._turn + delivery.period.first.toordinal() + row
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
        codes = {"old_code": feed.old_codes, "split_code": feed.split_codes}.get(delivery.twist, (feed.unit,))
        return codes[delivery.period.first.toordinal() % len(codes)]


class Log:
    """Appends records to the partitions of topics."""

    def __init__(self) -> None:
        self._ends: dict[tuple[str, int], int] = {}

    def append(self, read_ms: int, lag_ms: int, written: Written) -> Record:
        """The record at the next offset of the partition that belongs to a row's number."""
        at = (written.topic, written.number % PARTITIONS)
        offset = self._ends.get(at, 0)
        self._ends[at] = offset + 1
        return Record(read_ms, *at, offset, read_ms - lag_ms, written.key, written.value)


def records(history: History) -> Iterator[Record]:
    """Every record of a history in the order in which it can be read."""
    return written(history.world, history.courses, [Rows(feed, n) for n, feed in enumerate(history.world.feeds, 1)])


def written(world: World, courses: Mapping[str, Course], makers: Sequence[Rows]) -> Iterator[Record]:
    """Every record of what feeds send up to the world's end, written by their makers, in the order in which it can be read."""
    log = Log()
    moves = sorted(
        (d.at_ms + n * ROW_GAP_MS, feed, at, row)
        for feed, maker in enumerate(makers)
        for at, d in enumerate(courses[maker.feed.id].deliveries)
        for n, row in enumerate(d.rows)
    )
    for at_ms, feed, at, row in moves:
        if at_ms < world.end_ms:
            delivery = courses[makers[feed].feed.id].deliveries[at]
            for one in makers[feed].write(delivery, row, at_ms):
                yield log.append(at_ms, delivery.lag_ms, one)


def count(courses: Mapping[str, Course]) -> int:
    """About how many records there will be: tombstones and what comes after the end are not told apart."""
    return sum(len(delivery.rows) for course in courses.values() for delivery in course.deliveries)
