"""A feed under observation: rows and ticks in, verdicts out, in the small province of the change-event tests."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from expectations.catalogue.load import Catalogue
from expectations.catalogue.units import Dataset
from expectations.freshness import periods
from expectations.freshness.periods import Cadence
from expectations.freshness.verdict import Verdict
from streams.changes.wire import Changes, Message, Row, Tick
from streams.feeds.observe import Observer, Outputs
from streams.feeds.rules import Rules
from tests.streams.changes_province import TAN_NINH, at, catalogue, dataset

TOPIC = "shop1.public.bao-cao"
FEED = f"{TAN_NINH}/bao-cao"
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
NOW = at("2025-10-15T08:30")
ALL_READ = 2**53
"""A source that has been read beyond any `now` of these tests."""


def monthly(**changed: object) -> Dataset:
    return dataset("bao-cao", Cadence.MONTHLY, units=(TAN_NINH,), **changed)


def month(text: str) -> int:
    return periods.parse(Cadence.MONTHLY, text)


def row(offset: int, period: str | None = "2025-09", *, op: str = "c", heard_ms: int = NOW - HOUR_MS) -> Row:
    return Row(offset, op, heard_ms, heard_ms - 500, None if period is None else month(period))


def heard(of: Row, at_ms: int) -> Row:
    return msgspec.structs.replace(of, heard_ms=at_ms)


def changes(*rows: Row, partition: int = 0, feed: str = FEED) -> Changes:
    return Changes(TOPIC, partition, {feed: list(rows)})


def months(first: str, last: str, *, from_offset: int = 0) -> list[Row]:
    """One row a month, all heard an hour ago."""
    return [row(from_offset + n, periods.text(Cadence.MONTHLY, p)) for n, p in enumerate(range(month(first), month(last) + 1))]


def tick(now_ms: int = NOW, read_through_ms: int = ALL_READ, partitions: int = 1) -> Tick:
    return Tick(now_ms, {TOPIC: [read_through_ms] * partitions})


class Scene:
    """One observer of one partition, with its table kept in memory, as the worker would keep it."""

    def __init__(self, of: Dataset | None = None, rules: Rules | None = None) -> None:
        self.catalogue: Catalogue = catalogue((of or monthly(),))
        self.rules = rules or Rules(partitions=1, buckets=2)
        self.table: dict[bytes, bytes] = {}
        self.sent: list[Outputs] = []
        self.restart()

    def restart(self) -> None:
        """Forget everything that was not written."""
        self.observer = Observer(self.catalogue, self.rules, 0, self.table.get)

    def take(self, *messages: Message) -> None:
        for message in messages:
            self.observer.take(message)

    def checkpoint(self) -> Outputs:
        """Outputs, then state, as the worker orders them."""
        out = self.observer.outputs()
        self.sent.append(out)
        self.table.update(out.buckets)
        self.observer.written()
        return out

    def after(self, *messages: Message) -> Outputs:
        self.take(*messages)
        return self.checkpoint()

    def verdict(self, feed: str = FEED) -> Verdict:
        return self.observer.verdicts()[feed]


FIELD = re.compile(r'([a-z_]+)=("[^"]*"|[^,]*)')


class Line(msgspec.Struct):
    """A point as text, taken apart as far as these tests need."""

    head: str
    fields: dict[str, str]
    time_ms: int


def lines(points: Sequence[bytes], measurement: str) -> list[Line]:
    found = []
    for point in points:
        head, _, rest = point.decode().partition(" ")
        fields, _, time = rest.rpartition(" ")
        if head.split(",")[0] == measurement:
            found.append(Line(head, dict(FIELD.findall(fields)), int(time)))
    return found
