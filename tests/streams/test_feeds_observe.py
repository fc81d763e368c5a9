"""OBSERVE's core: what a checkpoint sends and writes, and that a crash between any two steps changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.changes.wire import Changes, Tick
from tests.streams.feeds_scene import FEED, HOUR_MS, MINUTE_MS, NOW, TOPIC, Scene, changes, heard, lines, month, monthly, months, row, tick


def test_nothing_is_judged_before_the_first_tick() -> None:
    """A backlog that is being read must not accuse anybody: the time is an event."""
    scene = Scene()
    out = scene.after(changes(*months("2023-12", "2024-12")))
    assert out.transitions == []
    assert scene.observer.verdicts() == {}


def test_a_unit_current_only_to_december_2024_is_stale_and_says_so() -> None:
    scene = Scene()
    out = scene.after(changes(*months("2023-12", "2024-12")), tick())
    (change,) = out.transitions
    assert (change.new, change.data_through, change.expected_through, change.periods_behind) == ("stale", "2024-12", "2025-09", 9)


def test_rows_counted_in_the_same_checkpoint_as_the_tick_are_not_held_against_the_unit() -> None:
    scene = Scene()
    out = scene.after(tick(), changes(*months("2023-12", "2025-09")))
    assert [t.new for t in out.transitions] == ["fresh"]


def test_a_feed_that_never_reported_is_told_from_its_first_deadline_on() -> None:
    scene = Scene()
    (change,) = scene.after(tick()).transitions
    assert (change.new, change.reason) == ("never", "never_heard")
    assert change.at_ms == scene.verdict().deadline_ms


@pytest.mark.parametrize(("late_ms", "status"), [(-1, "due"), (0, "late"), (1, "late")])
def test_a_deadline_passes_by_a_tick_alone(late_ms: int, status: str) -> None:
    """Just before, at, and after the deadline of 2025-09 with nothing arriving."""
    scene = Scene()
    scene.after(changes(*months("2023-12", "2025-08")), tick(NOW - 30 * 24 * HOUR_MS))
    deadline_ms = scene.catalogue.schedules["bao-cao"].deadline_ms(month("2025-09"))
    scene.after(tick(deadline_ms + late_ms))
    assert scene.verdict().status == status


def test_a_transition_is_dated_when_it_happened_not_when_it_was_noticed() -> None:
    scene = Scene()
    scene.after(changes(*months("2023-12", "2025-08")), tick(NOW - 30 * 24 * HOUR_MS))
    deadline_ms = scene.catalogue.schedules["bao-cao"].deadline_ms(month("2025-09"))
    scene.after(tick(deadline_ms - 1))
    (change,) = scene.after(tick(deadline_ms + 3 * HOUR_MS)).transitions
    assert (change.at_ms, change.noticed_ms) == (deadline_ms, deadline_ms + 3 * HOUR_MS)


def test_a_tick_touches_only_what_is_due() -> None:
    """Cost follows what is due: a second tick in the same hour finds nothing to do."""
    scene = Scene()
    scene.after(changes(*months("2023-12", "2025-09")), tick())
    assert scene.after(tick(NOW + MINUTE_MS)).points == []


def test_a_silent_feed_is_written_again_every_hour() -> None:
    """A series that ends reads as resolved."""
    scene = Scene()
    scene.after(changes(*months("2023-12", "2024-12")), tick())
    (point,) = lines(scene.after(tick(NOW + HOUR_MS)).points, "freshness")
    assert point.time_ms == (NOW + HOUR_MS) // HOUR_MS * HOUR_MS
    assert point.fields["data_through"] == '"2024-12"'


class TestMonitorBehind:
    """Our own lag is never the unit's fault."""

    def test_nothing_is_said_of_a_feed_whose_source_is_still_being_read_for_the_first_time(self) -> None:
        scene = Scene()
        out = scene.after(changes(*months("2023-12", "2024-12")), tick(read_through_ms=-1))
        assert (out.transitions, scene.observer.verdicts()) == ([], {})

    def test_the_accusation_comes_once_the_source_has_been_read(self) -> None:
        scene = Scene()
        scene.after(changes(*months("2023-12", "2024-12")), tick(read_through_ms=-1))
        (change,) = scene.after(tick(NOW + 5_000)).transitions
        assert (change.old, change.new) == (None, "stale")

    def test_an_accusation_becomes_unknown_while_the_source_is_not_read(self) -> None:
        scene = Scene()
        scene.after(changes(*months("2023-12", "2024-12")), tick(read_through_ms=NOW))
        later = NOW + 2 * HOUR_MS
        (change,) = scene.after(tick(later, read_through_ms=NOW)).transitions
        assert (change.old, change.new, change.reason, change.at_ms) == ("stale", "unknown", "monitor_behind", later)

    def test_an_accusation_that_comes_back_is_dated_by_its_deadline(self) -> None:
        scene = Scene()
        scene.after(changes(*months("2023-12", "2024-12")), tick(read_through_ms=NOW))
        scene.after(tick(NOW + 2 * HOUR_MS, read_through_ms=NOW))
        (change,) = scene.after(tick(NOW + 3 * HOUR_MS)).transitions
        assert (change.old, change.new, change.at_ms) == ("unknown", "stale", scene.verdict().deadline_ms)

    def test_a_fresh_feed_stays_fresh_however_far_reading_lags(self) -> None:
        scene = Scene()
        scene.after(changes(*months("2023-12", "2025-09")), tick(read_through_ms=-1))
        assert scene.verdict().status == "fresh"

    @pytest.mark.parametrize(("lag_ms", "status"), [(59_999, "stale"), (60_000, "stale"), (60_001, "unknown")])
    def test_an_accusation_is_withdrawn_once_reading_lags_too_far(self, lag_ms: int, status: str) -> None:
        """Just before, at, and after the tolerance, with nothing else happening to the feed."""
        scene = Scene()
        scene.after(changes(*months("2023-12", "2024-12")), tick(read_through_ms=NOW))
        scene.after(tick(NOW + lag_ms, read_through_ms=NOW))
        assert scene.verdict().status == status

    def test_an_unread_topic_by_which_the_unit_has_not_sent_yet_is_enough(self) -> None:
        """It may have moved to another system: what it sends there has not been read."""
        scene = Scene(monthly(topics=r"shop[12]\.public\.bao-cao"))
        scene.after(changes(*months("2023-12", "2024-12")), Tick(NOW, {TOPIC: [NOW], "shop2.public.bao-cao": [-1]}))
        assert scene.observer.verdicts() == {}

    def test_a_heartbeat_does_not_speak_for_the_topic_of_the_rows(self) -> None:
        """A feed heard only by its connector's heartbeat is not accused while its rows have not been read."""
        scene = Scene()
        beat = Changes("__debezium-heartbeat.shop1", 0, {FEED: [row(0, None, op="h")]})
        scene.after(beat, Tick(NOW, {"__debezium-heartbeat.shop1": [NOW], TOPIC: [-1]}))
        assert scene.observer.verdicts() == {}

    def test_one_unread_partition_is_enough(self) -> None:
        scene = Scene()
        message = tick(partitions=2)
        message.read_through_ms[next(iter(message.read_through_ms))][1] = -1
        scene.after(changes(*months("2023-12", "2024-12")), tick())
        scene.after(Tick(NOW + HOUR_MS, message.read_through_ms))
        assert scene.verdict().status == "unknown"


class TestRepeats:
    """Offsets counted once, whatever is read again."""

    def test_a_batch_read_again_counts_nothing(self) -> None:
        scene = Scene()
        batch = changes(row(0), row(1))
        scene.after(batch, tick())
        assert scene.after(batch).points == []

    def test_a_batch_half_of_which_is_new_counts_the_new_half(self) -> None:
        scene = Scene()
        scene.after(changes(row(0), row(1)), tick())
        out = scene.after(changes(row(1), row(2)))
        (volume,) = lines(out.points, "volume")
        assert volume.fields["inserts"] == "3i"

    def test_the_same_offset_of_another_partition_is_another_row(self) -> None:
        scene = Scene()
        out = scene.after(changes(row(0)), changes(row(0), partition=1), tick())
        (volume,) = lines(out.points, "volume")
        assert volume.fields["inserts"] == "2i"

    @given(cuts=st.lists(st.integers(0, 23), max_size=4), crash_after=st.sampled_from(["take", "outputs", "written"]))
    def test_a_crash_anywhere_gives_the_numbers_of_an_undisturbed_run(self, cuts: list[int], crash_after: str) -> None:
        """Batches cut anywhere, a crash after any step, and everything not written read again."""
        rows = months("2023-12", "2025-12")
        whole = Scene()
        whole.after(changes(*rows), tick())
        broken = Scene()
        begin = 0
        for end in [*sorted(cuts), len(rows)]:
            broken.take(changes(*rows[begin:end]))
            if crash_after == "outputs":
                broken.observer.outputs()
            if crash_after == "written":
                broken.checkpoint()
                begin = end
            broken.restart()
        broken.after(changes(*rows[begin:]), tick())
        assert broken.verdict() == whole.verdict()
        (again,) = lines(broken.after(changes(row(len(rows)))).points, "volume")
        (once,) = lines(whole.after(changes(row(len(rows)))).points, "volume")
        assert again == once


class TestWindows:
    """Totals of an hour of the broker's time; the last write is the sum."""

    def test_a_windows_point_is_rewritten_with_its_total(self) -> None:
        scene = Scene()
        scene.after(changes(row(0)), tick())
        (second,) = lines(scene.after(changes(row(1, op="u"))).points, "volume")
        assert (second.fields["inserts"], second.fields["updates"]) == ("1i", "1i")
        assert second.time_ms == (NOW - HOUR_MS) // HOUR_MS * HOUR_MS

    @pytest.mark.parametrize(("after_start_ms", "window"), [(-1, 0), (0, 1), (1, 1)])
    def test_a_window_begins_with_its_first_millisecond(self, after_start_ms: int, window: int) -> None:
        start = NOW // HOUR_MS * HOUR_MS - HOUR_MS
        scene = Scene()
        out = scene.after(changes(row(0, heard_ms=start + after_start_ms)), tick())
        assert [v.time_ms for v in lines(out.points, "volume")] == [start - HOUR_MS + window * HOUR_MS]

    def test_rows_older_than_every_open_window_count_in_the_oldest_one(self) -> None:
        """Nothing is lost, and no closed window's point is overwritten by a part of it."""
        scene = Scene()
        old = NOW - 10 * HOUR_MS
        scene.after(changes(row(0, heard_ms=old)), tick(read_through_ms=NOW))
        scene.after(changes(row(1, heard_ms=NOW)))
        (late,) = lines(scene.after(changes(row(2, heard_ms=old))).points, "volume")
        assert late.time_ms == NOW // HOUR_MS * HOUR_MS - HOUR_MS

    def test_windows_stay_open_while_their_source_is_unread(self) -> None:
        scene = Scene()
        old = NOW - 10 * HOUR_MS
        scene.after(changes(row(0, heard_ms=old)), tick(read_through_ms=old))
        (again,) = lines(scene.after(changes(row(1, heard_ms=old + 1))).points, "volume")
        assert (again.time_ms, again.fields["inserts"]) == (old // HOUR_MS * HOUR_MS, "2i")


class TestAliveIsNotFresh:
    """Signs of life move the clock of hearing, never `data_through`."""

    @pytest.mark.parametrize("op", ["d", "t", "m", "h"])
    def test_events_without_a_period_prove_life_only(self, op: str) -> None:
        scene = Scene()
        scene.after(changes(*months("2023-12", "2024-12"), row(99, None, op=op, heard_ms=NOW)), tick())
        assert (scene.verdict().data_through, scene.verdict().reason) == ("2024-12", "stuck")

    def test_updates_of_old_periods_prove_life_only(self) -> None:
        scene = Scene()
        scene.after(changes(*months("2023-12", "2024-12"), row(99, "2024-12", op="u", heard_ms=NOW)), tick())
        assert (scene.verdict().status, scene.verdict().reason) == ("stale", "stuck")

    def test_a_snapshot_of_the_same_rows_changes_nothing(self) -> None:
        scene = Scene()
        scene.after(changes(*months("2023-12", "2024-12")), tick())
        before = scene.verdict()
        scene.after(changes(*(row(50 + n, "2024-12", op="r") for n in range(5))))
        assert scene.verdict().data_through == before.data_through

    def test_silence_after_the_last_row_is_told_apart_from_being_stuck(self) -> None:
        scene = Scene()
        scene.after(changes(*[heard(r, NOW - 90 * 24 * HOUR_MS) for r in months("2023-12", "2024-12")]), tick())
        assert scene.verdict().reason == "silent"


def test_a_feeds_state_survives_its_bucket() -> None:
    scene = Scene()
    scene.after(changes(*months("2023-12", "2024-12")), tick())
    before = scene.verdict()
    scene.restart()
    assert scene.verdict() == before
    assert scene.after(tick(NOW + 1)).transitions == []


def test_all_outputs_name_the_feed_by_its_catalogue_tags() -> None:
    out = Scene().after(changes(*months("2023-12", "2024-12")), tick())
    unit = FEED.split("/", maxsplit=1)[0]
    assert all(f"unit={unit}" in point.decode() for point in out.points)
