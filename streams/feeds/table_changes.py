"""Changes of feeds' tables between checkpoints: what is still to be judged, and which tables have changed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from expectations.quality.suite import Check, SuiteState
from streams.changes.table_row import TableRow
from streams.feeds.quality_lines import table_lines
from streams.feeds.state import FeedState
from streams.feeds.table_state import Change, Part, TableSlot, take

NOTHING = Change([], [])


class TableChanges:
    """The tables of one partition's feeds."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], Change] = {}
        self.feeds: set[str] = set()
        """Those whose table has changed since the last checkpoint."""

    def take(self, feed: str, state: FeedState, source: str, rows: Sequence[TableRow]) -> None:
        """Let rows enter and leave; `source` is `topic/partition`, `rows` are in offset order."""
        part = state.table.setdefault(source, Part())
        self._waiting[feed, source] = take(part, rows, self._waiting.get((feed, source), NOTHING))
        self.feeds.add(feed)

    def rows_to_judge(self) -> list[tuple[str, TableSlot, list[bytes]]]:
        """Take the rows that suites have not seen: those that entered a table before those that left it."""
        taken, self._waiting = self._waiting, {}
        found = []
        for (feed, source), change in taken.items():
            sides = ((change.entered, False), (change.left, True))
            found += [(feed, TableSlot(source, left), rows) for rows, left in sides if rows]
        return found

    def lines(self, feed: str, state: FeedState, checks: Sequence[Check], time_ms: int, *, again: bool) -> Iterator[bytes]:
        """Points of a table that has changed, or is told of `again`."""
        if state.table and (again or feed in self.feeds):
            yield from table_lines(feed, state, checks, time_ms)

    def add(self, state: FeedState, slot: TableSlot, found: SuiteState) -> None:
        """Take in what a suite found in rows of one side."""
        state.table[slot.source].add(found, left=slot.left)
