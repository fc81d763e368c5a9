"""Whether a declaration is believed and allowed: a record in, a declaration or the reason for refusing it out. Pure.

It depends on the record, its broker timestamp, the catalogue and the keys alone, so a record that is read again meets the same answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from expectations.catalogue.load import Catalogue
from expectations.freshness.declarations import ADMINISTRATOR, GRANTED, Declaration, Kind
from expectations.freshness.declared import end_of_day_ms
from expectations.freshness.schedule import DAY_MS, Schedule
from streams.declarations.signing import Keys, decode, is_genuine

MOST_BYTES = 4_096
MOST_WHY = 300
MOST_PERIODS = 400
"""Periods that one declaration is about at most: a year of days."""
OLDEST_MS = 7 * DAY_MS
"""A declaration that took longer to arrive is refused: an old one that is sent again must not surprise anybody."""
SKEW_MS = 600_000
"""How far the clock of whoever declares may run ahead of the broker's."""
LONGEST_PROMISE_DAYS = 92
LONGEST_DAYS = 3_660
"""How far ahead an extension or suspension reaches at most: a typing mistake in the year is no grant of decades."""

_LIKE_A_CITIZENS_NUMBER = re.compile(r"(?<!\d)\d{9,12}(?!\d)")
_IDENTITY = re.compile(r"[0-9a-f]{32}")


class Problem(StrEnum):
    """A reason for refusing a declaration; `docs/declarations.md` tells what to do about each."""

    MALFORMED = "declaration_malformed"
    FORGED = "declaration_forged"
    UNKNOWN_FEED = "declaration_unknown_feed"
    NOT_PERMITTED = "declaration_not_permitted"
    NOT_POSSIBLE = "declaration_not_possible"
    MISDATED = "declaration_misdated"


class Refusal(msgspec.Struct, frozen=True):
    """A problem, and what would be allowed. The detail repeats nothing of the record but names of the catalogue."""

    problem: Problem
    detail: str


def admit(value: bytes | None, arrived_ms: int, catalogue: Catalogue, keys: Keys) -> Declaration | Refusal:
    """Return the declaration of a record when it is genuine and allowed, else why it is not."""
    if value is None or len(value) > MOST_BYTES:
        return Refusal(Problem.MALFORMED, f"no value, or more than {MOST_BYTES} bytes")
    try:
        signed = decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refusal(Problem.MALFORMED, "not a signed declaration: write it with `nhip declare`")
    key = keys.of(signed.declaration.by)
    if key is None:
        return Refusal(Problem.FORGED, "this worker does not know the key: set NHIP_DECLARATION_MASTER and NHIP_DECLARATION_ADMIN_KEY")
    if not is_genuine(signed, key):
        return Refusal(Problem.FORGED, "the signature is not that of whoever is said to declare")
    return refuse(signed.declaration, arrived_ms, catalogue) or signed.declaration


def refuse(said: Declaration, arrived_ms: int, catalogue: Catalogue) -> Refusal | None:
    """Return why a genuine declaration that arrives at `arrived_ms` is not allowed; None when it is."""
    malformed = _malformed(said)
    if malformed:
        return Refusal(Problem.MALFORMED, malformed)
    unit, _, name = said.feed.partition("/")
    dataset = catalogue.datasets.get(name)
    if dataset is None or unit not in dataset.units:
        return Refusal(Problem.UNKNOWN_FEED, "the catalogue owes no such feed")
    rule, schedule = _RULES.get(said.kind), catalogue.schedule_of(unit, name)
    return _not_permitted(said, unit) or _misdated(said, arrived_ms) or (rule(said, arrived_ms, schedule) if rule else None)


def _not_permitted(said: Declaration, unit: str) -> Refusal | None:
    if said.by not in {ADMINISTRATOR, unit}:
        return Refusal(Problem.NOT_PERMITTED, "a unit declares only for itself")
    if said.kind in GRANTED and said.by != ADMINISTRATOR:
        return Refusal(Problem.NOT_PERMITTED, f"{said.kind}: only the administrator grants that")
    return None


def _misdated(said: Declaration, arrived_ms: int) -> Refusal | None:
    if said.made_ms > arrived_ms + SKEW_MS:
        return Refusal(Problem.MISDATED, "made later than it arrived: set the clock of whoever declares")
    if said.made_ms < arrived_ms - OLDEST_MS:
        return Refusal(Problem.MISDATED, "made more than 7 days before it arrived: declare anew")
    return None


def _malformed(said: Declaration) -> str:
    """Say what is wrong with the form, whoever and whatever it is about."""
    needed, allowed = _FIELDS[said.kind]
    given = {field for field in ("first", "last", "since", "until", "target") if getattr(said, field)}
    if not needed <= given <= needed | allowed:
        return (
            f"{said.kind} needs {', '.join(sorted(needed)) or 'nothing more'}, and may have {', '.join(sorted(allowed)) or 'nothing else'}"
        )
    if not said.why.strip() or len(said.why) > MOST_WHY or not said.why.isprintable() or unicodedata.normalize("NFC", said.why) != said.why:
        return f"why: one line of at most {MOST_WHY} characters (NFC)"
    if _LIKE_A_CITIZENS_NUMBER.search(said.why):
        return "why: no numbers of citizens or telephones (9 to 12 digits): everybody reads it"
    if said.target and not _IDENTITY.fullmatch(said.target):
        return "target: the 32 digits that `nhip declare` printed"
    if not all(_is_day(day) for day in (said.since, said.until) if day):
        return "since, until: days such as 2025-11-30"
    return ""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text and 2000 <= date.fromisoformat(text).year <= 9000
    except ValueError:
        return False


def _about_periods(said: Declaration, arrived_ms: int, schedule: Schedule) -> Refusal | None:
    """Periods that exist, written as Nhịp writes them, in order, and not too many."""
    del arrived_ms
    try:
        first, last = schedule.parse(said.first), schedule.parse(said.last or said.first)
    except ValueError as error:
        return Refusal(Problem.NOT_POSSIBLE, str(error).partition("; ")[2] or "no period of this dataset")
    if said.first != schedule.text(first) or (said.last and said.last != schedule.text(last)):
        return Refusal(Problem.NOT_POSSIBLE, f"write the period as Nhịp does, such as {schedule.text(first)}")
    if schedule.continuous:
        return None
    if not schedule.first_required <= first <= last <= schedule.latest or last - first >= MOST_PERIODS:
        earliest = schedule.text(schedule.first_required)
        return Refusal(Problem.NOT_POSSIBLE, f"periods from {earliest} on, the first before the last, at most {MOST_PERIODS}")
    return None


def _has_periods(said: Declaration, arrived_ms: int, schedule: Schedule) -> Refusal | None:
    if schedule.continuous:
        return Refusal(Problem.NOT_POSSIBLE, f"{said.kind}: a continuous dataset has no periods; extend or suspend it")
    return _about_periods(said, arrived_ms, schedule)


def _nil(said: Declaration, arrived_ms: int, schedule: Schedule) -> Refusal | None:
    """Only where the contract allows it, and not before the last day of the period: until then something may still happen."""
    if not schedule.terms.nil_return:
        return Refusal(Problem.NOT_POSSIBLE, "the contract allows no nil return (`nilReturn`)")
    refused = _has_periods(said, arrived_ms, schedule)
    if refused is None and schedule.day_of(arrived_ms) < schedule.end_day(schedule.parse(said.last or said.first)) - timedelta(days=1):
        return Refusal(Problem.NOT_POSSIBLE, "the period has not ended: a nil return is possible from its last day on")
    return refused


def _until(said: Declaration, arrived_ms: int, schedule: Schedule, most_days: int) -> Refusal | None:
    """A last day that has not passed and is not too far away."""
    if end_of_day_ms(schedule, said.until) <= arrived_ms:
        return Refusal(Problem.MISDATED, "its last day had passed when it arrived")
    if date.fromisoformat(said.until) > schedule.day_of(arrived_ms) + timedelta(days=most_days):
        return Refusal(Problem.NOT_POSSIBLE, f"until: at most {most_days} days ahead")
    return None


def _extend(said: Declaration, arrived_ms: int, schedule: Schedule) -> Refusal | None:
    if schedule.continuous and said.first:
        return Refusal(Problem.NOT_POSSIBLE, "a continuous dataset has no periods: leave them out")
    if not schedule.continuous and not said.first:
        return Refusal(Problem.NOT_POSSIBLE, "say which period is extended")
    refused = None if schedule.continuous else _about_periods(said, arrived_ms, schedule)
    return refused or _until(said, arrived_ms, schedule, LONGEST_DAYS)


def _promise(said: Declaration, arrived_ms: int, schedule: Schedule) -> Refusal | None:
    return _about_periods(said, arrived_ms, schedule) or _until(said, arrived_ms, schedule, LONGEST_PROMISE_DAYS)


def _suspend(said: Declaration, arrived_ms: int, schedule: Schedule) -> Refusal | None:
    if said.since and said.until and said.since > said.until:
        return Refusal(Problem.NOT_POSSIBLE, "since comes after until")
    return _until(said, arrived_ms, schedule, LONGEST_DAYS) if said.until else None


_RULES: dict[Kind, Callable[[Declaration, int, Schedule], Refusal | None]] = {
    Kind.NIL: _nil,
    Kind.WAIVE: _has_periods,
    Kind.EXTEND: _extend,
    Kind.ACK: _about_periods,
    Kind.PROMISE: _promise,
    Kind.SUSPEND: _suspend,
}
_FIELDS: dict[Kind, tuple[set[str], set[str]]] = {
    Kind.NIL: ({"first"}, {"last"}),
    Kind.WAIVE: ({"first"}, {"last"}),
    Kind.EXTEND: ({"until"}, {"first", "last"}),
    Kind.ACK: ({"first"}, {"last"}),
    Kind.PROMISE: ({"first", "until"}, {"last"}),
    Kind.SUSPEND: (set(), {"since", "until"}),
    Kind.REVOKE: ({"target"}, set()),
}
"""Which fields a kind needs, and which it may have."""
