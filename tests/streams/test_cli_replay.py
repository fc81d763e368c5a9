"""`nhip replay` and `nhip quarantine replay` on a real broker: what a worker was sent makes its numbers those of an undisturbed run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from kafka import KafkaConsumer, TopicPartition

from expectations.catalogue.load import Catalogue, load
from points.embedded import EmbeddedStore
from streams import clock
from streams.changes import wire
from streams.changes.quarantine import encode
from streams.changes.route import Router
from streams.changes.wire import Message, Tick
from streams.cli import Exit
from streams.feeds.observe import Observer
from streams.feeds.rules import Rules
from streams.suites import Suites
from streams.topics import Names
from tests.integration.road_province import MONTHLY, OLD_CODE, PUNCTUAL, RENUMBERED, TOPICS, cut_catalogue
from tests.services.clients import unique
from tests.streams import admin_cluster
from tests.streams.admin_cluster import nhip
from tests.streams.changes_province import Fetched, encoded, envelope

HOUR_MS = 3_600_000
PARTITIONS = 2


class Worker:
    """A worker without Kafka of its own: the router, the observers and the suites, which count what they are given."""

    def __init__(self, catalogue: Catalogue, now_ms: int) -> None:
        self.suites = Suites(catalogue)
        self.router = Router(catalogue, PARTITIONS)
        self.store = EmbeddedStore(":memory:")
        rules = Rules(partitions=PARTITIONS, buckets=2)
        self.tables: list[dict[bytes, bytes]] = [{} for _ in range(PARTITIONS)]
        self.now_ms, self.catalogue, self.rules = now_ms, catalogue, rules
        self.restart(catalogue)

    def restart(self, catalogue: Catalogue) -> None:
        """Begin again from the state that was written, maybe with another catalogue."""
        self.observers = [Observer(catalogue, self.rules, p, self.tables[p].get, self.suites.checks) for p in range(PARTITIONS)]

    def route(self, topic: str, records: list[Fetched]) -> list[bytes]:
        """Count source records; returns what was set aside."""
        routed = self.router.route(topic, records, self.now_ms)
        for partition, changes in routed.messages.items():
            self.take(partition, changes)
        self.checkpoint(Tick(self.now_ms, {topic: [self.now_ms]}))
        return [encode(q) for q in routed.quarantined]

    def take(self, partition: int, message: Message) -> None:
        self.observers[partition].take(message)

    def checkpoint(self, tick: Tick) -> None:
        for observer, table in zip(self.observers, self.tables, strict=True):
            observer.take(tick)
            for feed, start_ms, found in asyncio.run(self.suites.judge_many(observer.rows_to_judge())):
                observer.add_quality(feed, start_ms, found)
            out = observer.outputs()
            self.store.write(out.points)
            table.update(out.buckets)
            observer.written()

    def told(self, until_ms: int) -> list[tuple[object, ...]]:
        """Volume and quality of the closed windows, and every verdict's status and evidence."""
        windows: list[tuple[object, ...]] = [
            (p.time_ms, sorted(p.tags.items()), sorted((n, v) for n, v in p.fields.items() if n != "heartbeats"))
            for name in ("volume", "quality")
            for p in self.store.read(name)
            if p.time_ms < until_ms
        ]
        verdicts = {feed: v for observer in self.observers for feed, v in observer.verdicts().items()}
        return [*sorted(windows, key=str), *sorted(verdicts.items())]


class Town:
    """A province that forgot a former commune's code, its source topic, and what its worker set aside."""

    def __init__(self, bootstrap: str, token: str, folder: Path) -> None:
        self.bootstrap, self.token, self.folder = bootstrap, token, folder
        self.now_ms = clock.now_ms()
        self.whole = cut_catalogue(folder, token)
        self.codes = (folder / "codes.csv").read_text()
        (folder / "codes.csv").write_text("\n".join(line for line in self.codes.splitlines() if not line.startswith(OLD_CODE)) + "\n")
        self.topic = f"{token}.dept.{TOPICS[MONTHLY]}"
        self.records = [self.record(n) for n in range(60)]

    def record(self, n: int) -> Fetched:
        """Rows over ten hours, a third of them by the forgotten code, some of which break the suite's rules."""
        unit = OLD_CODE if n % 3 == 0 else PUNCTUAL if n % 3 == 1 else RENUMBERED
        row = {
            "id": n,
            "ma_xa": unit,
            "ky_bao_cao": f"2025-{1 + n % 6:02d}",
            "loai_doi_tuong": "khac" if n % 4 else "lạ",
            "muc_tro_cap": "1.00",
        }
        at_ms = self.now_ms - 10 * HOUR_MS + n * 9 * 60_000
        return Fetched(self.topic, 0, n, at_ms, encoded({"id": n}), encoded(envelope(row, ts_ms=at_ms)))

    def mend(self) -> None:
        (self.folder / "codes.csv").write_text(self.codes)

    def put_records(self) -> None:
        values = [r.value for r in self.records]
        admin_cluster.put(self.bootstrap, self.topic, values, 0, [r.timestamp for r in self.records])
        admin_cluster.commit(self.bootstrap, self.token, self.topic, len(self.records))

    def nhip(self, *arguments: str, **settings: Any) -> Result:
        given = {"catalogue": self.folder, "partitions": PARTITIONS, "suites": "false"} | settings
        return nhip(self.bootstrap, self.token, *arguments, **given)

    def sent(self) -> list[tuple[int, Message]]:
        """What lies on `changes`, by partition."""
        found = []
        with closing(KafkaConsumer(bootstrap_servers=self.bootstrap, group_id=None, enable_auto_commit=False)) as consumer:
            partitions = [TopicPartition(Names.of(self.token).changes, p) for p in range(PARTITIONS)]
            consumer.assign(partitions)
            consumer.seek_to_beginning()
            ends = consumer.end_offsets(partitions)
            while any(consumer.position(tp) < end for tp, end in ends.items()):
                for tp, records in consumer.poll(timeout_ms=500).items():
                    found += [(tp.partition, wire.decode(record.value)) for record in records]
        return found


@pytest.fixture
def town(kafka_bootstrap: str, tmp_path: Path) -> Iterator[Town]:
    made = Town(kafka_bootstrap, unique("replay"), tmp_path)
    names = Names.of(made.token)
    with (
        admin_cluster.topic(kafka_bootstrap, made.topic),
        admin_cluster.topic(kafka_bootstrap, names.changes, PARTITIONS),
        admin_cluster.topic(kafka_bootstrap, names.quarantine, PARTITIONS),
    ):
        made.put_records()
        yield made


def test_what_was_set_aside_counts_as_if_it_never_had_been(town: Town) -> None:
    """Twice, too: volume, quality and verdicts are those of a province that never forgot the code."""
    until_ms = town.now_ms - town.now_ms % HOUR_MS - HOUR_MS
    undisturbed = Worker(town.whole, town.now_ms)
    assert undisturbed.route(town.topic, town.records) == []
    worker = Worker(load(town.folder), town.now_ms)
    aside = worker.route(town.topic, town.records)
    assert len(aside) == 20
    assert worker.told(until_ms) != undisturbed.told(until_ms)
    admin_cluster.put(town.bootstrap, Names.of(town.token).quarantine, [b"\n".join(aside)])
    town.mend()
    worker.restart(load(town.folder))
    for times in (1, 2):
        result = town.nhip("quarantine", "replay", "--yes", suites="true")
        assert result.exit_code == Exit.OK, result.output
        sent = town.sent()
        assert len(sent) == 2 * times, result.output
        for partition, message in sent:
            worker.take(partition, message)
        worker.checkpoint(Tick(town.now_ms, {town.topic: [town.now_ms]}))
        assert worker.told(until_ms) == undisturbed.told(until_ms)


def test_nothing_is_sent_before_somebody_says_yes(town: Town) -> None:
    """There is nobody who could answer here: that is a no."""
    result = town.nhip("replay", "--from", "12h")
    assert (result.exit_code, town.sent()) == (Exit.FAILED, [])
    assert "reads again 60 records" in result.stdout
    assert "found 40 rows of 2 feeds; still unusable: 20 unknown_unit" in result.stdout


@pytest.mark.parametrize(("feed", "feeds"), [(f"{PUNCTUAL}/{MONTHLY}", 1), (f"25489/{MONTHLY}", 0)])
def test_one_feed_alone(town: Town, feed: str, feeds: int) -> None:
    result = town.nhip("replay", "--from", "12h", "--feed", feed, "--yes")
    assert (result.exit_code, len(town.sent())) == (Exit.OK, feeds)


def test_the_dataset_of_a_topic_alone(town: Town) -> None:
    assert town.nhip("replay", "--from", "12h", "--topic", town.topic, "--yes").exit_code == Exit.OK
    assert len(town.sent()) == 2


def test_a_backlog_has_to_be_read_first(town: Town) -> None:
    """Else its rows would be counted twice, by the recount and live."""
    admin_cluster.commit(town.bootstrap, town.token, town.topic, 5)
    result = town.nhip("replay", "--from", "12h", "--yes")
    assert (result.exit_code, "wait to be read first" in result.stderr, town.sent()) == (Exit.FAILED, True, [])


def test_windows_that_the_source_no_longer_has_are_refused_and_the_first_whole_one_is_told(town: Town) -> None:
    """Their totals would fall to what is left. `retention.ms` of these topics is unlimited, so what is gone was deleted."""
    admin_cluster.expire(town.bootstrap, town.topic, 30)
    result = town.nhip("replay", "--from", "12h", "--yes")
    assert (result.exit_code, "use it as --from" in result.stderr, town.sent()) == (Exit.FAILED, True, [])
    earliest = result.stderr.split("everything since ")[1].split(" only")[0]
    assert town.nhip("replay", "--from", earliest, "--yes").exit_code == Exit.OK
    assert town.sent()


def test_quarantine_begins_with_what_the_source_still_has(town: Town) -> None:
    aside = Worker(load(town.folder), town.now_ms).route(town.topic, town.records)
    admin_cluster.put(town.bootstrap, Names.of(town.token).quarantine, aside)
    admin_cluster.expire(town.bootstrap, town.topic, 30)
    town.mend()
    result = town.nhip("quarantine", "replay", "--yes")
    assert (result.exit_code, "still unusable" in result.stdout) == (Exit.OK, False)
    assert town.sent()


def test_only_what_is_asked_for_is_replayed(town: Town) -> None:
    """Nothing was set aside for this reason."""
    aside = Worker(load(town.folder), town.now_ms).route(town.topic, town.records)
    admin_cluster.put(town.bootstrap, Names.of(town.token).quarantine, aside)
    result = town.nhip("quarantine", "replay", "--reason", "oversized", "--yes")
    assert (result.exit_code, "nothing of this can be replayed" in result.stdout, town.sent()) == (Exit.OK, True, [])


def test_refused_points_are_left_and_told(town: Town) -> None:
    refusal = json.dumps({"reason": "point_refused", "detail": "conflict", "line": "volume,unit=1 rows=1i 5"}).encode()
    admin_cluster.put(town.bootstrap, Names.of(town.token).quarantine, [refusal])
    result = town.nhip("quarantine", "replay", "--yes")
    assert (result.exit_code, "nhip replay --from" in result.stdout) == (Exit.OK, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--from", "yesterday"), "--from: 'yesterday' is no time"),
        (("--from", "1d", "--topic", "nobody.s"), "no contract matches nobody.s"),
        (("--from", "1d", "--feed", "25459"), "UNIT/DATASET"),
        (("--from", "1d", "--feed", f"00000/{MONTHLY}"), "UNIT/DATASET"),
        (("--from", "1d", "--topic", "a", "--feed", "b/c"), "not both"),
    ],
)
def test_mistakes_are_told_before_kafka_is_asked(arguments: tuple[str, ...], told: str) -> None:
    result = nhip("127.0.0.1:1", "nhip", "replay", *arguments)
    assert (result.exit_code, told in result.stderr) == (Exit.USAGE, True)
