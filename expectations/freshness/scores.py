"""Scores of a stretch of time: how long feeds were in order, how long they stayed behind, how many owed periods are complete.

A score is a state that adds: that of a unit, a dataset, a department or the province is the sum of its feeds'. Time for which nobody can be
blamed does not count at all: suspended, and unknown because the monitor itself was in trouble. Waived periods are not owed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from expectations.freshness import periods
from expectations.freshness.declared import Declared
from expectations.freshness.ledger import Ledger, has
from expectations.freshness.periods import Cadence
from expectations.freshness.schedule import Schedule
from expectations.freshness.verdict import BEHIND, Status

IN_ORDER = frozenset({Status.FRESH, Status.DUE})
WINDOWS = {"week": Cadence.WEEKLY, "month": Cadence.MONTHLY, "quarter": Cadence.QUARTERLY}


class Change(NamedTuple):
    """A feed's status from an instant (ms) on."""

    at_ms: int
    status: Status


class Window(NamedTuple):
    """A stretch of time, half open, and what it is called."""

    name: str
    from_ms: int
    until_ms: int


class Score(msgspec.Struct, frozen=True):
    """What adds up: time in order and behind, spells of being behind and their length so far, periods owed and complete.

    A spell counts where it touches the window, from its deadline to its end or to the window's: so a delay is not cut by the calendar.
    """

    in_order_ms: int = 0
    behind_ms: int = 0
    spells: int = 0
    delay_ms: int = 0
    owed: int = 0
    complete: int = 0

    def __add__(self, other: Score) -> Score:
        """Add two scores."""
        return Score(*(a + b for a, b in zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)))

    @property
    def on_time_ratio(self) -> float | None:
        """The share of the judged time in which nothing was behind; None when no time was judged."""
        judged_ms = self.in_order_ms + self.behind_ms
        return self.in_order_ms / judged_ms if judged_ms else None

    @property
    def mean_delay_ms(self) -> float | None:
        """How long a feed that fell behind stayed so; None when none did."""
        return self.delay_ms / self.spells if self.spells else None

    @property
    def completeness_ratio(self) -> float | None:
        """The share of the owed periods that are complete by now; None when none is owed."""
        return self.complete / self.owed if self.owed else None

    def budget_left_ratio(self, objective: float) -> float | None:
        """What is left of the time that may be spent behind under an objective (0 to 1): 1 all, 0 none, negative overspent."""
        allowed_ms = (1 - objective) * (self.in_order_ms + self.behind_ms)
        return 1 - self.behind_ms / allowed_ms if allowed_ms else None


def begins_ms(last: Change | None, at_ms: int, noticed_ms: int) -> int:
    """Return from when on a change counts that comes after `last`, happened at `at_ms` and was noticed at `noticed_ms`.

    Never before the last: and after a time in which nobody could tell, or nothing was owed, when it was noticed. A deadline that passed
    meanwhile makes nobody late in that time.
    """
    if last is None:
        return at_ms
    return max(last.at_ms, at_ms if last.status in IN_ORDER | BEHIND else noticed_ms)


def window(schedule: Schedule, kind: str, day: date) -> Window:
    """Return the week, month or quarter that contains a day. Raises KeyError for another kind."""
    cadence = WINDOWS[kind]
    ordinal = periods.ordinal(cadence, day)
    first, end = periods.first_day(cadence, ordinal), periods.end_day(cadence, ordinal)
    return Window(periods.text(cadence, ordinal), schedule.midnight_ms(first), schedule.midnight_ms(end))


def timeliness(changes: Sequence[Change], within: Window, now_ms: int) -> Score:
    """Return the time that a feed was in order and behind within a window, up to now, from its changes of status in order of time.

    Before the first change nothing is known, and nothing counts. While it is unknown or suspended a spell rests: it neither ends nor grows.
    """
    until_ms = min(within.until_ms, now_ms)
    in_order = behind = spells = delay = spell = 0
    touched = False
    for (at_ms, status), (end_ms, _) in zip(changes, [*changes, Change(until_ms, Status.UNKNOWN)][1:], strict=True):
        lasted_ms = max(0, min(end_ms, until_ms) - at_ms)
        inside_ms = max(0, min(end_ms, until_ms) - max(at_ms, within.from_ms))
        if status in BEHIND:
            behind += inside_ms
            spell += lasted_ms
            touched |= inside_ms > 0
        elif status in IN_ORDER:
            in_order += inside_ms
            spells, delay = spells + touched, delay + spell * touched
            spell, touched = 0, False
    return Score(in_order, behind, spells + touched, delay + spell * touched)


def deliveries(schedule: Schedule, ledger: Ledger, declared: Declared, within: Window, now_ms: int) -> Score:
    """Return how many periods had their deadline within a window, up to now, and how many of them are complete or nil by now."""
    if schedule.continuous:
        return Score()
    last = schedule.expected_through(min(within.until_ms - 1, now_ms))
    before = schedule.expected_through(within.from_ms - 1)
    first = schedule.first_required
    due = () if last is None else range(first if before is None else before + 1, last + 1)
    owed = [p for p in due if schedule.is_required(p) and not declared.excused(now_ms) >> (p - first) & 1]
    complete = sum(has(ledger, schedule, p) or bool(declared.nil >> (p - first) & 1) for p in owed)
    return Score(owed=len(owed), complete=complete)


def total(scores: Iterable[Score]) -> Score:
    """Return the sum."""
    return sum(scores, Score())
