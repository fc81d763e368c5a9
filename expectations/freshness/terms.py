"""What a contract demands of a dataset's periods: when they are due, with what grace, and what makes one complete."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from expectations.freshness.periods import Cadence

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

Unit = Literal["hour", "day", "workingDay"]
_SILENT_AFTER_DAYS = {Cadence.CONTINUOUS: 1, Cadence.DAILY: 3, Cadence.WEEKLY: 10, Cadence.MONTHLY: 35}
_SILENT_AFTER_DAYS_OTHERWISE = 100


class Span(msgspec.Struct, frozen=True):
    """A length of time. Days are calendar days unless they are counted as working days."""

    count: int
    unit: Unit


class Due(msgspec.Struct, frozen=True):
    """When a period is due after its end; of a continuous dataset (`after` only) the maximum age.

    `dayOfMonth`: the first such day after the end, the month's last day if it is shorter. `workingDayOfMonth`: the nth working day
    after the end. `after`: so many hours, days or working days after the end. `roll` moves a due day off to the next working day.
    """

    rule: Literal["dayOfMonth", "workingDayOfMonth", "after"]
    count: int
    unit: Unit = "day"
    roll: bool = True


class Terms(msgspec.Struct, frozen=True):
    """What a contract demands. `first_due` is the first day on which anything may be due.

    A period is complete with `min_rows` distinct rows and `slice_quorum` (0 to 1) of the expected `slices`. `silent_after_ms` is how
    long after its last sign of life a feed counts as silent; 0 means the cadence's own.
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

    def __post_init__(self) -> None:
        """Fill in the cadence's own silence. Raises ValueError for terms that mean nothing."""
        for holds, allowed in (
            (self.due.count >= (self.due.rule != "after"), "due: a day of the month counts from 1, an offset from 0"),
            (self.grace.count >= 0, "grace: 0 or more"),
            (self.stale_after >= 1, "stale_after: 1 or more periods"),
            (self.min_rows >= 1, "min_rows: 1 or more"),
            (0 <= self.slice_quorum <= 1, "slice_quorum: 0 to 1"),
            (1 <= self.month_starts_on <= 28, "month_starts_on: 1 to 28"),
            (self.cadence is not Cadence.CONTINUOUS or self._is_age(), "continuous: due is an age, after 1 or more"),
        ):
            if not holds:
                raise ValueError(allowed)
        if self.silent_after_ms <= 0:
            days = _SILENT_AFTER_DAYS.get(self.cadence, _SILENT_AFTER_DAYS_OTHERWISE)
            msgspec.structs.force_setattr(self, "silent_after_ms", days * DAY_MS)

    def _is_age(self) -> bool:
        return self.due.rule == "after" and self.due.count >= 1
