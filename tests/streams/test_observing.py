"""OBSERVE at its edge: outputs, then state, then offsets; held back under load, at once when idle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pytest

from streams import observing, outlet
from streams.changes.wire import Message, encode
from streams.observing import BucketTooLarge, Session
from streams.outlet import Outgoing
from streams.stats import Stats
from streams.topics import Names
from tests.streams.feeds_scene import Scene, changes, months, row, tick


class Where(NamedTuple):
    topic: str
    partition: int
    generation_id: int


class Record(NamedTuple):
    topic: str
    offset: int
    value: bytes


class Worker:
    """A session with edges that write down what happens in which order, and that fail when told."""

    def __init__(self, fail_at: str = "") -> None:
        self.done: list[str] = []
        self.fail_at = fail_at
        self.lost_after = 1_000
        self.scene = Scene()
        self.stats = Stats()
        self.restart()

    def restart(self) -> None:
        def observer(*_: Any) -> Any:
            self.scene.restart()
            return self.scene.observer

        self.session = Session(observer, Table(self), Outlet(self), Names.of("t"), self.stats, judge=None, ours=self.ours)

    async def ours(self, _: Any) -> bool:
        return len(self.done) < self.lost_after

    def note(self, what: str) -> None:
        self.done.append(what)
        if self.fail_at == what:
            raise ConnectionError(what)

    async def add(self, *messages: Message, idle: bool = True, generation: int = 1) -> None:
        await self.session.add(Batch(self, messages, generation), idle=idle)


class Batch:
    def __init__(self, worker: Worker, messages: Iterable[Message], generation: int) -> None:
        self.message = Where("t.changes", 0, generation)
        self.value = [Record("t.changes", n, encode(m)) for n, m in enumerate(messages)]
        self._worker = worker

    def ack(self) -> None:
        self._worker.note("ack")


class Table(dict[bytes, bytes]):
    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self._worker = worker

    async def write(self, values: Mapping[bytes, bytes]) -> None:
        for key, value in values.items():
            self._worker.note("state")
            self._worker.scene.table[key] = value


class Outlet(outlet.Outlet):
    def __init__(self, worker: Worker) -> None:
        super().__init__(None)
        self._worker = worker
        self.sent: list[Outgoing] = []

    async def send(self, records: Iterable[Outgoing]) -> list[Any]:
        self.sent += records
        self._worker.note("outputs")
        return []


async def test_outputs_are_acknowledged_before_state_is_written_and_state_before_the_ack() -> None:
    worker = Worker()
    await worker.add(changes(row(0)), tick())
    assert worker.done == ["outputs", "state", "ack"]


@pytest.mark.parametrize(("fail_at", "done"), [("outputs", ["outputs"]), ("state", ["outputs", "state"])])
async def test_a_failure_leaves_everything_after_it_undone(fail_at: str, done: list[str]) -> None:
    worker = Worker(fail_at)
    with pytest.raises(ConnectionError):
        await worker.add(changes(row(0)), tick())
    assert worker.done == done


@pytest.mark.parametrize("fail_at", ["outputs", "state"])
async def test_a_batch_read_again_after_a_failure_gives_the_same_verdict(fail_at: str) -> None:
    worker = Worker(fail_at)
    batch = (changes(*months("2023-12", "2024-12")), tick())
    with pytest.raises(ConnectionError):
        await worker.add(*batch)
    worker.fail_at = ""
    worker.restart()
    await worker.add(*batch)
    whole = Scene()
    whole.after(*batch)
    assert worker.scene.verdict() == whole.verdict()


async def test_under_load_batches_are_held_back_until_one_checkpoint_releases_them_all() -> None:
    worker = Worker()
    await worker.add(changes(row(0)), idle=False)
    await worker.add(changes(row(1)), idle=False)
    assert worker.done == []
    await worker.add(changes(row(2)))
    assert worker.done == ["outputs", "state", "ack", "ack", "ack"]


@pytest.mark.parametrize(("batches", "checkpoints"), [(63, 0), (64, 1), (65, 1)])
async def test_no_more_than_64_batches_are_held_back(monkeypatch: pytest.MonkeyPatch, batches: int, checkpoints: int) -> None:
    """What a crash makes the next worker read again is bounded."""
    monkeypatch.setattr(observing, "SHORTEST_SECONDS", 1e9)
    worker = Worker()
    for n in range(batches):
        await worker.add(changes(row(n)), idle=False)
    assert worker.stats.totals["observe.checkpoints"] == checkpoints


async def test_a_new_generation_forgets_what_was_not_written_and_reads_it_again() -> None:
    worker = Worker()
    await worker.add(changes(row(0)), idle=False, generation=1)
    await worker.add(changes(row(0), row(1)), tick(), generation=2)
    assert worker.done == ["outputs", "state", "ack"]
    assert worker.stats.totals["observe.rows"] == 2


async def test_a_record_that_nhip_did_not_write_is_counted_and_the_rest_goes_on() -> None:
    worker = Worker()
    batch = Batch(worker, [changes(row(0)), tick()], 1)
    batch.value.insert(0, Record("t.changes", 0, b"not ours"))
    await worker.session.add(batch, idle=True)
    assert worker.stats.totals["observe.quarantined"] == 1
    assert worker.stats.totals["observe.rows"] == 1


async def test_a_bucket_that_kafka_would_not_take_stops_the_worker_before_the_ack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faust only logs a changelog record that could not be sent: the state would be lost at the next restart."""
    monkeypatch.setattr(observing, "MOST_BUCKET_BYTES", 10)
    worker = Worker()
    with pytest.raises(BucketTooLarge, match="NHIP_BUCKETS"):
        await worker.add(changes(row(0)), tick())
    assert "ack" not in worker.done


@pytest.mark.parametrize(("lost_after", "done"), [(0, []), (1, ["outputs"]), (2, ["outputs", "state", "ack"])])
async def test_what_went_to_another_worker_is_neither_sent_nor_written_nor_acked(lost_after: int, done: list[str]) -> None:
    """Its state would follow the newer one of whoever has the partition now, and stand for good."""
    worker = Worker()
    worker.lost_after = lost_after
    await worker.add(changes(row(0)), tick())
    assert worker.done == done


async def test_a_partition_that_comes_back_begins_with_what_was_written() -> None:
    worker = Worker()
    worker.lost_after = 0
    await worker.add(changes(row(0)), tick())
    worker.lost_after = 1_000
    await worker.add(changes(row(0), row(1)), tick())
    assert worker.done == ["outputs", "state", "ack"]
    assert worker.stats.totals["observe.rows"] == 2
