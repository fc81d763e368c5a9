"""`nhip province`: files that `nhip judge` reads, the truth beside them, a score in one line, and mistakes that are told."""

from __future__ import annotations

import json
import math
import re
import socket
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from confluent_kafka import Consumer, KafkaError, Message
from msgspec.structs import replace

from streams.cli import Exit, main
from streams.clock import monotonic_seconds
from streams.embedded.broker import EmbeddedBroker
from streams.province import truth as truths
from streams.province.history import history_of
from streams.province.orderly import orderly
from streams.province.plan import needed
from streams.province.rows import Record, count, records
from streams.province.writer import BURST_SECONDS, NotWritten, _why, early_seconds, produce, write_events
from tests.streams.province_scene import small_world

SHORT = ["--years", "0.25", "--start", "2025-12-01"]
LINE = re.compile(r"seed 4 feeds 883 troubles \d+ recall 1\.0000 false_accusations 0 worst_delay_ticks [01]")


def province(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["province", *arguments])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    folder = tmp_path_factory.mktemp("province") / "made" / "up"
    return folder, province("--seed", "4", *SHORT, "--tick-hours", "24", "--out", str(folder), "--score")


def test_the_last_line_is_the_score(written: tuple[Path, Result]) -> None:
    _, result = written
    assert result.exit_code == Exit.OK, result.output
    assert LINE.fullmatch(result.stdout.splitlines()[-1])


def test_the_truth_is_a_file_that_names_all_feeds_and_the_troubles_of_some(written: tuple[Path, Result]) -> None:
    truth = truths.decode((written[0] / "truth.json").read_bytes())
    assert (truth.seed, len(truth.feeds)) == (4, 883)
    assert {trouble.feed for trouble in truth.troubles} - {""} < set(truth.feeds)
    assert len({trouble.kind for trouble in truth.troubles}) >= 14


def test_judge_reads_the_events_and_finds_whom_the_truth_accuses(written: tuple[Path, Result]) -> None:
    """At the last instant of the history: the same verdicts from the file alone, which holds no declarations."""
    folder = written[0]
    truth = truths.decode((folder / "truth.json").read_bytes())
    now = "2026-03-01T23:00:00+07:00"
    judged = CliRunner().invoke(main, ["judge", str(folder / "events.jsonl"), "--now", now, "--json"])
    at_ms = truth.end_ms - 3_600_000
    guilty = {t.feed for t in truth.troubles if any(s.from_ms <= at_ms < s.until_ms for s in t.accuse)}
    lines = [json.loads(line) for line in judged.stdout.splitlines() if line.startswith("{")]
    accused = {f"{one['unit']}/{one['dataset']}" for one in lines if one["verdict"] in {"late", "stale", "never"}}
    assert accused - {t.feed for t in truth.troubles if t.declared} == guilty


@pytest.fixture(scope="module")
def some() -> list[Record]:
    """The first records of a history, and a tombstone."""
    stream = records(history_of(small_world()))
    return [*islice(stream, 300), next(record for record in stream if record.value is None)]


def test_the_records_reach_kafka_with_their_own_timestamps(some: list[Record]) -> None:
    """Some of them: the embedded broker keeps about 5 MB a partition."""
    with EmbeddedBroker() as broker:
        sent: list[int] = []
        assert produce(broker.bootstrap, some, sent.append) > 0
        assert sent[-1] == len(some)
        consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "test", "auto.offset.reset": "earliest"})
        consumer.subscribe(sorted({record.topic for record in some}))
        got: list[Message] = []
        while len(got) < len(some):
            got += [m for m in consumer.consume(len(some), timeout=0.5) if m.error() is None]
        consumer.close()
    told = sorted((m.topic(), m.key(), m.value() or b"", m.timestamp()[1]) for m in got)
    assert told == sorted((r.topic, r.key, r.value or b"", r.timestamp_ms) for r in some)


@pytest.mark.parametrize(
    ("sent", "passed_seconds", "waits_seconds"),
    [(0, 0.0, 0.0), (1, 0.0, 0.01), (50, 0.4, 0.1), (50, 0.5, 0.0), (50, 0.6, 0.0), (10**6, 1.0, 9_999.0)],
    ids=["the first", "the second", "early", "just in time", "behind", "long before"],
)
def test_a_record_waits_until_its_turn_and_one_behind_does_not(sent: int, passed_seconds: float, waits_seconds: float) -> None:
    """At 100 records a second."""
    assert early_seconds(sent, passed_seconds, 100) == pytest.approx(waits_seconds)


def test_without_a_rate_nothing_waits() -> None:
    assert early_seconds(10**9, 0.0, math.inf) == 0


def test_records_are_sent_at_the_rate_that_was_asked_for(some: list[Record]) -> None:
    """300 of them at 200 a second: never faster; how much slower is the machine's to say."""
    with EmbeddedBroker() as broker:
        began = monotonic_seconds()
        reached = produce(broker.bootstrap, some, lambda _: None, 200)
        took = monotonic_seconds() - began
    assert took >= (len(some) - 1) / 200 - BURST_SECONDS
    assert 0 < reached < 210


def test_the_volume_multiplies_what_is_sent_beyond_what_is_needed() -> None:
    """The same feeds in the same troubles; without any volume no row more than makes a period complete."""
    world = small_world()
    none, usual, ten = (history_of(replace(world, volume=volume)) for volume in (0.0, 1.0, 10.0))
    assert count(none.courses) < count(usual.courses) < count(ten.courses)
    assert [t.feed for t in none.truth.troubles] == [t.feed for t in ten.truth.troubles]
    for feed in (feed for feed in world.feeds if not feed.calendar.continuous):
        sent = orderly(feed, none.world, world.chance(feed.id))
        assert {d.rows.stop for d in sent if d.op == "c"} - {needed(feed)} <= set(range(needed(feed)))


def test_a_tombstone_is_null_in_the_file(tmp_path: Path, some: list[Record]) -> None:
    tombstone = some[-1]
    line = json.loads(write_events(tmp_path, [tombstone], lambda _: None).read_text())
    assert line["value"] is None
    assert (line["topic"], line["offset"]) == (tombstone.topic, tombstone.offset)


def test_a_broker_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.province.writer.FLUSH_SECONDS", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        with pytest.raises(NotWritten, match=r"transport failure|Local"):
            produce(f"127.0.0.1:{taken.getsockname()[1]}", [], lambda _: None)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "name a folder with --out DIR"),
        (["--kafka", "localhost:9092", "--score"], "--kafka needs --out DIR"),
        (["--rate", "5", "--out", "unused"], "--rate needs --kafka HOST:PORT"),
        (["--rate", "0", "--kafka", "localhost:9092", "--out", "unused"], "0.0 is not in the range"),
        (["--volume", "-1", "--score"], "-1.0 is not in the range"),
        (["--start", "yesterday", "--score"], "does not match the format"),
        (["--years", "0", "--score"], "0.0 is not in the range"),
    ],
)
def test_a_mistake_in_the_options_is_told_without_a_stack_trace(arguments: list[str], told: str) -> None:
    result = province(*arguments)
    assert result.exit_code == Exit.USAGE
    assert told in result.output


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = province(*SHORT, "--out", str(tmp_path / "file" / "folder"))
    assert result.exit_code == Exit.USAGE
    assert "cannot be written" in result.output


def test_a_topic_that_is_not_there_and_is_not_made_is_told_with_what_to_do() -> None:
    for code in (KafkaError._UNKNOWN_TOPIC, KafkaError.UNKNOWN_TOPIC_OR_PART):
        assert _why(KafkaError(code), "so.public.x") == (
            "there is no topic so.public.x, and the broker makes none by itself: create the contracts' topics first, with retention.ms=-1"
        )
    assert "create" not in _why(KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED), "so.public.x")
