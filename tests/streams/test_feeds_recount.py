"""Counting anew: totals replace, ledgers join, and what was set aside counts as if it never had been. Decision 0015."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.embedded import EmbeddedStore
from streams.changes import wire
from streams.changes.wire import Recount, Row
from streams.feeds import recount as recounts
from streams.feeds.recount import Recounting, RecountTooLarge
from tests.streams.feeds_scene import FEED, HOUR_MS, NOW, Scene, changes, heard, lines, months, row, tick

START = NOW - NOW % HOUR_MS
FROM, UNTIL = START - 4 * HOUR_MS, START - HOUR_MS
ALL_BYTES = 1_000_000


def counted(*rows: Row, from_ms: int = FROM, until_ms: int = UNTIL, scene: Scene | None = None, unit: str | None = None) -> Recounting:
    """The rows of a feed, counted anew."""
    found = Recounting((scene or Scene()).catalogue.schedules, from_ms, until_ms, HOUR_MS, unit)
    found.add(changes(*rows))
    return found


def recount(*rows: Row, from_ms: int = FROM, until_ms: int = UNTIL) -> Recount:
    ((_, value),) = counted(*rows, from_ms=from_ms, until_ms=until_ms).recounts(ALL_BYTES)
    told = wire.decode(value)
    assert isinstance(told, Recount)
    return told


def in_hour(hour: int, offset: int, period: str = "2025-08") -> Row:
    """A row heard in the hour that begins so many hours before this one."""
    return heard(row(offset, period), START - hour * HOUR_MS + 60_000)


def inserts(points: Sequence[bytes]) -> dict[int, str]:
    """The inserts of each window, by hours before this one."""
    return {(START - line.time_ms) // HOUR_MS: line.fields["inserts"] for line in lines(points, "volume")}


def test_a_row_that_was_passed_over_counts_in_its_own_window() -> None:
    """Offset 1 was set aside, and later offsets have been counted: as a mere row it would be taken for a repeat."""
    scene = Scene()
    scene.after(changes(in_hour(3, 0), in_hour(3, 2)), tick())
    assert inserts(scene.after(changes(in_hour(3, 1))).points) == {}
    assert inserts(scene.after(recount(in_hour(3, 0), in_hour(3, 1), in_hour(3, 2))).points) == {3: "3i"}


def test_a_recount_completes_a_period() -> None:
    scene = Scene()
    scene.after(changes(*months("2023-12", "2025-07")), tick())
    assert scene.verdict().status == "stale"
    scene.after(recount(*(heard(r, FROM) for r in months("2025-08", "2025-09"))))
    assert (scene.verdict().status, scene.verdict().data_through) == ("fresh", "2025-09")


def test_a_recount_takes_nothing_back() -> None:
    """What the sources no longer tell stays: a period is complete for good, and an arrival was heard."""
    scene = Scene()
    scene.after(changes(*months("2023-12", "2025-09")), tick())
    before = scene.observer.verdicts()
    scene.after(recount(in_hour(3, 100)))
    assert scene.observer.verdicts() == before


@pytest.mark.parametrize(("hour", "replaced"), [(5, False), (4, True), (2, True), (1, False), (0, False)])
def test_windows_from_the_first_up_to_those_still_open_are_replaced(hour: int, replaced: bool) -> None:
    """The windows just before, at and after both ends. A window that is open keeps what was counted live."""
    scene = Scene()
    scene.after(changes(in_hour(hour, 0)), tick())
    out = scene.after(recount(in_hour(hour, 0), in_hour(hour, 1)))
    assert inserts(out.points).get(hour) == ("2i" if replaced else None)


def test_an_open_window_goes_on_where_it_was() -> None:
    scene = Scene()
    scene.after(changes(in_hour(0, 0)), tick())
    scene.after(recount(in_hour(3, 50), in_hour(0, 0)))
    assert inserts(scene.after(changes(in_hour(0, 51))).points) == {0: "2i"}


def test_live_rows_that_no_checkpoint_has_written_give_way_to_the_whole_total() -> None:
    """They are in the recount: the router had read them before it was made."""
    scene = Scene()
    scene.take(tick(), changes(in_hour(2, 0)), recount(in_hour(2, 0), in_hour(2, 1)))
    assert inserts(scene.checkpoint().points) == {2: "2i"}


def test_rows_that_wait_for_a_suite_are_left_to_the_recount() -> None:
    """Their window is closed by it: judging them would find no window to add to."""
    scene = Scene()
    judged = msgspec.structs.replace(in_hour(2, 0), after=b"{}")
    scene.take(tick(), changes(judged), recount(in_hour(2, 0)))
    assert scene.observer.rows_to_judge() == []


def test_a_late_row_after_a_recount_counts_in_the_oldest_open_window() -> None:
    scene = Scene()
    scene.after(tick(), recount(in_hour(3, 0)))
    assert inserts(scene.after(changes(in_hour(3, 9))).points) == {1: "1i"}


def test_heartbeats_of_a_window_stay_as_they_were() -> None:
    """A recount reads rows. The field that it does not write keeps its value in the store."""
    scene, store = Scene(), EmbeddedStore(":memory:")
    store.write(scene.after(changes(in_hour(3, 0), msgspec.structs.replace(in_hour(3, 1), op="h", period=None)), tick()).points)
    store.write(scene.after(recount(in_hour(3, 0), in_hour(3, 2))).points)
    (point,) = store.read("volume")
    assert (point.fields["inserts"], point.fields["heartbeats"]) == (2, 1)


def test_rows_of_a_period_are_not_added_up_again() -> None:
    """`nhip why` shows them to people: the same rows read twice are no more rows."""
    scene = Scene()
    rows = [in_hour(3, n) for n in range(5)]
    scene.after(changes(*rows[:4]), tick())
    for _ in range(2):
        scene.after(recount(*rows))
    assert [entry.rows for entry in scene.observer._shelf[FEED].state.ledger.entries.values()] == [5]


def test_a_feed_that_the_worker_does_not_know_is_left_alone() -> None:
    """The worker still runs with the catalogue of before: it must not end over it."""
    scene = Scene()
    stranger = msgspec.structs.replace(recount(in_hour(3, 0)), feed="25459/unheard-of")
    assert scene.after(tick(), stranger).points == Scene().after(tick()).points


def test_only_the_unit_that_is_asked_for_is_counted() -> None:
    assert (counted(in_hour(3, 0), unit="25459").feeds, counted(in_hour(3, 0), unit="25480").feeds) == (1, 0)


def test_parts_are_small_and_together_the_whole() -> None:
    whole = counted(*(in_hour(hour, 4 - hour) for hour in (4, 3, 2)))
    parts = [wire.decode(value) for _, value in whole.recounts(1)]
    assert [sorted(p.windows) for p in parts if isinstance(p, Recount)] == [[START - h * HOUR_MS] for h in (4, 3, 2)]


def test_more_windows_than_can_be_held_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounts, "MOST_WINDOWS", 2)
    assert counted(in_hour(3, 0), in_hour(2, 1)).windows == 2
    with pytest.raises(RecountTooLarge):
        counted(in_hour(3, 0), in_hour(2, 1), in_hour(4, 2))


PERIODS = ["2025-07", "2025-08", "2025-09"]
HOURS = st.sampled_from([4, 3, 2])


@given(
    told=st.lists(st.tuples(HOURS, st.sampled_from(PERIODS), st.booleans()), min_size=1, max_size=12),
    times=st.integers(1, 3),
    crash=st.booleans(),
)
def test_after_a_replay_all_is_as_if_nothing_had_been_set_aside(told: list[tuple[int, str, bool]], times: int, crash: bool) -> None:
    """Some rows could not be used at first. However often they are replayed, points and verdict are those of an undisturbed run."""
    rows = [in_hour(hour, offset, period) for offset, (hour, period, _) in enumerate(sorted(told, reverse=True))]
    usable = [r for r, (_, _, was_usable) in zip(rows, sorted(told, reverse=True), strict=True) if was_usable]
    disturbed, undisturbed = Scene(), Scene()
    store, other = EmbeddedStore(":memory:"), EmbeddedStore(":memory:")
    store.write(disturbed.after(changes(*usable), tick()).points)
    other.write(undisturbed.after(changes(*rows), tick()).points)
    for _ in range(times):
        if crash:
            disturbed.take(recount(*rows))
            disturbed.observer.outputs()
            disturbed.restart()
            disturbed.take(tick())
        store.write(disturbed.after(recount(*rows)).points)
    assert kept(store) == kept(other)
    assert disturbed.verdict() == undisturbed.verdict()


def kept(store: EmbeddedStore) -> Iterable[object]:
    """Rows by window as the store has them; heartbeats are none of a recount's."""
    return sorted((p.time_ms, sorted((n, v) for n, v in p.fields.items() if n != "heartbeats")) for p in store.read("volume"))
