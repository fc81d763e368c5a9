"""One message for each unit, incident and stage: what must be told, and what must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.decide import Why, should_notify
from tests.alerts.examples import transition

STATUSES = ("fresh", "due", "late", "stale", "never", "unknown", "suspended")
TOLD_LATE = {("trong-trot", "2025-01", "late")}


@pytest.mark.parametrize(
    ("new", "already", "notify", "why"),
    [
        pytest.param("late", set(), True, Why.NEW_STAGE, id="first late"),
        pytest.param("stale", TOLD_LATE, True, Why.NEW_STAGE, id="the next stage of an incident"),
        pytest.param("never", set(), True, Why.NEW_STAGE, id="never"),
        pytest.param("late", TOLD_LATE, False, Why.TOLD_ALREADY, id="back from unknown to the same incident"),
        pytest.param("late", {("trong-trot", "2024-12", "late")}, True, Why.NEW_STAGE, id="another incident"),
        pytest.param("late", {("chan-nuoi", "2025-01", "late")}, True, Why.NEW_STAGE, id="the same period of another dataset"),
        pytest.param("fresh", set(), False, Why.ASKS_NOTHING, id="must not: fresh"),
        pytest.param("due", set(), False, Why.ASKS_NOTHING, id="must not: in grace"),
        pytest.param("unknown", set(), False, Why.ASKS_NOTHING, id="must not: our own trouble"),
        pytest.param("suspended", set(), False, Why.ASKS_NOTHING, id="must not: agreed"),
    ],
)
def test_a_transition_is_told(new: str, already: set[tuple[str, str, str]], notify: bool, why: Why) -> None:
    assert should_notify(transition(new=new), already) == (notify, why)


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        pytest.param(False, (False, Why.PROMISED), id="must not: while a promise runs"),
        pytest.param(True, (True, Why.NEW_STAGE), id="when it is broken"),
    ],
)
def test_a_unit_that_has_promised_is_told_when_it_breaks_its_word(broken: bool, expected: tuple[bool, Why]) -> None:
    assert should_notify(transition(promised_ms=1, promise_broken=broken), set()) == expected


@given(st.lists(st.tuples(st.sampled_from(STATUSES), st.sampled_from(["2024-12", "2025-01"])), max_size=40))
def test_however_verdicts_move_nothing_is_told_twice(moves: list[tuple[str, str]]) -> None:
    """And every stage of every incident is told once."""
    told: list[tuple[str, str, str]] = []
    for new, incident in moves:
        if should_notify(transition(new=new, incident=incident), set(told)).notify:
            told.append(("trong-trot", incident, new))
    assert len(told) == len(set(told))
    assert set(told) == {("trong-trot", incident, new) for new, incident in moves if new in ("late", "stale", "never")}
