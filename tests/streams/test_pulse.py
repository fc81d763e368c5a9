"""What a worker sees of itself: its clock against the broker's stamps, and connectors that miss their heartbeat."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from streams.changes.wire import Tick
from streams.feeds.rules import Rules
from streams.pulse import PROBE, Self, audible, quiet, skew_ms
from streams.ticks import UNREAD, Progress
from streams.troubles import SKEW_MS, Kind
from tests.streams.feeds_scene import FEED, HOUR_MS, MINUTE_MS, NOW, TOPIC, Scene, changes, months, tick

BEATS = "__debezium-heartbeat.shop1"
TOLERANCE = 10 * MINUTE_MS


class Acknowledged(NamedTuple):
    timestamp: int
    timestamp_type: int = 1


@pytest.mark.parametrize(
    ("stamp_ms", "skew"),
    [
        pytest.param(-70_000, 70_000, id="stamped before it was sent: our clock is ahead"),
        pytest.param(-1, 1, id="by a millisecond"),
        pytest.param(0, 0, id="when it was sent"),
        pytest.param(20_000, 0, id="on the way: a slow broker is no wrong clock"),
        pytest.param(40_000, 0, id="when it was acknowledged"),
        pytest.param(40_001, -1, id="after it was acknowledged: our clock is behind"),
    ],
)
def test_a_clock_is_wrong_by_what_the_way_there_and_back_cannot_explain(stamp_ms: int, skew: int) -> None:
    assert skew_ms([Acknowledged(NOW + stamp_ms)], NOW, NOW + 40_000) == skew


def test_a_broker_that_repeats_our_own_time_says_nothing() -> None:
    assert skew_ms([Acknowledged(NOW - HOUR_MS, timestamp_type=0)], NOW, NOW) is None


def test_a_probe_changes_nothing_and_lets_no_time_pass() -> None:
    """A worker that does not know its clock yet sends it first: nobody may be judged by it."""
    scene = Scene()
    scene.take(changes(*months("2023-12", "2024-12")))
    out = scene.after(PROBE)
    assert (out.transitions, scene.observer.verdicts(), scene.observer.now_ms) == ([], {}, None)
    scene.after(tick())
    again = scene.after(PROBE)
    assert (again.transitions, again.points, again.buckets) == ([], [], {})


def test_a_stamp_of_long_ago_is_none() -> None:
    """As the embedded broker gives it."""
    assert skew_ms([Acknowledged(1234)], NOW, NOW) is None


@pytest.mark.parametrize(("ahead_ms", "may"), [(SKEW_MS, True), (SKEW_MS + 1, False), (-SKEW_MS, True), (-SKEW_MS - 1, False)])
def test_a_worker_whose_clock_is_wrong_must_not_let_deadlines_pass(ahead_ms: int, may: bool) -> None:
    worker = Self("w", MINUTE_MS)
    worker.skew_ms = ahead_ms
    assert worker.may_tell_the_time is may
    assert [t.kind for t in worker.report(NOW, None).troubles] == ([] if may else [Kind.CLOCK])


@pytest.mark.parametrize(
    ("beats", "expected"),
    [
        pytest.param({(BEATS, 0): NOW - TOLERANCE}, {}, id="a heartbeat as old as is tolerated"),
        pytest.param({(BEATS, 0): NOW - TOLERANCE - 1}, {"shop1": NOW - TOLERANCE - 1}, id="older"),
        pytest.param({}, {"shop1": None}, id="none since this worker began"),
        pytest.param({(BEATS, 0): 0, (BEATS, 1): NOW}, {}, id="a connector beats in one partition only"),
    ],
)
def test_a_connector_is_quiet_when_its_heartbeat_is_missing(beats: dict[tuple[str, int], int], expected: dict[str, int | None]) -> None:
    mine = [(BEATS, 0), (BEATS, 1), (TOPIC, 0)]
    assert quiet(beats, mine, NOW, TOLERANCE) == expected
    assert quiet(beats, mine, NOW, 0) == {}, "0: heartbeats are not looked at"


ONE, TWO = (BEATS, 0), (BEATS, 1)


@pytest.mark.parametrize(
    ("mine", "at_end", "beats", "expected"),
    [
        pytest.param([ONE, TWO], [ONE, TWO], {}, [ONE, TWO], id="all is read, and nothing was heard"),
        pytest.param([ONE, TWO], [ONE, TWO], {ONE: NOW}, [ONE, TWO], id="all is read"),
        pytest.param([ONE, TWO], [TWO], {ONE: NOW}, [], id="heartbeats that wait to be routed are our lag"),
        pytest.param([TWO], [TWO], {}, [], id="another worker reads the partition in which it beats"),
        pytest.param([ONE], [ONE], {ONE: NOW}, [ONE], id="another worker reads the partition in which it does not"),
        pytest.param([(TOPIC, 0)], [(TOPIC, 0)], {}, [], id="no heartbeat topic"),
    ],
)
def test_a_worker_can_miss_the_heartbeats_that_it_would_have_read(mine: Any, at_end: Any, beats: Any, expected: Any) -> None:
    assert audible(mine, at_end, beats, {BEATS: 2, TOPIC: 1}) == expected


@pytest.mark.parametrize(("after_ms", "told"), [(0, False), (TOLERANCE, False), (TOLERANCE + 1, True)])
def test_operations_are_not_alarmed_by_a_restart_between_two_heartbeats(after_ms: int, *, told: bool) -> None:
    """A connector that this worker has never heard may just not have beaten since it began; verdicts are held all the same."""
    worker = Self("w", MINUTE_MS)
    worker.listen({}, [(BEATS, 0)], NOW, TOLERANCE)
    worker.listen({}, [(BEATS, 0)], NOW + after_ms, TOLERANCE)
    assert worker.quiet == ({"shop1": None} if told else {})


def test_a_connector_that_was_heard_once_is_missed_as_soon_as_its_heartbeat_is_too_old() -> None:
    worker = Self("w", MINUTE_MS)
    worker.listen({(BEATS, 0): NOW}, [(BEATS, 0)], NOW, TOLERANCE)
    worker.listen({(BEATS, 0): NOW}, [(BEATS, 0)], NOW + TOLERANCE + 1, TOLERANCE)
    assert worker.quiet == {"shop1": NOW}


class TestProgress:
    """What a tick says is read: never beyond a gap, and of a heartbeat topic up to the last heartbeat."""

    def tick(self, cap_ms: int | None = None, **beats: int) -> dict[str, list[int]]:
        progress = Progress()
        progress.note(NOW, {(TOPIC, 0): 5, (BEATS, 0): 3, (BEATS, 1): 7}, {(TOPIC, 0): 5, (BEATS, 0): 3, (BEATS, 1): None})
        assert progress.at_end == {(TOPIC, 0), (BEATS, 0)}
        return progress.tick(NOW, {TOPIC: 1, BEATS: 2}, {(BEATS, 0): beats["beat"]} if beats else {}, cap_ms).read_through_ms

    def test_a_heartbeat_topic_is_read_up_to_its_last_heartbeat(self) -> None:
        assert self.tick(beat=NOW - 7) == {TOPIC: [NOW], BEATS: [NOW - 7, UNREAD]}

    def test_one_without_a_heartbeat_is_unread(self) -> None:
        assert self.tick() == {TOPIC: [NOW], BEATS: [UNREAD, UNREAD]}

    def test_nothing_is_read_beyond_a_gap(self) -> None:
        assert self.tick(NOW - 9, beat=NOW)[TOPIC] == [NOW - 9]


class TestQuietConnector:
    """A feed whose connector is quiet is unknown, not late: what its unit sent may be waiting in the source."""

    def scene(self) -> Scene:
        return Scene(rules=Rules(partitions=1, buckets=2, connector_ms=TOLERANCE))

    def after(self, beat_ms: int, heartbeats: str = BEATS) -> tuple[str, str] | None:
        scene = self.scene()
        scene.after(changes(*months("2023-12", "2024-12")), Tick(NOW - HOUR_MS, {TOPIC: [NOW], heartbeats: [NOW - HOUR_MS]}))
        scene.after(Tick(NOW, {TOPIC: [NOW], heartbeats: [beat_ms]}))
        verdict = scene.verdict()
        return str(verdict.status), str(verdict.reason)

    @pytest.mark.parametrize(
        ("age_ms", "expected"), [(TOLERANCE - 1, "stale"), (TOLERANCE, "stale"), (TOLERANCE + 1, "unknown"), (HOUR_MS, "unknown")]
    )
    def test_its_feeds_are_unknown_once_the_heartbeat_is_too_old(self, age_ms: int, expected: str) -> None:
        found = self.after(NOW - age_ms)
        assert found is not None
        assert found[0] == expected

    def test_feeds_of_other_connectors_are_judged_as_ever(self) -> None:
        assert self.after(NOW - HOUR_MS, "__debezium-heartbeat.shop") == ("stale", "stuck")

    def test_a_feed_in_order_stays_so(self) -> None:
        scene = self.scene()
        scene.after(changes(*months("2023-12", "2025-09")), Tick(NOW, {TOPIC: [NOW], BEATS: [NOW - HOUR_MS]}))
        assert scene.verdict().status == "fresh"

    def test_nothing_is_said_at_first_sight_while_no_heartbeat_was_heard(self) -> None:
        scene = self.scene()
        scene.after(changes(*months("2023-12", "2024-12")), Tick(NOW, {TOPIC: [NOW], BEATS: [UNREAD]}))
        assert FEED not in scene.observer.verdicts()

    def test_when_it_beats_again_the_verdict_comes_from_the_data_and_not_from_the_outage(self) -> None:
        """What was held back arrives with the first heartbeats: the unit was never late."""
        scene = self.scene()
        deadline_ms = scene.catalogue.schedules["bao-cao"].deadline_ms(scene.catalogue.schedules["bao-cao"].parse("2025-10"))
        before, after = deadline_ms - HOUR_MS, deadline_ms + 2 * HOUR_MS
        scene.after(changes(*months("2023-12", "2025-09")), Tick(before, {TOPIC: [before], BEATS: [before]}))
        (unknown,) = scene.after(Tick(after, {TOPIC: [after], BEATS: [before]})).transitions
        assert unknown.new == "unknown"
        late = changes(*months("2025-10", "2025-10", from_offset=50))
        (well,) = scene.after(late, Tick(after + MINUTE_MS, {TOPIC: [after + MINUTE_MS], BEATS: [after + MINUTE_MS]})).transitions
        assert (well.old, well.new) == ("unknown", "fresh")
