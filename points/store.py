"""What every store of points does, and the three ways in which it can fail.

StoreError
├── StoreUnavailable     try again later, not before `retry_after_seconds` when the store said so
└── StoreMisconfigured   somebody has to mend a setting; try again slowly and say so

A line that no retry can help is no error: `write` returns it as Refused and stores the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from points.measurement import Value

LONGEST_REASON = 200
MOST_LINES = 5_000
MOST_BYTES = 1_000_000
NO_TAGS: Mapping[str, str] = {}


class Refused(msgspec.Struct, frozen=True):
    """A line that the store will never take, and why: names only, never a value of the line."""

    line: bytes
    reason: str


class Point(msgspec.Struct, frozen=True):
    """One point as stored."""

    measurement: str
    tags: dict[str, str]
    fields: dict[str, Value]
    time_ms: int


class StoreError(Exception):
    """A store could not do what was asked. The message says what to do."""


class StoreUnavailable(StoreError):  # noqa: N818  named by what the caller does
    """The store is out of reach or overloaded: the same lines may be written later."""

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class StoreMisconfigured(StoreError):  # noqa: N818  named by what the caller does
    """Address, name or right is wrong: nothing can be written before somebody mends it."""


class PointStore(Protocol):
    """Where points are kept. Calls block; `write` belongs into one thread, `read` and `latest` may come from any."""

    def write(self, lines: Sequence[bytes]) -> list[Refused]:
        """Store lines of line protocol (ms precision, one point each) durably; return those never to be stored.

        A point with the tags and time of a stored one replaces its fields, field by field; of two in `lines` the later
        stands. Raise StoreError when the store cannot tell: then any part of `lines` may be stored, and all may be
        written again.
        """
        ...

    def read(self, measurement: str, where: Mapping[str, str] = NO_TAGS) -> list[Point]:
        """Points whose tags have the values of `where`, by series and then by time. Raise StoreError."""
        ...

    def latest(self, measurement: str, where: Mapping[str, str] = NO_TAGS) -> list[Point]:
        """The newest point of every series whose tags have the values of `where`. Raise StoreError."""
        ...

    def ping(self) -> None:
        """Return when the store would take points now; raise StoreError when not."""
        ...

    def close(self) -> None:
        """Let go of connections and files. A closed store is not used again."""
        ...


def requests(lines: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Cut lines into requests of bounded count and size, in order; a single line is never cut."""
    start = size = 0
    for i, line in enumerate(lines):
        size += len(line) + 1
        if i > start and (i - start >= MOST_LINES or size > MOST_BYTES):
            yield lines[start:i]
            start, size = i, len(line) + 1
    if start < len(lines):
        yield lines[start:]


def shortened(reason: str) -> str:
    """A reason on one line of bounded length."""
    text = " ".join(reason.split())
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"
