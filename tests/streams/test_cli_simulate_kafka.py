"""`nhip simulate` on what Kafka keeps: source topics with what was declared, and the ledger. Read only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from expectations.catalogue.load import load
from expectations.freshness import ledger as ledgers
from expectations.freshness.declarations import ADMINISTRATOR, Declaration, Kind, join
from streams import clock
from streams.cli import Exit, main
from streams.embedded.broker import EmbeddedBroker
from streams.feeds.state import FeedState, encode_bucket
from streams.topics import Names
from tests.services.clients import unique
from tests.streams import admin_cluster
from tests.streams.changes_province import at
from tests.streams.demo_scene import FOLDER
from tests.streams.test_cli_judge import COMMUNE, DATASET, TOPIC, event, year_2024
from tests.streams.test_cli_simulate import LATE_JUNE, changed, lines_of, longer_grace, simulate, written

FEED = f"{COMMUNE}/{DATASET}"
FEEDS = Names.of("nhip").feeds
DAY_MS = 86_400_000


def year() -> list[dict[str, Any]]:
    """As the file of test_cli_simulate: a year in time, but for June."""
    return [event(6, "2024-06", at_ms=at(LATE_JUNE)) if e["offset"] == 6 else e for e in year_2024()]


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as made:
        made.create(TOPIC)
        for e in year():
            made.produce(TOPIC, json.dumps(e["key"]).encode(), json.dumps(e["value"]).encode(), e["timestamp_ms"], 0)
        made.flush()
        yield made


async def on(broker: EmbeddedBroker, *arguments: object, **settings: str) -> Result:
    environment = {"NHIP_KAFKA_BOOTSTRAP": broker.bootstrap, "NHIP_CATALOGUE": str(FOLDER)} | settings
    return await asyncio.to_thread(CliRunner(env=environment).invoke, main, ["simulate", *map(str, arguments)])


def keep(broker: EmbeddedBroker, state: FeedState) -> None:
    """Write a state as the worker's table does."""
    broker.create(FEEDS)
    broker.produce(FEEDS, b"7", encode_bucket({FEED: state}))
    broker.flush()


def extended() -> Declaration:
    """June may come until the 28th, granted before its deadline."""
    return Declaration(Kind.EXTEND, FEED, ADMINISTRATOR, at("2024-06-20T08:00"), "lụt", "2024-06", "2024-06", until="2024-06-28")


async def test_topics_give_the_same_differences_as_the_files_of_the_same_events(broker: EmbeddedBroker, tmp_path: Path) -> None:
    shorter, from_file = longer_grace(tmp_path), written(tmp_path)
    topics = await on(broker, "--kafka", "--catalogue", shorter, "--json")
    assert lines_of(topics)
    assert topics.stdout == simulate(from_file, "--catalogue", shorter, "--json").stdout


async def test_what_was_declared_is_honoured(broker: EmbeddedBroker, tmp_path: Path) -> None:
    """With June extended nobody was told, and the longer grace has nothing to take back."""
    catalogue = longer_grace(tmp_path)
    keep(broker, FeedState(declarations=join({}, [extended()])))
    result = await on(broker, "--kafka", "--topic", TOPIC, "--catalogue", catalogue, "--json")
    assert [line for line in lines_of(result) if line["unit"] == COMMUNE] == []


async def test_nothing_is_written_anywhere(broker: EmbeddedBroker, tmp_path: Path) -> None:
    before = broker.topics()
    result = await on(broker, "--kafka", "--catalogue", longer_grace(tmp_path))
    assert (result.exit_code, broker.topics()) == (Exit.OK, before)


def kept_state(catalogue_folder: Path = FOLDER) -> FeedState:
    """Every month is there but the newest whose deadline has passed a day ago or longer."""
    schedule = load(catalogue_folder).schedule_of(COMMUNE, DATASET)
    state, now_ms = FeedState(heard_ms=clock.now_ms() - 90 * DAY_MS), clock.now_ms()
    expected = schedule.expected_through(now_ms)
    assert expected is not None
    for period in range(schedule.first_required, expected):
        ledgers.count(state.ledger, schedule, period, 1, None, now_ms - 90 * DAY_MS)
    return state


async def test_the_ledger_tells_what_a_change_means_for_the_periods_that_are_kept(broker: EmbeddedBroker, tmp_path: Path) -> None:
    """One month is missing: it is late today, and would not be with a year of grace."""
    keep(broker, kept_state())
    spared = changed(tmp_path, "property: grace\n    value: 1", "property: grace\n    value: 250")
    told = [line for line in lines_of(await on(broker, "--ledger", "--catalogue", spared, "--json")) if line["unit"] == COMMUNE]
    (alert, verdict) = [line for line in told if line["dataset"] == DATASET]
    assert (alert["what"], alert["before"]["verdict"], alert["after"]) == ("alert", "late", None)
    assert (verdict["what"], verdict["before"]["verdict"]) == ("verdict", "late")
    assert verdict["after"]["verdict"] in {"fresh", "due"}
    assert verdict["before"]["data_through"] == verdict["after"]["data_through"]


async def test_the_ledger_tells_what_would_come_if_nothing_more_arrived(broker: EmbeddedBroker, tmp_path: Path) -> None:
    """In half a year the same months are missing under both, and the alert for the first of them is another's."""
    keep(broker, kept_state())
    later = (clock.now_ms() + 200 * DAY_MS) // 1000
    until = datetime.fromtimestamp(later, UTC).date().isoformat()
    spared = changed(tmp_path, "property: grace\n    value: 1", "property: grace\n    value: 40")
    told = lines_of(await on(broker, "--ledger", "--catalogue", spared, "--until", until, "--json"))
    mine = [line for line in told if (line["unit"], line["dataset"], line["what"]) == (COMMUNE, DATASET, "alert")]
    assert any(line["after"] is not None and line["after"]["at"] > line["at"] for line in mine)


async def test_a_ledger_that_is_not_there_is_told(broker: EmbeddedBroker) -> None:
    result = await on(broker, "--ledger", "--known-on", "2024-06-19")
    assert result.exit_code == Exit.FAILED
    assert "there is no topic nhip-feeds-changelog" in result.output


async def test_a_topic_that_no_contract_matches_is_told(broker: EmbeddedBroker) -> None:
    result = await on(broker, "--kafka", "--topic", "elsewhere", "--known-on", "2024-06-19")
    assert (result.exit_code, "--topic elsewhere: no such source" in result.output) == (Exit.USAGE, True)


async def test_more_than_fits_into_memory_is_told(broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.cli.simulate_sources.MOST_RECORDS", 11)
    result = await on(broker, "--kafka", "--known-on", "2024-06-19")
    assert (result.exit_code, "12 records, more than 11" in result.output) == (Exit.USAGE, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name what is replayed, one of"),
        (["--kafka", "--ledger"], "name what is replayed, one of"),
        (["--ledger", "--topic", TOPIC], "--topic and --since go with --kafka"),
        (["--kafka", "--since", "noon"], "--since: 'noon' is no time"),
        (["--ledger", "--until", "2024-01-01"], "--until is before the first record, or now"),
    ],
    ids=["nothing", "two", "a topic of the ledger", "no instant", "an end that is past"],
)
async def test_a_mistake_in_the_options_is_told(broker: EmbeddedBroker, arguments: list[str], says: str) -> None:
    keep(broker, FeedState())
    result = await on(broker, *arguments, "--known-on", "2024-06-19")
    assert (result.exit_code, says in result.output) == (Exit.USAGE, True), result.output


def test_on_a_real_broker_a_part_of_a_topic_is_read(kafka_bootstrap: str, tmp_path: Path) -> None:
    """What came before `--since` is not read: months are missing that were there, under both catalogues alike."""
    name, records = f"{unique('simulate')}.lao_dong_viec_lam.public.tong_hop_thang", year()
    with admin_cluster.topic(kafka_bootstrap, name):
        values = [json.dumps(e["value"]).encode() for e in records]
        admin_cluster.put(kafka_bootstrap, name, values, 0, [e["timestamp_ms"] for e in records])
        shorter = longer_grace(tmp_path)
        arguments = ("simulate", "--kafka", "--topic", name, "--catalogue", str(shorter), "--json")
        whole, part = (
            admin_cluster.nhip(kafka_bootstrap, unique("simulate"), *arguments, *since, catalogue=FOLDER)
            for since in ((), ("--since", "2024-06-30"))
        )
    june = [line for line in lines_of(whole) if line["unit"] == COMMUNE]
    assert [(line["what"], line["before"]["missing"]) for line in june] == [("alert", "2024-06")]
    assert all(line["before"]["missing"] != "2024-06" for line in lines_of(part) if line["unit"] == COMMUNE and line["before"])
