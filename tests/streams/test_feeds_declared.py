"""OBSERVE takes declarations in one order with rows and time: verdicts, transitions, what is told, what is kept."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.decide import Why, should_notify
from alerts.transition import Transition
from expectations.freshness.declarations import ADMINISTRATOR, GRANTED, Declaration, Kind, identity
from streams.changes.wire import Message, Stated, decode, encode
from tests.streams.changes_province import TAN_NINH, at
from tests.streams.feeds_scene import FEED, HOUR_MS, NOW, Scene, changes, month, months, row, tick

DAY_MS = 24 * HOUR_MS


def stated(kind: str, made_ms: int = NOW - HOUR_MS, **given: Any) -> Declaration:
    by = ADMINISTRATOR if Kind(kind) in GRANTED else TAN_NINH
    return Declaration(Kind(kind), FEED, by, made_ms, "vì lý do", **given)


def message(*declarations: Declaration) -> Stated:
    return Stated(FEED, list(declarations))


def behind() -> Scene:
    """A unit current to August 2025; September is late since the 5th of October."""
    scene = Scene()
    scene.after(changes(*months("2023-12", "2025-08")), tick())
    assert scene.verdict().status == "late"
    return scene


PROMISE = stated("promise", first="2025-09", until="2025-10-20")
BROKEN_MS = at("2025-10-21")


def told(changes_: list[Transition], already: set[tuple[str, str, str]]) -> list[str]:
    """The stages of which the unit is told, remembering them."""
    found = [change.new for change in changes_ if should_notify(change, already).notify]
    already |= {(change.dataset, change.incident, change.new) for change in changes_ if should_notify(change, already).notify}
    return found


def test_a_nil_return_makes_a_late_unit_fresh_at_the_moment_it_was_made() -> None:
    scene = behind()
    (change,) = scene.after(message(stated("nil", first="2025-09"))).transitions
    assert (change.old, change.new, change.nil, change.at_ms) == ("late", "fresh", ("2025-09",), NOW - HOUR_MS)


def test_a_declaration_is_judged_without_waiting_for_a_tick() -> None:
    scene = behind()
    scene.after(message(stated("waive", first="2025-09")))
    assert scene.verdict().status == "fresh"


def test_the_same_declaration_twice_changes_nothing_and_writes_nothing() -> None:
    scene = behind()
    scene.after(message(stated("nil", first="2025-09")))
    out = scene.after(message(stated("nil", first="2025-09")))
    assert (out.transitions, out.points, out.buckets) == ([], [], {})


def test_a_declaration_before_the_first_tick_waits_for_it() -> None:
    scene = Scene()
    assert scene.after(message(stated("nil", first="2025-09"))).transitions == []
    (change,) = scene.after(changes(*months("2023-12", "2025-08")), tick()).transitions
    assert change.new == "fresh"


def test_what_was_declared_outlives_a_restart() -> None:
    scene = behind()
    scene.after(message(stated("nil", first="2025-09")))
    scene.restart()
    scene.after(tick(NOW + HOUR_MS))
    assert scene.verdict().data_through == "2025-09"


def test_a_revocation_makes_the_unit_late_again() -> None:
    scene, nil = behind(), stated("nil", first="2025-09")
    scene.after(message(nil))
    (change,) = scene.after(message(stated("revoke", NOW, target=identity(nil)))).transitions
    assert (change.old, change.new, change.at_ms) == ("fresh", "late", NOW)


@given(order=st.permutations(range(4)), repeats=st.lists(st.integers(0, 3), max_size=3))
def test_the_order_and_repeats_of_declarations_do_not_change_the_verdict(order: list[int], repeats: list[int]) -> None:
    nil = stated("nil", first="2025-09")
    history = [nil, stated("revoke", target=identity(nil)), stated("extend", first="2025-09", until="2025-10-31"), PROMISE]
    straight, turned = behind(), behind()
    straight.after(message(*history))
    for at_index in [*order, *repeats]:
        turned.after(message(history[at_index]))
    assert turned.verdict() == straight.verdict()
    assert turned.observer._shelf[FEED].state.declarations == straight.observer._shelf[FEED].state.declarations


class TestPromise:
    """Alerts are held until the promised day has ended, and begin anew when it has passed in vain."""

    def test_while_it_runs_a_worse_stage_is_not_told(self) -> None:
        scene = behind()
        scene.after(message(stated("promise", first="2025-09", until="2025-11-30")))
        (change,) = scene.after(tick(at("2025-11-06"))).transitions
        assert (change.new, should_notify(change, set())) == ("stale", (False, Why.PROMISED))

    @pytest.mark.parametrize(("late_ms", "transitions"), [(-1, 0), (0, 1), (1, 1)])
    def test_it_is_broken_when_its_day_has_ended(self, late_ms: int, transitions: int) -> None:
        scene = behind()
        scene.after(message(PROMISE))
        assert len(scene.after(tick(BROKEN_MS + late_ms)).transitions) == transitions

    def test_a_broken_one_is_told_although_the_unit_was_told_of_this_stage_before(self) -> None:
        scene, already = Scene(), set[tuple[str, str, str]]()
        assert told(scene.after(changes(*months("2023-12", "2025-08")), tick()).transitions, already) == ["late"]
        assert told(scene.after(message(PROMISE)).transitions, already) == []
        (change,) = scene.after(tick(BROKEN_MS + HOUR_MS)).transitions
        assert (change.old, change.new, change.reason, change.at_ms) == ("late", "late", "promise_broken", BROKEN_MS)
        assert told([change], already) == ["late"]

    def test_the_present_status_does_not_begin_anew(self) -> None:
        scene = behind()
        before = scene.observer._shelf[FEED].state.since_ms
        scene.after(message(PROMISE))
        scene.after(tick(BROKEN_MS))
        assert scene.observer._shelf[FEED].state.since_ms == before

    def test_it_is_told_once(self) -> None:
        scene = behind()
        scene.after(message(PROMISE))
        scene.after(tick(BROKEN_MS))
        assert scene.after(tick(BROKEN_MS + 2 * HOUR_MS)).transitions == []

    def test_a_kept_one_is_not_told(self) -> None:
        scene = behind()
        scene.after(message(PROMISE))
        scene.after(changes(row(99, "2025-09")))
        assert [t.new for t in scene.after(tick(BROKEN_MS)).transitions] == []
        assert scene.verdict().status == "fresh"

    def test_one_that_is_revoked_no_longer_holds_the_alert(self) -> None:
        """A unit that promised before it was late has never been told."""
        scene = Scene()
        scene.after(changes(*months("2023-12", "2025-08")), tick(at("2025-10-01")))
        scene.after(message(promise := stated("promise", at("2025-10-01"), first="2025-09", until="2025-12-01")))
        (late,) = scene.after(tick()).transitions[-1:]
        assert (late.new, should_notify(late, set()).why) == ("late", Why.PROMISED)
        (change,) = scene.after(message(stated("revoke", NOW, target=identity(promise)))).transitions
        assert (change.new, should_notify(change, set()).notify) == ("late", True)

    def test_one_about_another_period_holds_nothing(self) -> None:
        scene = behind()
        scene.after(message(stated("promise", first="2025-10", until="2025-11-30")))
        (change,) = scene.after(tick(at("2025-11-06"))).transitions
        assert should_notify(change, set()).notify


def test_a_suspension_ends_by_a_tick_alone() -> None:
    scene = behind()
    scene.after(message(stated("suspend", since="2025-10-15", until="2025-10-16")))
    assert scene.verdict().status == "suspended"
    (change,) = scene.after(tick(at("2025-10-17"))).transitions
    assert (change.old, change.new, change.at_ms) == ("suspended", "late", at("2025-10-17"))


def test_a_monitor_that_is_behind_still_accuses_nobody() -> None:
    scene = Scene()
    scene.after(changes(*months("2023-12", "2025-08")), message(PROMISE), tick(read_through_ms=NOW))
    scene.after(tick(BROKEN_MS + DAY_MS, read_through_ms=NOW))
    assert (scene.verdict().status, scene.verdict().reason) == ("unknown", "monitor_behind")


def test_declarations_travel_with_rows_and_ticks() -> None:
    sent: Message = message(PROMISE, stated("nil", first="2025-09"))
    assert decode(encode(sent)) == sent


def test_the_scene_is_as_these_tests_assume() -> None:
    assert behind().verdict().missing == "2025-09"
    assert month("2025-09") == behind().catalogue.schedules["bao-cao"].parse("2025-09")
