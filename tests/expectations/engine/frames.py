"""Rows to judge: ordinary and nasty columns, made from a seed so that a case can be made again from its number."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pandas as pd

NAMES = ("a", "b", "c", "họ tên")
NAN = np.nan  # the NaN that pandas puts where a row lacks a key: Great Expectations counts NaNs by identity
NULLS = (None, None, None, NAN, pd.NaT, pd.NA)
DECOMPOSED = unicodedata.normalize("NFD", "Nguyễn")
TEXTS = ("", "x", "ab", "ab\n", "a b", "Đỗ", "đỗ", "Nguyễn", DECOMPOSED, "nan", "None", "1", "10", "1.0", "２", "%", "a_b")
DATES = ("2024-01-31", "2024-02-30", "31/01/2024", "2024-01-31T10:00:00", "2024", "", "hôm nay", "20240131", "10:30")
JSONS = ("{}", "[]", "null", "1", '{"a": 1}', '{"a": "x"}', '{"a": null}', "[1", "NaN", '"đ"', "", "{'a': 1}")
HUGE = (2**53, 2**53 + 1, -(2**53) - 1, 2**62, 2**63 - 1, 2**63, 2**64, -(2**63), 10**30, 0, 1)
ZONE = dt.timezone(dt.timedelta(hours=7))

Make = Callable[[Random], object]
KINDS: Mapping[str, Make] = {
    "int": lambda r: r.randint(-3, 12),
    "count": lambda r: r.randint(0, 10_000),
    "huge": lambda r: r.choice(HUGE),
    "float": lambda r: round(r.uniform(-5, 5), r.choice((0, 1, 2, 17))),
    "money": lambda r: r.randint(0, 10**9) / 100,
    "rough": lambda r: r.choice((float("inf"), float("-inf"), 0.0, -0.0, 1e-320, 1e308, -1e308, 0.1, 1.5, 1e16)),
    "number": lambda r: r.choice((r.randint(-2, 3), r.randint(-2, 3) / 2, float(r.randint(-2, 3)))),
    "bool": lambda r: r.random() < 0.6,
    "loose": lambda r: r.choice((True, False, 0, 1, 1.0, 2, 2.5)),
    "decimal": lambda r: Decimal(r.randint(-300, 300)).scaleb(-r.randint(0, 3)),
    "date": lambda r: dt.date(2024, 1, 1) + dt.timedelta(days=r.randint(0, 9)),
    "day": lambda r: dt.datetime(2024, 1, 1) + dt.timedelta(days=r.randint(0, 4)),  # noqa: DTZ001  naive values are data here
    "instant": lambda r: dt.datetime(2024, 1, 1) + dt.timedelta(seconds=r.randint(0, 10**6), microseconds=r.choice((0, 7))),  # noqa: DTZ001
    "aware": lambda r: dt.datetime(2024, 1, 1, tzinfo=r.choice((dt.UTC, dt.UTC, ZONE))) + dt.timedelta(hours=r.randint(0, 90)),
    "duration": lambda r: dt.timedelta(seconds=r.randint(-5, 100)),
    "text": lambda r: r.choice(TEXTS),
    "code": lambda r: f"{r.randint(0, 40):05d}",
    "date_text": lambda r: r.choice(DATES),
    "json_text": lambda r: r.choice(JSONS),
    "list": lambda r: [r.randint(0, 2)] * r.randint(0, 2),
    "dict": lambda r: {"a": r.choice((1, "x", None))} if r.random() < 0.8 else {},
    "numpy": lambda r: r.choice((np.int64(r.randint(-2, 3)), np.float64(r.randint(-4, 4) / 2), np.bool_(r.random() < 0.5), np.str_("x"))),
    "stamp": lambda r: pd.Timestamp(2024, 1, r.randint(1, 5), r.choice((0, 0, 7))),
    "numpy_day": lambda r: np.datetime64(f"2024-01-0{r.randint(1, 5)}"),
    "time": lambda r: dt.time(r.randint(0, 23)),
    "pair": lambda r: (r.randint(0, 1), r.choice("ab")),
    "bytes": lambda r: r.choice((b"", b"x", b"\xff")),
}
ORDINARY = (
    "int",
    "count",
    "float",
    "money",
    "number",
    "bool",
    "date",
    "day",
    "instant",
    "text",
    "code",
    "date_text",
    "json_text",
    "decimal",
)
SIZES = (0, 1, 1, 2, 3, 4, 6, 8, 12, 30, 45)

Row = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """Rows with the columns in their order. `kinds` tell what each column is made of, so that arguments can fit it."""

    columns: tuple[str, ...]
    kinds: Mapping[str, str]
    rows: tuple[Row, ...]
    inferred: bool = False
    """Whether pandas chooses the dtypes, as a caller's own frame has them, and not the canonical frame of objects."""

    @property
    def look(self) -> str:
        """What is to be known of the frame besides its rows."""
        return ""

    def with_rows(self, rows: Sequence[Row]) -> Frame:
        """Return the frame with other rows."""
        return replace(self, rows=tuple(rows))

    def values(self, column: str) -> list[Any]:
        """Values of a column that are not null."""
        return [row[column] for row in self.rows if not is_null(row[column])] if column in self.columns else []

    def pandas(self) -> Any:
        """The frame in which Great Expectations judges: canonically of object columns, nothing inferred from neighbours."""
        rows = [[row[c] for c in self.columns] for row in self.rows]
        return pd.DataFrame(rows, columns=list(self.columns), dtype=None if self.inferred else object)

    def dicts(self) -> list[Row]:
        """The rows as a caller gives them: keys whose value is NaN, as pandas has it, are not there at all, but in the first row."""
        first, *others = self.rows
        return [first, *({key: value for key, value in row.items() if value is not NAN} for row in others)]


def is_null(value: object) -> bool:
    """What pandas holds to be missing."""
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)  # noqa: PLR0124


def frame_of(rng: Random, rows: int | None = None) -> Frame:
    """Make a frame. Columns are mostly of one kind with some nulls; some are mixed, all null, or the twin of their neighbour."""
    count = rng.choice(SIZES) if rows is None else rows
    if rows is None and rng.random() < 0.02:
        count = rng.randint(201, 260)
    columns = NAMES[: rng.randint(1, len(NAMES))]
    kinds: dict[str, str] = {}
    made: dict[str, list[object]] = {}
    for number, name in enumerate(columns):
        twin = columns[number - 1] if number and rng.random() < 0.5 else None
        kinds[name] = kinds[twin] if twin else rng.choice(ORDINARY if rng.random() < 0.7 else tuple(KINDS))
        made[name] = _column(rng, kinds[name], count)
        if twin:
            made[name] = [theirs if rng.random() < 0.5 else own for own, theirs in zip(made[name], made[twin], strict=True)]
    inferred = rows is None and rng.random() < 0.25
    return Frame(columns, kinds, tuple({name: made[name][i] for name in columns} for i in range(count)), inferred)


def _column(rng: Random, kind: str, count: int) -> list[object]:
    style = rng.random()
    if style < 0.04:
        return [rng.choice(NULLS) for _ in range(count)]
    nulls = rng.choice((0.0, 0.0, 0.1, 0.4))
    others = rng.choice((0.05, 0.5)) if style > 0.9 else 0.0
    pool = [KINDS[kind](rng) for _ in range(rng.randint(1, 6))] if rng.random() < 0.5 else None
    values: list[object] = []
    for _ in range(count):
        if rng.random() < nulls:
            values.append(rng.choice(NULLS))
        elif rng.random() < others:
            values.append(KINDS[rng.choice(tuple(KINDS))](rng))
        else:
            values.append(rng.choice(pool) if pool else KINDS[kind](rng))
    return sorted(values, key=_sortable) if rng.random() < 0.2 else values


def _sortable(value: object) -> tuple[str, float, str]:
    number = isinstance(value, int | float) and not is_null(value)
    return ("" if number else value.__class__.__name__, float(value) if number else 0.0, json.dumps(value, default=str))  # type: ignore[arg-type]


def cuts_of(rng: Random, rows: Sequence[Row]) -> list[Sequence[Row]]:
    """Split rows anywhere; parts may be empty."""
    places = sorted(rng.randint(0, len(rows)) for _ in range(rng.randint(0, 5)))
    return [rows[start:end] for start, end in zip([0, *places], [*places, len(rows)], strict=True)]
