"""One batch of records on its way through ROUTE.

Every record is counted exactly once: as what it is, or by the reason why it could not be used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

import msgspec

from expectations.catalogue.units import Dataset
from streams.changes import envelope, keys
from streams.changes.envelope import CHANGE, HEARTBEAT_TOPIC, Event, Kind
from streams.changes.lanes import Lane
from streams.changes.problems import Defect, Problem
from streams.changes.quarantine import Quarantined, excerpt_of
from streams.changes.refusals import FUTURE, WRONG_CODE
from streams.changes.schemas import Fields, fields_of
from streams.changes.shapes import LATEST_MS
from streams.changes.table_row import TableRow
from streams.changes.values import UNAVAILABLE, decode_row, is_deeper_than, row_dict
from streams.changes.wire import Changes, Row, partition_of

if TYPE_CHECKING:
    from streams.changes.table_rows import TableRows

EARLIEST_MS = 946_684_800_000  # 2000-01-01: an earlier broker timestamp is a clock that was never set
DELETE_WITHOUT_UNIT = "delete_without_unit"
UNIT_UNAVAILABLE = "unit_unavailable"
UNKNOWN_SLICE = "unknown_slice"
MOST_NESTED = 64
REFUSALS = {Problem.FUTURE_PERIOD: FUTURE, Problem.UNKNOWN_UNIT: WRONG_CODE}
TOUCHES_TABLE = frozenset({CHANGE, Kind.TRUNCATE})
ALIVE = frozenset({Kind.HEARTBEAT, Kind.TRUNCATE, Kind.MESSAGE})
FULL_BEFORE = frozenset({"mysql", "mariadb"})  # PostgreSQL makes up the columns of `before` that are not in the key

_json = msgspec.json.Encoder().encode


class Record(Protocol):
    """A fetched Kafka record of the batch's topic; the batch seam's is one."""

    @property
    def partition(self) -> int:
        """The source partition."""

    @property
    def offset(self) -> int:
        """The offset in it."""

    @property
    def timestamp(self) -> int:
        """The broker's time, in milliseconds; may be anything."""

    @property
    def key(self) -> bytes | None:
        """The key, if there is one."""

    @property
    def value(self) -> bytes | None:
        """The value, None for a tombstone."""


class Routed(msgspec.Struct):
    """What came out of one batch: a message for each target partition, records by kind or reason, and those set aside."""

    messages: dict[int, Changes]
    counts: Counter[str]
    quarantined: list[Quarantined]


class Batch:
    """One batch on its way: what has been found so far."""

    def __init__(self, lane: Lane | None, topic: str, max_value_bytes: int, now_ms: int, table_rows: TableRows | None = None) -> None:
        self.lane = lane
        self.table_rows = table_rows
        self.now_ms = now_ms
        self.topic = topic
        self.max_value_bytes = max_value_bytes
        self.rows: dict[str, list[Row]] = {}
        self.counts: Counter[str] = Counter()
        self.quarantined: list[Quarantined] = []
        self.heartbeats: dict[str, Row] = {}
        self.tables: dict[str, list[TableRow]] = {}

    def take(self, record: Record) -> None:
        """Route one record, count it under what it is, or set it aside."""
        event = envelope.read(record.value, self.topic, max_value_bytes=self.max_value_bytes)
        if isinstance(event, Defect):
            if self.table_rows is not None:
                self.table_rows.lose(self, record)
            self.set_aside(record, None, event)
            return
        if self.table_rows is not None and event.kind in TOUCHES_TABLE:
            self.table_rows.take(self, record, event)
        try:
            outcome = self.place(record, event)
        except RecursionError:  # the limit counts our own frames too: what could be skipped may still be too deep to decode
            outcome = Defect(Problem.TOO_DEEP, "nested too deeply")
        if isinstance(outcome, Defect):
            self.set_aside(record, event, outcome)
        else:
            self.counts[outcome] += 1

    def place(self, record: Record, event: Event) -> str | Defect:
        """Add what an event says to its feed; return what to count it as."""
        kind = event.kind
        if kind is not CHANGE and kind not in ALIVE:
            return kind
        heard_ms = record.timestamp
        if not EARLIEST_MS <= heard_ms < LATEST_MS:
            heard_ms = event.changed_ms
            if heard_ms < EARLIEST_MS:
                return Defect(Problem.IMPLAUSIBLE_TIMESTAMP, f"the broker's ({record.timestamp}) and the source's are no possible times")
        heard_ms = min(heard_ms, self.now_ms)  # a clock that runs ahead must neither keep a feed alive nor let a future period pass
        if kind is not CHANGE:
            return self.alive(record, event, heard_ms)
        if self.lane is None:
            return Defect(Problem.UNKNOWN_TOPIC, "no contract's topics match")
        place = self.deleted if event.op == "d" else self.changed
        return place(record, event, self.lane, heard_ms)

    def alive(self, record: Record, event: Event, heard_ms: int) -> str:
        """A heartbeat is kept until the batch is read; a truncation or a message proves a province-wide dataset alive."""
        if event.kind is Kind.HEARTBEAT:
            self.heartbeats[_prefix(self.topic, record.key)] = Row(record.offset, "h", heard_ms, 0)
        elif self.lane is not None and self.lane.fixed is not None:
            self.add(self.lane.fixed.feed, Row(record.offset, event.op, heard_ms, min(event.changed_ms, heard_ms)))
        return event.kind

    def changed(self, record: Record, event: Event, lane: Lane, heard_ms: int) -> str | Defect:
        """Place a row that was inserted, updated or read in a snapshot."""
        row = lane.read(event.after)
        if isinstance(row, Defect):
            return row
        fields, encoding = None, None
        if event.schema:
            try:
                fields = fields_of(event.schema, flat=event.flat)
            except (ValueError, RecursionError):
                return Defect(Problem.UNDECODABLE, "the schema beside the payload cannot be read")
            encoding = _encoding(fields, lane.dataset.period_column)
        place = lane.place(row, encoding, heard_ms)
        changed_ms = min(event.changed_ms, heard_ms)
        if isinstance(place, Defect):
            if place.feed is not None:
                self.add(place.feed, Row(record.offset, REFUSALS[place.problem], heard_ms, changed_ms))
            return place if row.unit != UNAVAILABLE else self.without_unit(record, event, lane, heard_ms)
        if place.period is None:
            self.add(place.feed, Row(record.offset, event.op, heard_ms, changed_ms))
            return event.kind
        key = lane.key(record.key, event.after) if lane.counts_rows else 0
        after = row_for_suite(event.after, fields, lane.dataset) if lane.judged else None
        if isinstance(after, Defect):
            return after
        self.add(place.feed, Row(record.offset, event.op, heard_ms, changed_ms, place.period, key, place.slice, after))
        return UNKNOWN_SLICE if place.lost_slice else event.kind

    def without_unit(self, record: Record, event: Event, lane: Lane, heard_ms: int) -> str:
        """A change that did not touch a large unit column: the key may still tell the unit, and then the feed is alive."""
        place = lane.feed_at(_scalar(keys.key_column(record.key, lane.dataset.unit_column or "")), heard_ms)
        if isinstance(place, Defect):
            return UNIT_UNAVAILABLE
        self.add(place.feed, Row(record.offset, event.op, heard_ms, min(event.changed_ms, heard_ms)))
        return event.kind

    def deleted(self, record: Record, event: Event, lane: Lane, heard_ms: int) -> str:
        """A deleted row proves its feed alive, if it is known whose row it was. It is never judged and no period is counted."""
        column = lane.dataset.unit_column or ""
        unit = keys.key_column(record.key, column)
        if unit is None and event.connector in FULL_BEFORE:
            unit = keys.row_column(event.before, column)
        place = lane.feed_at(_scalar(unit), heard_ms)
        if isinstance(place, Defect):
            return DELETE_WITHOUT_UNIT
        self.add(place.feed, Row(record.offset, "d", heard_ms, min(event.changed_ms, heard_ms)))
        return event.kind

    def add(self, feed: str, row: Row) -> None:
        """Put a row under its feed."""
        rows = self.rows.get(feed)
        if rows is None:
            self.rows[feed] = [row]
        else:
            rows.append(row)

    def add_to_tables(self, feeds: Iterable[str], row: TableRow) -> None:
        """Put a change of the table under its feeds; what is lost already is not lost again."""
        for feed in feeds:
            rows = self.tables.setdefault(feed, [])
            if not (row.lost and rows and rows[-1].lost):
                rows.append(row)

    def set_aside(self, record: Record, event: Event | None, defect: Defect) -> None:
        """Quarantine one record, with what may be shown of it."""
        self.counts[defect.problem] += 1
        excerpt = excerpt_of(record.value, event, self.lane.dataset if self.lane else None)
        self.quarantined.append(
            Quarantined(self.topic, record.partition, record.offset, record.timestamp, defect.problem, defect.detail, excerpt)
        )

    def result(self, partition: int, partitions: int) -> Routed:
        """Group the feeds by the partition in which their states live."""
        messages: dict[int, Changes] = {}
        for feed, rows in self.rows.items():
            target = partition_of(feed, partitions)
            if target not in messages:
                messages[target] = Changes(self.topic, partition, {})
            messages[target].rows[feed] = rows
        for feed, changed in self.tables.items():
            messages.setdefault(partition_of(feed, partitions), Changes(self.topic, partition, {})).tables[feed] = changed
        return Routed(messages, self.counts, self.quarantined)


def row_for_suite(after: msgspec.Raw, fields: Fields | None, dataset: Dataset) -> bytes | Defect:
    """The row as JSON: as it came, or in its readable form while the schema that tells how is at hand. OBSERVE can read it for certain."""
    text = bytes(after)
    try:
        row = row_dict(text, fields, dataset) if fields else decode_row(text)
    except ValueError:
        return Defect(Problem.UNDECODABLE, "a value of the row cannot be read")
    if text.count(b"{") + text.count(b"[") > MOST_NESTED and is_deeper_than(row, MOST_NESTED):
        return Defect(Problem.TOO_DEEP, f"nested more than {MOST_NESTED} deep")
    return _json(row) if fields else text


def _scalar(value: object) -> str | int | float | None:
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _encoding(fields: Fields | None, column: str) -> str | None:
    field = fields.get(column) if fields else None
    return field.name or None if field else None


def _prefix(topic: str, key: bytes | None) -> str:
    """The prefix of the topics of the connector that beats, with its dot; "" when it does not tell."""
    name = topic.removeprefix(HEARTBEAT_TOPIC) if topic.startswith(HEARTBEAT_TOPIC) else keys.key_column(key, "serverName")
    return f"{name}." if isinstance(name, str) and name else ""
