"""What a contract demands of a dataset's periods: when they are due, with what grace, and what makes one complete."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from expectations.freshness.periods import Cadence

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

Unit = Literal["hour", "day", "workingDay", "workingHour"]
Minutes = tuple[int, int]
"""A stretch of a day, in minutes after midnight: from, and to."""
OFFICE_HOURS: tuple[Minutes, ...] = ((7 * 60 + 30, 11 * 60 + 30), (13 * 60 + 30, 17 * 60))
_SILENT_AFTER_DAYS = {Cadence.CONTINUOUS: 1, Cadence.DAILY: 3, Cadence.WORKING_DAILY: 5, Cadence.WEEKLY: 10, Cadence.TEN_DAILY: 15}
_SILENT_AFTER_DAYS |= {Cadence.MONTHLY: 35}
_SILENT_AFTER_DAYS_OTHERWISE = 100


class Span(msgspec.Struct, frozen=True):
    """A length of time. Days are calendar days unless they are counted as working days; hours likewise."""

    count: int
    unit: Unit


class Due(msgspec.Struct, frozen=True):
    """When a period is due after its end; of a continuous dataset (`after` only) the maximum age.

    `dayOfMonth`: the first such day after the end, the month's last day if it is shorter. `workingDayOfMonth`: the nth working day
    after the end. `workingDayBefore`: the last working day before that `dayOfMonth`. `after`: so many hours, days, working days or
    working hours after the end. `roll` moves a due day off to the next working day.
    """

    rule: Literal["dayOfMonth", "workingDayOfMonth", "workingDayBefore", "after"]
    count: int
    unit: Unit = "day"
    roll: bool = True


class Rule(msgspec.Struct, frozen=True):
    """The limits of the periods that begin on or after `valid_from`, until the next rule's.

    `due` and `grace` are the operational ones, by which a feed is due and late; `regulatory` is the last day that the law gives.
    """

    valid_from: date
    due: Due
    grace: Span
    regulatory: Due | None = None


class Terms(msgspec.Struct, frozen=True):
    """What a contract demands. `first_due` is the first day on which anything may be due.

    `due`, `grace` and `regulatory` hold until the first of `changes`, which are in order of their first day. A period is complete with
    `min_rows` distinct rows and `slice_quorum` (0 to 1) of the expected `slices`, and with `usual_share` (0: not asked) of the unit's
    usual volume. `silent_after_ms` is how long after its last sign of life a feed counts as silent; 0 means the cadence's own.
    """

    cadence: Cadence
    due: Due
    grace: Span
    first_due: date
    stale_after: int = 2
    min_rows: int = 1
    slices: frozenset[str] = frozenset()
    slice_quorum: float = 1.0
    month_starts_on: int = 1
    silent_after_ms: int = 0
    nil_return: bool = False
    regulatory: Due | None = None
    changes: tuple[Rule, ...] = ()
    working_hours: tuple[Minutes, ...] = OFFICE_HOURS
    usual_share: float = 0.0

    def __post_init__(self) -> None:
        """Fill in the cadence's own silence. Raises ValueError for terms that mean nothing."""
        continuous = self.cadence is Cadence.CONTINUOUS
        starts = [rule.valid_from for rule in self.changes]
        for holds, allowed in (
            (all(due.count >= (due.rule != "after") for due in self._dues()), "due: a day of the month counts from 1, an offset from 0"),
            (all(rule.grace.count >= 0 for rule in self.rules()), "grace: 0 or more"),
            (self.stale_after >= 1, "stale_after: 1 or more periods"),
            (self.min_rows >= 1, "min_rows: 1 or more"),
            (0 <= self.slice_quorum <= 1, "slice_quorum: 0 to 1"),
            (0 <= self.usual_share <= 1, "usual_share: 0 to 1"),
            (1 <= self.month_starts_on <= 28, "month_starts_on: 1 to 28"),
            (not continuous or self._is_age(), "continuous: due is an age, after 1 or more, and the only one"),
            (starts == sorted(set(starts)), "changes: in order of their first day"),
            (_in_order(self.working_hours), "working_hours: stretches of one day, in order"),
        ):
            if not holds:
                raise ValueError(allowed)
        if self.silent_after_ms <= 0:
            days = _SILENT_AFTER_DAYS.get(self.cadence, _SILENT_AFTER_DAYS_OTHERWISE)
            msgspec.structs.force_setattr(self, "silent_after_ms", days * DAY_MS)

    def rules(self) -> tuple[Rule, ...]:
        """All limits that have ever held, in order; the first has no beginning."""
        return (Rule(date.min, self.due, self.grace, self.regulatory), *self.changes)

    def _dues(self) -> list[Due]:
        return [due for rule in self.rules() for due in (rule.due, rule.regulatory) if due is not None]

    def _is_age(self) -> bool:
        return self.due.rule == "after" and self.due.count >= 1 and self.regulatory is None and not self.changes


def _in_order(stretches: tuple[Minutes, ...]) -> bool:
    edges = [minute for stretch in stretches for minute in stretch]
    return bool(edges) and edges == sorted(set(edges)) and edges[0] >= 0 and edges[-1] <= 24 * 60
