"""What stands in the quarantine topic: newline-joined JSON objects, read back as entries. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec


class Place(msgspec.Struct, frozen=True, order=True):
    """A record's coordinates, written TOPIC/PARTITION/OFFSET."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


class Entry(msgspec.Struct, frozen=True):
    """One thing that was set aside: where it stands in the quarantine topic and since when, where it came from, why.

    `source` is None for a refused point, which came from no record; `timestamp_ms` is the source record's, None without one.
    `excerpt` is masked JSON text, or the refused line.
    """

    at: Place
    set_aside_ms: int
    reason: str
    detail: str
    excerpt: str
    source: Place | None = None
    timestamp_ms: int | None = None

    @property
    def place(self) -> Place:
        """What names it: the source record, or else its own record in the quarantine topic."""
        return self.source or self.at


class Unreadable(msgspec.Struct, frozen=True):
    """A line that Nhịp did not write."""

    at: Place
    set_aside_ms: int


class _Line(msgspec.Struct):
    """One JSON object as ROUTE (a source record) or WRITE POINTS (a refused line) writes it."""

    reason: str
    detail: str = ""
    topic: str | None = None
    partition: int = 0
    offset: int = 0
    timestamp_ms: int | None = None
    excerpt: str = ""
    line: str | None = None


_line = msgspec.json.Decoder(_Line).decode


def entries(at: Place, set_aside_ms: int, value: bytes | None) -> Iterator[Entry | Unreadable]:
    """Read one record of the quarantine topic, in its own order; a line that is none of ours is told, never raised."""
    for line in (value or b"").split(b"\n"):
        if not line:
            continue
        try:
            yield _entry(at, set_aside_ms, _line(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield Unreadable(at, set_aside_ms)


def _entry(at: Place, set_aside_ms: int, told: _Line) -> Entry:
    source = Place(told.topic, told.partition, told.offset) if told.topic is not None else None
    excerpt = told.excerpt if told.line is None else told.line
    return Entry(at, set_aside_ms, told.reason, told.detail, excerpt, source, told.timestamp_ms)


class Wanted(msgspec.Struct, frozen=True):
    """Which entries are asked for; None asks for all. `since_ms` is compared with when an entry was set aside and is included."""

    reason: str | None = None
    topic: str | None = None
    since_ms: int | None = None

    def takes(self, entry: Entry) -> bool:
        """Whether an entry is asked for."""
        return (
            (self.reason is None or entry.reason == self.reason)
            and (self.topic is None or entry.place.topic == self.topic)
            and (self.since_ms is None or entry.set_aside_ms >= self.since_ms)
        )


def parse_place(text: str) -> Place:
    """Read TOPIC/PARTITION/OFFSET. Raises ValueError saying what is allowed."""
    topic, _, rest = text.partition("/")
    partition, _, offset = rest.partition("/")
    if not (topic and partition.isascii() and partition.isdigit() and offset.isascii() and offset.isdigit()):
        raise ValueError(f"{text!r} is no record: write TOPIC/PARTITION/OFFSET, as `nhip quarantine list` shows them")
    return Place(topic, int(partition), int(offset))


def as_json(entry: Entry) -> dict[str, Any]:
    """One entry as `nhip quarantine list --json` writes it; times are added by who knows the zone."""
    return {
        "place": str(entry.place),
        "topic": entry.place.topic,
        "partition": entry.place.partition,
        "offset": entry.place.offset,
        "set_aside_ms": entry.set_aside_ms,
        "timestamp_ms": entry.timestamp_ms,
        "reason": entry.reason,
        "detail": entry.detail,
        "excerpt": entry.excerpt,
        "at": str(entry.at),
    }
