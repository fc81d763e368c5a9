"""Which offsets were fetched, given to the agent and acked, partition by partition. Pure: knows no Kafka and no clock.

A *session* is an unbroken run of fetches from one position. Within a session every batch covers the offsets from the end of
the batch before it, so whatever offsets are missing inside its cover are the broker's own (compaction, transaction markers):
nobody has to ask again. Two things can go wrong and both show at once: a batch whose cover begins after what the agent was
given last (one in between was dropped), and a last batch that no longer exists though the agent never saw it.
"""

from __future__ import annotations

import threading
import weakref
from collections import deque

from streams.batch.slots import Admission, Counters, Partition, Slot


class _Run:
    """One partition's session."""

    __slots__ = ("broken", "covered", "expected", "in_flight", "newest", "session")

    def __init__(self, session: int, position: int, in_flight: deque[Slot]) -> None:
        self.session = session
        self.expected = position  # the next offset that the agent must see
        self.covered = position  # the next offset that a fetch brings
        self.in_flight = in_flight  # admitted, not yet released, in order
        self.newest: weakref.ref[Slot] | None = None
        self.broken = False  # a rewind is on its way

    def tail_is_lost(self) -> bool:
        """Whether the last batch fetched vanished on its way to the agent."""
        last = self.newest() if self.newest else None
        return self.covered > self.expected and (last is None or last.dropped) and not self.broken


class Tracker:
    """The bookkeeping of all partitions. Fetches are noted by the consumer's thread, the rest by the main one."""

    def __init__(self) -> None:
        self.counters = Counters()
        self._runs: dict[Partition, _Run] = {}
        self._sessions = 0
        self._lock = threading.Lock()

    def position(self, tp: Partition, offset: int) -> None:
        """Start anew at an offset: what was fetched, given out or acked before no longer counts."""
        with self._lock:
            self._start(tp, offset, deque())

    def forget(self, tp: Partition) -> None:
        """Drop a partition that is no longer ours; its batches are stale from now on."""
        with self._lock:
            self._runs.pop(tp, None)

    def partitions(self) -> list[Partition]:
        """Return the partitions that are ours and positioned."""
        with self._lock:
            return list(self._runs)

    def settled(self, tp: Partition) -> int | None:
        """Return the offset below which the agent has acked everything; None for a partition that is not ours."""
        with self._lock:
            run = self._runs.get(tp)
            return None if run is None else next((slot.begin for slot in run.in_flight if not slot.acked), run.expected)

    def fetched(self, tp: Partition, first: int, end: int) -> Slot:
        """Note a fetch of records from `first` up to the position `end`; return the slot that its batch carries."""
        with self._lock:
            run = self._runs.get(tp)
            if run is None:
                return Slot(first, end, session=0)
            if first < run.covered:  # the log was cut behind us, or somebody sought back
                run = self._start(tp, first, deque())
            self.counters.gaps_accepted += first > run.covered
            slot = Slot(run.covered, end, run.session)
            run.covered, run.newest = end, weakref.ref(slot)
            return slot

    def admit(self, tp: Partition, slot: Slot) -> Admission:
        """Whether the agent may see this batch now; if so it is in flight until it is acked."""
        with self._lock:
            run = self._runs.get(tp)
            if run is None or run.session != slot.session or run.broken:
                self.counters.batches_refused += 1
                return Admission.STALE
            if slot.begin != run.expected:
                run.broken = True
                return Admission.HOLE
            run.in_flight.append(slot)
            run.expected = slot.end
            self.counters.batches_admitted += 1
            return Admission.ADMITTED

    def lost_tails(self) -> list[Partition]:
        """Return the partitions whose last fetched batch vanished with nothing behind it; each is told once."""
        with self._lock:
            lost = [tp for tp, run in self._runs.items() if run.tail_is_lost()]
            for tp in lost:
                self._runs[tp].broken = True
            return lost

    def redeliver(self, tp: Partition) -> bool:
        """Take back what is in flight from the first batch not acked; return whether that needs a rewind."""
        with self._lock:
            run = self._runs.get(tp)
            unacked = next((slot for slot in run.in_flight if not slot.acked), None) if run else None
            if run is None or unacked is None:
                return False
            while run.in_flight[-1] is not unacked:
                run.in_flight.pop()
            run.in_flight.pop()
            run.expected, run.broken = unacked.begin, True
            self.counters.redeliveries += 1
            return True

    def rewind(self, tp: Partition) -> int | None:
        """Start a new session where the agent must go on and return that offset; None if the broken one is already over."""
        with self._lock:
            run = self._runs.get(tp)
            if run is None or not run.broken:
                return None
            self.counters.rewinds += 1
            return self._start(tp, run.expected, run.in_flight).expected

    def release(self, tp: Partition) -> int | None:
        """Let go of the acked batches at the head and return the offset to commit, None if the head is not acked."""
        with self._lock:
            run, offset = self._runs.get(tp), None
            while run and run.in_flight and run.in_flight[0].acked:
                offset = run.in_flight.popleft().end
            return offset

    def holds(self, tp: Partition, slot: Slot) -> bool:
        """Whether an ack of this batch would still count."""
        with self._lock:
            run = self._runs.get(tp)
            return run is not None and slot in run.in_flight

    def _start(self, tp: Partition, offset: int, in_flight: deque[Slot]) -> _Run:
        self._sessions += 1
        run = self._runs[tp] = _Run(self._sessions, offset, in_flight)
        return run
