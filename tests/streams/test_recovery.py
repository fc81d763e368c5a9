"""A Kafka that is away makes recovery begin anew; it neither ends it nor the worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import faust
import pytest
from aiokafka import errors
from faust.tables.manager import TableManager
from faust.tables.recovery import RebalanceAgain, Recovery, ServiceStopped

from streams import recovery
from streams.recovery import PatientTables

SOON_SECONDS = 0.02
Step = Callable[[], Coroutine[Any, Any, None]]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "AGAIN_SECONDS", SOON_SECONDS)


async def never() -> None:
    await asyncio.Event().wait()


async def done() -> None:
    pass


def failing(error: Exception) -> Step:
    async def fail() -> None:
        raise error

    return fail


def recovery_of(tables: type[TableManager] = PatientTables) -> Recovery:
    return faust.App("recovers", TableManager=tables, store="memory://").tables.recovery


@pytest.mark.parametrize(
    "step",
    [never, failing(errors.KafkaTimeoutError()), failing(errors.NodeNotReadyError()), failing(errors.KafkaConnectionError())],
    ids=["no answer in time", "time-out", "not ready", "connection lost"],
)
async def test_recovery_begins_anew_after(step: Step) -> None:
    recovers = recovery_of()
    with pytest.raises(RebalanceAgain):
        await recovers._wait(step(), timeout=SOON_SECONDS)
    assert recovers.signal_recovery_start.is_set()


@pytest.mark.parametrize("error", [errors.TopicAuthorizationFailedError("feeds"), errors.IllegalStateError(), ValueError()], ids=repr)
async def test_it_does_not_after_what_no_time_mends(error: Exception) -> None:
    recovers = recovery_of()
    with pytest.raises(type(error)):
        await recovers._wait(failing(error)(), timeout=SOON_SECONDS)
    assert not recovers.signal_recovery_start.is_set()


async def test_it_does_not_when_the_worker_stops() -> None:
    recovers = recovery_of()
    recovers._stopped.set()
    with pytest.raises(ServiceStopped):
        await recovers._wait(never())
    assert not recovers.signal_recovery_start.is_set()


async def test_it_does_not_after_a_step_that_was_done() -> None:
    recovers = recovery_of()
    await recovers._wait(done(), timeout=1)
    assert not recovers.signal_recovery_start.is_set()


async def test_a_rebalance_makes_it_begin_anew_as_ever() -> None:
    recovers = recovery_of()
    recovers.signal_recovery_start.set()
    with pytest.raises(RebalanceAgain):
        await recovers._wait(never())


async def test_faust_alone_takes_silence_for_the_end() -> None:
    """When this fails, it has been mended there, and ours can go."""
    with pytest.raises(ServiceStopped):
        await recovery_of(TableManager)._wait(never(), timeout=SOON_SECONDS)
