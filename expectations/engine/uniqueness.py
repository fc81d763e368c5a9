"""Values that occur once. A row is unexpected when its value occurs in any other row, so the first row of every value is remembered."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import compress
from typing import Any, Final

import msgspec

from expectations.engine import arguments, dtypes, frequency
from expectations.engine.compiled import Compile, Kwargs, NotCompiled, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.mapped import MapState, first, outcome
from expectations.engine.table import NAN, Column, Demotion, Table

IGNORED: Final[Mapping[str, Any]] = {"all_values_are_missing": all, "any_value_is_missing": any, "never": lambda _nulls: False}

OWN_NAN: Final = float("nan")
"""Stands for the null of a column of floats, which is another NaN in every row when it is shown: Great Expectations tells NaNs apart."""


class Seen(msgspec.Struct, array_like=True, frozen=True):
    """Counts of rows; of every value its first row, of every repeated value how often it occurs, and the first rows that repeat one."""

    rows: int = 0
    elements: int = 0
    missing: int = 0
    firsts: Mapping[Any, int] = msgspec.field(default_factory=dict)
    repeated: Mapping[Any, int] = msgspec.field(default_factory=dict)
    repeats: Sequence[Any] = ()
    repeat_positions: Sequence[int] = ()


class Unique:
    """Whether keys are unique; a subclass says what the key of a row is, and how a key is shown."""

    dtypes = dtypes.ANY
    state_type = Seen
    columns: tuple[str, ...] = ()

    def __init__(self, kwargs: Kwargs, keep: ResultFormat) -> None:
        self.mostly = arguments.mostly(kwargs)
        self._values_kept, self._positions_kept = keep.values_kept, keep.positions_kept
        self._kept = None if self._positions_kept is None else max(self._values_kept, self._positions_kept)

    def empty(self) -> Seen:
        """No rows."""
        return Seen()

    def of(self, table: Table) -> Seen:
        """Look for repeated keys among the rows of a table."""
        keys, positions = self.keys(table)
        missing = table.count - len(keys)
        firsts = dict(zip(keys, positions, strict=True))
        if len(firsts) == len(keys):
            return Seen(table.rows, table.count, missing, frequency.bounded(firsts))
        firsts = {}
        repeated: dict[Any, int] = {}
        repeats: list[Any] = []
        repeat_positions: list[int] = []
        for key, position in zip(keys, positions, strict=True):
            if firsts.setdefault(key, position) != position:
                repeated[key] = repeated.get(key, 1) + 1
                repeats.append(key)
                repeat_positions.append(position)
        frequency.bounded(firsts)
        return Seen(table.rows, table.count, missing, firsts, repeated, first(repeats, self._kept), first(repeat_positions, self._kept))

    def merge(self, a: Seen, b: Seen) -> Seen:
        """The state of a's rows followed by b's: a first row of b may repeat a value of a."""
        firsts, repeated = dict(a.firsts), dict(a.repeated)
        later = list(zip(b.repeat_positions, b.repeats, strict=True))
        for key, position in b.firsts.items():
            if key in firsts:
                later.append((position, key))
                repeated[key] = repeated.get(key, 1) + b.repeated.get(key, 1)
            else:
                firsts[key] = a.rows + position
                if key in b.repeated:
                    repeated[key] = b.repeated[key]
        later.sort(key=_position)
        frequency.bounded(firsts)
        return Seen(
            a.rows + b.rows,
            a.elements + b.elements,
            a.missing + b.missing,
            firsts,
            repeated,
            first([*a.repeats, *(key for _, key in later)], self._kept),
            first([*a.repeat_positions, *(a.rows + position for position, _ in later)], self._kept),
        )

    def result(self, state: Seen, form: ResultFormat) -> Outcome:
        """What Great Expectations says: the rows of a repeated value are all unexpected, its first row too."""
        if not state.repeated:
            return outcome(MapState(state.rows, state.elements, state.missing), self.mostly, form)
        rows = [(position, key) for key, position in state.firsts.items() if key in state.repeated] if state.repeated else []
        rows += zip(state.repeat_positions, state.repeats, strict=True)
        rows.sort(key=_position)
        counts = MapState(
            state.rows,
            state.elements,
            state.missing,
            sum(state.repeated.values()),
            [self._shown(key) for _, key in first(rows, self._values_kept)],
            [position for position, _ in first(rows, self._positions_kept)],
        )
        return outcome(counts, self.mostly, form)

    def keys(self, table: Table) -> tuple[Sequence[Hashable], Sequence[int]]:
        """The keys of the rows that count, and where these rows are; raises Demotion."""
        raise NotImplementedError

    def _shown(self, key: Any) -> Any:
        return key


def _position(row: tuple[int, Any]) -> int:
    return row[0]


class UniqueValues(Unique):
    """`expect_column_values_to_be_unique`: nulls are left out."""

    def __init__(self, kwargs: Kwargs, keep: ResultFormat) -> None:
        super().__init__(kwargs, keep)
        arguments.known(kwargs, ("column",), ("mostly",))
        self.columns = (arguments.column(kwargs),)

    def keys(self, table: Table) -> tuple[Sequence[Hashable], Sequence[int]]:
        """As `Unique.keys`."""
        column = table.column(self.columns[0])
        return frequency.hashable(column), column.nonnull_positions


class UniqueCompounds(Unique):
    """`expect_compound_columns_to_be_unique`: a null is a value, and equals other nulls."""

    def __init__(self, kwargs: Kwargs, keep: ResultFormat) -> None:
        super().__init__(kwargs, keep)
        arguments.known(kwargs, ("column_list",), ("mostly", "ignore_row_if"))
        self.columns = tuple(kwargs["column_list"])
        if len(set(self.columns)) < max(len(self.columns), 2) or not all(isinstance(name, str) for name in self.columns):
            raise NotCompiled("falls back, because it does not name two columns or more, each once")
        self._ignored = IGNORED[kwargs.get("ignore_row_if", "all_values_are_missing")]

    def keys(self, table: Table) -> tuple[Sequence[Hashable], Sequence[int]]:
        """As `Unique.keys`."""
        columns = [table.column(name) for name in self.columns]
        for column in columns:
            frequency.hashable(column)
        keys = list(zip(*(column.values for column in columns), strict=True))
        if all(column.mask is None for column in columns):
            return keys, columns[0].every_position
        masks = zip(*(column.mask or [False] * len(column.values) for column in columns), strict=True)
        held = [at for at, nulls in enumerate(masks) if not self._ignored(nulls)]
        if any(not _has_one_null(column) for column in columns):
            raise Demotion("there are nulls of several kinds, which are equal")
        nans = [NAN if column.dtype == "str" else OWN_NAN for column in columns]
        kept = [tuple(nan if value != value else value for value, nan in zip(keys[at], nans, strict=True)) for at in held]  # noqa: PLR0124
        return kept, [columns[0].every_position[at] for at in held]

    def _shown(self, key: Any) -> Any:
        return {name: float("nan") if value is OWN_NAN else value for name, value in zip(self.columns, key, strict=True)}


def _has_one_null(column: Column) -> bool:
    """Whether nulls can only be None, or, in a column of another dtype than object, NaN: also in the parts that this one is merged with."""
    if column.mask is None or column.dtype == "category":
        return column.mask is None
    return set(map(type, compress(column.values, column.mask))) == ({type(None)} if column.dtype == "object" else {float})


TYPES: Mapping[str, Compile] = {
    "expect_column_values_to_be_unique": UniqueValues,
    "expect_compound_columns_to_be_unique": UniqueCompounds,
}
