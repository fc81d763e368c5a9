"""A change of verdict becomes a record: old, new, why, when it happened and when it was noticed."""

from __future__ import annotations

from alerts.transition import Transition
from expectations.freshness.verdict import BEHIND, Status, Verdict
from streams.feeds.state import FeedState


def happened_ms(state: FeedState, old: Verdict | None, new: Verdict, now_ms: int) -> int:
    """When the status changed: the instant that the old verdict foresaw, else the arrival that changed it. Never later than now.

    At first sight, and after a time when Nhịp could not tell, a feed is behind since the deadline that it missed.
    """
    judged = old is not None and old.status is not Status.UNKNOWN
    if judged and old is not None and old.next_at_ms is not None and old.next_at_ms <= now_ms:
        return old.next_at_ms
    if not judged and new.status in BEHIND and new.deadline_ms is not None:
        return min(new.deadline_ms, now_ms)
    if new.status is Status.UNKNOWN:
        return now_ms
    return min(state.heard_ms or now_ms, now_ms)


def transition(feed: str, state: FeedState, new: Verdict, now_ms: int) -> Transition | None:
    """The transition from the state's verdict to `new`; None when the status stays. The id is the same on every replay."""
    old = state.verdict
    if old is not None and old.status == new.status:
        return None
    at_ms = happened_ms(state, old, new, now_ms)
    unit, dataset = feed.split("/", 1)
    return Transition(
        id=f"{feed}@{at_ms}:{new.status}",
        unit=unit,
        dataset=dataset,
        old=None if old is None else str(old.status),
        new=str(new.status),
        reason=str(new.reason),
        at_ms=at_ms,
        noticed_ms=now_ms,
        data_through=new.data_through,
        expected_through=new.expected_through,
        periods_behind=new.periods_behind,
        holes=new.holes,
        missing=new.missing,
        due_at_ms=new.due_at_ms,
        deadline_ms=new.deadline_ms,
        incident=new.incident,
        slices_seen=new.slices_seen,
        slices_expected=new.slices_expected,
        hole_count=new.hole_count,
    )
