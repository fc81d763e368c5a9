"""Frames as a stranger has them: ordinary columns of every common dtype, ordinary labels of rows, or a list of dicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pandas as pd

from tests.expectations.engine.frames import KINDS, NAMES, Frame
from tests.expectations.engine.suites import expectation

LOOKS: Mapping[str, tuple[str, ...]] = {
    "int": ("int64", "int64", "Int64", "int32", "float64", "object", "category", "float32"),
    "count": ("int64", "int64", "Int64", "int32", "float64", "uint8"),
    "float": ("float64", "float64", "float32", "Float64", "object"),
    "money": ("float64", "float64", "Float64", "object"),
    "bool": ("bool", "bool", "boolean", "object"),
    "text": ("str", "str", "string", "object", "category"),
    "code": ("str", "str", "string", "object", "category"),
    "date_text": ("str", "str", "string", "object"),
    "json_text": ("str", "str", "object"),
    "instant": ("datetime64[ns]", "datetime64[us]", "datetime64[ns, UTC]", "datetime64[us, UTC]", "datetime64[ns, Asia/Ho_Chi_Minh]"),
    "day": ("datetime64[ns]", "datetime64[us]", "datetime64[us, UTC]"),
    "date": ("object",),
    "decimal": ("object",),
    "duration": ("timedelta64[ns]",),
}
"""Of each kind of value the dtypes that it is found in, the commonest named twice."""

LACK_NULLS = {"int64": "float64", "int32": "float64", "uint8": "float64", "bool": "object"}
"""Dtypes that have no null, and what pandas makes of them where there is one."""

LABELS = ("numbered", "numbered", "numbered", "numbered", "filtered", "texts", "dates", "named", "twice")
SIZES = (0, 1, 3, 5, 8, 12, 30, 45, 230)


@dataclass(frozen=True)
class Typed(Frame):
    """A frame whose columns have the given dtypes, and whose rows have the given labels."""

    dtypes: Mapping[str, str] = field(default_factory=dict)
    labels: str = "numbered"

    @property
    def look(self) -> str:
        """Dtypes and labels."""
        return f"{dict(self.dtypes)} {self.labels}"

    def pandas(self) -> Any:
        """The frame, as its owner made it."""
        columns = {name: _series([row[name] for row in self.rows], self.dtypes[name]) for name in self.columns}
        frame = pd.DataFrame(columns)
        count = len(frame)
        match self.labels:
            case "filtered":
                frame.index = frame.index[::-1] * 2
            case "texts":
                frame.index = pd.Index([f"r{n}" for n in range(count)])
            case "dates":
                frame.index = pd.date_range("2024-01-01", periods=count)
            case "named":
                frame.index = pd.RangeIndex(count, name="key")
            case "twice":
                frame.index = pd.Index([n // 2 for n in range(count)])
        return frame


def _series(values: list[Any], dtype: str) -> Any:
    if dtype.startswith("datetime64") and "," in dtype:
        unit, zone = dtype.removeprefix("datetime64[").removesuffix("]").split(", ")
        return pd.Series(pd.to_datetime(pd.Series(values, dtype="datetime64[us]"), utc=True)).dt.tz_convert(zone).dt.as_unit(unit)
    return pd.Series(values, dtype=dtype)


def ordinary_frame(rng: Random) -> Frame:
    """Two to four columns, each of one kind, with nulls in some; one in four frames is given as a list of dicts."""
    count = rng.choice(SIZES)
    columns = NAMES[: rng.randint(2, len(NAMES))]
    kinds: dict[str, str] = {}
    dtypes: dict[str, str] = {}
    made: dict[str, list[Any]] = {}
    for number, name in enumerate(columns):
        twin = columns[number - 1] if number and rng.random() < 0.4 else None
        kind = kinds[name] = kinds[twin] if twin else rng.choice(tuple(LOOKS))
        nulls = rng.choice((0.0, 0.0, 0.1, 0.3))
        pool = [KINDS[kind](rng) for _ in range(rng.randint(1, 8))] if rng.random() < 0.5 else None
        made[name] = [None if rng.random() < nulls else rng.choice(pool) if pool else KINDS[kind](rng) for _ in range(count)]
        dtype = dtypes[twin] if twin and rng.random() < 0.7 else rng.choice(LOOKS[kind])
        if kind == "count" and dtype == "uint8":
            made[name] = [None if value is None else value % 256 for value in made[name]]
        dtypes[name] = LACK_NULLS.get(dtype, dtype) if None in made[name] else dtype
    rows = tuple({name: made[name][at] for name in columns} for at in range(count))
    if rng.random() < 0.25:
        return Frame(columns, kinds, rows)
    return Typed(columns, kinds, rows, inferred=True, dtypes=dtypes, labels=rng.choice(LABELS))


NUMBERS = frozenset({"int", "count", "float", "money"})
FITS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("_sum_", "_mean_", "_median_", "_stdev_", "quantile", "z_scores", "outliers", "kl_divergence"), NUMBERS),
    **dict.fromkeys(("min_to_be", "max_to_be", "values_to_be_between", "increasing", "decreasing"), NUMBERS | {"instant", "day"}),
    "greater_than_b": NUMBERS | {"instant", "day"},
    **dict.fromkeys(("regex", "lengths"), frozenset({"text", "code", "date_text"})),
    **dict.fromkeys(("strftime", "dateutil"), frozenset({"date_text", "code"})),
    "json": frozenset({"json_text"}),
    "multicolumn_sum": NUMBERS,
}
"""By a part of an expectation's type the kinds of columns that it is asked of."""


def fitting(rng: Random, frame: Frame, name: str) -> Any | None:
    """An expectation of columns that it fits, mostly; of any where the frame has none that fits."""
    kinds = next((kinds for part, kinds in FITS.items() if part in name), None)
    fit = tuple(column for column in frame.columns if kinds and frame.kinds[column] in kinds)
    few = 2 if any(part in name for part in ("pair", "multi", "within", "compound")) else 1
    return expectation(rng, replace(frame, columns=fit) if len(fit) >= few and rng.random() < 0.95 else frame, name)


def traits(frame: Frame, one: Any, result_format: Any) -> set[str]:
    """By what cases are counted: the format, the labels, the dtypes of the columns that are asked, the kind of row condition."""
    kwargs = one.configuration.kwargs
    columns = [kwargs.get(name) for name in ("column", "column_A", "column_B")] + list(kwargs.get("column_list") or [])
    given = frame if isinstance(frame, Typed) else None
    dtypes = {f"dtype {given.dtypes.get(name, 'of no column')}" for name in columns if name} if given else {"rows"}
    condition = kwargs.get("row_condition")
    asked = {f"row condition: {condition['type']}"} if isinstance(condition, Mapping) else set()
    return {f"format {result_format}", f"labels {given.labels if given else 'of rows'}", *dtypes, *asked}
