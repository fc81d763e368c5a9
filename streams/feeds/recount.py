"""Counting anew what was counted before: totals that replace, and a ledger that is joined. Pure.

See docs/decisions/0015-a-replay-replaces.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from expectations.freshness import ledger as ledgers
from expectations.freshness.schedule import Schedule
from expectations.quality.suite import SuiteState, merge
from streams.changes import wire
from streams.changes.wire import Changes, Recount
from streams.feeds.counting import Slot, count
from streams.feeds.state import FeedState

MOST_WINDOWS = 500_000
"""Windows of all feeds together: they are held until everything has been read."""


class RecountTooLarge(Exception):  # noqa: N818  says what is the case
    """There are more windows than can be held."""


class Recounting:
    """Counts rows by the same rules as OBSERVE, from nothing; `schedules` are those of the datasets that are counted.

    With `unit`, the feeds of others are passed over.
    """

    def __init__(self, schedules: Mapping[str, Schedule], from_ms: int, until_ms: int, window_ms: int, unit: str | None = None) -> None:
        self._schedules, self._window_ms, self._unit = schedules, window_ms, unit
        self._from_ms, self._until_ms = from_ms, until_ms
        self._states: dict[str, FeedState] = {}
        self._to_judge: dict[tuple[str, Slot], list[bytes]] = {}
        self.rows = 0
        self.windows = 0
        self.waiting = 0
        """Rows that no suite has seen yet."""

    @property
    def feeds(self) -> int:
        """How many feeds have been heard of."""
        return len(self._states)

    def add(self, changes: Changes) -> None:
        """Count the rows of one source batch; batches of a partition come in their order. Raises RecountTooLarge."""
        source = f"{changes.topic}/{changes.partition}"
        for feed, rows in changes.rows.items():
            unit, _, dataset = feed.partition("/")
            if dataset not in self._schedules or self._unit not in (None, unit):
                continue
            state = self._states.setdefault(feed, FeedState())
            before = len(state.windows)
            counted = count(state, self._schedules[dataset], source, rows, self._window_ms)
            self.rows += counted.rows
            self.windows += len(state.windows) - before
            for slot, bodies in counted.to_judge.items():
                if self._from_ms <= slot[0] < self._until_ms:
                    self._to_judge.setdefault((feed, slot), []).extend(bodies)
                    self.waiting += len(bodies)
        if self.windows > MOST_WINDOWS:
            raise RecountTooLarge

    def rows_to_judge(self) -> list[tuple[str, Slot, list[bytes]]]:
        """Take the rows that suites have not seen: feed, where they count, rows as JSON."""
        taken, self._to_judge, self.waiting = self._to_judge, {}, 0
        return [(feed, slot, rows) for (feed, slot), rows in taken.items()]

    def add_quality(self, feed: str, slot: Slot, found: SuiteState) -> None:
        """Add what a suite found in rows of one window."""
        window = self._states[feed].windows[slot[0]]
        window.quality = found if window.quality is None else merge(window.quality, found)

    def recounts(self, most_bytes: int) -> Iterator[tuple[str, bytes]]:
        """Each feed with its recount, encoded; in parts of at most `most_bytes` where its windows can be divided."""
        for feed, state in sorted(self._states.items()):
            windows = {start: window for start, window in state.windows.items() if self._from_ms <= start < self._until_ms}
            whole = Recount(feed, self._from_ms, self._until_ms, state.ledger, state.heard_ms, state.changed_ms, windows)
            yield from ((feed, part) for part in _parts(whole, most_bytes))


def _parts(recount: Recount, most_bytes: int) -> Iterator[bytes]:
    value = wire.encode(recount)
    starts = sorted(recount.windows)
    if len(value) <= most_bytes or len(starts) < 2:
        yield value
        return
    middle = len(starts) // 2
    for half in (starts[:middle], starts[middle:]):
        yield from _parts(msgspec.structs.replace(recount, windows={start: recount.windows[start] for start in half}), most_bytes)


def take_over(state: FeedState, schedule: Schedule, recount: Recount) -> None:
    """Take in what was counted anew: join the ledger, and close the windows whose whole totals are known now.

    Nothing is taken back: a period stays complete, an arrival heard. Doing it twice changes nothing.
    """
    before = state.ledger.latest_ms, state.ledger.base, state.ledger.done
    state.ledger = ledgers.merge(state.ledger, _more_than(state.ledger, recount.ledger), schedule)
    if (state.ledger.latest_ms, state.ledger.base, state.ledger.done) != before:
        state.covered_ms = _latest(state.covered_ms, recount.heard_ms)
    state.heard_ms = _latest(state.heard_ms, recount.heard_ms)
    state.changed_ms = _latest(state.changed_ms, recount.changed_ms)
    for start_ms in [start for start in state.windows if recount.from_ms <= start < recount.until_ms]:
        del state.windows[start_ms]
    state.open_from_ms = max(state.open_from_ms, recount.until_ms)


def _more_than(known: ledgers.Ledger, found: ledgers.Ledger) -> ledgers.Ledger:
    """What was found, with as many rows of each period as are not known yet: joining adds them, and the same rows were read twice."""
    entries = {period: _beyond(known.entries.get(period), entry) for period, entry in found.entries.items()}
    return msgspec.structs.replace(found, entries=entries)


def _beyond(known: ledgers.Entry | None, found: ledgers.Entry) -> ledgers.Entry:
    return msgspec.structs.replace(found, rows=max(0, found.rows - (known.rows if known else 0)))


def _latest(one: int | None, other: int | None) -> int | None:
    return max((at for at in (one, other) if at is not None), default=None)
