"""Lay open what is behind a verdict, as facts that another layer puts into words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, NamedTuple

from expectations.freshness.ledger import Entry, Ledger
from expectations.freshness.schedule import Schedule
from expectations.freshness.verdict import AT_ONCE_MS, Clocks, Verdict, judge

PERIODS_SHOWN = 24
DAYS_OFF_SHOWN = 60

Subject = Literal[
    "verdict",
    "rule",
    "grace",
    "completeness",
    "first_due",
    "ends",
    "day_off",
    "due",
    "deadline",
    "regulatory",
    "next",
    "heard",
    "changed",
    "counted",
    "period",
]


class Fact(NamedTuple):
    """One piece of evidence: what it is about, which period or day, and what is so. Instants are ms since the epoch."""

    subject: Subject
    of: str
    values: dict[str, str | int]


def explain(schedule: Schedule, ledger: Ledger, clocks: Clocks, verdict: Verdict, now_ms: int) -> list[Fact]:
    """Return the rules, the calendar and the deliveries behind a verdict, in the order in which one would tell them."""
    said: dict[str, str | int] = {"status": verdict.status.value, "reason": verdict.reason.value, "now_ms": now_ms}
    return [
        Fact("verdict", verdict.data_through or "", {**said, "periods_behind": verdict.periods_behind, "holes": verdict.hole_count}),
        *_rules(schedule, verdict),
        *_dates(schedule, verdict),
        *_next(schedule, ledger, clocks, verdict),
        *_heard(clocks),
        *(_period(schedule, period, ledger.entries[period]) for period in _shown(schedule, ledger, verdict)),
    ]


def _heard(clocks: Clocks) -> list[Fact]:
    known: list[tuple[Subject, int | None]] = [
        ("heard", clocks.heard_ms),
        ("changed", clocks.changed_ms),
        ("counted", clocks.counted_ms),
    ]
    return [Fact(subject, "", {"at_ms": at_ms}) for subject, at_ms in known if at_ms is not None]


def _next(schedule: Schedule, ledger: Ledger, clocks: Clocks, verdict: Verdict) -> list[Fact]:
    """Say when the verdict changes if nothing arrives, and to what."""
    at_ms = verdict.next_at_ms
    if at_ms is None or at_ms == AT_ONCE_MS:
        return []
    then = judge(schedule, ledger, clocks, now_ms=at_ms, read_through_ms=at_ms, tolerance_ms=0)
    return [Fact("next", then.status.value, {"at_ms": at_ms, "reason": then.reason.value, "periods_behind": then.periods_behind})]


def _rules(schedule: Schedule, verdict: Verdict) -> list[Fact]:
    """Tell the rules under which the first missing period stands; when none is missing, those of the contract's beginning."""
    terms = schedule.terms
    rule = terms.rules()[0] if verdict.missing is None else schedule.rule_of(schedule.parse(verdict.missing))
    due, since = rule.due, "" if rule.valid_from == date.min else rule.valid_from.isoformat()
    slices = {"slices": len(terms.slices), "slices_needed": schedule.slices_needed}
    return [
        Fact(
            "rule",
            due.rule,
            {"count": due.count, "unit": due.unit, "roll": int(due.roll), "month_starts_on": terms.month_starts_on, "since": since},
        ),
        Fact("grace", rule.grace.unit, {"count": rule.grace.count}),
        Fact("completeness", "", {"min_rows": terms.min_rows, **slices}),
        Fact("first_due", terms.first_due.isoformat(), {} if schedule.continuous else {"period": schedule.text(schedule.first_required)}),
    ]


def _dates(schedule: Schedule, verdict: Verdict) -> list[Fact]:
    """Say when the first missing period ends, is due and is late, and which days between were not counted."""
    if verdict.due_at_ms is None or verdict.deadline_ms is None:
        return []
    of = verdict.missing or verdict.data_through or ""
    # An extension moves the deadline to its own day, whatever the calendar says.
    deadline_ms = verdict.deadline_ms if verdict.missing is None else schedule.deadline_ms(schedule.parse(verdict.missing))
    due_day, last_day = schedule.day_before(verdict.due_at_ms), schedule.day_before(deadline_ms)
    ends: list[Fact] = []
    since = due_day
    if verdict.missing is not None:
        since = schedule.end_day(schedule.parse(verdict.missing))
        ends = [Fact("ends", of, {"day": (since - timedelta(days=1)).isoformat()})]
    return [
        *ends,
        *_days_off(schedule, since, last_day),
        Fact("due", of, {"day": due_day.isoformat(), "at_ms": verdict.due_at_ms}),
        Fact("deadline", of, {"day": last_day.isoformat(), "at_ms": deadline_ms}),
        *(
            Fact("regulatory", of, {"day": schedule.day_before(at_ms).isoformat(), "at_ms": at_ms})
            for at_ms in [verdict.regulatory_ms]
            if at_ms is not None
        ),
    ]


def _days_off(schedule: Schedule, since: date, until: date) -> list[Fact]:
    found: list[Fact] = []
    for n in range(min((until - since).days + 1, DAYS_OFF_SHOWN)):
        day = since + timedelta(days=n)
        if why := schedule.workdays.why_off(day):
            found.append(Fact("day_off", day.isoformat(), {"why": why[0], "name": why[1]}))
    return found


def _shown(schedule: Schedule, ledger: Ledger, verdict: Verdict) -> list[int]:
    """Return the newest periods that have rows, and the missing one wherever it is."""
    shown = set(sorted(ledger.entries)[-PERIODS_SHOWN:])
    if verdict.missing is not None:
        shown.add(schedule.parse(verdict.missing))
    return sorted(shown & ledger.entries.keys())


def _period(schedule: Schedule, period: int, entry: Entry) -> Fact:
    return Fact(
        "period",
        schedule.text(period),
        {
            "rows": entry.rows,
            "slices": len(entry.slices),
            "complete": int(entry.complete),
            "first_heard_ms": entry.first_heard_ms,
            "last_heard_ms": entry.last_heard_ms,
        },
    )
