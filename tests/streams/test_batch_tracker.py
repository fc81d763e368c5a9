"""The seam's bookkeeping, without Kafka: what may be shown to an agent, and what may be committed."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

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


@dataclass
class Held:
    slot: Slot
    offsets: list[int]


@dataclass
class Pipe:
    """What was fetched and did not reach the agent yet; dropping an item drops its last reference, as Faust does."""

    items: list[Held] = field(default_factory=list)


class LossyRoad(RuleBasedStateMachine):
    """A broker with holes of its own, a road that drops batches, an agent that acks in any order and falls over."""

    @initialize(present=st.lists(st.booleans(), min_size=12, max_size=30))
    def start(self, present: list[bool]) -> None:
        self.log = [offset for offset, there in enumerate(present) if there]
        self.end = len(present)
        self.tracker = positioned()
        self.position = self.committed = self.next = 0
        self.rewind_asked = False
        self.pipe, self.held = Pipe(), list[Held]()
        self.acked = set[int]()

    def between(self, begin: int, end: int) -> list[int]:
        return [offset for offset in self.log if begin <= offset < end]

    @rule(count=st.integers(1, 3))
    def fetch(self, count: int) -> None:
        taken = self.between(self.position, self.end)[:count]
        rest = self.between(taken[-1] + 1 if taken else self.position, self.end)
        self.position = taken[-1] + 1 if rest else self.end  # a broker's trailing markers are skipped
        if taken:
            self.pipe.items.append(Held(self.tracker.fetched(TP, taken[0], self.position), taken))

    @precondition(lambda self: self.pipe.items)
    @rule(at=st.integers(0, 9))
    def drop(self, at: int) -> None:
        del self.pipe.items[at % len(self.pipe.items)]

    @precondition(lambda self: self.pipe.items)
    @rule()
    def deliver(self) -> None:
        item = self.pipe.items.pop(0)
        admission = self.tracker.admit(TP, item.slot)
        if admission is Admission.ADMITTED:
            assert item.offsets == self.between(self.next, item.slot.end), "the agent sees every record, in order, once a session"
            self.next = item.slot.end
            self.held.append(item)
        self.rewind_asked |= admission is Admission.HOLE

    @precondition(lambda self: self.held)
    @rule(at=st.integers(0, 9))
    def ack(self, at: int) -> None:
        item = self.held[at % len(self.held)]
        item.slot.acked = True
        self.acked.update(item.offsets)

    @rule()
    def commit(self) -> None:
        self.rewind_asked |= bool(self.tracker.lost_tails())
        released = self.tracker.release(TP)
        self.committed = self.committed if released is None else released

    @precondition(lambda self: self.rewind_asked)
    @rule()
    def rewind(self) -> None:
        self.rewind_asked = False
        offset = self.tracker.rewind(TP)
        if offset is not None:
            assert offset == self.next
            self.position = offset

    @rule()
    def agent_raises(self) -> None:
        unacked = [item for item in self.held if self.tracker.holds(TP, item.slot) and not item.slot.acked]
        if self.tracker.redeliver(TP):
            self.rewind_asked, self.next = True, unacked[0].slot.begin
        self.held = []

    @rule(queue_is_cleared=st.booleans())
    def rebalance(self, queue_is_cleared: bool) -> None:
        self.tracker.position(TP, self.committed)
        self.position = self.next = self.committed
        if queue_is_cleared:
            self.pipe.items.clear()

    @invariant()
    def committed_offset_never_passes_a_record_not_acked(self) -> None:
        assert set(self.between(0, self.committed)) <= self.acked

    def teardown(self) -> None:
        for _ in range(3 * self.end + 9 if hasattr(self, "end") else 0):
            while self.pipe.items:
                self.deliver()
            for at in range(len(self.held)):
                self.ack(at)
            self.commit()
            if self.rewind_asked:
                self.rewind()
            self.fetch(3)
        if hasattr(self, "log"):
            assert set(self.log) == self.acked, "left alone, everything arrives"


LossyRoad.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
test_a_lossy_road_loses_nothing_and_commits_nothing_early = LossyRoad.TestCase
