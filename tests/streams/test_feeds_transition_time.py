"""When a status changed is in the data: whichever rows happened to be in the same checkpoint, a transition keeps its instant and its id."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.changes.wire import Row
from streams.feeds.rules import Rules
from tests.streams.feeds_scene import HOUR_MS, MINUTE_MS, NOW, Scene, changes, heard, month, months, row, tick

BEGAN = NOW + 30 * MINUTE_MS


def late() -> Scene:
    """A feed that has missed the deadline of September."""
    scene = Scene()
    scene.after(changes(*months("2023-12", "2025-08")), tick(NOW - 30 * 24 * HOUR_MS))
    scene.after(tick())
    assert scene.verdict().status == "late"
    return scene


def completing(at_ms: int = BEGAN) -> list[Row]:
    return [heard(row(100, "2025-09"), at_ms)]


@pytest.mark.parametrize(
    "other", [row(101, "2025-09"), row(101, "2024-03"), row(101, None)], ids=["same period", "old period", "no period"]
)
def test_a_later_row_of_the_same_checkpoint_that_completes_nothing_does_not_date_it(other: object) -> None:
    scene = late()
    (change,) = scene.after(changes(*completing(), heard(other, BEGAN + MINUTE_MS)), tick(NOW + HOUR_MS)).transitions  # type: ignore[arg-type]
    assert (change.old, change.new, change.at_ms) == ("late", "fresh", BEGAN)


@given(st.lists(st.booleans(), min_size=5, max_size=5))
@settings(deadline=None)
def test_the_id_is_the_same_wherever_checkpoints_fall(falls: list[bool]) -> None:
    """What a crash after the outputs makes the next worker read again, it may read in other portions."""
    scene, found = late(), []
    rows = completing() + [heard(row(101 + n, "2024-03"), BEGAN + (1 + n) * MINUTE_MS) for n in range(4)]
    for one, checkpoint in zip(rows, falls, strict=True):
        scene.take(changes(one))
        found += scene.checkpoint().transitions if checkpoint else []
    found += scene.after(tick(NOW + HOUR_MS)).transitions
    assert [change.id for change in found] == [f"{change.unit}/{change.dataset}@{BEGAN}:fresh" for change in found[:1]]


def test_an_arrival_before_a_foreseen_instant_dates_it_though_that_has_passed_when_it_is_judged() -> None:
    """The feed would have been stale from a deadline on, and had delivered a minute before."""
    scene = late()
    foreseen_ms = scene.catalogue.schedules["bao-cao"].deadline_ms(month("2025-10"))
    scene.take(changes(*completing(foreseen_ms - MINUTE_MS), heard(row(101, "2025-10"), foreseen_ms - MINUTE_MS)))
    (change,) = scene.after(tick(foreseen_ms + HOUR_MS)).transitions
    assert (change.old, change.new, change.at_ms) == ("late", "fresh", foreseen_ms - MINUTE_MS)


def test_what_time_makes_worse_is_dated_by_the_foreseen_instant_whatever_arrives_meanwhile() -> None:
    scene = late()
    foreseen_ms = scene.catalogue.schedules["bao-cao"].deadline_ms(month("2025-10"))
    scene.take(changes(heard(row(101, "2024-03"), foreseen_ms - MINUTE_MS)))
    (change,) = scene.after(tick(foreseen_ms + HOUR_MS)).transitions
    assert (change.new, change.at_ms) == ("stale", foreseen_ms)


@pytest.mark.parametrize("tolerance_ms", [60_000, 400 * 24 * HOUR_MS], ids=["strict", "patient"])
def test_ticks_that_are_read_again_take_nothing_back(tolerance_ms: int) -> None:
    """After a crash between state and offset the ticks of before the deadline come again, to a feed that is late by then."""
    scene = Scene(rules=Rules(partitions=1, buckets=2, tolerance_ms=tolerance_ms))
    deadline_ms = scene.catalogue.schedules["bao-cao"].deadline_ms(month("2025-09"))
    before, after = deadline_ms - 2 * HOUR_MS, deadline_ms + 2 * HOUR_MS
    scene.after(changes(*months("2023-12", "2025-08")), tick(before, before))
    (late_now,) = scene.after(tick(after, after)).transitions
    scene.restart()
    said = [scene.after(tick(now_ms, now_ms)) for now_ms in (before, before + HOUR_MS, deadline_ms, after, after + HOUR_MS)]
    assert [out.transitions for out in said] == [[]] * 5
    assert (late_now.new, scene.verdict().status) == ("late", "late")


def test_a_feed_whose_ticks_were_read_again_is_judged_when_the_time_is_reached_again() -> None:
    scene = late()
    scene.restart()
    scene.after(tick(NOW - 30 * 24 * HOUR_MS), changes(*completing(NOW - MINUTE_MS)))
    assert scene.verdict().status == "late"
    (change,) = scene.after(tick()).transitions
    assert (change.new, change.at_ms) == ("fresh", NOW - MINUTE_MS)
