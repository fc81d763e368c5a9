"""`slaProperties` by name, as far as they fit the table of promises; whatever does not is noted with its path."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from expectations.catalogue import selectors
from expectations.catalogue.mistakes import Page
from expectations.catalogue.odcs import SlaProperty
from expectations.catalogue.promises import OF_MONTH, PROMISES, SPANS
from expectations.catalogue.units import Unit
from expectations.freshness.periods import Cadence
from expectations.freshness.terms import Due

WITH_MONTHS = (Cadence.MONTHLY, Cadence.QUARTERLY, Cadence.HALF_YEARLY, Cadence.YEARLY)
ALWAYS = date.min
Key = tuple[str, str, date]
"""A property, whose driver it is, and from which day on it holds."""


class Said:
    """Properties by name: of one that is there for several drivers and days, the one that holds in this view."""

    def __init__(self, said: Sequence[SlaProperty], page: Page) -> None:
        self._page = page
        self._every: dict[Key, tuple[int, SlaProperty]] = {}
        for n, one in enumerate(said):
            self._take(n, one)
        self.said = self._view("operational", ALWAYS)
        for name, promise in PROMISES.items():
            if promise.default == "needed" and name not in self.said:
                page.wrong("slaProperties", f"no property {name!r}", f"{name}: {promise.values}")

    def _take(self, n: int, one: SlaProperty) -> None:
        at, promise = f"slaProperties[{n}]", PROMISES.get(one.property)
        if promise is None:
            self._page.wrong(f"{at}.property", f"unknown property {one.property!r}", ", ".join(PROMISES))
            return
        driver = one.driver or "operational"
        if promise.drivers and driver not in promise.drivers:
            self._page.wrong(f"{at}.driver", f"driver {driver!r} of {one.property}", ", ".join(promise.drivers))
            return
        day = self._valid_from(f"{at}.valueExt", one, dated=promise.dated)
        key = (one.property, driver if promise.drivers else "operational", day)
        if (one.unit is not None or promise.units) and one.unit not in promise.units:
            self._page.wrong(f"{at}.unit", f"unit {one.unit!r} of {one.property}", ", ".join(promise.units) or "no unit")
            one = one.model_copy(update={"unit": None})  # its value is looked at all the same
        if key in self._every:
            self._page.wrong(f"{at}.property", f"{one.property!r} is there twice", "each property once, for each driver and first day")
        else:
            self._every[key] = (n, one)

    def _valid_from(self, path: str, one: SlaProperty, *, dated: bool) -> date:
        if one.value_ext is None:
            return ALWAYS
        day = day_of(one.value_ext) if dated else None
        if day is None:
            allowed = 'the first day on which it holds, in quotes as "YYYY-MM-DD"' if dated else "no valueExt: it holds from the beginning"
            self._page.wrong(path, f"{one.value_ext!r} of {one.property}", allowed)
        return day or ALWAYS

    def _view(self, driver: str, day: date) -> dict[str, tuple[int, SlaProperty]]:
        """The property of each name that holds on a day; those without a driver hold for all."""
        held: dict[str, tuple[int, SlaProperty]] = {}
        for (name, whose, _), one in sorted((k, v) for k, v in self._every.items() if k[2] <= day):
            if whose == driver or not PROMISES[name].drivers:
                held[name] = one
        return held

    def changes(self) -> list[date]:
        """The days from which on something else holds."""
        return sorted({day for _, _, day in self._every} - {ALWAYS})

    def at(self, driver: str, day: date) -> Said:
        """The same properties as one driver's on one day."""
        view = object.__new__(Said)
        view._page, view._every, view.said = self._page, self._every, self._view(driver, day)
        return view

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
        """The cadence; a mistake when it is none."""
        value = self.value("cadence")
        if value in tuple(Cadence):
            return Cadence(value)
        if "cadence" in self.said:
            self.wrong("cadence", f"unknown cadence {value!r}")
        return None

    def due(self, cadence: Cadence | None) -> Due | None:
        """The due rule; None when its unit is not said."""
        unit = self.unit("due")
        roll = self.flag("dueRoll", default=True)
        if unit in OF_MONTH:
            if cadence is not None and cadence not in WITH_MONTHS:
                self.wrong("due", f"{unit} is impossible with the cadence {cadence}", ", ".join(SPANS), "unit")
            return Due(unit, self.number("due", 1, OF_MONTH[unit], 1), roll=roll)
        count = self.number("due", int(cadence is Cadence.CONTINUOUS), 1000, 0)
        return Due("after", count, unit, roll=roll) if unit else None

    def number(self, name: str, low: int, high: int, default: int) -> int:
        """A whole number within bounds, or the default."""
        value = default if name not in self.said else self.value(name)
        if isinstance(value, int) and not isinstance(value, bool) and (name not in self.said or low <= value <= high):
            return value
        self.wrong(name, f"{value!r} is not possible", f"a whole number from {low} to {high}")
        return default

    def ratio(self, name: str, default: float) -> float:
        """A share of more than 0, to 1; the default when it is not said."""
        value = default if name not in self.said else self.value(name)
        if name not in self.said or (isinstance(value, (int, float)) and not isinstance(value, bool) and _is_share(value)):
            return float(value)
        self.wrong(name, f"{value!r} is not possible")
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = default if name not in self.said else self.value(name)
        if isinstance(value, bool):
            return value
        self.wrong(name, f"{value!r} is not possible")
        return default

    def day(self, name: str) -> date | None:
        """A day of this century, or None."""
        value = self.value(name)
        day = day_of(value)
        if day is None and name in self.said:
            self.wrong(name, f"{value} is not possible", 'a day in quotes as "YYYY-MM-DD", of the years 2000 to 2099')
        return day

    def slices(self, units: Mapping[str, Unit]) -> frozenset[str]:
        """The units that a selector means."""
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

    def variants(self) -> Iterator[tuple[int, str]]:
        """Where properties are that hold for the law, or from a later day on: a path's number and a name."""
        for (name, driver, day), (n, _) in self._every.items():
            if driver == "regulatory" or day != ALWAYS:
                yield n, name


def day_of(value: Any) -> date | None:
    """The day of an ISO text of this century, else None."""
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return day if 2000 <= day.year < 2100 else None


def _is_share(value: float) -> bool:
    return math.isfinite(value) and 0 < value <= 1
