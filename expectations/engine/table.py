"""Rows as columns: read once, shared by all checks of a suite. What is worked out of a column is kept beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import compress, count
from operator import not_
from typing import Any, Final

NAN: Final = float("nan")
"""What pandas puts where a row lacks a key."""

Row = Mapping[str, Any]

NEVER_NULL: Final[frozenset[type]] = frozenset({str, int, bool, bytes, list, dict, tuple, set, dt.datetime, dt.date, dt.time, dt.timedelta})
SELF_UNEQUAL: Final[frozenset[type]] = NEVER_NULL | {type(None), float, Decimal}
"""Types of which exactly the values None and those that differ from themselves are null."""


NOT_LOOKED: Final[list[bool]] = []
"""Stands where nobody has looked for nulls yet."""


class Demotion(Exception):  # noqa: N818  not an error: it is how a check says that Great Expectations must judge these rows
    """These rows are for Great Expectations itself; the message says why, without a value of a row."""


class Column:
    """The values of one column in the rows that are looked at, in order."""

    __slots__ = ("_mask", "_nonnull", "_nonnull_positions", "_nonnull_types", "_types", "dtype", "positions", "values")

    def __init__(self, values: list[Any], dtype: str = "object", positions: Sequence[int] | None = None) -> None:
        self.values = values
        self.dtype = dtype
        self.positions = positions
        """Of each value its row in the whole table; None when these are all rows."""
        self._types: set[type] | None = None
        self._mask: list[bool] | None = NOT_LOOKED
        self._nonnull: list[Any] | None = None
        self._nonnull_types: set[type] | None = None
        self._nonnull_positions: Sequence[int] | None = None

    @property
    def types(self) -> set[type]:
        """The types of the values, nulls included."""
        if self._types is None:
            self._types = set(map(type, self.values))
        return self._types

    @property
    def mask(self) -> list[bool] | None:
        """Which values are null as `pandas.isnull` sees it; None when none is."""
        if self._mask is NOT_LOOKED:
            found = _nulls(self.values, self.types)
            self._mask = found if found is not None and True in found else None
        return self._mask

    @property
    def nonnull(self) -> list[Any]:
        """The values that are not null."""
        if self._nonnull is None:
            mask = self.mask
            self._nonnull = self.values if mask is None else list(compress(self.values, map(not_, mask)))
        return self._nonnull

    @property
    def nonnull_types(self) -> set[type]:
        """The types of the values that are not null."""
        if self._nonnull_types is None:
            kinds = self.types - {type(None)}
            self._nonnull_types = kinds if kinds <= NEVER_NULL else set(map(type, self.nonnull))
        return self._nonnull_types

    @property
    def nonnull_positions(self) -> Sequence[int]:
        """The rows, in the whole table, of the values that are not null."""
        if self._nonnull_positions is None:
            every = range(len(self.values)) if self.positions is None else self.positions
            mask = self.mask
            self._nonnull_positions = every if mask is None else list(compress(every, map(not_, mask)))
        return self._nonnull_positions

    @property
    def every_position(self) -> Sequence[int]:
        """The rows, in the whole table, of all values."""
        return range(len(self.values)) if self.positions is None else self.positions

    def take(self, chosen: Sequence[bool], positions: Sequence[int]) -> Column:
        """The chosen values."""
        return Column(list(compress(self.values, chosen)), self.dtype, positions)


def _nulls(values: list[Any], types: set[type]) -> list[bool] | None:
    if types <= NEVER_NULL:
        return None
    if types <= SELF_UNEQUAL:
        try:
            return [v is None or v != v for v in values]  # noqa: PLR0124  how a NaN is told
        except (ArithmeticError, ValueError):  # a signalling NaN, or a list of arrays
            pass
    import pandas as pd  # noqa: PLC0415  half a second and 70 MB: only for values that JSON does not have

    mask: list[bool] = pd.isna(pd.Series(values, dtype=object)).tolist()
    return mask


class Table:
    """Some rows, or those of them that a condition selects."""

    __slots__ = ("_columns", "_read", "_schema", "_views", "count", "positions", "rows")

    def __init__(
        self, rows: int, read: Callable[[str], Column], schema: Callable[[], tuple[str, ...]], positions: Sequence[int] | None = None
    ) -> None:
        self.rows = rows
        """All rows, whether selected or not: by so much positions shift when another table follows."""
        self.positions = positions
        self.count = rows if positions is None else len(positions)
        """The selected rows."""
        self._read = read
        self._schema = schema
        self._columns: dict[str, Column] = {}
        self._views: dict[Any, Table] = {}

    @classmethod
    def of_rows(cls, rows: Sequence[Row], schema: Iterable[str] | None = None) -> Table:
        """Rows as `DataFrame(rows, columns=schema, dtype=object)` has them; without a schema, the union of keys as first seen."""
        if schema is None:
            return cls(
                len(rows), lambda name: Column(_values(rows, name)), lambda: tuple(dict.fromkeys(key for row in rows for key in row))
            )
        names = tuple(schema)
        return cls(len(rows), lambda name: Column(_of_schema(rows, name, names)), lambda: names)

    @classmethod
    def of_columns(cls, columns: Mapping[str, Column], rows: int) -> Table:
        """Columns that are there already."""

        def read(name: str) -> Column:
            if name not in columns:
                raise Demotion(f"there is no column {name}")
            return columns[name]

        return cls(rows, read, lambda: tuple(columns))

    @property
    def schema(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return self._schema()

    def column(self, name: str) -> Column:
        """One column of the selected rows; raises Demotion when there is none."""
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = self._read(name)
        return found

    def where(self, key: object, select: Callable[[Table], Sequence[bool]]) -> Table:
        """The rows that a condition selects; worked out once for each key."""
        view = self._views.get(key)
        if view is None:
            chosen = select(self)
            positions = list(compress(count(), chosen))
            view = self._views[key] = Table(self.rows, lambda name: self.column(name).take(chosen, positions), self._schema, positions)
        return view


def _values(rows: Sequence[Row], name: str) -> list[Any]:
    try:
        found = [row[name] for row in rows]
    except KeyError:
        if not any(name in row for row in rows):
            raise Demotion(f"there is no column {name}") from None
        found = [row.get(name, NAN) for row in rows]
    if not found:
        raise Demotion("there are no rows and so no columns")
    return found


def _of_schema(rows: Sequence[Row], name: str, schema: tuple[str, ...]) -> list[Any]:
    if name not in schema:
        raise Demotion(f"there is no column {name}")
    try:
        return [row[name] for row in rows]
    except KeyError:
        return [row.get(name, NAN) for row in rows]
