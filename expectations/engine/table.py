"""Rows as columns: read once, shared by all checks of a suite. What is worked out of a column is kept beside it."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import compress, count
from operator import itemgetter, not_
from typing import Any, Final

NAN: Final = float("nan")
"""Stands where a row lacks a key, as long as nobody has imported numpy."""

Row = Mapping[str, Any]

NEVER_NULL: Final[frozenset[type]] = frozenset({str, int, bool, bytes, list, dict, tuple, set, dt.datetime, dt.date, dt.time, dt.timedelta})
NULL: Final[frozenset[type]] = frozenset({type(None)})
SELF_UNEQUAL: Final[frozenset[type]] = NEVER_NULL | {type(None), float, Decimal}
"""Types of which exactly the values None and those that differ from themselves are null."""


class Demotion(Exception):  # noqa: N818  not an error: it is how a check says that Great Expectations must judge these rows
    """These rows are for Great Expectations itself; the message says why, without a value of a row.

    `raises` says that it is known what it will do: it will raise.
    """

    def __init__(self, reason: str, *, raises: bool = False) -> None:
        super().__init__(reason)
        self.raises = raises


class Column:
    """The values of one column in the rows that are looked at, in order, and what every check wants to know of them."""

    __slots__ = ("_nonnull_positions", "dtype", "mask", "nonnull", "nonnull_types", "positions", "types", "values")

    mask: list[bool] | None
    """Which values are null as `pandas.isnull` sees it; None when none is."""
    nonnull: list[Any]
    """The values that are not null."""
    nonnull_types: set[type]
    types: set[type]
    """The types of the values, nulls included."""

    def __init__(self, values: list[Any], dtype: str = "object", positions: Sequence[int] | None = None) -> None:
        self.values = values
        self.dtype = dtype
        self.positions = positions
        """Of each value its row in the whole table; None when these are all rows."""
        self._nonnull_positions: Sequence[int] | None = None
        types = self.types = self.nonnull_types = set(map(type, values))
        if types <= NEVER_NULL:
            self.mask, self.nonnull = None, values
            return
        kinds = types - NULL
        if kinds <= NEVER_NULL:
            self.mask, self.nonnull = [v is None for v in values], [v for v in values if v is not None]
            self.nonnull_types = kinds
            return
        mask = self.mask = _nulls(values, types)
        self.nonnull = values
        if mask is not None:
            self.nonnull = list(compress(values, map(not_, mask)))
            self.nonnull_types = set(map(type, self.nonnull))

    @property
    def nonnull_positions(self) -> Sequence[int]:
        """The rows, in the whole table, of the values that are not null."""
        if self._nonnull_positions is None:
            every = self.every_position
            self._nonnull_positions = every if self.mask is None else list(compress(every, map(not_, self.mask)))
        return self._nonnull_positions

    @property
    def every_position(self) -> Sequence[int]:
        """The rows, in the whole table, of all values."""
        return range(len(self.values)) if self.positions is None else self.positions

    def take(self, chosen: Sequence[bool], positions: Sequence[int]) -> Column:
        """The chosen values."""
        return Column(list(compress(self.values, chosen)), self.dtype, positions)


def _nulls(values: list[Any], types: set[type]) -> list[bool] | None:
    mask: list[bool] = []
    if types <= SELF_UNEQUAL:
        try:
            mask = [v is None or v != v for v in values]  # noqa: PLR0124  how a NaN is told
        except (ArithmeticError, ValueError):  # a signalling NaN, or a list of arrays
            mask = _as_pandas_has_it(values)
    else:
        mask = _as_pandas_has_it(values)
    return mask if True in mask else None


def _as_pandas_has_it(values: list[Any]) -> list[bool]:
    import pandas as pd  # noqa: PLC0415  half a second and 70 MB: only for values that JSON does not have

    mask: list[bool] = pd.isna(pd.Series(values, dtype=object)).tolist()
    return mask


class Table:
    """Some rows, or those of them that a condition selects."""

    __slots__ = ("_columns", "_read", "_schema", "_views", "count", "has_dtypes", "has_labels", "positions", "rows")

    FEW_ROWS: Final = 256
    """Up to so many rows, reading several columns of each row at once is faster than reading column by column."""

    def __init__(
        self,
        rows: int,
        read: Callable[[str], Column],
        schema: Callable[[], tuple[str, ...]],
        positions: Sequence[int] | None = None,
        *,
        has_dtypes: bool = False,
        has_labels: bool = False,
    ) -> None:
        self.rows = rows
        """All rows, whether selected or not: by so much positions shift when another table follows."""
        self.positions = positions
        self.count = rows if positions is None else len(positions)
        """The selected rows."""
        self._read = read
        self._schema = schema
        self.has_dtypes = has_dtypes
        """Whether a column may have another dtype than object."""
        self.has_labels = has_labels
        """Whether the rows have labels of their own, by which pandas may bring them together."""
        self._columns: dict[str, Column] = {}
        self._views: dict[Any, Table] = {}

    @classmethod
    def of_rows(cls, rows: Sequence[Row], schema: Iterable[str] | None = None) -> Table:
        """Rows as `DataFrame(rows, columns=schema, dtype=object)` has them; without a schema, the union of keys as first seen."""
        if schema is None:
            return cls(len(rows), partial(_column, rows), lambda: tuple(dict.fromkeys(key for row in rows for key in row)))
        names = tuple(schema)
        return cls(len(rows), partial(_column_of_schema, rows, names), lambda: names)

    def read(self, names: Sequence[str], several: Callable[[Row], tuple[Any, ...]], rows: Sequence[Row]) -> None:
        """Read the named columns of the table's own rows at once, where it pays; `several` is an itemgetter of two names or more."""
        if 0 < self.rows <= self.FEW_ROWS:
            try:
                found = list(zip(*map(several, rows), strict=True))
            except KeyError:  # they are read one by one, when they are asked for
                return
            self._columns = {name: Column(list(values)) for name, values in zip(names, found, strict=True)}

    @classmethod
    def of_columns(cls, columns: Mapping[str, Column], rows: int, *, has_labels: bool = False) -> Table:
        """Columns that are there already."""

        def read(name: str) -> Column:
            if name not in columns:
                raise Demotion(f"there is no column {name}")
            return columns[name]

        has_dtypes = any(column.dtype != "object" for column in columns.values())
        return cls(rows, read, lambda: tuple(columns), has_dtypes=has_dtypes, has_labels=has_labels)

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

            def take(name: str) -> Column:
                return self.column(name).take(chosen, positions)

            view = self._views[key] = Table(self.rows, take, self._schema, positions, has_dtypes=self.has_dtypes)
        return view


def _column(rows: Sequence[Row], name: str) -> Column:
    try:
        found = list(map(itemgetter(name), rows))
    except KeyError:
        if not any(name in row for row in rows):
            raise Demotion(f"there is no column {name}") from None
        found = _with_gaps(rows, name)
    if not found:
        raise Demotion("there are no rows and so no columns")
    return Column(found)


def _column_of_schema(rows: Sequence[Row], schema: tuple[str, ...], name: str) -> Column:
    if name not in schema:
        raise Demotion(f"there is no column {name}")
    try:
        return Column(list(map(itemgetter(name), rows)))
    except KeyError:
        return Column(_with_gaps(rows, name))


def _with_gaps(rows: Sequence[Row], name: str) -> list[Any]:
    """The values, with NaN where a row lacks the key, as pandas has it: numpy's own, for a NaN is told from others by identity."""
    numpy = sys.modules.get("numpy")
    nan = NAN if numpy is None else numpy.nan
    return [row.get(name, nan) for row in rows]
