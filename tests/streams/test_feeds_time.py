"""Time as OBSERVE knows it: who is due, and how far every source has been read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.feeds.deadlines import Deadlines
from streams.feeds.watermark import Watermark
from streams.ticks import UNREAD, Progress

NOW = 1_760_490_000_000
SOURCE = ("shop1.public.a", 0)
OTHER = ("shop1.public.a", 1)


class TestDeadlines:
    @pytest.mark.parametrize(("after_ms", "due"), [(-1, []), (0, ["a"]), (1, ["a"])])
    def test_a_feed_is_due_from_its_instant_on(self, after_ms: int, due: list[str]) -> None:
        deadlines = Deadlines()
        deadlines.set("a", NOW)
        assert deadlines.pop_due(NOW + after_ms) == due

    def test_a_feed_is_told_once(self) -> None:
        deadlines = Deadlines()
        deadlines.set("a", NOW)
        assert (deadlines.pop_due(NOW), deadlines.pop_due(NOW)) == (["a"], [])

    def test_a_later_instant_replaces_an_earlier_one(self) -> None:
        """A delivery moves the deadline: the old one must not fire."""
        deadlines = Deadlines()
        deadlines.set("a", NOW)
        deadlines.set("a", NOW + 10)
        assert deadlines.pop_due(NOW) == []
        assert deadlines.pop_due(NOW + 10) == ["a"]

    @given(st.lists(st.tuples(st.sampled_from("abcde"), st.none() | st.integers(0, 30)), max_size=400), st.integers(0, 30))
    def test_any_history_leaves_the_last_instant_of_each_feed(self, history: list[tuple[str, int | None]], now_ms: int) -> None:
        """Also when the heap was rebuilt on the way."""
        deadlines, last = Deadlines(), {}
        for feed, at_ms in history:
            deadlines.set(feed, at_ms)
            last[feed] = at_ms
        assert sorted(deadlines.pop_due(now_ms)) == sorted(f for f, at_ms in last.items() if at_ms is not None and at_ms <= now_ms)


class TestWatermark:
    def test_a_topic_is_read_as_far_as_its_slowest_partition(self) -> None:
        watermark = Watermark()
        watermark.merge({"a": [NOW, NOW - 5]})
        assert watermark.of(["a"], NOW) == NOW - 5

    def test_it_cannot_tell_while_one_partition_is_unknown(self) -> None:
        watermark = Watermark()
        watermark.merge({"a": [NOW, UNREAD]})
        assert watermark.of(["a"], NOW) is None

    def test_each_worker_tells_of_its_own_partitions(self) -> None:
        watermark = Watermark()
        watermark.merge({"a": [NOW, UNREAD]})
        watermark.merge({"a": [UNREAD, NOW - 5]})
        assert watermark.of(["a"], NOW) == NOW - 5

    def test_a_worker_that_has_not_seen_a_topic_yet_takes_nothing_away(self) -> None:
        watermark = Watermark()
        watermark.merge({"a": [UNREAD]})
        watermark.merge({})
        assert watermark.of(["a"], NOW) is None

    def test_with_nothing_to_read_everything_is_read(self) -> None:
        assert Watermark().of(["never-created"], NOW) == NOW

    @pytest.mark.parametrize(("lag_ms", "behind"), [(59, set()), (60, set()), (61, {"a"})])
    def test_a_topic_is_behind_beyond_the_tolerance(self, lag_ms: int, behind: set[str]) -> None:
        watermark = Watermark()
        watermark.merge({"a": [NOW - lag_ms]})
        assert watermark.behind(NOW, 60) == behind

    @given(st.lists(st.lists(st.integers(-1, 50), min_size=1, max_size=3), min_size=1, max_size=5))
    def test_ticks_may_come_in_any_order_and_twice(self, told: list[list[int]]) -> None:
        straight, shuffled = Watermark(), Watermark()
        for read in told:
            straight.merge({"a": read})
        for read in [*reversed(told), *told]:
            shuffled.merge({"a": read})
        assert straight.of(["a"], NOW) == shuffled.of(["a"], NOW)


class TestProgress:
    """What a worker says of its own source partitions."""

    @pytest.mark.parametrize(("routed", "told"), [(9, UNREAD), (10, NOW), (11, NOW)])
    def test_a_partition_is_read_once_all_that_kafka_had_is_routed(self, routed: int, told: int) -> None:
        progress = Progress()
        progress.note(NOW, {SOURCE: 10}, {SOURCE: routed})
        assert progress.tick(NOW, {"shop1.public.a": 1}).read_through_ms == {"shop1.public.a": [told]}

    def test_while_a_backlog_waits_the_instant_stays(self) -> None:
        progress = Progress()
        progress.note(NOW, {SOURCE: 10}, {SOURCE: 10})
        progress.note(NOW + 5_000, {SOURCE: 20}, {SOURCE: 15})
        assert progress.tick(NOW + 5_000, {"shop1.public.a": 1}).read_through_ms == {"shop1.public.a": [NOW]}

    def test_an_empty_partition_is_read(self) -> None:
        progress = Progress()
        progress.note(NOW, {SOURCE: 0}, {SOURCE: 0})
        assert progress.tick(NOW, {"shop1.public.a": 1}).read_through_ms == {"shop1.public.a": [NOW]}

    def test_a_partition_not_positioned_yet_is_unread(self) -> None:
        progress = Progress()
        progress.note(NOW, {SOURCE: 0}, {SOURCE: None})
        assert progress.tick(NOW, {"shop1.public.a": 1}).read_through_ms == {"shop1.public.a": [UNREAD]}

    def test_a_partition_that_went_to_another_worker_is_no_longer_told(self) -> None:
        progress = Progress()
        progress.note(NOW, {SOURCE: 10, OTHER: 10}, {SOURCE: 10, OTHER: 10})
        progress.note(NOW + 1, {SOURCE: 10}, {SOURCE: 10})
        assert progress.tick(NOW + 1, {"shop1.public.a": 2}).read_through_ms == {"shop1.public.a": [NOW + 1, UNREAD]}
