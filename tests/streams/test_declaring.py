"""DECLARE at its edge: what is admitted goes to its feed's partition, what is refused to quarantine, and only then the ack."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest

from expectations.freshness.declarations import Declaration, Kind
from streams import outlet
from streams.admin.entries import Entry, Place, entries
from streams.changes.wire import Stated, decode, partition_of
from streams.declarations.signing import Keys, encode, sign, unit_key
from streams.declaring import Declare
from streams.outlet import Outgoing
from streams.stats import Stats
from streams.topics import Names
from tests.streams.changes_province import TAN_NINH
from tests.streams.changes_province import catalogue as province
from tests.streams.feeds_scene import FEED, NOW, monthly

MASTER = "m" * 40
NAMES = Names.of("t")


class Record(NamedTuple):
    topic: str
    partition: int
    offset: int
    timestamp: int
    value: bytes | None


class Edge(outlet.Outlet):
    """A broker that writes down, or refuses; and the batch whose ack is written down beside it."""

    def __init__(self, *, refuses: bool = False) -> None:
        super().__init__(None)
        self.sent: list[Outgoing] = []
        self.done: list[str] = []
        self._refuses = refuses

    async def send(self, records: Iterable[Outgoing]) -> list[Any]:
        self.sent += records
        if self._refuses:
            raise ConnectionError
        self.done.append("sent")
        return []

    def batch(self, *values: bytes | None) -> Any:
        edge = self

        class Batch:
            value = tuple(Record(NAMES.declarations, 1, 7 + n, NOW, value) for n, value in enumerate(values))

            def ack(self) -> None:
                edge.done.append("ack")

        return Batch()


def signed(kind: str = "ack", **given: Any) -> bytes:
    declaration = Declaration(Kind(kind), FEED, TAN_NINH, NOW, "vì lý do", **given)
    return encode(sign(declaration, unit_key(MASTER, TAN_NINH)))


def declare(edge: Edge) -> Declare:
    return Declare(province((monthly(),)), Keys(MASTER), edge, NAMES, Stats(), partitions=4)


async def test_what_is_admitted_goes_to_the_partition_of_its_feed_and_then_the_batch_is_acked() -> None:
    edge = Edge()
    await declare(edge).work(edge.batch(signed(first="2025-08"), signed(first="2025-09")))
    (record,) = edge.sent
    message = decode(record.value)
    assert isinstance(message, Stated)
    assert (record.topic, record.partition, [d.first for d in message.declarations]) == (
        NAMES.changes,
        partition_of(FEED, 4),
        ["2025-08", "2025-09"],
    )
    assert edge.done == ["sent", "ack"]


async def test_what_is_refused_goes_to_quarantine_without_a_word_of_it() -> None:
    edge = Edge()
    forged = signed(first="2025-08").replace(b"v\xc3\xac l\xc3\xbd do", b"Nguyen Van A")
    await declare(edge).work(edge.batch(forged, signed(first="2025-08")))
    quarantined = [r for r in edge.sent if r.topic == NAMES.quarantine]
    (entry,) = entries(Place(NAMES.quarantine, 0, 0), NOW, quarantined[0].value)
    assert isinstance(entry, Entry)
    assert (entry.reason, str(entry.place), entry.timestamp_ms) == ("declaration_forged", f"{NAMES.declarations}/1/7", NOW)
    assert b"Nguyen" not in quarantined[0].value
    assert len(edge.sent) == 2, "the other one is not held up"


async def test_a_batch_that_the_broker_did_not_take_is_not_acked() -> None:
    edge = Edge(refuses=True)
    with pytest.raises(ConnectionError):
        await declare(edge).work(edge.batch(signed(first="2025-08")))
    assert edge.done == []
