"""Judge a feed: which period its data reach, which one is expected, whether that is in order, and why. Pure; `now_ms` is told."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from expectations.freshness.declared import ENDLESS_MS, NOTHING, Declared, Pause
from expectations.freshness.ledger import Ledger, data_through, holes, rows_of
from expectations.freshness.said import Said, say, say_suspended
from expectations.freshness.schedule import Schedule
from expectations.freshness.standing import Standing, Status, stand

__all__ = ["AT_ONCE_MS", "BEHIND", "Clocks", "Reason", "Status", "Verdict", "judge"]

HOLES_LISTED = 24
AT_ONCE_MS = 0
"""A `next_at_ms` in the past asks to be judged again at the next tick."""


class Reason(StrEnum):
    """Why it is said. Of a feed that is behind, the first that applies.

    In this order: promise_broken, future_dated or wrong_code, partial, holes, stuck, silent.
    """

    ON_TIME = "on_time"
    NOTHING_DUE_YET = "nothing_due_yet"
    IN_GRACE = "in_grace"
    EXTENDED = "extended"
    PROMISE_BROKEN = "promise_broken"
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
    again at the next tick, None says never. `said` is what was declared, None when nothing was.
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
    said: Said | None = None


def judge(
    schedule: Schedule,
    ledger: Ledger,
    clocks: Clocks,
    *,
    now_ms: int,
    read_through_ms: int | None,
    tolerance_ms: int,
    suspended: bool = False,
    declared: Declared = NOTHING,
) -> Verdict:
    """Return what is to be said of a feed at `now_ms`, when its source has been read up to `read_through_ms`.

    A feed in good standing stays so however far reading lags: more rows cannot make it worse. An accusation needs a source read up
    to within `tolerance_ms` and is judged as of what was read; with less it is `unknown`, with the evidence as of what was read.
    """
    pause = Pause(0, ENDLESS_MS) if suspended else declared.pause_at(now_ms)
    if pause is not None:
        return _suspended(schedule, ledger, declared, pause)
    standing = stand(schedule, ledger, declared, now_ms)
    if standing.status is Status.FRESH or (read_through_ms is not None and read_through_ms >= now_ms):
        return _tell(schedule, ledger, clocks, declared, standing)
    as_of_ms = now_ms if read_through_ms is None else read_through_ms
    verdict = _tell(schedule, ledger, clocks, declared, stand(schedule, ledger, declared, as_of_ms))
    if read_through_ms is not None and now_ms - read_through_ms <= tolerance_ms:
        return verdict
    return msgspec.structs.replace(verdict, status=Status.UNKNOWN, reason=Reason.MONITOR_BEHIND, incident="", next_at_ms=AT_ONCE_MS)


def _tell(schedule: Schedule, ledger: Ledger, clocks: Clocks, declared: Declared, standing: Standing) -> Verdict:
    """Add the reason and the evidence to a standing."""
    at_ms = standing.at_ms
    entry = None if standing.missing is None else ledger.entries.get(standing.missing)
    covered = declared.cover(schedule, ledger, at_ms, beyond=False)
    listed, hole_count = ([], 0) if schedule.continuous else holes(covered, schedule, HOLES_LISTED)
    silent_ms = 0 if clocks.heard_ms is None else clocks.heard_ms + schedule.terms.silent_after_ms
    said = say(schedule, declared, standing.at, at_ms, behind=standing.status in BEHIND)
    broken = said is not None and said.promise_broken
    reason = _reason(standing, clocks, broken=broken, partial=entry is not None, holes=hole_count > 0, alive=at_ms < silent_ms)
    refused, refused_ms = _refused(clocks)
    told = standing.status in BEHIND and not broken
    if told and refused is not None and at_ms < refused_ms + schedule.terms.silent_after_ms:
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
        next_at_ms=min(standing.next_ms, declared.next_ms(at_ms), silent_ms if reason in _ALIVE else ENDLESS_MS),
        incident=_incident(schedule, standing, said if broken else None),
        slices_seen=sum(slice_ in schedule.terms.slices for slice_ in entry.slices) if entry else 0,
        slices_expected=len(schedule.terms.slices),
        regulatory_ms=standing.dates.regulatory_ms,
        rows_seen=rows_seen,
        rows_expected=rows_expected,
        said=said,
    )


def _refused(clocks: Clocks) -> tuple[Reason | None, int]:
    """Why the newest row with a period was set aside, and when; nothing, when a later or no other one counted."""
    refused_ms, reason = max((clocks.future_ms or 0, Reason.FUTURE_DATED), (clocks.wrong_code_ms or 0, Reason.WRONG_CODE))
    return (reason, refused_ms) if refused_ms > (clocks.counted_ms or 0) else (None, 0)


def _reason(standing: Standing, clocks: Clocks, *, broken: bool, partial: bool, holes: bool, alive: bool) -> Reason:
    match standing.status:
        case Status.FRESH:
            return Reason.NOTHING_DUE_YET if standing.through is None else Reason.ON_TIME
        case Status.DUE:
            return Reason.EXTENDED if standing.extended else Reason.IN_GRACE
    never = standing.status is Status.NEVER
    signs = (
        (broken, Reason.PROMISE_BROKEN),
        (never and clocks.heard_ms is None, Reason.NEVER_HEARD),
        (never, Reason.HEARD_NO_PERIOD),
        (partial, Reason.PARTIAL),
        (holes, Reason.HOLES),
        (alive, Reason.STUCK),
    )
    return next((reason for holds, reason in signs if holds), Reason.SILENT)


def _incident(schedule: Schedule, standing: Standing, broken: Said | None) -> str:
    """Return the first missing period; of a continuous feed the instant at which it stopped, or else its first deadline.

    A broken promise begins an incident of its own: what was said before it is not enough.
    """
    if standing.status is Status.FRESH:
        return ""
    ordinal = standing.missing
    if ordinal is None:
        ordinal = standing.dates.deadline_ms if standing.through is None else standing.through
    if broken is None or broken.promised_ms is None:
        return schedule.text(ordinal)
    return f"{schedule.text(ordinal)} promised by {schedule.day_before(broken.promised_ms).isoformat()}"


def _suspended(schedule: Schedule, ledger: Ledger, declared: Declared, pause: Pause) -> Verdict:
    through = _text(schedule, data_through(declared.cover(schedule, ledger, None, beyond=False), schedule))
    return Verdict(
        Status.SUSPENDED,
        Reason.SUSPENDED,
        data_through=through,
        next_at_ms=None if pause.until_ms >= ENDLESS_MS else pause.until_ms,
        slices_expected=len(schedule.terms.slices),
        said=None if declared is NOTHING else say_suspended(schedule, declared, pause.until_ms),
    )


def _text(schedule: Schedule, ordinal: int | None) -> str | None:
    return None if ordinal is None else schedule.text(ordinal)
