"""What is to be judged: rows, or a pandas frame. Either as columns for the compiled checks or as a frame for Great Expectations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from expectations.engine import dtypes, labels
from expectations.engine.formats import ResultFormat
from expectations.engine.table import Column, Demotion, Table

EXACT = 2**53
"""Up to here a whole number is the same as a float, which numpy makes of it to compare."""


class Given:
    """Rows or a frame, turned into the other form when it is asked for."""

    def __init__(self, rows_or_frame: Any) -> None:
        self._is_frame = type(rows_or_frame).__name__ == "DataFrame" and hasattr(rows_or_frame, "iloc")
        self._given: Any = rows_or_frame if self._is_frame else _rows(rows_or_frame)
        self._table: Table | None = None
        self._frame: Any = rows_or_frame if self._is_frame else None

    def frame(self) -> Any:
        """A pandas frame: the given one, or that of the rows, `DataFrame(rows, dtype=object)`."""
        if self._frame is None:
            import pandas as pd  # noqa: PLC0415  half a second and 70 MB: only where Great Expectations is asked

            self._frame = pd.DataFrame(self._given, dtype=object)
        return self._frame

    def shows_places(self, form: ResultFormat) -> bool:
        """Whether a result's places of rows are what Great Expectations shows of them."""
        return not (form.keys or form.rows) and (not self._is_frame or labels.is_numbered(self._given.index))

    def table(self) -> Table:
        """Columns; raises Demotion for a frame that has rows or columns of names that only Great Expectations can read."""
        if self._table is None:
            self._table = _of_frame(self._given) if self._is_frame else _of_rows(self._given)
        return self._table


def _rows(given: Iterable[Any]) -> list[Mapping[str, Any]]:
    rows = [] if isinstance(given, str | bytes | Mapping) else list(given)
    if isinstance(given, str | bytes | Mapping) or not all(isinstance(row, Mapping) for row in rows):
        raise TypeError("give rows as a list of dicts, or a pandas DataFrame")
    return rows


def _of_rows(rows: list[Mapping[str, Any]]) -> Table:
    table = Table.of_rows(rows)
    _check_names(table.schema)
    _check_fingerprint(table)
    return table


FINGERPRINTED = frozenset({str, int, float, bool, bytes, type(None), list, dict, dt.date, dt.datetime, dt.timedelta, Decimal})


def _check_fingerprint(table: Table) -> None:
    """Great Expectations takes a fingerprint of every frame, of all its columns; some values can make that raise."""
    for name in table.schema:
        column = table.column(name)
        if any(kind.__module__.partition(".")[0] not in ("numpy", "pandas") for kind in column.types - FINGERPRINTED):
            raise Demotion("a value is of a type that may have no fingerprint")
        if bytes in column.types and any(type(value) is bytes and not value.isascii() for value in column.values):  # noqa: PD011  not pandas
            raise Demotion("a value is bytes that are no ASCII")


def _check_names(names: Iterable[Any]) -> None:
    """Great Expectations finds columns by names that it folds: two names that fold to one are for it to tell apart."""
    names = list(names)
    if not all(type(name) is str for name in names):
        raise Demotion("a column's name is no text")
    if len({name.casefold().strip('"[]`') for name in names}) < len(names):
        raise Demotion("two columns' names differ by case or quotes only")


def _of_frame(frame: Any) -> Table:
    _check_names(frame.columns)
    labels.check(frame.index, list(frame.columns))
    columns = {name: _column(frame[name]) for name in frame.columns}
    table = Table.of_columns(columns, len(frame), has_labels=not labels.is_numbered(frame.index))
    _check_fingerprint(table)
    return table


def _column(series: Any) -> Column:
    dtype = str(series.dtype)
    if dtype in ("int64", "Int64") and series.count() and not (series.min() >= -EXACT and series.max() <= EXACT):
        dtype = f"{dtype} beyond 2**53"
    return Column(series.tolist() if dtype == "object" or dtypes.kind(dtype) in dtypes.ANY else [], dtype)
