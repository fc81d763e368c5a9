"""What passes through `nhip.changes`: rows by feed, and ticks. MessagePack arrays, because every byte is read by Python."""

from __future__ import annotations

import zlib

import msgspec


class Row(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One change event of a feed, reduced to what OBSERVE needs.

    `op` is Debezium's letter (c u d r t m) or `h` for a heartbeat. `period` is an ordinal under the dataset's cadence, or
    epoch milliseconds when it is continuous; None when the row says nothing about a period (d, t, m, h). `key` identifies the
    source row (0 when the contract does not count rows). `after` is the row as JSON, only when a suite will judge it.
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


Message = Changes | Tick

encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Message).decode


def partition_of(feed: str, partitions: int) -> int:
    """The partition of `nhip.changes` and of the state in which a feed lives."""
    return zlib.crc32(feed.encode()) % partitions
