"""Suites on the stream: rows of the example province through Great Expectations, into the points of their window."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, NamedTuple

import pytest

from expectations.catalogue.load import load
from streams import outlet, settings
from streams.changes.wire import Changes, Row, encode
from streams.feeds.observe import Observer
from streams.feeds.rules import Rules
from streams.observing import Session
from streams.outlet import Outgoing
from streams.stats import Stats
from streams.suites import Suites
from streams.topics import Names
from tests.streams.feeds_scene import HOUR_MS, NOW, lines, month

CATALOGUE = load(settings.load().catalogue)
DATASET = "lao-dong-viec-lam"
GOOD = {"id": 1, "ma_xa": "25486", "ky": "2025-09", "nhom_tuoi": "15-24", "luc_luong": 10, "co_viec_lam": 9, "that_nghiep": 1}
BAD = GOOD | {"luc_luong": -5}


class Where(NamedTuple):
    topic: str = "t.changes"
    partition: int = 0
    generation_id: int = 1


class Record(NamedTuple):
    topic: str
    offset: int
    value: bytes


class Batch:
    """Rows of feeds, as fetched from `changes`."""

    message = Where()

    def __init__(self, first: int, **rows_by_unit: list[dict[str, object]]) -> None:
        rows = {
            f"{unit[1:]}/{DATASET}": [
                Row(first + n, "c", NOW, NOW, month("2025-09"), after=json.dumps(body).encode()) for n, body in enumerate(bodies)
            ]
            for unit, bodies in rows_by_unit.items()
        }
        self.value = [Record("t.changes", first, encode(Changes("snv", 0, rows)))]

    def ack(self) -> None:
        """Nothing holds the offset here."""


class Table(dict[bytes, bytes]):
    """State in memory."""

    async def write(self, values: Mapping[bytes, bytes]) -> None:
        """Keep values."""
        self.update(values)


class Outlet(outlet.Outlet):
    def __init__(self) -> None:
        super().__init__(None)
        self.points: list[bytes] = []

    async def send(self, records: Iterable[Outgoing]) -> list[Any]:
        self.points = [line for r in records if r.topic == "t.points" for line in r.value.split(b"\n")]
        return []


class Stage:
    """A session with the real suites."""

    def __init__(self) -> None:
        self.suites = Suites(CATALOGUE)
        self.outlet = Outlet()

        def observer(_: int, bucket: Any) -> Observer:
            return Observer(CATALOGUE, Rules(partitions=1), 0, bucket, self.suites.checks)

        async def ours(_: Any) -> bool:
            return True

        self.session = Session(observer, Table(), self.outlet, Names.of("t"), Stats(), judge=self.suites.judge_many, ours=ours)

    async def unexpected(self, batch: Batch, check: str = "luc_luong.be_between") -> dict[str, tuple[str, str]]:
        """Evaluated and unexpected rows of one check by unit, as the points of the window tell them after `batch`."""
        await self.session.add(batch, idle=True)
        told = [line for line in lines(self.outlet.points, "quality") if f"check={check}" in line.head]
        assert {line.time_ms for line in told} <= {NOW // HOUR_MS * HOUR_MS}
        units = [next(tag for tag in line.head.split(",") if tag.startswith("unit="))[5:] for line in told]
        return {unit: (line.fields["evaluated"], line.fields["unexpected"]) for unit, line in zip(units, told, strict=True)}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    yield made
    made.suites.close()


async def test_each_feeds_own_rows_are_counted_though_all_were_judged_together(stage: Stage) -> None:
    told = await stage.unexpected(Batch(0, u25486=[GOOD, BAD, BAD], u25459=[GOOD]))
    assert told == {"25486": ("3i", "2i"), "25459": ("1i", "0i")}


async def test_a_windows_counts_add_up_over_checkpoints(stage: Stage) -> None:
    await stage.unexpected(Batch(0, u25486=[GOOD, BAD]))
    assert await stage.unexpected(Batch(2, u25486=[BAD])) == {"25486": ("3i", "2i")}


async def test_rows_that_were_counted_before_are_not_judged_again(stage: Stage) -> None:
    await stage.unexpected(Batch(0, u25486=[BAD]))
    assert await stage.unexpected(Batch(0, u25486=[BAD])) == {}
