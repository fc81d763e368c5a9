"""`slaProperties` become Terms. What may be said is promises.py's table, how it is said is said.py's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from expectations.catalogue.mistakes import Page
from expectations.catalogue.odcs import SlaProperty
from expectations.catalogue.said import ALWAYS, WITH_MONTHS, Said
from expectations.catalogue.units import Unit
from expectations.freshness.periods import Cadence
from expectations.freshness.terms import DAY_MS, HOUR_MS, OFFICE_HOURS, Due, Minutes, Rule, Span, Terms

_STRETCH = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\s*-\s*([01]\d|2[0-4]):([0-5]\d)")


def read_terms(
    said: Sequence[SlaProperty], page: Page, units: Mapping[str, Unit], month_starts_on: int, hours: tuple[Minutes, ...] = OFFICE_HOURS
) -> Terms | None:
    """The terms that the properties state; None (and all mistakes) when something is wrong with them."""
    before = page.count
    sla = Said(said, page)
    cadence = sla.cadence()
    due, first_due = sla.due(cadence), sla.day("firstDue")
    optional = _optional(sla, cadence, units, month_starts_on) | {"working_hours": _hours(sla, hours)}
    if cadence is Cadence.CONTINUOUS:
        for n, name in sla.variants():
            page.wrong(f"slaProperties[{n}].property", f"{name} has one age with the cadence continuous", "the operational one, undated")
    regulatory, changes = sla.at("regulatory", ALWAYS), [_rule(sla, cadence, day) for day in sla.changes()]
    optional |= {"regulatory": regulatory.due(cadence) if "due" in regulatory.said else None, "changes": tuple(changes)}
    if page.count > before or cadence is None or due is None or first_due is None:
        return None
    return Terms(cadence=cadence, due=due, first_due=first_due, **optional)


def element_of(said: Sequence[SlaProperty], name: str) -> tuple[str, str | None] | None:
    """The path and the `element` of a property; None when it is not there."""
    return next(((f"slaProperties[{n}].element", s.element) for n, s in enumerate(said) if s.property == name), None)


def stretches(text: Any) -> tuple[Minutes, ...] | None:
    """Working hours such as `07:30-11:30, 13:30-17:00` as minutes after midnight; None when they are none, or not in order."""
    found = [_STRETCH.fullmatch(part.strip()) for part in text.split(",")] if isinstance(text, str) else []
    minutes = tuple((int(f[1]) * 60 + int(f[2]), int(f[3]) * 60 + int(f[4])) for f in found if f is not None)
    edges = [minute for stretch in minutes for minute in stretch]
    right = bool(found) and len(minutes) == len(found) and edges == sorted(set(edges)) and edges[-1] <= 24 * 60
    return minutes if right else None


def _rule(sla: Said, cadence: Cadence | None, day: Any) -> Rule:
    """The limits that hold from a day on."""
    ours, laws = sla.at("operational", day), sla.at("regulatory", day)
    regulatory = laws.due(cadence) if "due" in laws.said else None
    return Rule(day, ours.due(cadence) or Due("after", 0), _grace(ours), regulatory)


def _grace(sla: Said) -> Span:
    return Span(sla.number("grace", 0, 1000, 0), sla.unit("grace") or "day")


def _hours(sla: Said, usual: tuple[Minutes, ...]) -> tuple[Minutes, ...]:
    if "workingHours" not in sla.said:
        return usual
    found = stretches(sla.value("workingHours"))
    if found is None:
        sla.wrong("workingHours", f"{sla.value('workingHours')!r} is not possible")
    return found or usual


def _optional(sla: Said, cadence: Cadence | None, units: Mapping[str, Unit], month_starts_on: int) -> dict[str, Any]:
    """What Terms may be given beside the needed three. Terms itself knows the default of silent_after_ms, by cadence."""
    sla.only_with("monthStartsOn", cadence, WITH_MONTHS)
    for name in ("minRows", "slices", "usualShare"):
        sla.only_with(name, cadence, tuple(c for c in Cadence if c is not Cadence.CONTINUOUS))
    if "sliceRatio" in sla.said and "slices" not in sla.said:
        sla.wrong("sliceRatio", "there are no slices", "`slices` beside it")
    found: dict[str, Any] = {
        "grace": _grace(sla),
        "stale_after": sla.number("staleAfter", 1, 100, 2),
        "min_rows": sla.number("minRows", 1, 100_000, 1),
        "slices": sla.slices(units),
        "slice_quorum": sla.ratio("sliceRatio", 1.0),
        "usual_share": sla.ratio("usualShare", 0.0),
        "month_starts_on": sla.number("monthStartsOn", 1, 28, month_starts_on if cadence in WITH_MONTHS else 1),
        "nil_return": sla.flag("nilReturn", default=False),
    }
    if "silentAfter" in sla.said:
        found["silent_after_ms"] = sla.number("silentAfter", 1, 10_000, 1) * (DAY_MS if sla.unit("silentAfter") == "day" else HOUR_MS)
    return found
