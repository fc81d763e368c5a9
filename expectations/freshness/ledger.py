"""What a feed has delivered, by period. Completeness is a semilattice: rows may come in any order and any number of times.

A period's evidence is a union (of its smallest row keys, of its slices), and it is complete for good once the union is enough.
Complete periods are one bit each. What else is remembered of them is evidence for people and is let go beyond the newest few.
See docs/decisions/0003-ledger-semilattice.md.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TypeVar

import msgspec

from expectations.freshness.periods import Cadence
from expectations.freshness.schedule import Schedule

KEPT = {Cadence.DAILY: 62, Cadence.WEEKLY: 27, Cadence.MONTHLY: 36, Cadence.QUARTERLY: 12, Cadence.YEARLY: 10}
"""Complete periods of which rows and arrivals are remembered, by cadence: the newest."""
MARKS = 1 << 17
"""Row keys and slices remembered of all incomplete periods of a feed together: what a hostile source can make it hold."""

Mark = TypeVar("Mark", int, str)


class Entry(msgspec.Struct, array_like=True):
    """One period. `rows` is a volume and counts repeats. `keys` and `slices` are sorted and empty once the period is complete."""

    rows: int
    first_heard_ms: int
    last_heard_ms: int
    complete: bool = False
    keys: list[int] = []
    slices: list[str] = []


class Ledger(msgspec.Struct, array_like=True):
    """All periods of a feed. Bit n of `done` (little endian) says that period `base + n` is complete.

    A continuous feed has no periods, only `latest_ms`: the latest instant its rows carry.
    """

    latest_ms: int | None = None
    base: int = 0
    done: bytes = b""
    entries: dict[int, Entry] = {}

    def is_complete(self, period: int) -> bool:
        """Return whether the period has ever had all that its contract asks for."""
        at = period - self.base
        return 0 <= at < len(self.done) * 8 and bool(self.done[at >> 3] >> (at & 7) & 1)


def count(  # noqa: PLR0917 - a row unpacked: this runs once a row, and names cost
    ledger: Ledger, schedule: Schedule, period: int, key: int, slice_: str | None, heard_ms: int
) -> bool:
    """Count one row of a period; return whether a period became complete (continuous: whether the data reach further)."""
    entry = ledger.entries.get(period)
    if entry is None or not entry.complete:
        return _count_towards(ledger, schedule, period, key, slice_, heard_ms)
    entry.rows += 1
    if heard_ms > entry.last_heard_ms:
        entry.last_heard_ms = heard_ms
    elif heard_ms < entry.first_heard_ms:
        entry.first_heard_ms = heard_ms
    return False


def _count_towards(  # noqa: PLR0917 - as count
    ledger: Ledger, schedule: Schedule, period: int, key: int, slice_: str | None, heard_ms: int
) -> bool:
    if not schedule.earliest <= period <= schedule.latest:
        return False
    if schedule.continuous:
        if ledger.latest_ms is not None and period <= ledger.latest_ms:
            return False
        ledger.latest_ms = period
        return True
    if ledger.is_complete(period):
        return False
    entry = ledger.entries.get(period) or _open(ledger, schedule, period, heard_ms)
    _hear(entry, 1, heard_ms, heard_ms)
    _mark(entry, schedule, key, slice_)
    return _settle(ledger, schedule, period, entry)


def merge(one: Ledger, other: Ledger, schedule: Schedule) -> Ledger:
    """Return what both have delivered together. Rows are added up; completeness is the same as of all rows in one ledger."""
    merged = Ledger(latest_ms=max((at for at in (one.latest_ms, other.latest_ms) if at is not None), default=None))
    base = min((ledger.base for ledger in (one, other) if ledger.done), default=0)
    _write(merged, base, _bits(one, base) | _bits(other, base))
    for ledger in (one, other):
        for period, entry in ledger.entries.items():
            _add(merged, schedule, period, entry)
    _let_go(merged, schedule)
    return merged


def data_through(ledger: Ledger, schedule: Schedule) -> int | None:
    """Return the last complete period such that it and every earlier required period is complete (continuous: `latest_ms`).

    While no required period is complete that is the last complete one before them; None when there is none.
    """
    if schedule.continuous:
        return ledger.latest_ms
    bits, first = _bits(ledger, ledger.base), schedule.first_required - ledger.base
    run = _ones(bits >> first) if first >= 0 else 0
    if run:
        return schedule.first_required + run - 1
    earlier = bits & ((1 << first) - 1) if first > 0 else 0
    return ledger.base + earlier.bit_length() - 1 if earlier else None


def holes(ledger: Ledger, schedule: Schedule, limit: int = 24) -> tuple[list[int], int]:
    """Return the incomplete required periods before the last complete one: the first `limit` of them, and how many there are."""
    first = schedule.first_required
    bits = _bits(ledger, first) if ledger.base >= first else _bits(ledger, ledger.base) >> (first - ledger.base)
    found: list[int] = []
    total = bits.bit_length() - bits.bit_count()
    rest, at = bits, first
    while len(found) < min(limit, total):
        run = _ones(rest)
        found.append(at + run)
        rest, at = rest >> (run + 1), at + run + 1
    return found, total


def _open(ledger: Ledger, schedule: Schedule, period: int, heard_ms: int) -> Entry:
    """Begin an incomplete period. When there are too many, forget the one that matters least: before the required, else the furthest."""
    entry = ledger.entries[period] = Entry(rows=0, first_heard_ms=heard_ms, last_heard_ms=heard_ms, keys=[], slices=[])
    terms = schedule.terms
    most = max(64, MARKS // (terms.min_rows + len(terms.slices)))
    if len(ledger.entries) > most + KEPT[terms.cadence]:
        partial = [period for period, other in ledger.entries.items() if not other.complete]
        oldest = min(partial)
        del ledger.entries[oldest if oldest < schedule.first_required else max(partial)]
    return entry


def _hear(entry: Entry, rows: int, first_ms: int, last_ms: int) -> None:
    """Add to a period's volume and arrivals."""
    entry.rows += rows
    entry.first_heard_ms = min(entry.first_heard_ms, first_ms)
    entry.last_heard_ms = max(entry.last_heard_ms, last_ms)


def _mark(entry: Entry, schedule: Schedule, key: int, slice_: str | None) -> None:
    """Add a row to a period's evidence."""
    terms = schedule.terms
    if terms.min_rows > 1:
        _insert(entry.keys, key)
        # As many smallest keys as are asked for: enough to know, and the same whatever the order.
        del entry.keys[terms.min_rows :]
    if slice_ is not None and slice_ in terms.slices:
        _insert(entry.slices, slice_)


def _settle(ledger: Ledger, schedule: Schedule, period: int, entry: Entry) -> bool:
    """Close a period whose evidence is enough."""
    terms = schedule.terms
    if (terms.min_rows > 1 and len(entry.keys) < terms.min_rows) or len(entry.slices) < schedule.slices_needed:
        return False
    _close(entry)
    base = min(ledger.base, period) if ledger.done else period
    _write(ledger, base, _bits(ledger, base) | 1 << (period - base))
    _let_go(ledger, schedule)
    return True


def _add(merged: Ledger, schedule: Schedule, period: int, entry: Entry) -> None:
    mine = merged.entries.get(period) or _open(merged, schedule, period, entry.first_heard_ms)
    _hear(mine, entry.rows, entry.first_heard_ms, entry.last_heard_ms)
    if merged.is_complete(period):
        _close(mine)
        return
    for slice_ in entry.slices:
        _insert(mine.slices, slice_)
    for key in entry.keys:
        _insert(mine.keys, key)
    del mine.keys[schedule.terms.min_rows :]
    _settle(merged, schedule, period, mine)


def _close(entry: Entry) -> None:
    entry.complete, entry.keys, entry.slices = True, [], []


def _let_go(ledger: Ledger, schedule: Schedule) -> None:
    kept = KEPT[schedule.terms.cadence]
    if len(ledger.entries) > kept:
        complete = sorted(period for period, entry in ledger.entries.items() if entry.complete)
        for period in complete[:-kept]:
            del ledger.entries[period]


def _insert(marks: list[Mark], mark: Mark) -> None:
    """Insert into a sorted list what it does not hold."""
    at = bisect_left(marks, mark)
    if at == len(marks) or marks[at] != mark:
        marks.insert(at, mark)


def _bits(ledger: Ledger, base: int) -> int:
    """Return the complete periods as the bits of a number that begins at `base`, which is not after the ledger's."""
    return int.from_bytes(ledger.done, "little") << (ledger.base - base) if ledger.done else 0


def _write(ledger: Ledger, base: int, bits: int) -> None:
    ledger.base = base
    ledger.done = bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def _ones(bits: int) -> int:
    """Return how many of the lowest bits are set without a gap."""
    return (~bits & (bits + 1)).bit_length() - 1
