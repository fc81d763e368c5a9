"""What is to be said of one period of a feed at an instant."""

from __future__ import annotations

from typing import Literal

from expectations.freshness.ledger import Ledger, has
from expectations.freshness.schedule import Schedule

Declared = Literal["nil", "extended", "waived"]
PeriodState = Literal["not_due", "due", "late", "partial", "complete", "nil", "extended", "waived"]


def state_of(schedule: Schedule, ledger: Ledger, period: int, now_ms: int, declared: Declared | None = None) -> PeriodState:
    """Return the state of a period at `now_ms`; `declared` is what its unit or an administrator has declared of it, if anything.

    Data win over declarations: who declared that there is nothing, and delivers, has delivered. A nil return and a waiver settle a
    period; an extension only says that it is not late. Rows that are not enough are told before dates: they say what to do.
    """
    if has(ledger, schedule, period):
        return "complete"
    if declared is not None:
        return declared
    if period in ledger.entries:
        return "partial"
    dates = schedule.dates(period)
    return "not_due" if now_ms < dates.due_at_ms else "due" if now_ms < dates.deadline_ms else "late"
