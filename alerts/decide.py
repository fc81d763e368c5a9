"""Whether a transition is told to its unit: one message for each incident and stage, however often it is replayed."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import NamedTuple

from alerts.transition import Transition

TOLD_STATUSES = frozenset({"late", "stale", "never"})
"""Stages that a unit is told about. Unknown is our own trouble, suspended is agreed, fresh and due ask for nothing."""


class Why(StrEnum):
    """Why a transition is told or not."""

    NEW_STAGE = "new_stage"
    TOLD_ALREADY = "told_already"
    ASKS_NOTHING = "asks_nothing"
    PROMISED = "promised"


class Decision(NamedTuple):
    """Whether to send, and why."""

    notify: bool
    why: Why


def should_notify(transition: Transition, already: AbstractSet[tuple[str, str, str]]) -> Decision:
    """Decide for one transition. `already` holds (dataset, incident, stage) of every message that its unit has had.

    A unit that has promised the data is not told until the promised day has passed.
    Going back from unknown to a stage that was told of the same incident is not news.
    """
    if transition.new not in TOLD_STATUSES:
        return Decision(notify=False, why=Why.ASKS_NOTHING)
    if transition.promised_ms is not None and not transition.promise_broken:
        return Decision(notify=False, why=Why.PROMISED)
    if (transition.dataset, transition.incident, transition.new) in already:
        return Decision(notify=False, why=Why.TOLD_ALREADY)
    return Decision(notify=True, why=Why.NEW_STAGE)
