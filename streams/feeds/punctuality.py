"""How punctual a feed was: what its state remembers of it, and the points of a day. What adds up is written, shares are of the sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from expectations.catalogue.units import Dataset
from expectations.freshness.declared import Declared
from expectations.freshness.schedule import Schedule
from expectations.freshness.scores import IN_ORDER, WINDOWS, Change, Window, begins_ms, deliveries, timeliness, window
from expectations.freshness.verdict import BEHIND, Status
from points.table import PUNCTUALITY
from streams.feeds.state import FeedState

KEPT_MS = 100 * 86_400_000
"""How long changes are remembered: a quarter, and some days to write its last point in."""
MOST_CHANGES = 128


class Days:
    """The province's days. `over` says that one has ended since somebody last set it back; `midnight_ms` is when the last one did."""

    def __init__(self, zone: tzinfo) -> None:
        self.over, self.midnight_ms = False, 0
        self._zone = zone

    def pass_to(self, now_ms: int) -> None:
        """Let it be `now_ms`. At first a day has ended always: after a start its points are written again."""
        day = datetime.fromtimestamp(now_ms / 1000, self._zone)
        midnight_ms = int(day.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()) * 1000
        self.over |= midnight_ms > self.midnight_ms
        self.midnight_ms = max(midnight_ms, self.midnight_ms)


def noted(changes: Sequence[Change], at_ms: int, noticed_ms: int, status: Status) -> Sequence[Change]:
    """Return a feed's changes with a new one: in order, behind, or neither."""
    kind = Status.FRESH if status in IN_ORDER else Status.LATE if status in BEHIND else Status.UNKNOWN
    if changes and changes[-1].status is kind:
        return changes
    from_ms = begins_ms(changes[-1] if changes else None, at_ms, noticed_ms)
    gone = sum(change.at_ms < from_ms - KEPT_MS for change in changes)
    return [*changes[max(0, gone - 1) :], Change(from_ms, kind)][-MOST_CHANGES:]


def day_lines(
    feed: str, dataset: Dataset, schedule: Schedule, state: FeedState, declared: Declared, *, midnight_ms: int
) -> Iterator[bytes]:
    """The week, the month and the quarter of the day that ended at `midnight_ms`, as of then; nothing of what was not judged."""
    day = schedule.day_of(midnight_ms) - timedelta(days=1)
    unit, _, name = feed.partition("/")
    for over in WINDOWS:
        within: Window = window(schedule, over, day)
        found = timeliness(state.changes, within, midnight_ms)
        if unit not in dataset.suspended:
            found += deliveries(schedule, state.ledger, declared, within, midnight_ms)
        if found.in_order_ms or found.behind_ms or found.owed:
            yield PUNCTUALITY.line(
                {"unit": unit, "dataset": name, "department": dataset.owner, "over": over},
                {
                    "window": within.name,
                    "in_order_seconds": found.in_order_ms // 1000,
                    "behind_seconds": found.behind_ms // 1000,
                    "spells": found.spells,
                    "delay_seconds": found.delay_ms // 1000,
                    "owed": found.owed,
                    "complete": found.complete,
                },
                midnight_ms,
            )
