"""The shape of the table: which columns it has, in what order, of what type. The rows do not matter, only the schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

import msgspec

from expectations.engine import arguments, bounds, dtypes
from expectations.engine.compiled import Compile, Kwargs, NotCompiled, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.table import Demotion, Table

ZONES: Final = ("datetime64[ns, UTC]", "datetime64[us, UTC]")
OBJECT_NAMES: Final = frozenset({"object", "O"})
NAMES: Final[Mapping[str, frozenset[str]]] = {
    "object": OBJECT_NAMES,
    "int64": frozenset({"int", "int64"}),
    "float64": frozenset({"float", "float64"}),
    "bool": frozenset({"bool"}),
    "str": frozenset({"str"}),
    **{name: frozenset({"datetime64", name}) for name in dtypes.INSTANTS},
    "timedelta64[ns]": frozenset({"timedelta64", "timedelta64[ns]"}),
    **{name: frozenset({name}) for name in (*dtypes.SMALL, *dtypes.NULLABLE, "uint64", "float32", "category", *ZONES)},
}
"""Of each dtype the names that ask for it."""
KNOWN_NAMES: Final = frozenset().union(*NAMES.values())
"""Names that surely are pandas'. Of others Great Expectations must say whether there is such a type."""


class Schema(msgspec.Struct, array_like=True, frozen=True):
    """The columns in the order in which they were first seen, with their dtypes where these are asked."""

    columns: tuple[str, ...] = ()
    dtype: str | None = None


class OfSchema:
    """An expectation of the names of the columns."""

    columns: tuple[str, ...] = ()
    dtypes: frozenset[str] = frozenset()
    state_type = Schema
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    def __init__(self, kwargs: Kwargs, _keep: ResultFormat) -> None:
        arguments.known(kwargs, self.required, self.optional)
        self._kwargs = kwargs

    def empty(self) -> Schema:
        """No columns."""
        return Schema()

    def of(self, table: Table) -> Schema:
        """The columns of a table."""
        return Schema(tuple(table.schema))

    def merge(self, a: Schema, b: Schema) -> Schema:
        """The columns of both."""
        return a if a.columns == b.columns else Schema(tuple(dict.fromkeys((*a.columns, *b.columns))))

    def result(self, state: Schema, form: ResultFormat) -> Outcome:
        """What Great Expectations says of the columns."""
        success, result = self._judge(list(state.columns))
        return bounds.said(success=success, result=result, form=form)

    def _judge(self, columns: list[str]) -> tuple[bool, dict[str, Any]]:
        raise NotImplementedError


class ColumnExists(OfSchema):
    """`expect_column_to_exist`. Index 0 asks for nothing: Great Expectations takes it for none."""

    required = ("column",)
    optional = ("column_index",)

    def _judge(self, columns: list[str]) -> tuple[bool, dict[str, Any]]:
        name, index = self._kwargs["column"], self._kwargs.get("column_index")
        if not index:
            return name in columns, {}
        return -len(columns) <= index < len(columns) and columns[index] == name, {}


class ColumnCountEqual(OfSchema):
    """`expect_table_column_count_to_equal`."""

    required = ("value",)

    def _judge(self, columns: list[str]) -> tuple[bool, dict[str, Any]]:
        return len(columns) == self._kwargs["value"], {"observed_value": len(columns)}


class ColumnCountBetween(OfSchema):
    """`expect_table_column_count_to_be_between`."""

    def __init__(self, kwargs: Kwargs, _keep: ResultFormat) -> None:
        self._bounds = bounds.of(kwargs)

    def result(self, state: Schema, form: ResultFormat) -> Outcome:
        """Compare the count with the bounds."""
        return self._bounds.outcome(len(state.columns), form)


class ColumnsInOrder(OfSchema):
    """`expect_table_columns_to_match_ordered_list`."""

    required = ("column_list",)

    def _judge(self, columns: list[str]) -> tuple[bool, dict[str, Any]]:
        wanted = self._kwargs["column_list"]
        if columns == list(wanted):
            return True, {"observed_value": columns}
        pairs = zip_longest(range(max(len(wanted), len(columns))), wanted, columns)
        wrong = [{"Expected Column Position": at, "Expected": name, "Found": found} for at, name, found in pairs if name != found]
        return False, {"observed_value": columns, "details": {"mismatched": wrong}}


class ColumnSet(OfSchema):
    """`expect_table_columns_to_match_set`."""

    required = ("column_set",)
    optional = ("exact_match",)

    def __init__(self, kwargs: Kwargs, keep: ResultFormat) -> None:
        super().__init__(kwargs, keep)
        if not isinstance(kwargs.get("column_set"), list | set | tuple):
            raise NotCompiled("falls back, because it names no set of columns")

    def _judge(self, columns: list[str]) -> tuple[bool, dict[str, Any]]:
        wanted: Sequence[Any] = self._kwargs["column_set"]
        observed = sorted(map(str, set(columns)))
        unexpected, missing = sorted(map(str, set(columns) - set(wanted))), sorted(map(str, set(wanted) - set(columns)))
        if not (unexpected or missing):
            return True, {"observed_value": observed}
        wrong = ({"unexpected": unexpected} if unexpected else {}) | ({"missing": missing} if missing else {})
        exact = self._kwargs.get("exact_match", True)
        return not (exact or missing), {"observed_value": observed, "details": {"mismatched": wrong}}


class ColumnType(OfSchema):
    """`expect_column_type_to_be`: in canonical rows every column is of dtype object."""

    def __init__(self, kwargs: Kwargs, _keep: ResultFormat) -> None:
        arguments.known(kwargs, ("column", "type_"))
        self._column, self._type = kwargs["column"], kwargs["type_"]
        if self._type not in KNOWN_NAMES:
            raise NotCompiled(f"falls back, because Great Expectations must say whether there is a type {self._type}")

    def of(self, table: Table) -> Schema:
        """The columns, and the dtype of the one that is asked for."""
        return Schema(tuple(table.schema), table.column(self._column).dtype)

    def merge(self, a: Schema, b: Schema) -> Schema:
        """The columns of both; raises Demotion when their dtypes differ."""
        if a.dtype and b.dtype and a.dtype != b.dtype:
            raise Demotion("the column has another dtype in another part")
        return Schema(super().merge(a, b).columns, a.dtype or b.dtype)

    def result(self, state: Schema, form: ResultFormat) -> Outcome:
        """Whether the dtype is the one that is asked for."""
        if state.dtype is None or state.dtype not in NAMES:
            raise Demotion("there is no such column, or its dtype is for Great Expectations to name")
        return bounds.said(success=self._type in NAMES[state.dtype], result={"observed_value": state.dtype}, form=form)


TYPES: Mapping[str, Compile] = {
    "expect_column_to_exist": ColumnExists,
    "expect_column_type_to_be": ColumnType,
    "expect_table_column_count_to_equal": ColumnCountEqual,
    "expect_table_column_count_to_be_between": ColumnCountBetween,
    "expect_table_columns_to_match_ordered_list": ColumnsInOrder,
    "expect_table_columns_to_match_set": ColumnSet,
}
