"""Arguments for each of the 59 expectation types, fitted to a frame so that both verdicts come up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np

from tests.expectations.engine.frames import DATES, KINDS, Frame

Kwargs = dict[str, Any]
REGEXES = (r"^\d+$", "x$", "^a", "", r"\w", "[đĐ]", r"(?i)ab", r"^.{2,3}$", r"\s", "^(?!x)", "(", "N|1", "nan", r"\.\d")
FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%Y", "%Y-%m-%dT%H:%M:%S", "%H:%M", "x")
TYPES = ("int", "str", "float", "bool", "Decimal", "datetime", "date", "list", "dict", "NoneType", "object", "int64", "Timestamp", "nope")
DTYPES = ("object", "O", "int64", "str", "string", "float", "category", "datetime64", "datetime64[ns]", "bool", "nope", "Int64")
SCHEMAS: tuple[dict[str, Any], ...] = (
    {"type": "object"},
    {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
    {"type": ["null", "integer"]},
    {},
    {"type": "nope"},
)
REFUSED = (dt.timedelta, dt.time, bytes, tuple, np.generic)
"""Great Expectations cannot write these as JSON: as arguments they make its own validate raise."""
MOSTLY = (1, 1.0, 0.95, 0.9, 0.5, 1 / 3, 2 / 3, 0.1, 0, 0.0)


def column(rng: Random, frame: Frame) -> str:
    """A column of the frame; sometimes one that it lacks."""
    return "absent" if rng.random() < 0.03 else rng.choice(frame.columns)


def some_value(rng: Random, frame: Frame, name: str) -> Any:
    """A value of the column, or one of its kind, or any value at all."""
    values = [v for v in frame.values(name) if not isinstance(v, REFUSED)]
    chance = rng.random()
    if values and chance < 0.6:
        return rng.choice(values)
    kind = KINDS[frame.kinds.get(name, "int") if chance < 0.93 else rng.choice(tuple(KINDS))]
    value = kind(rng)
    return rng.randint(0, 5) if isinstance(value, REFUSED) else value


def bound(rng: Random, frame: Frame, name: str) -> Any:
    """A bound near the values of a column, as a number, a date, or its text."""
    value = some_value(rng, frame, name)
    if isinstance(value, dt.date) and rng.random() < 0.4:
        return value.isoformat()
    if isinstance(value, int | float | Decimal) and abs(float(value)) < 1e20:
        return rng.choice((value, float(value), value + rng.choice((-1, 1)), int(value)))
    return value if rng.random() < 0.7 else rng.randint(-3, 12)


def bounds(rng: Random, make: Callable[[], Any], *, strict: bool = True) -> Kwargs:
    """A minimum, a maximum, both or none; strict or not."""
    low: Any = make() if rng.random() < 0.6 else None
    high: Any = make() if rng.random() < 0.6 else None
    try:
        if low is not None and high is not None and low > high and rng.random() < 0.95:
            low, high = high, low
    except TypeError:
        high = None
    kwargs: Kwargs = {"min_value": low, "max_value": high}
    for name in ("strict_min", "strict_max") if strict else ():
        if rng.random() < 0.3:
            kwargs[name] = rng.random() < 0.7
    return kwargs


def value_set(rng: Random, frame: Frame, name: str) -> list[Any]:
    """A set that holds some of the values of a column; dates may be given as text."""
    chosen = [some_value(rng, frame, name) for _ in range(rng.choice((0, 1, 2, 4, 30)))]
    if rng.random() < 0.3:
        chosen += [v for v in frame.values(name) if not isinstance(v, REFUSED)]
    as_text = rng.random() < 0.4
    return [v.isoformat() if as_text and isinstance(v, dt.date) else v for v in chosen] + ([None] if rng.random() < 0.05 else [])


def of_column(make: Callable[[Random, Frame, str], Kwargs]) -> Callable[[Random, Frame], Kwargs]:
    """Arguments of a type that reads one column."""

    def made(rng: Random, frame: Frame) -> Kwargs:
        name = column(rng, frame)
        return {"column": name, **make(rng, frame, name)}

    return made


def near(rng: Random, frame: Frame, name: str) -> float:
    """A number near the sum, the mean or the spread of a column of numbers."""
    numbers = [float(v) for v in frame.values(name) if isinstance(v, int | float | Decimal) and abs(float(v)) < 1e300] or [0.0]
    spread = max(numbers) - min(numbers)
    middle = sum(numbers) / len(numbers)
    chosen: float = rng.choice((sum(numbers), middle, spread, spread / 2, middle + spread / 10, round(middle), numbers[0]))
    return chosen


def partition(rng: Random, frame: Frame, name: str) -> Kwargs | None:
    """An expected distribution: weights of values, or of bins, perhaps with endless ends or tails."""
    style = rng.random()
    if style < 0.1:
        return None
    values = frame.values(name)
    if style < 0.5 and values:
        names = list({repr(v): v for v in values if not isinstance(v, (list, dict, *REFUSED))}.values())[: rng.randint(1, 6)] or ["x"]
        return {"values": names, "weights": [1 / len(names)] * len(names)}
    edges = sorted({near(rng, frame, name) + step for step in (-2, 0, 1, 2.5)})
    edges = [float("-inf"), *edges] if rng.random() < 0.3 else edges
    edges = [*edges, float("inf")] if rng.random() < 0.3 else edges
    count = len(edges) - 1
    if rng.random() < 0.2:
        return {"bins": edges, "weights": [0.8 / count] * count, "tail_weights": [0.1, 0.1]}
    weights = [0.0, *[1 / (count - 1)] * (count - 1)] if count > 1 and rng.random() < 0.3 else [1 / count] * count
    return {"bins": edges, "weights": weights}


def quantiles(rng: Random, frame: Frame, name: str) -> Kwargs:
    """Quantiles with ranges near the values of a column."""
    asked = rng.sample((0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0), rng.randint(1, 4))
    ranges = []
    for _ in asked:
        pair = sorted((near(rng, frame, name), near(rng, frame, name)))
        ranges.append([None if rng.random() < 0.2 else edge for edge in pair])
    error = {"allow_relative_error": rng.choice((True, "linear", "lower", "higher", "midpoint", "nearest"))} if rng.random() < 0.4 else {}
    return {"quantile_ranges": {"quantiles": asked, "value_ranges": ranges}, **error}


def pair(rng: Random, frame: Frame) -> Kwargs:
    """Two columns and which rows to leave out."""
    ignore = rng.choice((None, "both_values_are_missing", "either_value_is_missing", "neither"))
    return {"column_A": column(rng, frame), "column_B": column(rng, frame)} | ({"ignore_row_if": ignore} if ignore else {})


def many(rng: Random, frame: Frame) -> Kwargs:
    """Two columns or more and which rows to leave out."""
    names = [column(rng, frame) for _ in range(rng.randint(2, 3))]
    ignore = rng.choice((None, "all_values_are_missing", "any_value_is_missing", "never"))
    return {"column_list": list(dict.fromkeys(names))} | ({"ignore_row_if": ignore} if ignore else {})


def pairs_set(rng: Random, frame: Frame, names: Kwargs) -> list[Any]:
    """Pairs, some of which are in the frame."""
    return [
        tuple(None if rng.random() < 0.1 else some_value(rng, frame, names[key]) for key in ("column_A", "column_B"))
        for _ in range(rng.randint(1, 6))
    ]


def columns_list(rng: Random, frame: Frame) -> list[str]:
    """The columns of the frame, mostly; or others, or in another order."""
    names = list(frame.columns)
    if rng.random() < 0.3:
        rng.shuffle(names)
    if rng.random() < 0.3:
        names.append("absent")
    return names[1:] if rng.random() < 0.2 else names


def options(rng: Random, choices: Mapping[str, tuple[Any, ...]]) -> Kwargs:
    """Each option with a chance of one half."""
    return {name: rng.choice(values) for name, values in choices.items() if rng.random() < 0.5}


def some_of(rng: Random, values: tuple[Any, ...]) -> list[Any]:
    """One to three of some values."""
    return [rng.choice(values) for _ in range(rng.randint(1, 3))]


def formats(rng: Random) -> str:
    """A date format."""
    return rng.choice(FORMATS)


def dates(rng: Random) -> str:
    """The text of a date, or of none."""
    return rng.choice(DATES)
