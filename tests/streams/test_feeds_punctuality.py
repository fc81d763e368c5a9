"""Points of punctuality: once a day, of the week, month and quarter of the day that ended; what adds up, and whose fault nothing is."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.freshness.scores import IN_ORDER, Change, Window, timeliness
from expectations.freshness.verdict import BEHIND, Status
from streams.changes.wire import Tick
from streams.feeds.observe import Outputs
from streams.feeds.punctuality import KEPT_MS, MOST_CHANGES, Days, noted
from streams.feeds.state import FeedState, decode_bucket
from tests.streams.changes_province import HEALTH, TAN_NINH, at
from tests.streams.feeds_scene import FEED, HOUR_MS, MINUTE_MS, TOPIC, Line, Scene, changes, heard, lines, months, tick

DAY_MS = 24 * HOUR_MS
DAY_SECONDS = 86_400


def day_points(out: Outputs, over: str = "month") -> list[Line]:
    return [line for line in lines(out.points, "punctuality") if f"over={over}" in line.head]


def figures(line: Line) -> dict[str, int]:
    return {name: int(value.rstrip("i")) for name, value in line.fields.items() if name != "window"}


def october() -> Scene:
    """September was due on 3 October, late from the 5th, and came on the 15th; somebody looked every hour of midnight."""
    scene = Scene()
    early = [heard(one, at("2025-09-05")) for one in months("2023-12", "2025-08")]
    scene.after(changes(*early), tick(at("2025-09-10")))
    for day in range(1, 32):
        if day == 15:
            scene.take(changes(*(heard(one, at("2025-10-15")) for one in months("2025-09", "2025-09", from_offset=90))))
        scene.after(tick(at(f"2025-10-{day:02d}") + HOUR_MS))
    return scene


def test_ten_days_late_in_october_are_in_the_point_of_its_last_day() -> None:
    scene = october()
    (point,) = day_points(scene.after(tick(at("2025-11-01") + MINUTE_MS)))
    assert point.head == f"punctuality,dataset=bao-cao,department={HEALTH},over=month,unit={TAN_NINH}"
    assert (point.time_ms, point.fields["window"]) == (at("2025-11-01"), '"2025-10"')
    assert figures(point) == {
        "in_order_seconds": 21 * DAY_SECONDS,
        "behind_seconds": 10 * DAY_SECONDS,
        "spells": 1,
        "delay_seconds": 10 * DAY_SECONDS,
        "owed": 1,
        "complete": 1,
    }


def test_a_day_has_a_point_for_its_week_its_month_and_its_quarter() -> None:
    out = october().after(tick(at("2025-11-01") + MINUTE_MS))
    assert [line.fields["window"] for over in ("week", "month", "quarter") for line in day_points(out, over)] == [
        '"2025-W44"',
        '"2025-10"',
        '"2025-Q4"',
    ]


@pytest.mark.parametrize(
    ("when", "count"),
    [("2025-10-31T23:59", 0), ("2025-11-01T00:00", 1), ("2025-11-01T01:00", 0), ("2025-11-02T00:00", 1)],
    ids=["before midnight", "at midnight", "the next hour", "the next midnight"],
)
def test_points_are_written_once_a_day(when: str, count: int) -> None:
    scene = october()
    instants = [t for t in ("2025-10-31T23:59", "2025-11-01T00:00", "2025-11-01T01:00", "2025-11-02T00:00") if t <= when]
    outs = [scene.after(tick(at(t))) for t in instants]
    assert len(day_points(outs[-1])) == count


def test_after_a_restart_the_same_points_are_written_again() -> None:
    scene = october()
    before = day_points(scene.after(tick(at("2025-11-01") + MINUTE_MS)))
    scene.restart()
    assert day_points(scene.after(tick(at("2025-11-01") + 2 * MINUTE_MS))) == before


def test_a_state_of_before_there_were_points_is_read_as_ever() -> None:
    """It ends before them; what was before counts for nothing."""
    (stored,) = october().table.values()
    fields = msgspec.msgpack.decode(stored)[FEED]
    older = msgspec.convert(fields[: FeedState.__struct_fields__.index("changes")], FeedState)
    assert (older.ledger, older.changes) == (decode_bucket(stored)[FEED].ledger, [])


def test_our_own_outage_is_nobodys_delay() -> None:
    """Late from the 5th on; from the 10th to before the 13th nothing could be read."""
    scene = Scene()
    early = [heard(one, at("2025-09-05")) for one in months("2023-12", "2025-08")]
    scene.after(changes(*early), tick(at("2025-09-10"), at("2025-09-10")))
    for day in range(1, 32):
        now = at(f"2025-10-{day:02d}")
        scene.after(Tick(now, {TOPIC: [at("2025-10-09") if 10 <= day < 13 else now]}))
    (point,) = day_points(scene.after(tick(at("2025-11-01"), at("2025-11-01"))))
    found = figures(point)
    assert found["in_order_seconds"] == 4 * DAY_SECONDS
    assert found["behind_seconds"] == found["delay_seconds"] == (27 - 3) * DAY_SECONDS
    assert found["spells"] == 1


STATUSES = st.sampled_from(list(Status))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3), STATUSES), max_size=30))
def test_what_is_remembered_tells_the_same_as_all_changes(steps: list[tuple[int, int, Status]]) -> None:
    """In order, behind and neither are all that a score asks for; at most as much time as there was is judged."""
    kept: list[Change] = []
    now = 0
    for after, late, status in steps:
        now += after
        kept = list(noted(kept, now - late, now, status))
    assert kept == sorted(kept, key=lambda change: change.at_ms)
    assert all(a.status is not b.status for a, b in pairwise(kept))
    score = timeliness(kept, Window("", 0, 10_000), now)
    assert score.in_order_ms + score.behind_ms <= max(now, 0) + 3
    if steps:
        last = steps[-1][2]
        assert (kept[-1].status in IN_ORDER, kept[-1].status in BEHIND) == (last in IN_ORDER, last in BEHIND)


def test_late_since_a_deadline_that_passed_while_nobody_could_tell_counts_from_when_it_was_noticed() -> None:
    kept = noted(noted([Change(0, Status.FRESH)], 100, 100, Status.UNKNOWN), 50, 300, Status.LATE)
    assert list(kept) == [Change(0, Status.FRESH), Change(100, Status.UNKNOWN), Change(300, Status.LATE)]


def test_late_since_a_deadline_that_was_noticed_later_counts_from_the_deadline() -> None:
    assert noted([Change(0, Status.FRESH)], 50, 300, Status.STALE)[-1] == Change(50, Status.LATE)


def test_changes_of_more_than_a_quarter_ago_are_forgotten_but_the_one_that_lasted() -> None:
    old = [Change(0, Status.FRESH), Change(10, Status.LATE), Change(20, Status.FRESH)]
    assert noted(old, KEPT_MS + 30, KEPT_MS + 30, Status.LATE) == [Change(20, Status.FRESH), Change(KEPT_MS + 30, Status.LATE)]


def test_a_feed_that_flaps_is_remembered_as_far_as_there_is_room() -> None:
    kept: list[Change] = []
    for n in range(3 * MOST_CHANGES):
        kept = list(noted(kept, n, n, Status.LATE if n % 2 else Status.FRESH))
    assert len(kept) == MOST_CHANGES


@pytest.mark.parametrize(("seconds", "over"), [(-1, False), (0, True), (1, True)])
def test_a_day_ends_at_the_midnight_of_the_province(seconds: int, *, over: bool) -> None:
    days = Days(ZoneInfo("Asia/Ho_Chi_Minh"))
    midnight_ms = int(datetime(2025, 10, 31, 17, tzinfo=UTC).timestamp()) * 1000
    days.pass_to(midnight_ms - HOUR_MS)
    days.over = False
    days.pass_to(midnight_ms + seconds * 1000)
    assert (days.over, days.midnight_ms) == (over, midnight_ms if over else midnight_ms - DAY_MS)
