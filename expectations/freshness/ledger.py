"""What a feed has delivered, by period. Completeness is a semilattice: rows may come in any order and any number of times.

A period's evidence is a union (of its smallest row keys, of its slices), and it is complete for good once the union is enough.
Complete periods are one bit each. What else is remembered of them is evidence for people and is let go beyond the newest few.
See docs/decisions/0003-ledger-semilattice.md.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TypeVar

import msgspec

from expectations.freshness import usual
from expectations.freshness.periods import Cadence
from expectations.freshness.schedule import Schedule

KEPT = {
    Cadence.DAILY: 35,
    Cadence.WORKING_DAILY: 35,
    Cadence.WEEKLY: 27,
    Cadence.TEN_DAILY: 37,
    Cadence.MONTHLY: 36,
    Cadence.QUARTERLY: 12,
    Cadence.HALF_YEARLY: 10,
    Cadence.YEARLY: 10,
}
"""Complete periods of which rows and arrivals are remembered, by cadence: the newest."""
NO_KEY = -1
"""The key of a row that counts for its slice and its volume only."""
MARKS = 1 << 17
"""Row keys and slices remembered of all incomplete periods of a feed together: what a hostile source can make it hold."""

Mark = TypeVar("Mark", int, str)


class Entry(msgspec.Struct, array_like=True):
    """One period. `rows` is a volume and counts repeats. `keys` and `slices` are sorted, and empty once the period is complete.

    Only where the usual volume is asked for are keys kept, and counted on.
    """

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
    """Count one row of a period; return whether a period became complete (continuous: whether the data reach further).

    Where the usual volume is asked for: whether a complete period came to hold more.
    """
    entry = ledger.entries.get(period)
    if entry is None or not entry.complete:
        return _count_towards(ledger, schedule, period, key, slice_, heard_ms)
    entry.rows += 1
    if heard_ms > entry.last_heard_ms:
        entry.last_heard_ms = heard_ms
    elif heard_ms < entry.first_heard_ms:
        entry.first_heard_ms = heard_ms
    return schedule.terms.usual_share > 0 and _mark_key(entry, schedule, key)


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
    first = schedule.first_required
    bits = _bits_from(ledger, schedule)
    run = _ones(bits | schedule.days_off(bits.bit_length()))
    if run:
        # Days off at the end of the run reach no further than the last day that is there.
        return first + (bits & ((1 << run) - 1)).bit_length() - 1
    before = first - ledger.base
    earlier = _bits(ledger, ledger.base) & ((1 << before) - 1) if before > 0 else 0
    return ledger.base + earlier.bit_length() - 1 if earlier else None


def holes(ledger: Ledger, schedule: Schedule, limit: int = 24) -> tuple[list[int], int]:
    """Return the incomplete required periods before the last complete one: the first `limit` of them, and how many there are."""
    first = schedule.first_required
    bits = _bits_from(ledger, schedule)
    bits |= schedule.days_off(bits.bit_length()) & ((1 << bits.bit_length()) - 1)
    found: list[int] = []
    total = bits.bit_length() - bits.bit_count()
    rest, at = bits, first
    while len(found) < min(limit, total):
        run = _ones(rest)
        found.append(at + run)
        rest, at = rest >> (run + 1), at + run + 1
    return found, total


def has(ledger: Ledger, schedule: Schedule, period: int) -> bool:
    """Return whether a period is complete, its usual volume included where that is asked for."""
    if not ledger.is_complete(period):
        return False
    share, entries = schedule.terms.usual_share, ledger.entries
    return not share or period not in entries or not usual.is_thin(entries, period, share, schedule.keys_kept)


def rows_of(ledger: Ledger, schedule: Schedule, period: int) -> tuple[int, int]:
    """Return how many different rows a period has (as far as that is remembered) and needs; (0, 0) where one row is enough."""
    entry, terms = ledger.entries.get(period), schedule.terms
    if not schedule.keys_kept:
        return 0, 0
    wanted = usual.needed(ledger.entries, period, terms.usual_share, schedule.keys_kept) if terms.usual_share else 0
    return usual.distinct(entry, schedule.keys_kept) if entry else 0, max(terms.min_rows, wanted)


def _open(ledger: Ledger, schedule: Schedule, period: int, heard_ms: int) -> Entry:
    """Begin an incomplete period. When there are too many, forget the one that matters least: before the required, else the furthest."""
    entry = ledger.entries[period] = Entry(rows=0, first_heard_ms=heard_ms, last_heard_ms=heard_ms, keys=[], slices=[])
    terms = schedule.terms
    most = max(64, MARKS // (max(terms.min_rows, schedule.keys_kept) + len(terms.slices)))
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
    if schedule.keys_kept:
        _mark_key(entry, schedule, key)
    if slice_ is not None and slice_ in terms.slices:
        _insert(entry.slices, slice_)


def _mark_key(entry: Entry, schedule: Schedule, key: int) -> bool:
    """Add a row's key to a period's; return whether that changed them."""
    keys, kept = entry.keys, schedule.keys_kept
    if key == NO_KEY or (len(keys) == kept and key > keys[-1]):
        return False
    before = len(keys)
    _insert(keys, key)
    # As many smallest keys as are asked for: enough to know, and the same whatever the order.
    del keys[kept:]
    return len(keys) > before or before == kept


def _settle(ledger: Ledger, schedule: Schedule, period: int, entry: Entry) -> bool:
    """Close a period whose evidence is enough."""
    terms = schedule.terms
    if (terms.min_rows > 1 and len(entry.keys) < terms.min_rows) or len(entry.slices) < schedule.slices_needed:
        return False
    _close(entry, schedule)
    base = min(ledger.base, period) if ledger.done else period
    _write(ledger, base, _bits(ledger, base) | 1 << (period - base))
    _let_go(ledger, schedule)
    return True


def _add(merged: Ledger, schedule: Schedule, period: int, entry: Entry) -> None:
    mine = merged.entries.get(period) or _open(merged, schedule, period, entry.first_heard_ms)
    _hear(mine, entry.rows, entry.first_heard_ms, entry.last_heard_ms)
    if schedule.keys_kept:
        for key in entry.keys:
            _mark_key(mine, schedule, key)
    if merged.is_complete(period):
        _close(mine, schedule)
        return
    for slice_ in entry.slices:
        _insert(mine.slices, slice_)
    _settle(merged, schedule, period, mine)


def _close(entry: Entry, schedule: Schedule) -> None:
    entry.complete, entry.slices = True, []
    if not schedule.terms.usual_share:
        entry.keys = []


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


def _bits_from(ledger: Ledger, schedule: Schedule) -> int:
    """Return the complete periods from the first required one on, wherever the ledger's begin; without those that are thin."""
    first = schedule.first_required
    bits = _bits(ledger, first) if ledger.base >= first else _bits(ledger, ledger.base) >> (first - ledger.base)
    share = schedule.terms.usual_share
    if share:
        for period, entry in ledger.entries.items():
            if period >= first and entry.complete and not has(ledger, schedule, period):
                bits &= ~(1 << (period - first))
    return bits


def _write(ledger: Ledger, base: int, bits: int) -> None:
    ledger.base = base
    ledger.done = bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def _ones(bits: int) -> int:
    """Return how many of the lowest bits are set without a gap."""
    return (~bits & (bits + 1)).bit_length() - 1
