"""WRITE POINTS at its edge: acked once the store has everything, and left alone once it is another worker's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pytest

from points.store import Refused
from points.writer import PointWriter
from streams.outlet import Outgoing
from streams.stats import Stats
from streams.topics import Names
from streams.writing import WritePoints


class Record(NamedTuple):
    value: bytes


class Batch:
    def __init__(self, *values: bytes) -> None:
        self.value = [Record(value) for value in values]
        self.acks = 0

    def ack(self) -> None:
        self.acks += 1


class Store:
    """Takes every line but those that say so."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def write(self, lines: Sequence[bytes]) -> list[Refused]:
        self.taken += [line for line in lines if line != b"refuse"]
        return [Refused(line, "as it asks") for line in lines if line == b"refuse"]

    def close(self) -> None:
        """Nothing is open."""


class Outlet:
    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    async def send(self, records: Iterable[Outgoing]) -> list[Any]:
        self.sent += records
        return []


class Worker:
    def __init__(self, *, ours: bool) -> None:
        self.store, self.outlet = Store(), Outlet()

        async def surely(_: object) -> bool:
            return ours

        writer: Any = PointWriter(self.store, lambda: 0)  # type: ignore[arg-type]  # what writing needs of a store
        outlet: Any = self.outlet
        self.points = WritePoints(writer, outlet, Names.of("t"), Stats(), ours=surely)


async def test_a_batch_is_acked_once_the_store_has_its_lines() -> None:
    worker, batch = Worker(ours=True), Batch(b"a\nb", b"c")
    await worker.points.work(batch)
    assert (worker.store.taken, batch.acks, worker.outlet.sent) == ([b"a", b"b", b"c"], 1, [])


async def test_a_batch_that_is_anothers_is_neither_written_nor_acked() -> None:
    worker, batch = Worker(ours=False), Batch(b"a")
    await worker.points.work(batch)
    assert (worker.store.taken, batch.acks) == ([], 0)


@pytest.mark.parametrize("value", [b"a\nrefuse", b"refuse"])
async def test_a_line_that_is_refused_goes_to_quarantine_and_the_rest_is_stored(value: bytes) -> None:
    worker, batch = Worker(ours=True), Batch(value)
    await worker.points.work(batch)
    assert (len(worker.outlet.sent), batch.acks, b"refuse" in worker.store.taken) == (1, 1, False)
