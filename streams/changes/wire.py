"""What passes through `nhip.changes`: rows by feed, ticks, declarations, recounts. MessagePack arrays: every byte is read by Python."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from expectations.freshness.declarations import Declaration
from expectations.freshness.ledger import Ledger
from streams.changes.table_row import TableRow
from streams.feeds.state import Window

T = TypeVar("T")


class Row(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One change event of a feed, reduced to what OBSERVE needs.

    `op` is Debezium's letter (c u d r t m), `h` for a heartbeat, or one of `refusals.REFUSED` for a row set aside. `period` is an ordinal
    under the dataset's cadence, or epoch milliseconds when it is continuous; None when the row says nothing about a period (d, t, m, h)
    or was set aside. `key` identifies the source row (0 when the contract does not count rows). `after` is the row as JSON, only when
    a suite will judge it.
    """

    offset: int
    op: str
    heard_ms: int
    changed_ms: int
    period: int | None = None
    key: int = 0
    slice: str | None = None
    after: bytes | None = None


class Changes(msgspec.Struct, array_like=True, tag="changes", frozen=True):
    """Rows of one source batch for one target partition, by feed id, in offset order; `tables` only where a contract asks for it."""

    topic: str
    partition: int
    rows: dict[str, list[Row]]
    tables: dict[str, list[TableRow]] = msgspec.field(default_factory=dict)


class Tick(msgspec.Struct, array_like=True, tag="tick", frozen=True):
    """The time, and per source topic up to which instant (ms) each partition has been read; -1 where this worker cannot tell."""

    now_ms: int
    read_through_ms: dict[str, list[int]]


class Stated(msgspec.Struct, array_like=True, tag="stated", frozen=True):
    """Declarations about one feed, admitted: in the same order as rows and time, so that a replay gives the same verdicts."""

    feed: str
    declarations: list[Declaration]


class Recount(msgspec.Struct, array_like=True, tag="recount", frozen=True):
    """One feed counted anew from its sources, as `nhip replay` found it.

    `windows` (by start, ms) are the whole totals of those from `from_ms` up to, not including, `until_ms`; both are starts of windows.
    `ledger`, `heard_ms` and `changed_ms` are those of every row that was read. Taking it in twice changes nothing.
    """

    feed: str
    from_ms: int
    until_ms: int
    ledger: Ledger
    heard_ms: int | None
    changed_ms: int | None
    windows: dict[int, Window]


Message = Changes | Tick | Stated | Recount

encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Message).decode


def parts(changes: Changes, most_bytes: int) -> Iterator[bytes]:
    """Encode changes as records of at most `most_bytes` each, every feed's rows in order; a row that is larger stands alone."""
    value = encode(changes)
    halves = _halves(changes) if len(value) > most_bytes else ()
    if not halves:
        yield value
    for half in halves:
        yield from parts(half, most_bytes)


def _halves(changes: Changes) -> tuple[Changes, ...]:
    """Split by feeds, or the rows of the only one; nothing when there is nothing to split."""
    feeds = list(dict.fromkeys((*changes.rows, *changes.tables)))
    if len(feeds) == 1:
        halves = zip(_of_one(feeds[0], changes.rows), _of_one(feeds[0], changes.tables), strict=True)
    else:
        middle = (len(feeds) + 1) // 2
        sides = (frozenset(feeds[:middle]), frozenset(feeds[middle:]))
        halves = zip((_only(changes.rows, side) for side in sides), (_only(changes.tables, side) for side in sides), strict=True)
    found = tuple(Changes(changes.topic, changes.partition, rows, tables) for rows, tables in halves if rows or tables)
    return found if len(found) > 1 else ()


def _of_one(feed: str, rows: dict[str, list[T]]) -> tuple[dict[str, list[T]], dict[str, list[T]]]:
    some = rows.get(feed, [])
    middle = len(some) // 2
    first, second = some[:middle], some[middle:]
    return {feed: first} if first else {}, {feed: second} if second else {}


def _only(rows: dict[str, list[T]], feeds: frozenset[str]) -> dict[str, list[T]]:
    return {feed: some for feed, some in rows.items() if feed in feeds}


def partition_of(feed: str, partitions: int) -> int:
    """The partition of `nhip.changes` and of the state in which a feed lives."""
    return zlib.crc32(feed.encode()) % partitions
