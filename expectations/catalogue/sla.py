"""The properties of `slaProperties`: one table of what may be said, and the reading of it into Terms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from expectations.catalogue import selectors
from expectations.catalogue.mistakes import Page
from expectations.catalogue.odcs import SlaProperty
from expectations.catalogue.units import Unit
from expectations.freshness.periods import Cadence
from expectations.freshness.terms import DAY_MS, HOUR_MS, Due, Span, Terms

_SPANS = ("hour", "day", "workingDay")
_OF_MONTH = {"dayOfMonth": 31, "workingDayOfMonth": 20}
_WITH_MONTHS = (Cadence.MONTHLY, Cadence.QUARTERLY, Cadence.YEARLY)


class Promise(msgspec.Struct, frozen=True):
    """One property: which values and units are allowed, what holds when it is not said, and what it means."""

    values: str
    default: str
    meaning: str
    units: tuple[str, ...] = ()


PROMISES = {
    "cadence": Promise(", ".join(Cadence), "needed", "How long a period is. `continuous` has no periods: its rows carry an instant."),
    "monthStartsOn": Promise(
        "1 to 28",
        "the province's",
        "First day of a month; 15 is the administrative month, named after the month in which it ends. "
        "Quarters and years follow their months.",
    ),
    "due": Promise(
        "1 to 31 (day of the month), 1 to 20 (working day of the month), 0 to 1000 (after the period's end)",
        "needed",
        "When a period is due: on the first such day after its end, or so long after its end. "
        "`dayOfMonth` and `workingDayOfMonth` need months (monthly, quarterly, yearly). "
        "With `continuous` it is the greatest age of the newest row.",
        (*_OF_MONTH, *_SPANS),
    ),
    "dueRoll": Promise("true, false", "true", "Whether a due day that is a day off moves to the next working day."),
    "grace": Promise("0 to 1000", "0 day", "How long after being due a missing period is not yet late.", _SPANS),
    "firstDue": Promise("YYYY-MM-DD in quotes", "needed", "The first day on which anything is due: periods due earlier are not required."),
    "staleAfter": Promise("1 to 100", "2 period", "From how many periods behind a feed is stale, not only late.", ("period",)),
    "silentAfter": Promise(
        "1 to 10000", "by cadence", "After how long without any sign of life the reason is `silent`, not `stuck`.", ("hour", "day")
    ),
    "minRows": Promise("1 to 100000", "1", "How many different rows make a period complete."),
    "slices": Promise(
        "communes, departments, or ids separated by commas",
        "none",
        "Parts that a period must hold. `element` names the column that carries the part.",
    ),
    "sliceRatio": Promise("more than 0, to 1", "1", "Which share of the slices makes a period complete."),
    "nilReturn": Promise("true, false", "false", "Whether a unit may declare that it has nothing to report for a period."),
}


def table() -> str:
    """Render PROMISES as the Markdown table of docs/catalogue.md."""
    lines = ["| property | value | unit | when not said | meaning |", "|---|---|---|---|---|"]
    lines += [f"| `{n}` | {p.values} | {', '.join(p.units) or '–'} | {p.default} | {p.meaning} |" for n, p in PROMISES.items()]
    return "\n".join(lines)


def read_terms(said: Sequence[SlaProperty], page: Page, units: Mapping[str, Unit], month_starts_on: int) -> Terms | None:
    """The terms that the properties state; None (and all mistakes) when something is wrong with them."""
    before = page.count
    sla = _Sla(said, page)
    cadence = sla.cadence()
    due, first_due = sla.due(cadence), sla.day("firstDue")
    optional = _optional(sla, cadence, units, month_starts_on)
    if page.count > before or cadence is None or due is None or first_due is None:
        return None
    return Terms(cadence=cadence, due=due, first_due=first_due, **optional)


def slice_element(said: Sequence[SlaProperty]) -> tuple[str, str | None] | None:
    """The path and the `element` of the property `slices`; None when there are no slices."""
    return next(((f"slaProperties[{n}].element", s.element) for n, s in enumerate(said) if s.property == "slices"), None)


def _optional(sla: _Sla, cadence: Cadence | None, units: Mapping[str, Unit], month_starts_on: int) -> dict[str, Any]:
    """What Terms may be given beside the needed three. Terms itself knows the default of silent_after_ms, by cadence."""
    sla.only_with("monthStartsOn", cadence, _WITH_MONTHS)
    for name in ("minRows", "slices"):
        sla.only_with(name, cadence, tuple(c for c in Cadence if c is not Cadence.CONTINUOUS))
    if "sliceRatio" in sla.said and "slices" not in sla.said:
        sla.wrong("sliceRatio", "there are no slices", "`slices` beside it")
    found: dict[str, Any] = {
        "grace": Span(sla.number("grace", 0, 1000, 0), sla.unit("grace") or "day"),
        "stale_after": sla.number("staleAfter", 1, 100, 2),
        "min_rows": sla.number("minRows", 1, 100_000, 1),
        "slices": sla.slices(units),
        "slice_quorum": sla.ratio("sliceRatio"),
        "month_starts_on": sla.number("monthStartsOn", 1, 28, month_starts_on if cadence in _WITH_MONTHS else 1),
        "nil_return": sla.flag("nilReturn", default=False),
    }
    if "silentAfter" in sla.said:
        found["silent_after_ms"] = sla.number("silentAfter", 1, 10_000, 1) * (DAY_MS if sla.unit("silentAfter") == "day" else HOUR_MS)
    return found


class _Sla:
    """Properties by name; whatever does not fit PROMISES is noted with its path."""

    def __init__(self, said: Sequence[SlaProperty], page: Page) -> None:
        self.said: dict[str, tuple[int, SlaProperty]] = {}
        self._page = page
        for n, one in enumerate(said):
            self._take(n, one)
        for name, promise in PROMISES.items():
            if promise.default == "needed" and name not in self.said:
                page.wrong("slaProperties", f"no property {name!r}", f"{name}: {promise.values}")

    def _take(self, n: int, one: SlaProperty) -> None:
        promise = PROMISES.get(one.property)
        if promise is None:
            self._page.wrong(f"slaProperties[{n}].property", f"unknown property {one.property!r}", ", ".join(PROMISES))
        elif one.property in self.said:
            self._page.wrong(f"slaProperties[{n}].property", f"{one.property!r} is there twice", "each property once")
        elif (one.unit is not None or promise.units) and one.unit not in promise.units:
            self._page.wrong(f"slaProperties[{n}].unit", f"unit {one.unit!r} of {one.property}", ", ".join(promise.units) or "no unit")
        else:
            self.said[one.property] = (n, one)

    def wrong(self, name: str, problem: str, allowed: str = "", part: str = "value") -> None:
        """Note a mistake at the property `name`."""
        self._page.wrong(f"slaProperties[{self.said[name][0]}].{part}", problem, allowed or PROMISES[name].values)

    def value(self, name: str) -> Any:
        """What was said, or None."""
        return self.said[name][1].value if name in self.said else None

    def unit(self, name: str) -> Any:
        """The unit that was said, or None."""
        return self.said[name][1].unit if name in self.said else None

    def cadence(self) -> Cadence | None:
        value = self.value("cadence")
        if value in tuple(Cadence):
            return Cadence(value)
        if "cadence" in self.said:
            self.wrong("cadence", f"unknown cadence {value!r}")
        return None

    def due(self, cadence: Cadence | None) -> Due | None:
        unit = self.unit("due")
        if unit in _OF_MONTH:
            if cadence is not None and cadence not in _WITH_MONTHS:
                self.wrong("due", f"{unit} is impossible with the cadence {cadence}", ", ".join(_SPANS), "unit")
            count = self.number("due", 1, _OF_MONTH[unit], 1)
            return Due(unit, count, roll=self.flag("dueRoll", default=True))
        count = self.number("due", int(cadence is Cadence.CONTINUOUS), 1000, 0)
        return Due("after", count, unit, roll=self.flag("dueRoll", default=True)) if unit else None

    def number(self, name: str, low: int, high: int, default: int) -> int:
        value = default if name not in self.said else self.value(name)
        if isinstance(value, int) and not isinstance(value, bool) and (name not in self.said or low <= value <= high):
            return value
        self.wrong(name, f"{value!r} is not possible", f"a whole number from {low} to {high}")
        return default

    def ratio(self, name: str) -> float:
        value = 1 if name not in self.said else self.value(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and 0 < value <= 1:
            return float(value)
        self.wrong(name, f"{value!r} is not possible")
        return 1.0

    def flag(self, name: str, *, default: bool) -> bool:
        value = default if name not in self.said else self.value(name)
        if isinstance(value, bool):
            return value
        self.wrong(name, f"{value!r} is not possible")
        return default

    def day(self, name: str) -> date | None:
        value = self.value(name)
        day = _day(value)
        if day is None and name in self.said:
            self.wrong(name, f"{value} is not possible", 'a day in quotes as "YYYY-MM-DD", of the years 2000 to 2099')
        return day

    def slices(self, units: Mapping[str, Unit]) -> frozenset[str]:
        if "slices" not in self.said:
            return frozenset()
        if not isinstance(self.value("slices"), str):
            self.wrong("slices", f"{self.value('slices')!r} is not a text")
            return frozenset()
        return frozenset(selectors.select(self._page, f"slaProperties[{self.said['slices'][0]}].value", self.value("slices"), units))

    def only_with(self, name: str, cadence: Cadence | None, allowed: tuple[Cadence, ...]) -> None:
        """Note a mistake when `name` is said though the cadence gives it no meaning."""
        if name in self.said and cadence is not None and cadence not in allowed:
            self.wrong(name, f"has no meaning with the cadence {cadence}", "cadence " + ", ".join(allowed), "property")


def _day(value: Any) -> date | None:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return day if 2000 <= day.year < 2100 else None
