"""Histories: every kind is played, innocence and guilt are as its table says, and Nhịp can read every record."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from expectations.catalogue.load import load
from streams.changes.route import Router
from streams.offline import Fetched
from streams.province.history import History, history_of
from streams.province.kinds import KINDS, table
from streams.province.orderly import orderly
from streams.province.plan import Course, needed, world_of
from streams.province.rows import records
from streams.province.truth import spans_of
from tests.streams.province_scene import FOLDER, HOUR_MS, small_world, whole_world

MANY = {"our_outage", "connector_down"}
HISTORY = history_of(whole_world())
SMALL = history_of(small_world())


def kinds_of(history: History) -> Counter[str]:
    return Counter(trouble.kind for trouble in history.truth.troubles)


def test_half_a_year_holds_every_kind_that_needs_nothing_but_change_events() -> None:
    assert set(kinds_of(HISTORY)) == {name for name, kind in KINDS.items() if kind.needs is None} | MANY


def test_declared_kinds_are_played_for_a_monitor_that_can_be_told() -> None:
    """Nobody is to be accused of them, and the truth says what was declared."""
    told = history_of(small_world(), frozenset({"declarations"}))
    declared = [trouble for trouble in told.truth.troubles if trouble.kind in {"nil_return", "extension"}]
    assert {trouble.kind for trouble in declared} == {"nil_return", "extension"}
    assert all(trouble.declared and not trouble.accuse for trouble in declared)


def test_what_a_connector_missed_that_was_gone_for_days_comes_when_it_is_back() -> None:
    """Nothing of its topics can be read meanwhile, and nobody who may send by them is to be accused before all of it has come."""
    history = history_of(whole_world(), frozenset({"heartbeats"}))
    outages = {outage.connector: outage for outage in history.truth.outages}
    assert history.gone
    for down in history.gone:
        outage, read = outages[down.connector], [r.read_ms for r in records(history) if r.topic in down.topics]
        caught_up = [at_ms for at_ms in read if down.until_ms <= at_ms < outage.until_ms]
        assert not [at_ms for at_ms in read if down.from_ms + HOUR_MS <= at_ms < down.until_ms], down.connector
        assert caught_up == [] or max(caught_up) - down.until_ms < HOUR_MS
        datasets = {feed.dataset.id for feed in history.world.feeds if feed.topic in down.topics}
        assert set(outage.feeds) == {feed.id for feed in history.world.feeds if feed.dataset.id in datasets}


def test_a_monitor_that_hears_no_heartbeats_is_spared_connectors_that_are_gone_for_days() -> None:
    assert (HISTORY.gone, {outage.connector for outage in HISTORY.truth.outages}) == ([], {""})


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.needs is None])
def test_a_kind_accuses_if_and_only_if_its_table_says_so(name: str) -> None:
    spans = [span for trouble in HISTORY.truth.troubles if trouble.kind == name for span in trouble.accuse]
    assert bool(spans) == KINDS[name].accuses


def test_an_orderly_unit_is_never_to_be_accused() -> None:
    """All of them, over two years with two Tets, before any trouble befalls them."""
    world = world_of(FOLDER, 3, date(2024, 7, 1), date(2026, 7, 1))
    for feed in world.feeds[::7]:
        course = Course(sorted(orderly(feed, world, world.chance(feed.id)), key=lambda d: d.at_ms))
        assert spans_of(feed, course, world.live_ms, world.end_ms) == [], feed.id


def test_the_same_seed_gives_the_same_history_and_another_gives_another() -> None:
    again, other = history_of(small_world()), history_of(small_world(2))
    assert (again.truth, list(records(again))) == (SMALL.truth, list(records(SMALL)))
    assert other.truth.troubles != SMALL.truth.troubles


def test_records_can_be_read_in_order_and_offsets_have_no_gap() -> None:
    ends: Counter[tuple[str, int]] = Counter()
    last_ms = 0
    for record in records(SMALL):
        assert record.offset == ends[record.topic, record.partition]
        assert last_ms <= record.read_ms < SMALL.world.end_ms
        ends[record.topic, record.partition] += 1
        last_ms = record.read_ms


def test_nhip_reads_every_record_but_those_that_are_meant_to_be_odd() -> None:
    router, counts = Router(load(FOLDER), 1, suites=False), Counter[str]()
    for r in records(SMALL):
        counts.update(router.route(r.topic, [Fetched(r.topic, r.partition, r.offset, r.timestamp_ms, r.key, r.value)], r.read_ms).counts)
    odd = {"future_period", "unknown_unit", "delete_without_unit", "tombstone"}
    assert set(counts) == {"change"} | odd
    assert sum(counts[name] for name in odd) < counts["change"] / 20


def test_a_row_keeps_its_key_and_no_two_rows_share_one() -> None:
    """A period's rows are counted by their keys: a correction is the same row, another period's is another."""
    rows: dict[tuple[str, bytes | None], set[str]] = {}
    for r in records(SMALL):
        if r.value is not None and b'"ky_bao_cao"' in r.value:
            body = json.loads(r.value)
            after = body.get("payload", body.get("data", body))
            row = after.get("after", after) or {}
            rows.setdefault((r.topic, r.key), set()).add(str(row.get("ma_xa")) + str(row.get("ky_bao_cao")))
    assert rows
    shifted = [values for values in rows.values() if len(values - {"NoneNone"}) > 1]
    assert len(shifted) < len(rows) / 20, "only a misdated row is sent with two periods"


def test_a_slow_unit_sends_at_least_what_makes_a_period_complete() -> None:
    for feed in HISTORY.world.feeds[::50]:
        given = orderly(feed, HISTORY.world, HISTORY.world.chance(feed.id))
        for name in {d.period.name for d in given if d.op in {"c", "r"} and d.period.name}:
            assert sum(len(d.rows) for d in given if d.period.name == name and d.op in {"c", "r"}) >= needed(feed)


def test_old_codes_are_those_of_communes_that_a_unit_took_over_whole() -> None:
    codes = {feed.unit: feed.old_codes for feed in HISTORY.world.feeds if feed.dataset.unit_column}
    assert "25456" in codes["25459"]
    assert all(unit not in olds for unit, olds in codes.items())


def test_the_page_shows_the_table_of_kinds() -> None:
    page = (FOLDER.parent.parent / "docs" / "province.md").read_text(encoding="utf-8")
    assert table() in page, (
        "docs/province.md is old: put the output of `python -c 'from streams.province.kinds import *; print(table())'` there"
    )
