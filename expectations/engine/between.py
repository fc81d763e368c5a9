"""Values between bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from expectations.engine import arguments, dtypes
from expectations.engine.compiled import Compile, Compiled, Kwargs, NotCompiled
from expectations.engine.formats import ResultFormat
from expectations.engine.row_map import Judge, row_map
from expectations.engine.table import Demotion

BOUNDS = ("min_value", "max_value", "strict_min", "strict_max")

NUMBERS = frozenset({int, float, bool})


WHOLE = frozenset({int, bool})

BETWEEN = dtypes.NUMBERS | dtypes.INSTANTS | {"bool", "boolean", "float32", dtypes.ZONED}


def _whole(bound: Any) -> Any:
    """The bound as a whole number, if it is one: whole numbers are compared faster with these."""
    return int(bound) if isinstance(bound, float) and bound.is_integer() else bound


def outside(low: Any, high: Any, *, strict_low: bool, strict_high: bool) -> Judge:
    """Which values lie outside. A comparison that fails raises, as Great Expectations' does."""
    return {
        (True, True, False, False): lambda values, _: [i for i, v in enumerate(values) if not (v >= low and v <= high)],
        (True, True, True, False): lambda values, _: [i for i, v in enumerate(values) if not (v > low and v <= high)],
        (True, True, False, True): lambda values, _: [i for i, v in enumerate(values) if not (v >= low and v < high)],
        (True, True, True, True): lambda values, _: [i for i, v in enumerate(values) if not (v > low and v < high)],
        (True, False, False, False): lambda values, _: [i for i, v in enumerate(values) if not v >= low],
        (True, False, True, False): lambda values, _: [i for i, v in enumerate(values) if not v > low],
        (False, True, False, False): lambda values, _: [i for i, v in enumerate(values) if not v <= high],
        (False, True, False, True): lambda values, _: [i for i, v in enumerate(values) if not v < high],
    }[low is not None, high is not None, strict_low and low is not None, strict_high and high is not None]


def _compiled(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    low, high = (arguments.bound(kwargs.get(name), name) for name in ("min_value", "max_value"))
    if low is None and high is None:
        raise NotCompiled("falls back, because it has no bound")
    if low is not None and high is not None and low > high:  # type: ignore[operator]  # a date and a number raise: not compiled
        raise NotCompiled("falls back, because min_value is greater than max_value")
    strict = {"strict_low": arguments.flag(kwargs, "strict_min"), "strict_high": arguments.flag(kwargs, "strict_max")}
    judge, whole = outside(low, high, **strict), outside(_whole(low), _whole(high), **strict)

    def no_texts(values: list[Any], types: set[type]) -> Sequence[int]:
        if types <= WHOLE:
            return whole(values, types)
        if not types <= NUMBERS and any(issubclass(kind, str) for kind in types):
            raise Demotion("a text meets a bound that is none", raises=True)
        return judge(values, types)

    return row_map(kwargs, keep, no_texts, optional=BOUNDS, dtypes=BETWEEN)


TYPES: Mapping[str, Compile] = {"expect_column_values_to_be_between": _compiled}
