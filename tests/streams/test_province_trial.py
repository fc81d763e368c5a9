"""Nhịp against the truth: it says all that a fair observer must, nothing else, and in time; and a Nhịp that is wrong is found out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from bench import province as bench_province
from expectations.catalogue.load import load
from expectations.freshness.terms import Span, Terms
from streams.province.history import History, history_of
from streams.province.plan import world_of
from streams.province.rows import records
from streams.province.score import Score, accusations_of, score
from streams.province.trial import KNOWS, Sitting, alerts_of, sitting_of, transitions_of
from tests.streams.province_scene import TICK_MS, catalogue_of, small_world, whole_world

SMALL = history_of(small_world())
TOLD = history_of(whole_world(), KNOWS)


def trial(history: History, change: Callable[[Terms], Terms] = lambda terms: terms) -> Score:
    return judged(history, sitting_of(history, TICK_MS), change)


def judged(history: History, sitting: Sitting, change: Callable[[Terms], Terms] = lambda terms: terms) -> Score:
    transitions = transitions_of(catalogue_of(history.world, change), records(history), sitting, lambda _: None)
    return score(history.truth, accusations_of(transitions, history.world.end_ms), TICK_MS, alerts_of(sitting))


@pytest.mark.parametrize("seed", [1, 2])
def test_nhip_accuses_whom_it_must_and_nobody_else_within_a_tick(seed: int) -> None:
    """Half a year of the whole province, a Tet and a new year in it. `make province` does it for 20 seeds and two years."""
    history = TOLD if seed == 1 else history_of(whole_world(seed), KNOWS)
    assert history.gone
    result = trial(history)
    assert (result.missed, result.wrong, result.told_wrongly) == ([], [], [])
    assert result.worst_delay_ticks <= 1
    assert len(result.made) > 100


@pytest.mark.parametrize("cadence", ["workingDaily", "weekly", "tenDaily", "halfYearly"])
def test_nhip_is_right_about_cadences_that_the_example_does_not_have(tmp_path: Path, cadence: str) -> None:
    """A year and a half of thirty communes that owe one dataset, in every kind of trouble that fits them."""
    bench_province.write_catalogue(tmp_path, 30, "bench.bao_cao.public.bao_cao")
    contract = tmp_path / "contracts" / "bao-cao.yaml"
    text = contract.read_text()
    for was, becomes in (
        ("cadence, value: monthly", f"cadence, value: {cadence}"),
        ("value: 25, unit: dayOfMonth", "value: 2, unit: workingDay"),
        ('"2026-01-15"', '"2024-01-15"'),
        ("char(7)", "char(10)"),
    ):
        text = text.replace(was, becomes)
    contract.write_text(text)
    history = history_of(world_of(tmp_path, 1, date(2025, 1, 1), date(2026, 7, 1)), KNOWS)
    assert len({trouble.kind for trouble in history.truth.troubles if trouble.accuse}) > 5
    sitting = sitting_of(history, TICK_MS)
    accusations = accusations_of(transitions_of(load(tmp_path), records(history), sitting, lambda _: None), history.world.end_ms)
    result = score(history.truth, accusations, TICK_MS, alerts_of(sitting))
    assert (result.missed, result.wrong, result.told_wrongly, result.worst_delay_ticks <= 1) == ([], [], [], True)


def shorter_grace(terms: Terms) -> Terms:
    return replace(terms, grace=Span(0, "day"))


def longer_grace(terms: Terms) -> Terms:
    return replace(terms, grace=Span(terms.grace.count + 2, "workingDay"))


def one_row_is_enough(terms: Terms) -> Terms:
    return replace(terms, min_rows=1, slice_quorum=0.0)


def test_a_nhip_that_allows_no_grace_accuses_the_innocent() -> None:
    assert "in_grace" in {wrong.kind for wrong in trial(SMALL, shorter_grace).wrong}


def test_a_nhip_that_allows_too_much_grace_is_late_or_silent() -> None:
    result = trial(SMALL, longer_grace)
    assert result.wrong == []
    assert result.worst_delay_ticks > 1 or result.missed


def test_a_nhip_that_takes_one_row_for_a_period_does_not_see_partial_ones() -> None:
    missed = {miss.kind for miss in trial(SMALL, one_row_is_enough).missed}
    assert {"partial", "duplicates"} <= missed


def test_a_nhip_that_takes_its_own_outage_for_silence_accuses_the_innocent() -> None:
    """The same records at the same times, but the ticks say that everything was read."""
    history = SMALL
    blind = [r for r in records(history) if not any(o.from_ms < r.read_ms < o.until_ms for o in history.truth.outages)]
    sitting = replace(sitting_of(history, TICK_MS), outages=[])
    transitions = transitions_of(catalogue_of(history.world), blind, sitting, lambda _: None)
    assert score(history.truth, accusations_of(transitions, history.world.end_ms), TICK_MS).wrong


def test_a_nhip_that_does_not_miss_heartbeats_takes_a_connector_that_is_gone_for_silence() -> None:
    """And operations hear nothing of it."""
    result = judged(TOLD, replace(sitting_of(TOLD, TICK_MS), gone=[]))
    touched = {feed for outage in TOLD.truth.outages if outage.connector for feed in outage.feeds}
    assert {wrong.feed for wrong in result.wrong} & touched
    assert len(result.told_wrongly) == len(TOLD.gone)


def test_a_nhip_to_which_nothing_is_declared_accuses_whoever_declared() -> None:
    result = judged(TOLD, replace(sitting_of(TOLD, TICK_MS), stated=[]))
    assert {wrong.kind for wrong in result.wrong} == {"nil_return", "extension"}
