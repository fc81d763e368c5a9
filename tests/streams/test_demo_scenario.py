"""The bundled scenario tells its story, on whatever day it is played."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

import pytest
from msgspec.structs import replace

from expectations.freshness.verdict import Reason, Status
from streams.demo.play import Play
from streams.demo.scenario import Scenario
from streams.demo.troubles import TROUBLES
from streams.province.rows import Record
from tests.streams.demo_scene import NOW, at, bundled, example, stage, told

SILENT, STUCK = "25486", "25480"
BUNDLED = stage().play
PARTITION_BYTES = 4_500_000
"""What the embedded broker keeps of a partition before it drops the oldest records."""
DAYS = {
    "in the Tết holiday": "2026-02-18T10:00",
    "on a Sunday morning": "2026-03-01T06:30",
    "after a long week-end": "2026-05-04T07:59",
    "one second before midnight": "2026-12-10T23:59:59",
    "at the first instant of a year": "2027-01-01T00:00",
    "on a leap day": "2028-02-29T12:00",
}


@cache
def written() -> list[Record]:
    """The records of the bundled scenario."""
    return list(bundled().scenario)


def test_every_feed_gets_the_verdict_that_its_trouble_calls_for_and_every_other_is_fresh() -> None:
    assert len(bundled().verdicts) == len(list(example().feeds()))
    assert bundled().wrong() == {}


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
def test_the_story_is_the_same_on_every_day(day: str) -> None:
    assert told(stage(at(day), seed=2)).wrong() == {}


@pytest.mark.parametrize("live_days", [3, 60])
def test_the_story_is_the_same_whenever_the_connectors_went_live(live_days: int) -> None:
    """And nobody's trouble is left out for it."""
    chosen = told(stage(play=replace(BUNDLED, live_days=live_days)))
    assert chosen.wrong() == {}
    assert chosen.scenario.cast == bundled().scenario.cast


def test_what_is_no_row_comes_on_the_topic_of_a_feed_that_sends_none() -> None:
    feed = "25729/dan-toc-thieu-so"
    chosen = told(stage(play=Play(troubles={"never": (feed,), "malformed": (feed,)})))
    assert (chosen.wrong(), chosen.counts["undecodable"] + chosen.counts["wrong_encoding"]) == ({}, 8)


def test_every_trouble_of_the_table_befalls_somebody() -> None:
    assert {name for names in bundled().scenario.cast.values() for name in names} == set(TROUBLES)


def test_most_feeds_are_fresh() -> None:
    verdicts = bundled().verdicts.values()
    assert sum(verdict.status is Status.FRESH for verdict in verdicts) > 0.9 * len(verdicts)


@pytest.mark.parametrize(("unit", "reason"), [(SILENT, Reason.SILENT), (STUCK, Reason.STUCK)], ids=["silent", "stuck"])
def test_one_commune_is_current_only_to_december_2024(unit: str, reason: Reason) -> None:
    monthly = bundled().verdicts[f"{unit}/lao-dong-viec-lam"]
    assert (monthly.status, monthly.reason, monthly.data_through) == (Status.STALE, reason, "2024-12")
    assert monthly.expected_through == "2026-10"
    assert monthly.periods_behind == 22


def test_the_stuck_commune_sends_events_every_day() -> None:
    """Alive is not fresh: every day since the connector went live has a change of an old row."""
    changes = [r for r in written() if r.value and b'"25480"' in r.value and b'"2024-' in r.value and b'"op":"u"' in r.value]
    days = {example().schedules["lao-dong-viec-lam"].day_of(record.timestamp_ms).toordinal() for record in changes}
    today = max(days)
    assert today == example().schedules["lao-dong-viec-lam"].day_of(NOW).toordinal()
    assert days == set(range(today - BUNDLED.live_days + 1, today + 1))


def test_a_part_of_the_slices_is_not_the_period() -> None:
    verdict = bundled().verdicts["so-tai-chinh/giai-ngan-dau-tu-cong"]
    assert (verdict.reason, verdict.slices_seen, verdict.slices_expected) == (Reason.PARTIAL, 41, 96)


def test_a_hole_is_named() -> None:
    assert bundled().verdicts["25516/lao-dong-viec-lam"].holes == ("2026-08",)


def test_what_cannot_be_read_is_set_aside_by_its_reason_and_nothing_else_is() -> None:
    kinds = {"change", "heartbeat", "transaction", "tombstone", "delete_without_unit"}
    aside = {reason: n for reason, n in bundled().counts.items() if reason not in kinds}
    assert aside == {"unknown_unit": 16, "undecodable": 12, "wrong_encoding": 4, "future_period": 2, "implausible_period": 2}
    assert all(bundled().counts[kind] for kind in kinds)


def test_every_record_is_counted_once() -> None:
    assert sum(bundled().counts.values()) == len(written())


def test_old_codes_are_sent_and_mean_the_unit_of_today() -> None:
    wards = [re.search(rb'"ma_xa":"(\d{5})"', record.value or b"") for record in written() if b"nhom_tuoi" in (record.value or b"")]
    sent = {found[1].decode() for found in wards if found}
    olds = next(feed.old_codes for feed in bundled().scenario.feeds if feed.unit == "25459")
    assert len(sent & set(olds)) > 1
    assert bundled().verdicts["25459/lao-dong-viec-lam"].status is Status.FRESH


def test_records_come_in_time_order_and_never_from_the_future() -> None:
    times = [record.timestamp_ms for record in written()]
    assert times == sorted(times)
    assert times[-1] <= NOW


def test_the_same_stage_gives_the_same_records() -> None:
    assert list(Scenario(stage())) == written()


def test_another_seed_gives_other_records() -> None:
    assert list(Scenario(stage(seed=2))) != written()


def test_everything_fits_into_the_embedded_broker() -> None:
    """About 5 MB a partition, four partitions a topic; rows spread evenly by their keys."""
    sizes: dict[str, int] = defaultdict(int)
    for record in written():
        sizes[record.topic] += len(record.key or b"") + len(record.value or b"") + 20
    assert max(sizes.values()) / 4 < PARTITION_BYTES / 2


def test_a_feed_has_one_topic_so_that_no_part_of_it_is_read_later_than_another() -> None:
    topics = {feed.id: feed.topic for feed in bundled().scenario.feeds}
    assert len(topics) == len(bundled().scenario.feeds)
    owners = {topic: example().dataset_of(topic) for topic in topics.values()}
    assert all(owner is not None and feed.endswith(f"/{owner.id}") for feed, topic in topics.items() for owner in [owners[topic]])


def test_without_a_play_the_first_units_are_in_trouble_and_the_story_still_holds() -> None:
    chosen = told(stage(play=Play()))
    assert chosen.wrong() == {}
    named = {name for names in chosen.scenario.cast.values() for name in names}
    assert named == set(TROUBLES) - {"only_deletes"}, "whose deletes tell their unit only a play knows"
    whole = [feed for feed, names in chosen.scenario.cast.items() if names == ["stuck"]]
    assert {feed.split("/")[0] for feed in whole} == {whole[0].split("/")[0]}
    assert len(whole) > 1
