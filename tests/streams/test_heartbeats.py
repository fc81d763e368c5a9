"""A connector that was away is there again before it has caught up: what a heartbeat tells, and what it does not."""

from __future__ import annotations

import pytest

from streams.heartbeats import Heartbeats
from streams.troubles import SETTLE_MS
from tests.streams.feeds_scene import MINUTE_MS, NOW

SOURCE, OTHER = ("__debezium-heartbeat.shop1", 0), ("__debezium-heartbeat.shop2", 0)
TOLERANCE = 10 * MINUTE_MS


def heard(*at_ms: int, tolerance_ms: int = TOLERANCE) -> Heartbeats:
    """Heartbeats so many ms after NOW."""
    heartbeats = Heartbeats(tolerance_ms)
    for at in at_ms:
        heartbeats.note(SOURCE, NOW + at)
    return heartbeats


def told(heartbeats: Heartbeats, after_ms: int) -> int:
    return heartbeats.told(NOW + after_ms)[SOURCE] - NOW


def test_a_connector_that_beats_has_brought_everything_up_to_its_last_heartbeat() -> None:
    assert told(heard(0, MINUTE_MS, 2 * MINUTE_MS), 2 * MINUTE_MS) == 2 * MINUTE_MS


def test_one_that_has_just_begun_has_not_been_away() -> None:
    assert told(heard(TOLERANCE), TOLERANCE) == TOLERANCE


@pytest.mark.parametrize(("pause_ms", "away"), [(TOLERANCE - 1, False), (TOLERANCE, False), (TOLERANCE + 1, True)])
def test_it_was_away_when_two_heartbeats_are_further_apart_than_is_tolerated(pause_ms: int, *, away: bool) -> None:
    assert told(heard(0, pause_ms), pause_ms) == (0 if away else pause_ms)


@pytest.mark.parametrize(("after_ms", "catching_up"), [(0, True), (SETTLE_MS - 1, True), (SETTLE_MS, False), (SETTLE_MS + 1, False)])
def test_when_it_is_back_it_is_given_time_to_catch_up(after_ms: int, *, catching_up: bool) -> None:
    back = 2 * TOLERANCE
    heartbeats = heard(0, back, back + MINUTE_MS)
    assert told(heartbeats, back + after_ms) == (0 if catching_up else back + MINUTE_MS)


@pytest.mark.parametrize(("beats_for_ms", "read_ms"), [(SETTLE_MS - 1, 0), (SETTLE_MS, 2 * TOLERANCE + SETTLE_MS)])
def test_one_that_falls_again_before_it_has_caught_up_has_brought_nothing_since_its_first_fall(beats_for_ms: int, read_ms: int) -> None:
    back, last = 2 * TOLERANCE, 2 * TOLERANCE + beats_for_ms
    heartbeats = heard(0, back, last, last + TOLERANCE + 1)
    assert told(heartbeats, last + TOLERANCE + 1) == read_ms


def test_other_connectors_are_read_as_ever() -> None:
    heartbeats = heard(0, 2 * TOLERANCE)
    heartbeats.note(OTHER, NOW + 2 * TOLERANCE)
    assert heartbeats.told(NOW + 2 * TOLERANCE) == {SOURCE: NOW, OTHER: NOW + 2 * TOLERANCE}


def test_operations_hear_at_once_that_it_is_back() -> None:
    """`last` is what they are told by; that it catches up is no trouble of its own."""
    assert heard(0, 2 * TOLERANCE).last == {SOURCE: NOW + 2 * TOLERANCE}


def test_with_a_tolerance_of_0_no_connector_is_ever_away() -> None:
    assert told(heard(0, 5 * TOLERANCE, tolerance_ms=0), 5 * TOLERANCE) == 5 * TOLERANCE
