"""The schedule, the shrinking and the comparison of the faults harness are pure, and can be tested without any service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults import outcome, province, scan
from tests.faults.actors import DOES
from tests.faults.outcome import Outcome, compare
from tests.faults.schedule import DECK, Kind, plan
from tests.faults.shrink import shrink

NOTHING = Outcome({}, {}, {}, {}, {}, 0, ())


def test_a_seed_gives_the_same_schedule_every_time_and_another_seed_another() -> None:
    assert plan(7, 1000, 40, 3) == plan(7, 1000, 40, 3) != plan(8, 1000, 40, 3)


@given(st.integers(), st.integers(1, 10**6), st.integers(1, 300), st.integers(1, 9))
@settings(max_examples=40)
def test_faults_strike_in_order_within_the_events_and_hit_workers_that_exist(seed: int, events: int, faults: int, workers: int) -> None:
    schedule = plan(seed, events, faults, workers)
    assert len(schedule) == faults
    assert [fault.at_event for fault in schedule] == sorted(fault.at_event for fault in schedule)
    assert all(0 <= fault.at_event <= events and fault.worker < workers for fault in schedule)


def test_every_kind_comes_up_within_one_deck() -> None:
    assert {fault.kind for fault in plan(1, 1000, len(DECK), 3)} == set(Kind)


def test_every_kind_is_put_into_effect_by_somebody() -> None:
    others = {Kind.CLOCK} | {kind for kind in Kind if kind.name.startswith("INFLUX")}
    assert DOES.keys() | others == set(Kind)


@pytest.mark.parametrize("guilty", [(3,), (0, 19), (5, 6, 7)], ids=str)
def test_a_schedule_shrinks_to_the_faults_that_make_the_difference(guilty: Sequence[int]) -> None:
    assert shrink(tuple(range(20)), lambda left: set(guilty) <= set(left)) == tuple(guilty)


def test_shrinking_stops_when_no_more_runs_are_allowed() -> None:
    allowed = iter([False, True])
    assert shrink((1, 2, 3, 4), lambda left: next(allowed, None) if left else False) == (1, 2)


@pytest.mark.parametrize(
    ("expected", "found", "different", "lost"),
    [
        ({"a": 1}, {"a": 1}, 0, 0),
        ({"a": 1}, {"a": 2}, 1, 0),
        ({"a": 1}, {}, 0, 1),
        ({}, {"a": 1}, 1, 0),
    ],
    ids=["equal", "another value", "missing", "one too many"],
)
def test_values_are_compared_by_identity(expected: dict[str, Any], found: dict[str, Any], different: int, lost: int) -> None:
    comparison = compare(NOTHING._replace(points=expected), NOTHING._replace(points=found))
    assert (len(comparison.different), len(comparison.lost)) == (different, lost)


def test_two_transitions_of_one_id_that_say_different_things_are_a_difference() -> None:
    once = outcome.transitions_of([b'{"id":"a","new":"late","noticed_ms":1}', b'{"id":"a","new":"late","noticed_ms":2}'])
    twice = outcome.transitions_of([b'{"id":"a","new":"late"}', b'{"id":"a","new":"stale"}'])
    assert (len(once), len(twice)) == (1, 2)


def test_the_canary_scan_sees_what_a_log_a_page_or_a_point_shows() -> None:
    name, number = province.CANARIES
    shown = NOTHING._replace(points={"volume": {"text": f"of {name}"}})
    assert scan.sightings(NOTHING, {"w0.log": "told 10001"}, {"page /": "Xã 1"}) == []
    seen = scan.sightings(shown, {"w0.log": f"error: {number}"}, {"page /": name})
    assert [where.split(" shows")[0] for where in seen] == ["points", "w0.log", "page /"]


def test_the_story_is_the_same_for_every_run_and_has_as_many_events_as_were_asked_for() -> None:
    told = [[list(province.Story(3, 3000, 3).day(stage)) for stage in range(1)] for _ in range(2)]
    assert told[0] == told[1]
    story = province.Story(3, 3000, 3)
    assert [len(list(story.day(stage))) for stage in range(3)] == [1000, 1000, 1000]
