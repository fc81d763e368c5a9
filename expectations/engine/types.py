"""Types of values. In a column of dtype object every value is asked; of another dtype, or by the name "object", the column itself."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from expectations.engine import arguments, bounds, dtypes
from expectations.engine.compiled import Compile, Compiled, Kwargs, NotCompiled, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.mapped import MapState
from expectations.engine.row_map import RowMap
from expectations.engine.table import Demotion, Table

OBJECTS = frozenset({"object", "object_", "O"})

NATIVE: Mapping[str, type] = {"int": int, "float": float, "str": str, "bool": bool, "bytes": bytes, "complex": complex}
"""Names for which numpy has a type of its own as well, and which are Python's."""

ONLY_PYTHON: Mapping[str, type] = {"list": list, "dict": dict}
"""Names for which neither numpy nor pandas has a type."""

ASKED = dtypes.ANY | {"uint64"}
"""Dtypes that their name tells wholly; what the values are does not matter."""


def classes(names: Collection[str]) -> tuple[type, ...]:
    """The classes that Great Expectations takes for these names; raises NotCompiled for names that it does not know."""
    found: list[type] = []
    for name in names:
        if not isinstance(name, str):
            raise NotCompiled("falls back, because a name of a type is not a text")
        found += _classes_of(name)
    if not found:
        raise NotCompiled(f"falls back, because Great Expectations knows no type {', '.join(names)}")
    return tuple(found)


def _classes_of(name: str) -> list[type]:
    if name in ONLY_PYTHON:
        return [ONLY_PYTHON[name]]
    if name in NATIVE and "numpy" not in sys.modules:
        return [NATIVE[name]]  # no value can be of a class of numpy
    return _looked_up(name)


def _looked_up(name: str) -> list[type]:
    """As Great Expectations looks: numpy's dtypes, else pandas' names; and Python's names, whatever their case."""
    import numpy as np  # noqa: PLC0415  only for names that are not Python's own
    import pandas as pd  # noqa: PLC0415

    found: list[type] = []
    try:
        found.append(np.dtype(name).type)
    except TypeError:
        places = (pd, pd.core.dtypes.dtypes)
        found += [kind for place in places if isinstance(kind := getattr(place, name, None), type)]
    low = name.lower()
    python = {"none": type(None), "long": int, "string_types": str, **NATIVE, **ONLY_PYTHON}
    return [*found, python[low]] if low in python else found


class OfColumn(MapState, array_like=True, frozen=True):
    """The answer of a column that is not of dtype object. Only a frame has one: it is never written nor merged."""

    observed: str = ""
    fits: bool = False


class TypeMap(RowMap):
    """Asks each value, or the column where its dtype tells the type of all of them; then `mostly` does not count."""

    def __init__(self, kwargs: Kwargs, keep: ResultFormat, names: Sequence[str], *, listed: bool) -> None:
        wanted = classes(names)

        def judge(values: list[Any], types: set[type]) -> Sequence[int]:
            fit = {kind for kind in types if issubclass(kind, wanted)}
            if len(fit) == len(types):
                return ()
            return [i for i, value in enumerate(values) if type(value) not in fit]

        super().__init__(arguments.column(kwargs), arguments.mostly(kwargs), keep, judge, ASKED)
        self._names, self._listed = names, listed

    def of(self, table: Table) -> MapState:
        """Judge the rows of a table."""
        dtype = table.column(self.columns[0]).dtype
        return super().of(table) if dtype == "object" else _of_column(dtype, self._names, listed=self._listed)

    def merge(self, a: MapState, b: MapState) -> MapState:
        """The state of a's rows followed by b's."""
        if isinstance(a, OfColumn) or isinstance(b, OfColumn):
            raise Demotion("the column is not of dtype object")
        return super().merge(a, b)

    def result(self, state: MapState, form: ResultFormat) -> Outcome:
        """What Great Expectations says of these rows, or of their column."""
        if isinstance(state, OfColumn):
            return bounds.said(success=state.fits, result={"observed_value": state.observed}, form=form)
        return super().result(state, form)


def _of_column(dtype: str, names: Sequence[str], *, listed: bool) -> OfColumn:
    """Whether the type of the dtype is one of the named; a list of names is compared with the dtype itself, which is stricter."""
    import numpy as np  # noqa: PLC0415  a frame is there: they are imported
    import pandas as pd  # noqa: PLC0415

    column: Any = pd.api.types.pandas_dtype(dtype)
    kinds: list[Any] = [kind for name in names for kind in _looked_up(name)]
    observed = column.type.__name__
    if not listed:
        return OfColumn(observed=observed, fits=column.type in kinds)
    for kind in list(kinds):
        if issubclass(kind, pd.api.extensions.ExtensionDtype):
            with suppress(TypeError):
                kinds.append(kind())
    for name in names:
        with suppress(TypeError):
            kinds.append(np.dtype(name))
    return OfColumn(observed=observed, fits=column in kinds)


class SeenState(msgspec.Struct, array_like=True, frozen=True):
    """Nothing is to be remembered: the column is of dtype object."""


class ObjectColumn:
    """Asks whether the column itself is of dtype object, which in rows it is; or, by a list that is none, nothing."""

    dtypes = ASKED
    state_type = SeenState

    def __init__(self, column: str, *, asks: bool) -> None:
        self.columns: tuple[str, ...] = (column,)
        self._asks = asks

    def empty(self) -> SeenState:
        """No rows."""
        return SeenState()

    def of(self, table: Table) -> SeenState | OfColumn:
        """The column must be there."""
        dtype = table.column(self.columns[0]).dtype
        return SeenState() if dtype == "object" else _of_column(dtype, (), listed=False)

    def merge(self, a: SeenState | OfColumn, b: SeenState | OfColumn) -> SeenState | OfColumn:
        """Still of dtype object."""
        if isinstance(a, OfColumn) or isinstance(b, OfColumn):
            raise Demotion("the column is not of dtype object")
        return a

    def result(self, state: SeenState | OfColumn, form: ResultFormat) -> Outcome:
        """Great Expectations names the dtype's type."""
        is_object = isinstance(state, SeenState)
        observed = "object_" if isinstance(state, SeenState) else state.observed
        return bounds.said(success=is_object or not self._asks, result={"observed_value": observed}, form=form)


def _of_type(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    arguments.known(kwargs, ("column", "type_"), ("mostly",))
    if kwargs["type_"] in OBJECTS:
        return ObjectColumn(arguments.column(kwargs), asks=True)
    return TypeMap(kwargs, keep, [kwargs["type_"]], listed=False)


def _in_type_list(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    if kwargs.get("type_list") is None:
        arguments.known(kwargs, ("column",), ("mostly", "type_list"))
        return ObjectColumn(arguments.column(kwargs), asks=False)
    arguments.known(kwargs, ("column", "type_list"), ("mostly",))
    return TypeMap(kwargs, keep, kwargs["type_list"], listed=True)


TYPES: Mapping[str, Compile] = {
    "expect_column_values_to_be_of_type": _of_type,
    "expect_column_values_to_be_in_type_list": _in_type_list,
}
