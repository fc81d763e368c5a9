"""What declarations say of a feed as it stands at an instant: part of the evidence of its verdict."""

from __future__ import annotations

import msgspec

from expectations.freshness.declared import ENDLESS_MS, NOTHING, Declared
from expectations.freshness.schedule import Schedule

LISTED = 24


class Said(msgspec.Struct, frozen=True):
    """Declared of a feed. `nil` and `waived` are the newest such periods; the rest is about the first missing one.

    Alerts about it are held until `promised_ms`, and begin anew when that has passed in vain (`promise_broken`).
    `suspended_until_ms` is None while no end is declared, and when nothing is suspended.
    """

    nil: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    extended_until_ms: int | None = None
    acknowledged_ms: int | None = None
    promised_ms: int | None = None
    promise_broken: bool = False
    suspended_until_ms: int | None = None


SILENCE = Said()


def say(schedule: Schedule, declared: Declared, at: int | None, at_ms: int, *, behind: bool) -> Said | None:
    """Return what was declared, None when nothing was. `at` is the first missing period as `Declared` counts it, None without one."""
    if declared is NOTHING:
        return None
    promise = None if at is None else declared.promise_of(at)
    granted = [e.until_ms for e in declared.extensions if at is not None and e.first <= at <= e.last]
    found = Said(
        nil=_listed(schedule, declared.nil),
        waived=_listed(schedule, declared.waived),
        extended_until_ms=max(granted, default=None),
        acknowledged_ms=None if at is None else declared.acknowledged_ms(at),
        promised_ms=None if promise is None else promise.by_ms,
        promise_broken=promise is not None and behind and promise.by_ms <= at_ms,
    )
    return None if found == SILENCE else found


def say_suspended(schedule: Schedule, declared: Declared, until_ms: int) -> Said:
    """Return what was declared of a feed whose obligation rests until an instant."""
    until = None if until_ms >= ENDLESS_MS else until_ms
    return Said(_listed(schedule, declared.nil), _listed(schedule, declared.waived), suspended_until_ms=until)


def _listed(schedule: Schedule, bits: int) -> tuple[str, ...]:
    found: list[str] = []
    while bits and len(found) < LISTED:
        newest = bits.bit_length() - 1
        found.append(schedule.text(schedule.first_required + newest))
        bits ^= 1 << newest
    return tuple(reversed(found))
