"""What is known of the rows that are in a feed's table now: of each source partition the rows that entered less those that left. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

import msgspec

from expectations.quality.suite import SuiteState, merge, without
from streams.changes.table_row import TableRow

UNKNOWN_ROW = "unknown_row"
NO_SNAPSHOT = "no_snapshot"
READING = "reading"


class Change(msgspec.Struct, frozen=True):
    """Rows to judge, as JSON: those that entered the table and those that left it."""

    entered: list[bytes]
    left: list[bytes]


class TableSlot(msgspec.Struct, frozen=True):
    """Where rows of a table count: their source partition (`topic/partition`), and on which side."""

    source: str
    left: bool


class Part(msgspec.Struct, array_like=True):
    """The rows of one source partition.

    `snapshot` is the one that it began with, heard of at `begun_ms`; 0 when none was read. `first_ms` is when the first row came since.
    `lost` says why it is not known what is in it, until another snapshot begins. `seen` is the highest offset counted.
    """

    seen: int = -1
    snapshot: int = 0
    begun_ms: int = 0
    first_ms: int = 0
    lost: str = ""
    state: SuiteState = msgspec.field(default_factory=SuiteState)

    def begin(self, snapshot: int, now_ms: int) -> None:
        """Forget what a snapshot replaces."""
        self.snapshot, self.begun_ms, self.first_ms, self.lost, self.state = snapshot, now_ms, 0, "", SuiteState()

    def lose(self, why: str) -> None:
        """It is not known any more what is in the table."""
        self.lost, self.state = why, SuiteState()

    def add(self, found: SuiteState, *, left: bool) -> None:
        """Take in what was found in rows that entered or left; those that entered come first."""
        if self.lost:
            return
        after = without(self.state, found) if left else merge(self.state, found)
        if after is None:
            self.lose(UNKNOWN_ROW)
        else:
            self.state = after


def take(part: Part, rows: Sequence[TableRow], before: Change) -> Change:
    """Let rows enter and leave; returns those still to be judged, with those of `before` unless a snapshot or a loss ended them.

    A row at or below the highest offset seen is a repeat and is skipped. A row of a snapshot that is not the part's own begins it anew.
    """
    entered, left = list(before.entered), list(before.left)
    for row in rows:
        if row.offset <= part.seen:
            continue
        part.seen = row.offset
        if row.snapshot and row.snapshot != part.snapshot:
            part.begin(row.snapshot, row.heard_ms)
            entered, left = [], []
        if row.lost:
            part.lose(row.lost)
            entered, left = [], []
        if part.lost:
            continue
        if row.entered is not None:
            part.first_ms = part.first_ms or row.heard_ms
            entered.append(row.entered)
        if row.left is not None:
            left.append(row.left)
    return Change(entered, left)


def together(parts: Mapping[str, Part]) -> SuiteState | str:
    """The table of all source partitions; or why it is not known: a reason of `Part.lost`, NO_SNAPSHOT or READING.

    A partition that holds rows from before the newest snapshot of its topic has not been read up to it, or nothing of it was in the
    snapshot: its rows may be gone.
    """
    lost = next((part.lost for part in parts.values() if part.lost), "")
    if lost:
        return lost
    by_topic = _by_topic(parts)
    for some in by_topic.values():
        newest = max(some, key=_begun_ms)
        if not newest.snapshot:
            return NO_SNAPSHOT
        if any(_is_older(part, newest) for part in some):
            return READING
    return reduce(merge, (part.state for part in parts.values()), SuiteState()) if by_topic else NO_SNAPSHOT


def _is_older(part: Part, newest: Part) -> bool:
    return part.state.rows > 0 and part.snapshot != newest.snapshot and part.first_ms <= newest.begun_ms


def _begun_ms(part: Part) -> int:
    return part.begun_ms


def _by_topic(parts: Mapping[str, Part]) -> Mapping[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for source, part in parts.items():
        found.setdefault(source.rpartition("/")[0], []).append(part)
    return found
