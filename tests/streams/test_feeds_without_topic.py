"""A dataset of which no topic exists yet: nobody could have sent, so nobody is accused; operations learn of it, units do not."""

from __future__ import annotations

from streams.changes.wire import Tick
from streams.feeds.rules import Rules
from tests.streams.changes_province import at
from tests.streams.feeds_scene import FEED, HOUR_MS, MINUTE_MS, NOW, TOPIC, Scene, changes, months, row, tick

TOLERANCE_MS = Rules().tolerance_ms


def no_topic(now_ms: int) -> Tick:
    return Tick(now_ms, {"another.public.dataset": [now_ms]})


def test_a_feed_that_was_never_heard_is_unknown_while_its_dataset_has_no_topic() -> None:
    scene = Scene()
    scene.after(no_topic(NOW))
    (change,) = scene.after(no_topic(NOW + TOLERANCE_MS + 1)).transitions
    assert (change.old, change.new, change.reason) == (None, "unknown", "monitor_behind")


def test_nothing_is_said_while_a_worker_may_not_have_told_yet_which_topics_there_are() -> None:
    scene = Scene()
    assert scene.after(no_topic(NOW)).transitions == []
    assert scene.after(no_topic(NOW + TOLERANCE_MS)).transitions == []


def test_once_the_topic_is_there_and_read_it_is_never_since_its_first_deadline() -> None:
    scene = Scene()
    scene.after(no_topic(NOW))
    scene.after(no_topic(NOW + TOLERANCE_MS + 1))
    (change,) = scene.after(tick(NOW + HOUR_MS // 2)).transitions
    assert (change.old, change.new, change.reason) == ("unknown", "never", "never_heard")
    assert change.at_ms == scene.verdict().deadline_ms


def test_a_topic_that_is_there_and_not_read_yet_accuses_nobody_either() -> None:
    scene = Scene()
    scene.after(no_topic(NOW))
    scene.after(no_topic(NOW + TOLERANCE_MS + 1))
    assert scene.after(tick(NOW + HOUR_MS // 2, read_through_ms=-1)).transitions == []


def test_a_feed_that_was_heard_and_whose_topic_is_gone_is_judged_by_what_it_delivered() -> None:
    scene = Scene()
    scene.after(changes(*months("2023-12", "2024-12")), tick())
    scene.after(Tick(NOW + HOUR_MS, {TOPIC: [], "another.public.dataset": [NOW + HOUR_MS]}))
    assert scene.verdict().status == "stale"


def test_a_feed_that_delivered_nothing_of_use_was_heard_all_the_same() -> None:
    """Its topic exists, or it could not have sent that."""
    scene = Scene()
    scene.after(changes(row(0, None)), tick())
    scene.after(Tick(NOW + HOUR_MS, {TOPIC: []}))
    assert scene.verdict().status == "never"


def test_a_tick_that_brings_no_topic_touches_nothing() -> None:
    """A dataset may wait for its first topic for months."""
    scene = Scene()
    scene.after(no_topic(NOW))
    scene.after(no_topic(NOW + TOLERANCE_MS + 1))
    out = scene.after(no_topic(NOW + TOLERANCE_MS + MINUTE_MS))
    assert (out.points, out.transitions, out.buckets) == ([], [], {})


def test_a_feed_of_which_nothing_is_due_yet_is_in_order_until_its_first_deadline_and_then_unknown() -> None:
    scene, early = Scene(), at("2023-12-15T08:30")
    scene.after(no_topic(early))
    assert scene.verdict(FEED).status == "fresh"
    for now_ms in (at("2024-01-02T08:30"), NOW):
        scene.after(no_topic(now_ms))
    assert scene.verdict(FEED).status == "unknown"
