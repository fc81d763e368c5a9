"""The events of the benches: the simulator plays a province of any size, and a worker counts just the rows that it is waited for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench import province
from expectations.catalogue.load import Catalogue, load
from streams.changes.route import Router
from streams.changes.wire import Changes
from streams.feeds.observe import Observer
from streams.offline import RULES, Fetched
from streams.province.rows import Record

COMMUNES, DATASETS, TOPIC = 40, 3, "bench.bao_cao.public.bao_cao"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bench")
    province.write_catalogue(made, COMMUNES, TOPIC, DATASETS)
    return made


@pytest.fixture(scope="module")
def catalogue(folder: Path) -> Catalogue:
    return load(folder)


def counted(catalogue: Catalogue, given: list[Record]) -> Counter[str]:
    """By feed, the rows that the worker's own router and observer count."""
    router, found = Router(catalogue, 1, suites=False), Counter[str]()
    observer = Observer(catalogue, RULES, 0, lambda _: None)
    for n, r in enumerate(given):
        for message in router.route(r.topic, [Fetched(r.topic, r.partition, r.offset, r.timestamp_ms, r.key, r.value)]).messages.values():
            assert isinstance(message, Changes), n
            observer.take(message)
            found.update({feed: len(rows) for feed, rows in message.rows.items()})
    assert observer.outputs().rows == found.total()
    return found


@pytest.mark.parametrize("count", [1, 500, 20_000], ids=["one", "fewer than there are", "more than the usual volume makes"])
def test_there_are_as_many_events_as_were_asked_for(folder: Path, count: int) -> None:
    assert sum(1 for _ in province.events(folder, count)) == count


def test_the_same_province_gets_the_same_events_each_time(folder: Path) -> None:
    assert list(province.events(folder, 2_000)) == list(province.events(folder, 2_000))


def test_every_feed_sends_and_every_topic_carries_some(folder: Path, catalogue: Catalogue) -> None:
    given = list(province.events(folder, 5_000))
    assert {record.topic for record in given} == set(province.names_of(TOPIC, DATASETS))
    silent = COMMUNES * DATASETS - len(counted(catalogue, given))
    assert silent <= COMMUNES * DATASETS // 20, "but those whose trouble is that they never send"


def test_a_worker_counts_the_rows_that_it_is_waited_for_and_no_more(folder: Path, catalogue: Catalogue) -> None:
    """Records that are set aside and tombstones are among the events: a bench that waited for them would not end."""
    given = list(province.events(folder, 5_000))
    rows = province.rows_of(catalogue, given)
    assert rows == counted(catalogue, given).total()
    assert 0.9 * len(given) < rows < len(given)
