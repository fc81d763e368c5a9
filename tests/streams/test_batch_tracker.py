"""The seam's bookkeeping, without Kafka: what may be shown to an agent, and what may be committed."""

from __future__ import annotations

import pytest

from streams.batch.slots import Admission, Partition, Slot
from streams.batch.tracker import Tracker

TP = Partition("topic", 0)


class Event:
    pass


def positioned(offset: int = 0) -> Tracker:
    tracker = Tracker()
    tracker.position(TP, offset)
    return tracker


def admitted(tracker: Tracker, *ends: int, first: int = 0) -> list[Slot]:
    """Fetch and admit consecutive batches with these ends."""
    slots = []
    for end in ends:
        slots.append(tracker.fetched(TP, first, end))
        assert tracker.admit(TP, slots[-1]) is Admission.ADMITTED
        first = end
    return slots


@pytest.mark.parametrize(
    ("acked", "committed"),
    [
        pytest.param([], None, id="nothing acked"),
        pytest.param([1], None, id="only the second: the head holds the commit back"),
        pytest.param([1, 2], None, id="all but the head"),
        pytest.param([0], 10, id="only the head"),
        pytest.param([0, 2], 10, id="head and third: not past the second"),
        pytest.param([2, 1, 0], 30, id="all, backwards"),
    ],
)
def test_commit_never_passes_a_batch_that_is_not_acked(acked: list[int], committed: int | None) -> None:
    tracker = positioned()
    slots = admitted(tracker, 10, 20, 30)
    for index in acked:
        slots[index].acked = True
    assert tracker.release(TP) == committed


@pytest.mark.parametrize(
    ("acked", "settled"),
    [
        pytest.param([], 0, id="nothing acked"),
        pytest.param([1], 0, id="only the second"),
        pytest.param([0], 10, id="only the head"),
        pytest.param([0, 1], 20, id="both: up to what was fetched"),
    ],
)
def test_settled_is_the_offset_below_which_everything_is_acked(acked: list[int], settled: int) -> None:
    tracker = positioned()
    slots = admitted(tracker, 10, 20)
    for index in acked:
        slots[index].acked = True
    assert tracker.settled(TP) == settled


def test_settled_is_unknown_for_a_partition_that_is_not_ours() -> None:
    assert Tracker().settled(TP) is None


def test_an_offset_is_released_once() -> None:
    tracker = positioned()
    (slot,) = admitted(tracker, 10)
    slot.acked = True
    assert [tracker.release(TP), tracker.release(TP)] == [10, None]


def test_a_gap_inside_a_fetch_is_the_brokers_own_and_is_accepted_at_once() -> None:
    tracker = positioned(10)
    compacted = tracker.fetched(TP, first=25, end=30)
    assert tracker.admit(TP, compacted) is Admission.ADMITTED
    assert (compacted.begin, tracker.counters.gaps_accepted, tracker.counters.rewinds) == (10, 1, 0)


@pytest.mark.parametrize(("first", "gaps"), [(10, 0), (11, 1)], ids=["starts where expected", "starts one later"])
def test_a_gap_is_counted_only_when_an_offset_is_missing(first: int, gaps: int) -> None:
    tracker = positioned(10)
    tracker.fetched(TP, first, 20)
    assert tracker.counters.gaps_accepted == gaps


def test_markers_at_the_end_of_a_fetch_are_committed_with_it() -> None:
    tracker = positioned()
    slot = tracker.fetched(TP, first=0, end=12)  # the last record was 9; 10 and 11 are markers
    tracker.admit(TP, slot)
    slot.acked = True
    assert tracker.release(TP) == 12


def test_a_batch_behind_a_dropped_one_is_not_admitted_and_the_dropped_one_is_asked_for() -> None:
    tracker = positioned()
    tracker.fetched(TP, 0, 10)  # dropped on its way
    behind = tracker.fetched(TP, 10, 20)
    assert tracker.admit(TP, behind) is Admission.HOLE
    assert tracker.rewind(TP) == 0
    admitted(tracker, 10, 20)


def test_batches_of_a_broken_session_are_refused_without_asking_again() -> None:
    tracker = positioned()
    tracker.fetched(TP, 0, 10)
    behind, further = tracker.fetched(TP, 10, 20), tracker.fetched(TP, 20, 30)
    assert [tracker.admit(TP, behind), tracker.admit(TP, further)] == [Admission.HOLE, Admission.STALE]
    tracker.rewind(TP)
    assert tracker.admit(TP, further) is Admission.STALE
    assert tracker.counters.rewinds == 1


def test_a_rewind_keeps_what_is_in_flight_and_its_acks() -> None:
    tracker = positioned()
    (slot,) = admitted(tracker, 10)
    tracker.fetched(TP, 10, 20)
    tracker.admit(TP, tracker.fetched(TP, 20, 30))
    assert tracker.rewind(TP) == 10
    slot.acked = True
    assert tracker.release(TP) == 10


def test_a_rewind_that_comes_after_a_rebalance_does_nothing() -> None:
    tracker = positioned()
    tracker.fetched(TP, 0, 10)
    tracker.admit(TP, tracker.fetched(TP, 10, 20))
    tracker.position(TP, 5)
    assert tracker.rewind(TP) is None
    admitted(tracker, 10, first=5)


def test_a_last_batch_that_vanished_is_noticed_once() -> None:
    tracker = positioned()
    tracker.fetched(TP, 0, 10)
    assert [tracker.lost_tails(), tracker.lost_tails()] == [[TP], []]
    assert tracker.rewind(TP) == 0


def test_a_last_batch_is_lost_with_the_event_that_carried_it_though_others_keep_its_slot() -> None:
    tracker, event = positioned(), Event()
    slot = tracker.fetched(TP, 0, 10)
    slot.carried_by(event)
    assert tracker.lost_tails() == []
    del event
    assert tracker.lost_tails() == [TP]


def test_a_last_batch_that_waits_for_the_agent_is_not_lost() -> None:
    tracker = positioned()
    waiting = tracker.fetched(TP, 0, 10)
    assert tracker.lost_tails() == []
    tracker.admit(TP, waiting)
    del waiting
    assert tracker.lost_tails() == []


def test_a_batch_of_a_partition_that_is_not_positioned_is_refused() -> None:
    tracker = Tracker()
    early = tracker.fetched(TP, 0, 10)
    assert tracker.admit(TP, early) is Admission.STALE
    tracker.position(TP, 0)
    assert tracker.admit(TP, early) is Admission.STALE
    assert tracker.counters.batches_refused == 2


def test_an_ack_after_the_partition_was_taken_away_commits_nothing() -> None:
    tracker = positioned()
    (slot,) = admitted(tracker, 10)
    assert tracker.holds(TP, slot)
    tracker.forget(TP)
    slot.acked = True
    assert not tracker.holds(TP, slot)
    assert tracker.release(TP) is None


def test_an_agent_that_starts_again_gets_everything_from_the_first_batch_not_acked() -> None:
    tracker = positioned()
    first, _second, third = admitted(tracker, 10, 20, 30)
    first.acked = third.acked = True
    assert tracker.redeliver(TP)
    assert tracker.rewind(TP) == 10
    assert tracker.release(TP) == 10
    admitted(tracker, 20, 30, first=10)


@pytest.mark.parametrize("acked", [False, True], ids=["nothing in flight", "all acked"])
def test_an_agent_that_starts_again_with_nothing_open_causes_no_rewind(acked: bool) -> None:
    tracker = positioned()
    if acked:
        admitted(tracker, 10)[0].acked = True
    assert not tracker.redeliver(TP)
    assert tracker.rewind(TP) is None


def test_a_log_that_was_cut_behind_us_is_read_from_where_it_now_begins() -> None:
    tracker = positioned()
    admitted(tracker, 100)
    cut = tracker.fetched(TP, first=40, end=50)
    assert tracker.admit(TP, cut) is Admission.ADMITTED
