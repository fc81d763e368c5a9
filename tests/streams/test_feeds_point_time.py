"""The newest freshness point of a feed tells its present status: whoever asks for the last one must not be told of a former one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.changes.wire import Changes, Message
from tests.streams.feeds_scene import HOUR_MS, MINUTE_MS, NOW, Scene, changes, heard, lines, months, row, tick

NOTHING_READ = -1


def newest(scene: Scene) -> str:
    """The status of the point with the latest time; of two with the same time the later write stands."""
    points = [line for out in scene.sent for line in lines(out.points, "freshness")]
    return max(enumerate(points), key=lambda found: (found[1].time_ms, found[0]))[1].fields["status"].strip('"')


LATER = NOW + 10 * MINUTE_MS


def behind() -> Scene:
    """A feed that was stale, until Nhịp could not tell any longer because reading lags."""
    scene = Scene()
    scene.after(changes(*months("2023-12", "2024-12")), tick(NOW, NOW))
    scene.after(tick(LATER, NOW))
    assert newest(scene) == "unknown"
    return scene


def rest() -> Changes:
    """Rows that had come long before they were read."""
    return changes(*months("2025-01", "2025-09", from_offset=50))


def test_rows_that_are_read_late_are_not_hidden_by_unknown() -> None:
    """They came before it was said that nobody can tell."""
    scene = behind()
    scene.after(rest(), tick(LATER + 1, LATER + 1))
    assert newest(scene) == "fresh"


def test_a_deadline_missed_long_ago_is_not_hidden_by_unknown() -> None:
    scene = behind()
    scene.after(tick(LATER + 1, LATER + 1))
    assert newest(scene) == "stale"


def test_the_time_of_the_last_point_outlives_a_restart() -> None:
    scene = behind()
    scene.restart()
    scene.after(rest(), tick(LATER + 1, LATER + 1))
    assert newest(scene) == "fresh"


def test_a_heartbeat_of_the_same_minute_still_writes_the_same_point() -> None:
    """Times are coarse so that a busy feed has one point a minute, not one a batch."""
    scene = Scene()
    minute = NOW - NOW % MINUTE_MS
    scene.after(changes(*months("2023-12", "2025-09")), tick(minute + 10))
    times = {
        lines(scene.after(changes(heard(row(30 + n), minute + n)), tick(minute + 20 + n)).points, "freshness")[0].time_ms for n in range(3)
    }
    assert len(times) == 1


EVENTS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 3 * HOUR_MS), st.integers(-1, 1), st.integers(0, 90 * MINUTE_MS)), min_size=1, max_size=12
)


@given(EVENTS)
def test_whatever_happens_the_newest_point_has_the_present_status(events: list[tuple[int, int, int, int]]) -> None:
    """Rows of any month, heard at any time, ticks that know much or nothing, in any order."""
    scene, now_ms = Scene(), NOW
    for offset, (ordinal, ago_ms, read, later_ms) in enumerate(events):
        now_ms += later_ms
        arrival: Message = changes(heard(row(offset, f"{2023 + ordinal // 12}-{ordinal % 12 + 1:02d}"), now_ms - ago_ms))
        scene.after(arrival, tick(now_ms, now_ms if read > 0 else NOTHING_READ))
    scene.after(tick(now_ms, now_ms))
    assert newest(scene) == scene.verdict().status
