"""Judge a feed: which period its data reach, which one is expected, whether that is in order, and why. Pure; `now_ms` is told."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from expectations.freshness.ledger import Ledger, data_through, holes, rows_of
from expectations.freshness.schedule import Dates, Schedule

HOLES_LISTED = 24
AT_ONCE_MS = 0
"""A `next_at_ms` in the past asks to be judged again at the next tick."""


class Status(StrEnum):
    """What is said of a feed, from best to worst, and the two that say nothing."""

    FRESH = "fresh"
    DUE = "due"
    LATE = "late"
    STALE = "stale"
    NEVER = "never"
    UNKNOWN = "unknown"
    SUSPENDED = "suspended"


class Reason(StrEnum):
    """Why it is said. Of a feed that is behind, the first that applies: future_dated or wrong_code, partial, holes, stuck, silent."""

    ON_TIME = "on_time"
    NOTHING_DUE_YET = "nothing_due_yet"
    IN_GRACE = "in_grace"
    HOLES = "holes"
    PARTIAL = "partial"
    FUTURE_DATED = "future_dated"
    WRONG_CODE = "wrong_code"
    STUCK = "stuck"
    SILENT = "silent"
    NEVER_HEARD = "never_heard"
    HEARD_NO_PERIOD = "heard_no_period"
    MONITOR_BEHIND = "monitor_behind"
    SUSPENDED = "suspended"


BEHIND = frozenset({Status.LATE, Status.STALE, Status.NEVER})
_ALIVE = frozenset({Reason.STUCK, Reason.FUTURE_DATED, Reason.WRONG_CODE})
"""Reasons that end in silence when nothing more is heard."""


class Clocks(msgspec.Struct, frozen=True):
    """When the broker last got anything of the feed, and when its source last committed anything (ms).

    `counted_ms` is when a row with a period last came; `future_ms` and `wrong_code_ms`, when one was last set aside because its period has
    not begun, or because its unit's code was not in force in its period.
    """

    heard_ms: int | None
    changed_ms: int | None
    counted_ms: int | None = None
    future_ms: int | None = None
    wrong_code_ms: int | None = None


class Verdict(msgspec.Struct, frozen=True):
    """What is said of a feed, why, and the evidence.

    `missing` is the first required period that is not complete, `due_at_ms` and `deadline_ms` are its own (a continuous feed misses
    no period: they are those of the data it has); `regulatory_ms` is when the law's day for it has passed, if its contract names one.
    `rows_seen` and `rows_expected` are its different rows, where more than one is asked for. `incident` tells one spell of being
    behind from the next. If nothing arrives the verdict stays as it is before `next_at_ms`; a time in the past asks to be judged
    again at the next tick, None says never.
    """

    status: Status
    reason: Reason
    data_through: str | None = None
    expected_through: str | None = None
    periods_behind: int = 0
    holes: tuple[str, ...] = ()
    hole_count: int = 0
    missing: str | None = None
    due_at_ms: int | None = None
    deadline_ms: int | None = None
    next_at_ms: int | None = None
    incident: str = ""
    slices_seen: int = 0
    slices_expected: int = 0
    regulatory_ms: int | None = None
    rows_seen: int = 0
    rows_expected: int = 0


class Standing(msgspec.Struct, frozen=True, gc=False):
    """How a feed stands against its calendar at an instant, before anybody says why. Ordinals throughout."""

    status: Status
    through: int | None
    expected: int | None
    behind: int
    missing: int | None
    dates: Dates
    next_ms: int


def judge(
    schedule: Schedule,
    ledger: Ledger,
    clocks: Clocks,
    *,
    now_ms: int,
    read_through_ms: int | None,
    tolerance_ms: int,
    suspended: bool = False,
) -> Verdict:
    """Return what is to be said of a feed at `now_ms`, when its source has been read up to `read_through_ms`.

    A feed in good standing stays so however far reading lags: more rows cannot make it worse. An accusation needs a source read up
    to within `tolerance_ms` and is judged as of what was read; with less it is `unknown`, with the evidence as of what was read.
    """
    if suspended:
        return _suspended(schedule, ledger)
    standing = _stand(schedule, ledger, now_ms)
    if standing.status is Status.FRESH or (read_through_ms is not None and read_through_ms >= now_ms):
        return _tell(schedule, ledger, clocks, standing, now_ms)
    as_of_ms = now_ms if read_through_ms is None else read_through_ms
    verdict = _tell(schedule, ledger, clocks, _stand(schedule, ledger, as_of_ms), as_of_ms)
    if read_through_ms is not None and now_ms - read_through_ms <= tolerance_ms:
        return verdict
    return msgspec.structs.replace(verdict, status=Status.UNKNOWN, reason=Reason.MONITOR_BEHIND, incident="", next_at_ms=AT_ONCE_MS)


def _stand(schedule: Schedule, ledger: Ledger, at_ms: int) -> Standing:
    return _stand_by_age(schedule, ledger, at_ms) if schedule.continuous else _stand_by_period(schedule, ledger, at_ms)


def _stand_by_period(schedule: Schedule, ledger: Ledger, at_ms: int) -> Standing:
    first = schedule.first_required
    _, expected, next_ms = schedule.passed(at_ms)
    through = data_through(ledger, schedule)
    missing = schedule.next_required(first if through is None else through + 1)
    dates = schedule.dates(missing)
    behind = 0
    if expected is not None and missing <= expected:
        behind = schedule.owed_between(first - 1 if through is None else through, expected)
        unlawful = dates.regulatory_ms is not None and dates.regulatory_ms <= at_ms
        status = _late_or_stale(schedule, behind, unlawful=unlawful) if ledger.done else Status.NEVER
        if dates.regulatory_ms is not None and status is Status.LATE:
            next_ms = min(next_ms, dates.regulatory_ms)
    elif dates.due_at_ms <= at_ms:
        status = Status.DUE
    else:
        status, next_ms = Status.FRESH, min(next_ms, dates.due_at_ms)
    return Standing(status, through, expected, behind, missing, dates, next_ms)


def _stand_by_age(schedule: Schedule, ledger: Ledger, at_ms: int) -> Standing:
    through = ledger.latest_ms
    dates = schedule.age_dates(through)
    behind = schedule.spans_late(dates.deadline_ms, at_ms)
    if behind:
        status = Status.NEVER if through is None else _late_or_stale(schedule, behind)
        next_ms = schedule.late_by_ms(dates.deadline_ms, behind)
    elif at_ms < dates.due_at_ms:
        status, next_ms = Status.FRESH, dates.due_at_ms
    else:
        status, next_ms = Status.DUE, dates.deadline_ms
    return Standing(status, through, schedule.expected_through(at_ms), behind, None, dates, next_ms)


def _late_or_stale(schedule: Schedule, behind: int, *, unlawful: bool = False) -> Status:
    """Stale is who is many periods behind, and who has let the law's own deadline pass."""
    return Status.STALE if unlawful or behind >= schedule.terms.stale_after else Status.LATE


def _tell(schedule: Schedule, ledger: Ledger, clocks: Clocks, standing: Standing, at_ms: int) -> Verdict:
    """Add the reason and the evidence to a standing."""
    entry = None if standing.missing is None else ledger.entries.get(standing.missing)
    listed, hole_count = ([], 0) if schedule.continuous else holes(ledger, schedule, HOLES_LISTED)
    silent_ms = 0 if clocks.heard_ms is None else clocks.heard_ms + schedule.terms.silent_after_ms
    reason = _reason(standing, clocks, partial=entry is not None, holes=hole_count > 0, alive=at_ms < silent_ms)
    refused, refused_ms = _refused(clocks)
    if standing.status in BEHIND and refused is not None and at_ms < refused_ms + schedule.terms.silent_after_ms:
        reason, silent_ms = refused, refused_ms + schedule.terms.silent_after_ms
    rows_seen, rows_expected = (0, 0) if standing.missing is None else rows_of(ledger, schedule, standing.missing)
    return Verdict(
        status=standing.status,
        reason=reason,
        data_through=_text(schedule, standing.through),
        expected_through=_text(schedule, standing.expected),
        periods_behind=standing.behind,
        holes=tuple(schedule.text(hole) for hole in listed),
        hole_count=hole_count,
        missing=_text(schedule, standing.missing),
        due_at_ms=standing.dates.due_at_ms,
        deadline_ms=standing.dates.deadline_ms,
        next_at_ms=min(standing.next_ms, silent_ms) if reason in _ALIVE else standing.next_ms,
        incident=_incident(schedule, standing),
        slices_seen=sum(slice_ in schedule.terms.slices for slice_ in entry.slices) if entry else 0,
        slices_expected=len(schedule.terms.slices),
        regulatory_ms=standing.dates.regulatory_ms,
        rows_seen=rows_seen,
        rows_expected=rows_expected,
    )


def _refused(clocks: Clocks) -> tuple[Reason | None, int]:
    """Why the newest row with a period was set aside, and when; nothing, when a later or no other one counted."""
    refused_ms, reason = max((clocks.future_ms or 0, Reason.FUTURE_DATED), (clocks.wrong_code_ms or 0, Reason.WRONG_CODE))
    return (reason, refused_ms) if refused_ms > (clocks.counted_ms or 0) else (None, 0)


def _reason(standing: Standing, clocks: Clocks, *, partial: bool, holes: bool, alive: bool) -> Reason:
    match standing.status:
        case Status.FRESH:
            return Reason.NOTHING_DUE_YET if standing.through is None else Reason.ON_TIME
        case Status.DUE:
            return Reason.IN_GRACE
        case Status.NEVER:
            return Reason.NEVER_HEARD if clocks.heard_ms is None else Reason.HEARD_NO_PERIOD
    if partial:
        return Reason.PARTIAL
    if holes:
        return Reason.HOLES
    return Reason.STUCK if alive else Reason.SILENT


def _incident(schedule: Schedule, standing: Standing) -> str:
    """Return the first missing period; of a continuous feed the instant at which it stopped, or else its first deadline."""
    if standing.status is Status.FRESH:
        return ""
    if standing.missing is not None:
        return schedule.text(standing.missing)
    return schedule.text(standing.dates.deadline_ms if standing.through is None else standing.through)


def _suspended(schedule: Schedule, ledger: Ledger) -> Verdict:
    through = _text(schedule, data_through(ledger, schedule))
    return Verdict(Status.SUSPENDED, Reason.SUSPENDED, data_through=through, slices_expected=len(schedule.terms.slices))


def _text(schedule: Schedule, ordinal: int | None) -> str | None:
    return None if ordinal is None else schedule.text(ordinal)
