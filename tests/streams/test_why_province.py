"""`nhip why` on every kind of trouble of the made-up province: both languages, nothing left open, and what the unit shall do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import pytest
from aiohttp.test_utils import TestClient, TestServer

from alerts.forms import period
from expectations.catalogue.load import Catalogue
from streams.board.site import make_app
from streams.board.view import BoardView
from streams.changes.route import Router
from streams.changes.wire import Message, Tick
from streams.cli.why import explain
from streams.feeds.observe import Observer
from streams.feeds.rules import Rules
from streams.offline import Fetched
from streams.province.history import History, history_of
from streams.province.kinds import KINDS
from streams.province.rows import PARTITIONS, Record, records
from streams.province.trial import KNOWS, sitting_of
from streams.province.truth import Trouble
from tests.streams.province_scene import DAY_MS, TICK_MS, catalogue_of, whole_world

OPEN = re.compile(r"\{|\}|None|_ms\b|null")


class Played(NamedTuple):
    history: History
    records: Sequence[Record]
    catalogue: Catalogue


@cache
def played() -> Played:
    history = history_of(whole_world(), KNOWS)
    return Played(history, list(records(history)), catalogue_of(history.world))


def trouble_of(kind: str) -> Trouble:
    """One that befell a feed, a continuous one as little as possible: it has no periods to name."""
    found = [t for t in played().history.truth.troubles if t.kind == kind and t.feed]
    return min(found, key=lambda trouble: trouble.feed.endswith(("ho-tich", "quan-trac-moi-truong")))


def when(trouble: Trouble) -> int:
    """Six hours after the deadline, a day after the declaration, or in the middle of it all."""
    if trouble.accuse:
        return trouble.accuse[0].from_ms + TICK_MS
    world = played().history.world
    return trouble.declared[0].at_ms + DAY_MS if trouble.declared else (world.start_ms + world.end_ms) // 2


async def told(trouble: Trouble, lang: str) -> list[str]:
    """What is printed of a feed, read from its own topic up to an instant."""
    of, at_ms = played(), when(trouble)
    topic = next(feed.topic for feed in of.history.world.feeds if feed.id == trouble.feed)
    router, observer = Router(of.catalogue, 1, suites=False), Observer(of.catalogue, Rules(partitions=1), 0, lambda _: None)
    mine = [
        Fetched(r.topic, r.partition, r.offset, r.timestamp_ms, r.key, r.value)
        for r in of.records
        if r.topic == topic and r.read_ms <= at_ms
    ]
    messages: list[Message] = []
    for partition in range(PARTITIONS):
        messages += router.route(topic, [r for r in mine if r.partition == partition], at_ms).messages.values()
    messages += [s for s in sitting_of(of.history, TICK_MS).stated if s.feed == trouble.feed and s.declarations[0].made_ms <= at_ms]
    for message in [*messages, Tick(at_ms, {topic: [at_ms] * PARTITIONS})]:
        observer.take(message)
    board = BoardView(of.catalogue)
    for key, bucket in observer.outputs().buckets.items():
        board.update_bucket(0, key, bucket)
    board.tick(at_ms)
    async with TestClient(TestServer(make_app(board, of.catalogue, now_ms=lambda: at_ms))) as client:
        response = await client.get(f"/api/feeds/{trouble.feed}", params={"lang": lang})
        return list(explain(await response.json()))


@pytest.mark.parametrize("kind", [*KINDS, "connector_down"])
async def test_every_kind_is_explained_from_the_conclusion_to_the_rules(kind: str) -> None:
    for lang, first, last in (("vi", "[bold]Kết luận[/]", "[bold]Quy định áp dụng[/]"), ("en", "[bold]Conclusion[/]", "[bold]Rules[/]")):
        lines = await told(trouble_of(kind), lang)
        titles = [line for line in lines if line.startswith("[bold]")][1:]
        assert (titles[0], titles[-1]) == (first, last)
        assert not [line for line in lines if OPEN.search(line)], "nothing is left open"
        assert all(unicodedata.is_normalized("NFC", line) for line in lines)


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.accuses])
async def test_whom_it_accuses_it_tells_what_is_missing_since_when_and_what_to_do(kind: str) -> None:
    trouble = trouble_of(kind)
    (_, through), *_ = trouble.accuse[0].data_through
    conclusion = await told(trouble, "vi")
    text = "\n".join(conclusion[: next(n for n, line in enumerate(conclusion) if line.startswith("[bold]Cách tính hạn"))])
    assert "Đề nghị đơn vị" in text
    assert (period(through, "vi") if through else "hưa có kỳ nào đủ dữ liệu") in text
    assert "Hạn cuối: hết ngày" in "\n".join(conclusion)


async def test_an_extension_is_told_apart_from_the_grace() -> None:
    """The deadline of the calendar, and then the day to which it was moved; days off beyond the calendar's are of no interest."""
    trouble = trouble_of("extension")
    lines = [line.strip() for line in await told(trouble, "vi")]
    at = next(n for n, line in enumerate(lines) if line.startswith("Thêm thời gian ân hạn"))
    assert lines[at + 1].startswith("Kỳ này được gia hạn: hạn cuối dời đến hết ngày ")
    assert lines[at].split("Hạn cuối: ")[1].split(";")[0] != lines[at + 1].split("dời đến ")[1].rstrip(".")
