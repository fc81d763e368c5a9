"""The seam's bookkeeping on a lossy road: whatever is dropped on the way, nothing is lost and nothing is committed early."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from streams.batch.slots import Admission, Partition, Slot
from streams.batch.tracker import Tracker

TP = Partition("topic", 0)


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
        self.tracker = Tracker()
        self.tracker.position(TP, 0)
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
