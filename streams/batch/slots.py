"""The values of the bookkeeping: a partition, a batch's slot, what to do with a batch, and the counters."""

from __future__ import annotations

import weakref
from enum import Enum
from typing import NamedTuple

import msgspec


class Partition(NamedTuple):
    """A topic's partition; equal to Faust's and aiokafka's own."""

    topic: str
    partition: int


class Counters(msgspec.Struct):
    """What happened since the worker started."""

    batches_admitted: int = 0
    batches_refused: int = 0  # from a session that is over; they are fetched again
    gaps_accepted: int = 0  # offsets that the broker itself no longer has, or never showed
    rewinds: int = 0  # batches that vanished before the agent saw them, and were asked for again
    redeliveries: int = 0  # agents that started again with batches not acked


class Slot:
    """One batch's offsets: ``begin`` is included, ``end`` is the offset to commit once it is acked."""

    __slots__ = ("__weakref__", "_carrier", "acked", "begin", "end", "session")

    def __init__(self, begin: int, end: int, session: int) -> None:
        self.begin = begin
        self.end = end
        self.session = session
        self.acked = False
        self._carrier: weakref.ref[object] | None = None

    def carried_by(self, event: object) -> None:
        """Note what brings the batch to the agent: if that is gone before the agent saw it, the batch was dropped."""
        self._carrier = weakref.ref(event)

    @property
    def dropped(self) -> bool:
        """Whether nothing is left that could bring it to the agent."""
        return self._carrier is not None and self._carrier() is None


class Admission(Enum):
    """What to do with a batch that reached the agent."""

    ADMITTED = "admitted"
    STALE = "stale"  # another fetch brings it again, or it is no longer ours
    HOLE = "hole"  # one before it was dropped: rewind
