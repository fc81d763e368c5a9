"""Rows into a feed's state: the hot path of OBSERVE. Pure but for the state that it is given."""

from __future__ import annotations

from collections.abc import Sequence

from expectations.freshness import ledger as ledgers
from expectations.freshness.schedule import Schedule
from streams.changes.refusals import REFUSED
from streams.changes.wire import Row
from streams.feeds.state import FeedState, Refused, Window

Slot = tuple[int, int | None]
"""Where a row's quality counts: its window's start (ms), and its period; a continuous feed has none."""


class Counted:
    """What one call of `count` did: whether coverage changed, the windows touched, and the rows to judge by slot."""

    __slots__ = ("covered", "rows", "to_judge", "windows")

    def __init__(self) -> None:
        self.covered = False
        self.rows = 0
        self.windows: set[int] = set()
        self.to_judge: dict[Slot, list[bytes]] = {}


def count(state: FeedState, schedule: Schedule, source: str, rows: Sequence[Row], window_ms: int) -> Counted:  # noqa: C901, PLR0912 - this runs once a row, and calls cost
    """Count the rows that have not been counted before.

    `source` is `topic/partition`; `rows` are in offset order. A row at or below the highest offset seen is a repeat and is skipped:
    right because every partition is read gaplessly from its committed offset.
    """
    done = Counted()
    seen = state.seen.get(source, -1)
    heard_ms = state.heard_ms or 0
    changed_ms = state.changed_ms or 0
    counted_ms = state.counted_ms or 0
    start, volume = -1, {}
    slot, bodies, has_periods = None, [], not schedule.continuous
    for row in rows:
        if row.offset <= seen:
            continue
        seen = row.offset
        done.rows += 1
        at_ms = row.heard_ms
        if at_ms > heard_ms:
            heard_ms = at_ms
        if row.changed_ms > changed_ms:
            changed_ms = row.changed_ms
        op = row.op
        if op in REFUSED:
            _refuse(state, row)
            continue
        if not start <= at_ms < start + window_ms or start < 0:
            start = max(at_ms - at_ms % window_ms, state.open_from_ms)
            volume = _window(state, start).volume
            done.windows.add(start)
        volume[op] = volume.get(op, 0) + 1
        if row.period is not None:
            if at_ms > counted_ms:
                counted_ms = at_ms
            if ledgers.count(state.ledger, schedule, row.period, row.key, row.slice, at_ms):
                done.covered = True
                if at_ms > (state.covered_ms or 0):
                    state.covered_ms = at_ms
        if row.after is not None:
            period = row.period if has_periods else None
            if slot is None or slot[0] != start or slot[1] != period:
                slot = start, period
                bodies = done.to_judge.setdefault(slot, [])
            bodies.append(row.after)
    if done.rows:
        state.seen[source] = seen
        state.heard_ms = heard_ms
        state.changed_ms = changed_ms or None
        state.counted_ms = counted_ms or None
    return done


def _refuse(state: FeedState, row: Row) -> None:
    """Remember that a row was set aside: it proves the feed alive and counts for nothing."""
    before = state.refused.get(row.op)
    rows, last_ms = (0, 0) if before is None else (before.rows, before.last_ms)
    state.refused[row.op] = Refused(rows + 1, max(last_ms, row.heard_ms))


def _window(state: FeedState, start_ms: int) -> Window:
    window = state.windows.get(start_ms)
    if window is None:
        window = state.windows[start_ms] = Window()
    return window


def close_windows(state: FeedState, watermark_ms: int | None, window_ms: int) -> None:
    """Let go of windows that ended at least one window before the watermark; a later row counts in the oldest window still open."""
    if watermark_ms is None:
        return
    horizon_ms = watermark_ms - watermark_ms % window_ms - window_ms
    for start_ms in [s for s in state.windows if s < horizon_ms]:
        del state.windows[start_ms]
        state.open_from_ms = max(state.open_from_ms, horizon_ms)
