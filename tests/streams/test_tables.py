"""A table's writes are durable when `write` returns; and its disk knows what it does not know."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import faust
import pytest
from faust.streams import _current_event

from streams.tables import DurableTable

CHANGELOG = faust.types.TP("t-feeds-changelog", 0)


class Sent(asyncio.Future[Any]):
    """A change on its way to the changelog."""

    message = SimpleNamespace(partition=0)


class Changelog:
    """The changelog's topic, which acknowledges when told."""

    topics = (CHANGELOG.topic,)

    def __init__(self) -> None:
        self.sent: list[tuple[Sent, Any]] = []

    def send_soon(self, **change: Any) -> Sent:
        self.sent.append((Sent(), change["callback"]))
        return self.sent[-1][0]

    def acknowledge(self, offset: int) -> None:
        """The oldest change that is not acknowledged got this offset."""
        sent, callback = self.sent.pop(0)
        sent.set_result(SimpleNamespace(topic_partition=CHANGELOG, offset=offset))
        callback(sent)


@pytest.fixture
async def table(tmp_path: Path) -> Any:
    app = faust.App("t", store="rocksdb://", datadir=str(tmp_path), Table=DurableTable)
    made = app.Table("feeds", partitions=1, key_type=bytes, value_type=bytes)
    made.changelog_topic = Changelog()
    made._verify_source_topic_partitions = lambda _: None
    return made


@pytest.fixture(autouse=True)
def within_an_agent() -> Iterator[None]:
    event = SimpleNamespace(message=SimpleNamespace(partition=0, topic="t.changes"))
    token = _current_event.set(lambda: event)  # faust keeps a weak reference
    yield
    _current_event.reset(token)


async def test_a_write_returns_when_the_changelog_has_all_of_it_and_not_before(table: Any) -> None:
    writing = asyncio.create_task(table.write({b"1": b"a", b"2": b"b"}))
    await asyncio.sleep(0)
    table.changelog_topic.acknowledge(0)
    await asyncio.sleep(0)
    assert not writing.done()
    table.changelog_topic.acknowledge(1)
    await writing
    assert (table[b"1"], table[b"2"]) == (b"a", b"b")


async def test_a_write_that_kafka_refuses_raises(table: Any) -> None:
    writing = asyncio.create_task(table.write({b"1": b"a"}))
    await asyncio.sleep(0)
    table.changelog_topic.sent[0][0].set_exception(ConnectionError("refused"))
    with pytest.raises(ConnectionError):
        await writing


@pytest.mark.parametrize(("offset", "known"), [(10, 10), (9, 9), (8, 9), (11, 9), (15, 9)])
async def test_the_disk_moves_on_over_the_next_record_only(table: Any, offset: int, known: int) -> None:
    """Between its own and what it knew another worker wrote: that has to be read when the partition comes back."""
    table.data.set_persisted_offset(CHANGELOG, 9)
    writing = asyncio.create_task(table.write({b"1": b"a"}))
    await asyncio.sleep(0)
    table.changelog_topic.acknowledge(offset)
    await writing
    assert table.data.persisted_offset(CHANGELOG) == known


@pytest.mark.parametrize(("offset", "known"), [(0, 0), (1, None)])
async def test_an_empty_disk_knows_the_first_record_only_when_it_is_the_first(table: Any, offset: int, known: int | None) -> None:
    writing = asyncio.create_task(table.write({b"1": b"a"}))
    await asyncio.sleep(0)
    table.changelog_topic.acknowledge(offset)
    await writing
    assert table.data.persisted_offset(CHANGELOG) == known
