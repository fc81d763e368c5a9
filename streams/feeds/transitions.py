"""A change of verdict becomes a record: old, new, why, when it happened and when it was noticed."""

from __future__ import annotations

from alerts.transition import Transition
from expectations.freshness.said import SILENCE
from expectations.freshness.verdict import BEHIND, Status, Verdict
from streams.feeds.state import FeedState

WORSE = {Status.FRESH: 0, Status.DUE: 1, Status.LATE: 2, Status.STALE: 3, Status.NEVER: 4}


def happened_ms(state: FeedState, old: Verdict | None, new: Verdict, now_ms: int) -> int:
    """When the status changed: the instant that the old verdict foresaw, else the arrival or declaration that changed it.

    Time alone makes nothing better: what eased a feed is an arrival or a declaration, also when the foreseen instant has passed meanwhile.
    Of arrivals those count that made a period complete: whichever others are in the same checkpoint, and whichever tick came last, the
    instant and so the transition's id is the same. ROUTE dates no arrival later than it read it.

    At first sight, and after a time when Nhịp could not tell, a feed is behind since the deadline that it missed.
    """
    judged = old is not None and old.status is not Status.UNKNOWN
    eased = old is not None and old.status in WORSE and new.status in WORSE and WORSE[new.status] < WORSE[old.status]
    if judged and not eased and old is not None and old.next_at_ms is not None and old.next_at_ms <= now_ms:
        return old.next_at_ms
    if not judged and new.status in BEHIND and new.deadline_ms is not None:
        return min(new.deadline_ms, now_ms)
    if new.status is Status.UNKNOWN:
        return now_ms
    told = [state.covered_ms or state.heard_ms or 0, *(min(one.made_ms, now_ms) for one in state.declarations.values())]
    return max(told) or now_ms


def is_held(verdict: Verdict) -> bool:
    """Whether the unit has promised the missing data by a day that has not passed: until then it is not told of them."""
    return verdict.said is not None and verdict.said.promised_ms is not None and not verdict.said.promise_broken


def transition(feed: str, state: FeedState, new: Verdict, now_ms: int) -> Transition | None:
    """The transition from the state's verdict to `new`; None when the status stays. The id is the same on every replay.

    A feed that is behind and whose promise is broken, revoked or void begins to be told of anew: its status stays, and yet it is one.
    """
    old = state.verdict
    reopened = old is not None and new.status in BEHIND and is_held(old) and not is_held(new)
    if old is not None and old.status == new.status and not reopened:
        return None
    said = new.said or SILENCE
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
        noticed_ms=max(now_ms, at_ms),  # the last tick may be older than what arrived since
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
        nil=said.nil,
        waived=said.waived,
        extended_until_ms=said.extended_until_ms,
        acknowledged_ms=said.acknowledged_ms,
        promised_ms=said.promised_ms,
        promise_broken=said.promise_broken,
    )
