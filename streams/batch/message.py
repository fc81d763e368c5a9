"""What travels from the consumer's thread to the agent: one partition's fetch as one message."""

from __future__ import annotations

from typing import Any, NamedTuple

from faust.types import TP, ConsumerMessage

from streams.batch.records import Record
from streams.batch.slots import Slot


class Fetch(NamedTuple):
    """The records of one partition from one poll, at least one, and the slot that accounts for them."""

    records: list[Record]
    slot: Slot


class BatchMessage(ConsumerMessage):  # type: ignore[misc]  # faust publishes no types
    """A message at the batch's last offset. Whether it is acked lives in the slot, so the records can be freed before."""

    slot: Slot | None = None

    @property
    def acked(self) -> bool:
        """Whether the agent is done with the batch."""
        return self.slot is not None and self.slot.acked

    @acked.setter
    def acked(self, flag: bool) -> None:
        if self.slot is not None:  # Faust's constructor sets it before there is a slot
            self.slot.acked = flag

    @classmethod
    def of(cls, tp: Any, fetch: Fetch, generation_id: int) -> BatchMessage:
        """Wrap one fetch; `generation_id` is the consumer's, by which Faust drops messages of a former assignment."""
        last = fetch.records[-1]
        message = cls(
            tp.topic,
            tp.partition,
            last.offset,
            last.timestamp / 1000.0,
            None,  # of the timestamp: whose clock it was is not kept
            headers=None,
            key=None,
            value=fetch.records,
            checksum=None,
            serialized_key_size=0,
            serialized_value_size=0,
            tp=TP(tp.topic, tp.partition),
            generation_id=generation_id,
        )
        message.slot = fetch.slot
        return message
