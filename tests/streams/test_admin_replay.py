"""What is read again, from when, and when a recount would be wrong. Tables of cases; no Kafka."""

from __future__ import annotations

import msgspec
import pytest

from streams.admin import again as set_aside
from streams.admin.again import NO_CONTRACT, NO_RECORD, NO_TIME, again
from streams.admin.entries import Entry, Place
from streams.admin.replay import CannotReplay, Kept, Span, closed_until, earliest, kept_from, spans_of, window_of
from streams.changes.batch import EARLIEST_MS
from tests.streams.changes_province import at, catalogue, dataset

HOUR_MS = 3_600_000
NOW = at("2025-10-15T15:10")
DAY_MS = 24 * HOUR_MS
DELETED_AFTER_A_DAY = {"cleanup.policy": "delete", "retention.ms": str(DAY_MS), "retention.bytes": "-1"}
KEPT = Kept("t", 0, committed=90, from_offset=10, until_offset=80, kept_from_ms=0)


@pytest.mark.parametrize(
    ("now", "until"), [("2025-10-15T14:59:59", "13:00"), ("2025-10-15T15:00", "14:00"), ("2025-10-15T15:00:01", "14:00")]
)
def test_a_window_is_closed_one_window_after_its_end(now: str, until: str) -> None:
    assert closed_until(at(now), HOUR_MS) == at(f"2025-10-15T{until}")


def test_an_instant_is_in_the_window_that_begins_at_or_before_it() -> None:
    assert [window_of(HOUR_MS + n, HOUR_MS) for n in (-1, 0, 1)] == [0, HOUR_MS, HOUR_MS]


@pytest.mark.parametrize(
    ("begin", "first_ms", "config", "kept_ms"),
    [
        pytest.param(0, None, DELETED_AFTER_A_DAY, 0, id="nothing has ever been deleted"),
        pytest.param(5, NOW - 3 * DAY_MS, DELETED_AFTER_A_DAY, NOW - 3 * DAY_MS, id="all since the first that is left"),
        pytest.param(5, NOW - HOUR_MS, DELETED_AFTER_A_DAY, NOW - DAY_MS, id="a quiet topic: nothing that young can have expired"),
        pytest.param(5, None, DELETED_AFTER_A_DAY, NOW - DAY_MS, id="empty by now"),
        pytest.param(5, NOW - HOUR_MS, {**DELETED_AFTER_A_DAY, "retention.bytes": "1000"}, NOW - HOUR_MS, id="a limit of bytes"),
        pytest.param(5, None, {**DELETED_AFTER_A_DAY, "retention.bytes": "1000"}, NOW, id="a limit of bytes, empty"),
        pytest.param(5, NOW - HOUR_MS, {**DELETED_AFTER_A_DAY, "retention.ms": "-1"}, NOW - HOUR_MS, id="deleted by hand"),
        pytest.param(0, None, {**DELETED_AFTER_A_DAY, "cleanup.policy": "compact,delete"}, None, id="compacted"),
    ],
)
def test_from_when_on_a_partition_has_everything(begin: int, first_ms: int | None, config: dict[str, str], kept_ms: int | None) -> None:
    assert kept_from(begin, first_ms, config, NOW) == kept_ms


def test_what_the_workers_have_read_is_read_again() -> None:
    assert spans_of([KEPT], HOUR_MS) == [Span("t", 0, 10, 90)]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"committed": None, "until_offset": 0}, id="nobody has read it: a worker will, from its beginning"),
        pytest.param({"committed": 10, "until_offset": 10}, id="nothing of that time has been read"),
        pytest.param({"committed": 5, "until_offset": 5}, id="only older things have been read"),
    ],
)
def test_what_no_worker_has_read_is_not_read(changed: dict[str, int | None]) -> None:
    assert spans_of([msgspec.structs.replace(KEPT, **changed)], HOUR_MS) == []


@pytest.mark.parametrize(("committed", "refused"), [(79, True), (80, False), (81, False)])
def test_a_backlog_of_closed_windows_is_read_first(committed: int, refused: bool) -> None:
    """Its rows would be counted twice: by the recount, and live after it."""
    behind = msgspec.structs.replace(KEPT, committed=committed)
    if not refused:
        assert spans_of([behind], HOUR_MS)
        return
    with pytest.raises(CannotReplay, match="1 records wait to be read first"):
        spans_of([behind], HOUR_MS)


@pytest.mark.parametrize(("kept_from_ms", "refused"), [(HOUR_MS - 1, False), (HOUR_MS, False), (HOUR_MS + 1, True), (None, True)])
def test_windows_that_are_no_longer_whole_are_refused(kept_from_ms: int | None, refused: bool) -> None:
    partition = msgspec.structs.replace(KEPT, kept_from_ms=kept_from_ms)
    if refused:
        with pytest.raises(CannotReplay, match="t/0"):
            spans_of([partition], HOUR_MS)
    else:
        assert spans_of([partition], HOUR_MS)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    wrong = [msgspec.structs.replace(KEPT, partition=n, committed=1) for n in range(3)]
    with pytest.raises(CannotReplay) as told:
        spans_of(wrong, HOUR_MS)
    assert len(str(told.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("kept_ms", "first_window"), [([0, HOUR_MS], HOUR_MS), ([0, HOUR_MS + 1], 2 * HOUR_MS), ([0, None], None), ([], 0)]
)
def test_the_first_whole_window_of_all(kept_ms: list[int | None], first_window: int | None) -> None:
    assert earliest([msgspec.structs.replace(KEPT, kept_from_ms=at_ms) for at_ms in kept_ms], HOUR_MS) == first_window


TOPIC = "shop1.public.ho-tich"


def entry(timestamp_ms: int | None = NOW, topic: str | None = TOPIC, set_aside_ms: int = NOW) -> Entry:
    source = None if topic is None else Place(topic, 0, 1)
    return Entry(Place("q", 0, 0), set_aside_ms, "unknown_unit", "", "", source, timestamp_ms)


def test_replaying_begins_with_the_earliest_that_was_set_aside() -> None:
    found = again([entry(NOW), entry(NOW - 5), entry(NOW - 3)], catalogue([dataset()]))
    assert (found.entries, found.from_ms, found.datasets) == (3, NOW - 5, {"ho-tich"})


@pytest.mark.parametrize(
    ("one", "why"),
    [
        pytest.param(entry(topic=None), NO_RECORD, id="a refused point came from no record"),
        pytest.param(entry(topic="shop1.public.other"), NO_CONTRACT, id="still no contract"),
        pytest.param(entry(EARLIEST_MS - 1), NO_TIME, id="a clock that was never set"),
        pytest.param(entry(None), NO_TIME, id="no time at all"),
    ],
)
def test_what_a_mended_catalogue_does_not_help_is_left_and_told(one: Entry, why: str) -> None:
    found = again([one, entry()], catalogue([dataset()]))
    assert (found.entries, found.left) == (1, {why: 1})


def test_a_clock_that_ran_ahead_does_not_hide_a_record() -> None:
    """It was set aside before the time that it tells: that is when it counts."""
    assert again([entry(NOW + DAY_MS, set_aside_ms=NOW - 7)], catalogue([dataset()])).from_ms == NOW - 7


def test_nothing_set_aside_is_nothing_to_replay() -> None:
    assert again([], catalogue([dataset()])) == set_aside.Again()
