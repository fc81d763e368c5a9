"""Scores from what Kafka keeps: transitions once each, states for what is older, sums by whom; and the command on a broker."""

from __future__ import annotations

import asyncio
import json
from datetime import date

from click.testing import CliRunner
from msgspec.structs import replace

from alerts.transition import Transition, encode
from expectations.freshness.scores import Change
from expectations.freshness.verdict import Reason, Status, Verdict
from streams.admin.whole import Read
from streams.cli import Exit, main
from streams.cli.scores import states_of, transitions_of
from streams.embedded.broker import EmbeddedBroker
from streams.feeds.state import FeedState, encode_bucket
from streams.operations import OPERATIONS, Report, encode_report
from streams.scores import Asked, By, as_json, changes_of, scores
from streams.settings import HERE
from streams.topics import Names
from tests.streams.changes_province import HEALTH, TAN_NINH, at, catalogue
from tests.streams.feeds_scene import FEED, HOUR_MS, Scene, changes, heard, monthly, months, tick

CATALOGUE = catalogue((monthly(),))
OCTOBER = date(2025, 10, 15)
NOW = at("2025-11-01")


def history() -> tuple[list[Transition], dict[str, FeedState]]:
    """September was due on 3 October, late from the 5th, and came on the 15th."""
    scene = Scene(monthly())
    early = [heard(one, at("2025-09-05")) for one in months("2023-12", "2025-08")]
    found = scene.after(changes(*early), tick(at("2025-09-10"))).transitions
    found += scene.after(tick(at("2025-10-04"))).transitions
    for day in range(5, 15):  # somebody looks every day, as a worker does
        found += scene.after(tick(at(f"2025-10-{day:02d}") + HOUR_MS)).transitions
    came = [heard(one, at("2025-10-15")) for one in months("2025-09", "2025-09", from_offset=90)]
    found += scene.after(changes(*came), tick(at("2025-10-15") + HOUR_MS)).transitions
    states = states_of(Read("t", 0, key, value) for key, value in scene.table.items())
    return found, states


def scored(by: By = "unit") -> dict[str, dict[str, object]]:
    transitions, states = history()
    asked = Asked("month", OCTOBER, by, 0.95)
    found = scores(CATALOGUE, changes_of(transitions + transitions, states), states, asked, NOW)
    return {whose: as_json(CATALOGUE, whose, score, asked) for whose, score in found.items()}


def test_ten_days_late_in_october_are_its_score() -> None:
    score = scored()[TAN_NINH]
    assert (score["behind_days"], score["judged_days"], score["spells"], score["mean_delay_days"]) == (10.0, 31.0, 1, 10.0)
    assert (score["owed"], score["complete"], score["on_time_ratio"]) == (1, 1, round(21 / 31, 4))


def test_a_sum_is_that_of_its_feeds_by_whom_it_is_asked() -> None:
    one = scored()[TAN_NINH]
    for by, whose in (("dataset", "bao-cao"), ("department", HEALTH), ("province", "")):
        found = scored(by)  # type: ignore[arg-type]
        assert found.keys() == {whose}
        assert {n: v for n, v in found[whose].items() if n not in {"by", "id", "name_vi"}} == {
            n: v for n, v in one.items() if n not in {"by", "id", "name_vi"}
        }


def test_a_status_older_than_the_topic_keeps_is_told_by_the_state() -> None:
    state = FeedState(verdict=Verdict(Status.STALE, Reason.SILENT), since_ms=at("2025-02-01"))
    assert changes_of([], {FEED: state}) == {FEED: [Change(at("2025-02-01"), Status.STALE)]}


def test_what_was_noticed_after_a_time_in_which_nobody_could_tell_counts_from_then_on() -> None:
    """Late since the 5th, which was noticed on the 9th when reading went on; nobody could tell from the 4th on."""
    (one, *_), _ = history()
    told = [("fresh", "2025-10-01", "2025-10-01"), ("unknown", "2025-10-04", "2025-10-04"), ("late", "2025-10-05", "2025-10-09")]
    found = [replace(one, new=new, at_ms=at(day), noticed_ms=at(noticed)) for new, day, noticed in told]
    state = FeedState(verdict=Verdict(Status.LATE, Reason.SILENT), since_ms=at("2025-10-05"))
    assert changes_of(reversed(found), {FEED: state})[FEED] == [
        Change(at("2025-10-01"), Status.FRESH),
        Change(at("2025-10-04"), Status.UNKNOWN),
        Change(at("2025-10-09"), Status.LATE),
    ]


def test_what_workers_report_of_themselves_is_no_transition() -> None:
    report = Read("t", 0, OPERATIONS.encode(), encode_report(Report("w", NOW)))
    (one, *_), _ = history()
    assert transitions_of([report, Read("t", 0, b"u", encode(one)), Read("t", 0, b"u", None)]) == [one]


def test_the_latest_state_of_a_bucket_counts_and_a_tombstone_forgets_it() -> None:
    old, new = FeedState(heard_ms=1), FeedState(heard_ms=2)
    records = [Read("t", 0, b"1", encode_bucket({FEED: old})), Read("t", 0, b"1", encode_bucket({FEED: new}))]
    assert states_of(records)[FEED].heard_ms == 2
    assert states_of([*records, Read("t", 0, b"1", None)]) == {}


async def test_the_command_reads_a_broker_and_prints_the_worst_first() -> None:
    feed, other = "25486/bao-tro-xa-hoi", "25480/bao-tro-xa-hoi"
    names = Names.of("nhip")
    with EmbeddedBroker() as broker:
        broker.create(names.transitions, names.feeds)
        for name, status in ((feed, Status.STALE), (other, Status.FRESH)):
            state = FeedState(verdict=Verdict(status, Reason.SILENT), since_ms=at("2025-02-01"))
            broker.produce(names.feeds, name.encode(), encode_bucket({name: state}))
        broker.produce(names.transitions, OPERATIONS.encode(), encode_report(Report("w", NOW)))
        broker.flush()
        environment = {"NHIP_KAFKA_BOOTSTRAP": broker.bootstrap, "NHIP_CATALOGUE": str(HERE / "expectations" / "tay-ninh")}
        arguments = ["scores", "--day", "2025-10-15", "--json"]
        result = await asyncio.to_thread(CliRunner(env=environment).invoke, main, arguments)
    assert result.exit_code == Exit.OK, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert (lines[0]["id"], lines[0]["on_time_ratio"], lines[0]["budget_left_ratio"]) == ("25486", 0.0, -19.0)
    assert (lines[1]["id"], lines[1]["on_time_ratio"]) == ("25480", 1.0)
    assert {line["on_time_ratio"] for line in lines[2:]} == {None}


def test_a_day_that_is_none_is_told() -> None:
    result = CliRunner().invoke(main, ["scores", "--day", "soon"])
    assert (result.exit_code, "2025-10-15" in result.output) == (Exit.USAGE, True)
