"""Whether one observed value lies between a minimum and a maximum, as Great Expectations' `_validate_metric_value_between` says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from math import isnan
from typing import Any, Final

import msgspec

from expectations.engine import arguments
from expectations.engine.compiled import NotCompiled, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.table import Demotion

NUMBERS: Final = frozenset({int, float, bool, Decimal})
ALLOWED: Final = ("min_value", "max_value", "strict_min", "strict_max")
NEAR_RATIO: Final = 1e-9
"""How far from a bound, relative to it, a float must lie that was added in another order than Great Expectations adds."""


class Bounds(msgspec.Struct, frozen=True):
    """A minimum and a maximum, either of which may be missing; a strict one is not allowed itself."""

    low: Any = None
    high: Any = None
    strict_low: bool = False
    strict_high: bool = False

    def outcome(self, observed: Any, form: ResultFormat, *, exact: bool = True) -> Outcome:
        """Judge a value. None and NaN fail, whatever the bounds. Raises Demotion when `exact` is false and a bound is near."""
        if observed is None or (type(observed) is float and isnan(observed)):
            return said(success=False, result={"observed_value": None}, form=form)
        for bound in (self.low, self.high):
            if bound is None:
                continue
            if not _comparable(observed, bound):
                raise Demotion(f"a {type(observed).__name__} is compared with a {type(bound).__name__}")
            if not exact and abs(observed - bound) <= NEAR_RATIO * max(abs(observed), abs(bound)):
                raise Demotion("the result lies too near a bound to be told apart after parts were added")
        above = self.low is None or (observed > self.low if self.strict_low else observed >= self.low)
        below = self.high is None or (observed < self.high if self.strict_high else observed <= self.high)
        return said(success=bool(above and below), result={"observed_value": observed}, form=form)


def _comparable(observed: Any, bound: Any) -> bool:
    """Whether Great Expectations compares the two as they are; else it parses one of them, or fails."""
    one, other = type(observed), type(bound)
    if one in NUMBERS:
        return other in NUMBERS
    return (one is other and one in (dt.date, dt.datetime)) or (one.__name__ == "Timestamp" and other is dt.datetime)


def said(*, success: bool, result: dict[str, Any], form: ResultFormat) -> Outcome:
    """An outcome in a format: only a boolean where no more was asked."""
    return {"success": success, "result": {} if form.name == "BOOLEAN_ONLY" else result}


def of(kwargs: Mapping[str, Any], *required: str) -> Bounds:
    """Read the bounds among the arguments of an expectation that takes `required` as well; raises NotCompiled."""
    arguments.known(kwargs, required, ALLOWED)
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    for bound in (low, high):
        if bound is not None and type(bound) not in NUMBERS | {dt.date, dt.datetime}:
            raise NotCompiled(f"falls back, because a bound is a {type(bound).__name__}")
    return Bounds(low, high, arguments.flag(kwargs, "strict_min"), arguments.flag(kwargs, "strict_max"))
