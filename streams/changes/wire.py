"""What passes through `nhip.changes`: rows by feed, ticks, recounts. MessagePack arrays, because every byte is read by Python."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import msgspec

from expectations.freshness.ledger import Ledger
from streams.feeds.state import Window


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
    """Rows of one source batch for one target partition, by feed id, in offset order."""

    topic: str
    partition: int
    rows: dict[str, list[Row]]


class Tick(msgspec.Struct, array_like=True, tag="tick", frozen=True):
    """The time, and per source topic up to which instant (ms) each partition has been read; -1 where this worker cannot tell."""

    now_ms: int
    read_through_ms: dict[str, list[int]]


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


Message = Changes | Tick | Recount

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
    feeds = list(changes.rows.items())
    if len(feeds) == 1:
        ((feed, rows),) = feeds
        feeds = [(feed, rows[: len(rows) // 2]), (feed, rows[len(rows) // 2 :])] if len(rows) > 1 else []
    middle = (len(feeds) + 1) // 2
    return tuple(Changes(changes.topic, changes.partition, dict(half)) for half in (feeds[:middle], feeds[middle:]) if half)


def partition_of(feed: str, partitions: int) -> int:
    """The partition of `nhip.changes` and of the state in which a feed lives."""
    return zlib.crc32(feed.encode()) % partitions
