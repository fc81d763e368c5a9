"""Declarations as tests write them, and a feed judged with them. The usual feed: monthly, due by the 5th, two working days of grace."""

from __future__ import annotations

from typing import Any

from expectations.freshness.declarations import ADMINISTRATOR, GRANTED, Declaration, Kind, identity, join
from expectations.freshness.declared import Declared, fold
from expectations.freshness.ledger import Ledger
from expectations.freshness.schedule import Schedule, Span
from expectations.freshness.verdict import Clocks, Verdict, judge
from tests.expectations.freshness_cases import DAY_MS, at, delivered, schedule

FEED = "25486/ho-ngheo"
UNIT = "25486"
CASE = schedule(grace=Span(2, "workingDay"), silent_after_ms=10 * DAY_MS)
"""January 2025 is due when 5 February has ended and late when 7 February has; February on 5 and 7 March."""


def declaration(kind: str, made: str = "2025-01-20", **said: Any) -> Declaration:
    """By whom it may be declared, for a reason."""
    by = ADMINISTRATOR if Kind(kind) in GRANTED else UNIT
    return Declaration(Kind(kind), FEED, said.pop("by", by), at(made), said.pop("why", "vì lý do"), **said)


def revocation(of: Declaration, made: str = "2025-01-25", **said: Any) -> Declaration:
    return declaration("revoke", made, target=identity(of), **{"by": of.by, **said})


def applied(*declarations: Declaration, case: Schedule = CASE) -> Declared:
    return fold(case, join({}, declarations))


def judged(
    now: str,
    complete: list[str],
    *declarations: Declaration,
    heard: str | None = "2025-01-03",
    case: Schedule = CASE,
    ledger: Ledger | None = None,
) -> Verdict:
    """Judge a feed with these complete periods and declarations, read up to now."""
    clocks = Clocks(at(heard), at(heard)) if heard else Clocks(None, None)
    known = delivered(case, complete) if ledger is None else ledger
    declared = applied(*declarations, case=case)
    return judge(case, known, clocks, now_ms=at(now), read_through_ms=at(now), tolerance_ms=60_000, declared=declared)


def told(now: str, complete: list[str], *declarations: Declaration) -> tuple[str, str, str | None, int]:
    verdict = judged(now, complete, *declarations)
    return str(verdict.status), str(verdict.reason), verdict.data_through, verdict.periods_behind


NIL = declaration("nil", first="2025-01")
WAIVER = declaration("waive", first="2025-01")
EXTENSION = declaration("extend", first="2025-01", until="2025-02-20")
PROMISE = declaration("promise", "2025-02-10", first="2025-01", until="2025-02-28")
