"""A source topic that is deleted is not waited for: its feeds are judged by what they had delivered."""

from __future__ import annotations

from streams.changes.wire import Tick
from streams.feeds.watermark import Watermark
from streams.ticks import Vanished
from tests.streams.feeds_scene import MINUTE_MS, NOW, TOPIC, Scene, changes, months, tick

NEW = "shop2.public.bao-cao"


class TestVanished:
    def test_a_topic_missing_at_two_looks_in_a_row_is_gone(self) -> None:
        vanished = Vanished()
        vanished.note({"a", "b"}, {"a"})
        assert (vanished.missing, vanished.topics) == (frozenset("b"), frozenset())
        vanished.note({"a", "b"}, {"a"})
        assert vanished.topics == {"b"}

    def test_one_look_that_misses_it_is_not_enough(self) -> None:
        vanished = Vanished()
        for there in ({"a"}, {"a", "b"}, {"a"}):
            vanished.note({"a", "b"}, there)
        assert vanished.topics == frozenset()

    def test_a_topic_that_comes_back_is_there(self) -> None:
        vanished = Vanished()
        for there in (set[str](), set[str](), {"a"}):
            vanished.note({"a"}, there)
        assert (vanished.missing, vanished.topics) == (frozenset(), frozenset())


class TestWatermark:
    def test_a_topic_that_is_gone_is_forgotten(self) -> None:
        watermark = Watermark()
        watermark.merge({"a": [NOW - 5], "b": [NOW - 99]})
        watermark.merge({"a": [NOW - 5], "b": []})
        assert (watermark.of(["a", "b"], NOW), list(watermark.topics)) == (NOW - 5, ["a"])

    def test_a_topic_that_a_worker_does_not_name_stays(self) -> None:
        watermark = Watermark()
        watermark.merge({"b": [NOW - 99]})
        watermark.merge({})
        assert watermark.of(["b"], NOW) == NOW - 99


def test_a_stale_feed_whose_topic_was_deleted_stays_stale() -> None:
    """Not unknown for ever: there is nothing left to read."""
    scene = Scene()
    scene.after(changes(*months("2023-12", "2024-12")), tick(NOW, NOW))
    scene.after(Tick(NOW + 10 * MINUTE_MS, {TOPIC: [], NEW: [NOW + 10 * MINUTE_MS]}))
    assert (scene.verdict().status, scene.verdict().data_through) == ("stale", "2024-12")


def test_a_stale_feed_whose_topic_is_there_but_not_read_is_unknown() -> None:
    scene = Scene()
    scene.after(changes(*months("2023-12", "2024-12")), tick(NOW, NOW))
    scene.after(Tick(NOW + 10 * MINUTE_MS, {TOPIC: [NOW], NEW: [NOW + 10 * MINUTE_MS]}))
    assert scene.verdict().status == "unknown"
