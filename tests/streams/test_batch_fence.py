"""Who may have been replaced does nothing that others could see until the coordinator answers."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from streams import clock
from streams.batch.consumer import BatchConsumer
from streams.batch.stream import surely_ours
from streams.batch.thread import BatchConsumerThread

SESSION_SECONDS = 6.0


class Worker:
    """A consumer's view of the group, under a clock that the test tells."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds, self.held, self.ends = 0.0, True, False
        monkeypatch.setattr(clock, "monotonic_seconds", lambda: self.seconds)
        self.thread: Any = object.__new__(BatchConsumerThread)
        self.thread._heard_seconds = 0.0

    def holds(self, _: object) -> bool:
        return self.held

    @property
    def may_be_replaced(self) -> bool:
        app = SimpleNamespace(conf=SimpleNamespace(broker_session_timeout=SESSION_SECONDS))
        read: Any = BatchConsumer.may_be_replaced.fget  # type: ignore[attr-defined]
        return bool(read(SimpleNamespace(app=app, _thread=self.thread)))

    async def asked(self) -> asyncio.Task[bool]:
        """Ask whether a batch is surely ours, and let the question be looked into."""
        app = SimpleNamespace(consumer=self, should_stop=self.ends)
        asked = asyncio.create_task(surely_ours(SimpleNamespace(app=app, message=None)))
        await asyncio.sleep(0)
        return asked


@pytest.mark.parametrize(("silent_seconds", "replaced"), [(0.0, False), (5.9, False), (6.0, True), (3_600.0, True)])
def test_a_worker_may_be_replaced_once_the_session_time_out_has_passed(
    monkeypatch: pytest.MonkeyPatch, silent_seconds: float, replaced: bool
) -> None:
    worker = Worker(monkeypatch)
    worker.seconds = silent_seconds
    assert worker.may_be_replaced is replaced


async def test_a_slow_checkpoint_within_the_time_out_goes_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(monkeypatch)
    worker.seconds = 5.9
    asked = await worker.asked()
    assert asked.done()
    assert await asked


async def test_a_worker_that_slept_waits_and_goes_on_when_it_is_still_a_member(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(monkeypatch)
    worker.seconds = 60.0
    asked = await worker.asked()
    assert not asked.done()
    worker.thread.heard_of(60.0)
    assert await asked


async def test_a_worker_that_slept_gives_up_when_its_partition_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(monkeypatch)
    worker.seconds = 60.0
    asked = await worker.asked()
    worker.held = False
    assert not await asked


def test_an_older_sign_does_not_hide_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(monkeypatch)
    worker.seconds = 20.0
    worker.thread.heard_of(19.0)
    worker.thread.heard_of(3.0)
    assert worker.thread.silent_seconds() == 1.0


async def test_a_worker_that_is_to_end_leaves_what_may_be_anothers_and_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(monkeypatch)
    worker.seconds, worker.ends = 6.0, True
    assert not await asyncio.wait_for(await worker.asked(), 5)


async def test_a_worker_that_is_to_end_finishes_what_is_surely_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(monkeypatch)
    worker.seconds, worker.ends = 5.9, True
    assert await asyncio.wait_for(await worker.asked(), 5)
