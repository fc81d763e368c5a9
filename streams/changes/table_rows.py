"""What a change event does to the table itself: which row entered, which left. Only for datasets whose contract promises full row images.

Where an event does not tell (no row before, a made-up one, a large value that nobody sent), the feed's table is lost until a snapshot is
read anew: nothing is said rather than something wrong. See docs/decisions/0022-the-table-beside-the-stream.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from streams.changes import keys
from streams.changes.batch import Batch, Record, row_for_suite
from streams.changes.envelope import Event
from streams.changes.lanes import Lane, Place
from streams.changes.problems import Defect
from streams.changes.schemas import Fields, fields_of
from streams.changes.shapes import MISSING, is_object
from streams.changes.table_row import LostTable, TableRow
from streams.changes.values import UNAVAILABLE, UNAVAILABLE_BYTES

MARKS = (UNAVAILABLE.encode(), UNAVAILABLE_BYTES.encode())
BLANK = frozenset({b"null", b'""', b"0", b"0.0", b"false"})
"""What PostgreSQL's decoder puts in place of columns that a replica identity other than FULL does not send."""


UNTOLD = frozenset({b"", b"null", b'""'})


class _Position(msgspec.Struct, gc=False):
    """Of a source block, what is the same for all rows of one snapshot and differs in the next."""

    snapshot: msgspec.Raw = MISSING
    lsn: msgspec.Raw = MISSING
    txid: msgspec.Raw = msgspec.field(default=MISSING, name="txId")
    file: msgspec.Raw = MISSING
    pos: msgspec.Raw = MISSING
    scn: msgspec.Raw = MISSING
    commit_lsn: msgspec.Raw = MISSING


class _Source(msgspec.Struct, gc=False):
    source: _Position | None = None
    payload: msgspec.Raw = MISSING


_source = msgspec.json.Decoder(_Source).decode
_columns = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_json = msgspec.json.Encoder().encode


class TableRows:
    """The changes to the tables of one dataset. Remembers, of each source partition, the snapshot that all its feeds know of."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        dataset = lane.dataset
        self._feeds = tuple(f"{unit}/{dataset.id}" for unit in dataset.units) if lane.fixed is None else (lane.fixed.feed,)
        self._told: dict[tuple[str, int], int] = {}

    def take(self, batch: Batch, record: Record, event: Event) -> None:
        """Add what one change or truncation does to the tables of feeds."""
        at = TableRow(record.offset, min(record.timestamp, batch.now_ms))
        try:
            if event.op == "t":
                batch.add_to_tables(self._feeds, at.lose(LostTable.EMPTIED))
            elif event.op == "r":
                self._read(batch, record, event, at)
            else:
                self._changed(batch, record, event, at)
        except (ValueError, RecursionError):
            batch.add_to_tables(self._feeds, at.lose(LostTable.UNREADABLE))

    def lose(self, batch: Batch, record: Record) -> None:
        """A record that cannot be read may have been a change of any row."""
        batch.add_to_tables(self._feeds, TableRow(record.offset, record.timestamp, lost=LostTable.UNREADABLE))

    def _read(self, batch: Batch, record: Record, event: Event, at: TableRow) -> None:
        """A row of a snapshot. Whatever was known before is what the snapshot replaces, in every feed of the source partition."""
        snapshot = snapshot_of(record.value or b"")
        if isinstance(snapshot, LostTable):
            batch.add_to_tables(self._feeds, at.lose(snapshot))
            return
        source, begun = (batch.topic, record.partition), msgspec.structs.replace(at, snapshot=snapshot)
        feed, row = self._image(event, event.after, at)
        others: Iterable[str] = ()
        if self._told.get(source) != snapshot:
            self._told[source], others = snapshot, self._feeds
        batch.add_to_tables((one for one in others if one != feed), begun)
        if feed is not None:
            batch.add_to_tables((feed,), msgspec.structs.replace(begun, entered=row))

    def _changed(self, batch: Batch, record: Record, event: Event, at: TableRow) -> None:
        telling = (self._lane.dataset.unit_column, self._lane.dataset.period_column)
        has_before = is_object(event.before) and not is_made_up(event.before, record.key, telling)
        if event.op != "c" and not has_before:
            feed = None if event.op == "d" else self._image(event, event.after, at)[0]
            batch.add_to_tables(self._feeds if feed is None else (feed,), at.lose(LostTable.NO_BEFORE))
            return
        if event.op != "d" and not is_object(event.after):
            raise ValueError("a change without a row")
        gone = self._image(event, event.before, at) if event.op != "c" else (None, None)
        after = _filled(event.after, event.before) if event.op == "u" else event.after
        come = self._image(event, after, at) if event.op != "d" else (None, None)
        if any(row is not None and _has_mark(row) for row in (gone[1], come[1])):
            batch.add_to_tables({feed for feed in (gone[0], come[0]) if feed}, at.lose(LostTable.NOT_SENT))
        elif gone[0] == come[0]:
            batch.add_to_tables((gone[0],) if gone[0] else (), msgspec.structs.replace(at, entered=come[1], left=gone[1]))
        else:
            batch.add_to_tables((gone[0],) if gone[0] else (), msgspec.structs.replace(at, left=gone[1]))
            batch.add_to_tables((come[0],) if come[0] else (), msgspec.structs.replace(at, entered=come[1]))

    def _image(self, event: Event, image: msgspec.Raw, at: TableRow) -> tuple[str | None, bytes | None]:
        """Whose row it is, and the row as suites read it. Neither where the stream's rows of that kind count for nobody.

        The same row is always the same feed's, so one that nobody took in leaves nobody.
        """
        fields: Fields | None = fields_of(event.schema, flat=event.flat) if event.schema else None
        telling = self._lane.read(image)
        if isinstance(telling, Defect):
            return None, None
        period = fields.get(self._lane.dataset.period_column) if fields else None
        place = self._lane.place(telling, period.name or None if period else None, at.heard_ms)
        feed = place.feed if isinstance(place, Place) else place.feed or None
        return (None, None) if feed is None else (feed, _readable(image, fields, self._lane))


def _readable(image: msgspec.Raw, fields: Fields | None, lane: Lane) -> bytes:
    row = row_for_suite(image, fields, lane.dataset)
    if isinstance(row, Defect):
        raise ValueError(row.detail)  # noqa: TRY004  as everything that cannot be read
    return row


def snapshot_of(value: bytes) -> int | LostTable:
    """Which snapshot a row was read in; or why that does not help.

    An incremental one reads rows that may have been counted already; without a position in the source's log one is not told from another.
    """
    found = _source(value)
    position = found.source or (_source(found.payload).source if found.payload else None) or _Position()
    if bytes(position.snapshot) == b'"incremental"':
        return LostTable.INCREMENTAL
    places = [bytes(place) for place in (position.lsn, position.txid, position.file, position.pos, position.scn, position.commit_lsn)]
    if not any(place not in UNTOLD for place in places):
        return LostTable.NO_POSITION
    return int.from_bytes(blake2b(b"\0".join(places), digest_size=6).digest()) or 1


def is_made_up(before: msgspec.Raw, key: bytes | None, telling: Iterable[str | None]) -> bool:
    """Whether the columns beside the key are not the row's: PostgreSQL makes them up unless the replica identity is FULL.

    They are then empty, or what the column has by default; the `telling` columns, of unit and period, have no default.
    """
    known = keys.columns_of(keys.key_payload(key)).keys()
    others = {name: bytes(value) in BLANK for name, value in _columns(before).items() if name not in known}
    told = [others.get(name or "", True) for name in telling if name and name not in known]
    return not others or all(others.values()) or (bool(told) and all(told))


def _filled(after: msgspec.Raw, before: msgspec.Raw) -> msgspec.Raw:
    """A row whose large values were not sent because they did not change: they are those of the row before."""
    if not _has_mark(after):
        return after
    were = _columns(before)
    row = {name: were.get(name, value) if _has_mark(value) else value for name, value in _columns(after).items()}
    return msgspec.Raw(_json(row))


def _has_mark(row: bytes | msgspec.Raw) -> bool:
    return any(mark in bytes(row) for mark in MARKS)
