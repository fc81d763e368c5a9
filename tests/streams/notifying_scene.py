"""NOTIFY with channels that fail as often and as told, and a clock that goes on by every pause."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, NamedTuple

import msgspec
import pytest

from alerts.message import Message, Recipient
from alerts.transition import Transition, encode
from streams import clock
from streams.letters import Letters
from streams.notices import NoticeLog, decode_log
from streams.notifying import Notifier
from streams.operations import OPERATIONS, Report, encode_report
from streams.settings import load
from streams.stats import Stats
from streams.troubles import Kind, Trouble
from tests.streams.changes_province import NOW, TAN_NINH, catalogue
from tests.streams.feeds_scene import monthly

STALE = Transition(
    id="x",
    unit=TAN_NINH,
    dataset="bao-cao",
    old="fresh",
    new="stale",
    reason="silent",
    at_ms=NOW,
    noticed_ms=NOW,
    data_through="2024-12",
    expected_through="2025-09",
    periods_behind=9,
    holes=(),
    missing="2025-01",
    due_at_ms=NOW,
    deadline_ms=NOW,
    incident="2025-01",
    slices_seen=0,
    slices_expected=0,
)


class Folder:
    """A channel that keeps what it is given, after failing as often and as told."""

    name = "folder"
    unit, email = TAN_NINH, "a@b.vn"

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.sent: list[Message] = []

    def reaches(self, recipient: Recipient) -> bool:
        return recipient.unit == self.unit

    async def send(self, message: Message, recipient: Recipient) -> None:
        assert recipient.email == self.email
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)


class Record(NamedTuple):
    key: bytes
    value: bytes


class Batch:
    """A fetched batch of transitions."""

    def __init__(self, *transitions: Transition) -> None:
        self.value = [Record(t.unit.encode(), encode(t)) for t in transitions]
        self.acked = False

    def ack(self) -> None:
        self.acked = True


class Office:
    """A notifier with its table. The batch is its own at the first `ours_for` looks."""

    def __init__(self, *channels: Folder, stopping: bool = False, ours_for: int = 1_000) -> None:
        self.table: dict[bytes, bytes] = {}
        self.stats = Stats()
        letters = Letters(catalogue((monthly(),)), load())
        named = {f"{c.name}{n}": c for n, c in enumerate(channels)}
        self.looks = iter(range(ours_for))
        self.later: list[Coroutine[Any, Any, None]] = []
        self.notifier = Notifier(
            letters.compose,
            letters.compose_news,
            named,
            self.stats,
            stopping=lambda: stopping,
            spawn=self.later.append,
            ours=self.ours,
        )

    async def ours(self, _: object) -> bool:
        return next(self.looks, None) is not None

    async def work(self, *transitions: Transition) -> Batch:
        batch = Batch(*transitions)
        await self.notifier.work(batch, self.table)
        return batch

    @property
    def log(self) -> NoticeLog:
        return decode_log(self.table[TAN_NINH.encode()])


class Desk(Folder):
    """A channel that reaches operations alone."""

    unit, email = OPERATIONS, ""


async def report(office: Office, at_ms: int, *seen: Trouble) -> Batch:
    batch = Batch()
    batch.value = [Record(OPERATIONS.encode(), encode_report(Report("worker", at_ms, seen)))]
    await office.notifier.work(batch, office.table)
    return batch


def changed(**values: Any) -> Transition:
    return msgspec.structs.replace(STALE, **values)


AWAY = Trouble(Kind.STORE, "", NOW - 600_000)


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses, told instead of waited for: the clock goes on by each."""
    told: list[float] = []

    async def nap(seconds: float) -> None:
        told.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", nap)
    monkeypatch.setattr(clock, "monotonic_seconds", lambda: sum(told))
    return told
