"""The catalogue changes and the worker is restarted: verdicts follow the new terms at once, not at the old terms' next deadline."""

from __future__ import annotations

import msgspec
import pytest

from expectations.catalogue.units import Dataset
from expectations.freshness.schedule import Span
from tests.streams.changes_province import TAN_NINH, catalogue
from tests.streams.feeds_scene import NOW, Scene, changes, monthly, months, tick

LATE, FRESH = "2025-08", "2025-09"
"""Through which month data came; September was due on 3 October and late on 5 October, `NOW` is the 15th."""


def with_grace(days: int) -> Dataset:
    dataset = monthly()
    return msgspec.structs.replace(dataset, terms=msgspec.structs.replace(dataset.terms, grace=Span(days, "day")))


def restarted(scene: Scene, dataset: Dataset) -> Scene:
    scene.catalogue = catalogue((dataset,))
    scene.restart()
    return scene


def scene_of(dataset: Dataset, last: str) -> Scene:
    scene = Scene(dataset)
    scene.after(changes(*months("2023-12", last)), tick())
    return scene


@pytest.mark.parametrize(("before", "after"), [(1, 30), (30, 1)], ids=["more grace", "less grace"])
def test_another_grace_counts_from_the_first_tick(before: int, after: int) -> None:
    status = {1: "late", 30: "due"}
    scene = scene_of(with_grace(before), LATE)
    assert scene.verdict().status == status[before]
    restarted(scene, with_grace(after)).after(tick(NOW + 1))
    assert scene.verdict().status == status[after]


def test_a_feed_that_was_fresh_is_held_to_the_new_terms() -> None:
    """It would stay fresh until a deadline that no longer is one."""
    scene = scene_of(monthly(), FRESH)
    assert scene.verdict().status == "fresh"
    dataset = monthly()
    stricter = msgspec.structs.replace(dataset, terms=msgspec.structs.replace(dataset.terms, month_starts_on=15))
    restarted(scene, stricter).after(tick(NOW + 4 * 86_400_000))
    assert scene.verdict().status == "late"


def test_a_suspended_obligation_is_suspended_at_once() -> None:
    scene = scene_of(monthly(), LATE)
    out = restarted(scene, monthly(suspended=frozenset({TAN_NINH}))).after(tick(NOW + 1))
    assert scene.verdict().status == "suspended"
    assert [change.new for change in out.transitions] == ["suspended"]


def test_with_the_same_terms_a_restart_changes_nothing() -> None:
    scene = scene_of(monthly(), LATE)
    before = scene.verdict()
    out = restarted(scene, monthly()).after(tick(NOW + 1))
    assert (scene.verdict(), out.transitions) == (before, [])
