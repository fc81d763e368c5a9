"""Types of values. In a column of dtype object every value is asked; the name "object" asks the column itself."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from expectations.engine import arguments
from expectations.engine.compiled import Compile, Compiled, Kwargs, NotCompiled, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.row_map import RowMap
from expectations.engine.table import Demotion, Table

OBJECTS = frozenset({"object", "object_", "O"})

NATIVE: Mapping[str, type] = {"int": int, "float": float, "str": str, "bool": bool, "bytes": bytes, "complex": complex}
"""Names for which numpy has a type of its own as well, and which are Python's."""

ONLY_PYTHON: Mapping[str, type] = {"list": list, "dict": dict}
"""Names for which neither numpy nor pandas has a type."""


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


def _row_map(kwargs: Kwargs, keep: ResultFormat, names: Collection[str]) -> Compiled[Any]:
    wanted = classes(names)

    def judge(values: list[Any], types: set[type]) -> Sequence[int]:
        fit = {kind for kind in types if issubclass(kind, wanted)}
        if len(fit) == len(types):
            return ()
        return [i for i, value in enumerate(values) if type(value) not in fit]

    return RowMap(arguments.column(kwargs), arguments.mostly(kwargs), keep, judge, frozenset())


class SeenState(msgspec.Struct, array_like=True, frozen=True):
    """Nothing is to be remembered: the column is of dtype object, or the check is demoted."""


class ObjectColumn:
    """Asks whether the column itself is of dtype object. It is."""

    dtypes: frozenset[str] = frozenset()
    state_type = SeenState

    def __init__(self, column: str) -> None:
        self.columns: tuple[str, ...] = (column,)

    def empty(self) -> SeenState:
        """No rows."""
        return SeenState()

    def of(self, table: Table) -> SeenState:
        """The column must be there."""
        if table.column(self.columns[0]).dtype != "object":
            raise Demotion("the column is not of dtype object")
        return SeenState()

    def merge(self, a: SeenState, b: SeenState) -> SeenState:  # noqa: ARG002  a Compiled takes both
        """Still of dtype object."""
        return a

    def result(self, state: SeenState, form: ResultFormat) -> Outcome:  # noqa: ARG002  a Compiled takes its state
        """Great Expectations names the dtype's type."""
        return {"success": True, "result": {} if form.name == "BOOLEAN_ONLY" else {"observed_value": "object_"}}


def _of_type(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    arguments.known(kwargs, ("column", "type_"), ("mostly",))
    if kwargs["type_"] in OBJECTS:
        return ObjectColumn(arguments.column(kwargs))
    return _row_map(kwargs, keep, [kwargs["type_"]])


def _in_type_list(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    if kwargs.get("type_list") is None:
        arguments.known(kwargs, ("column",), ("mostly", "type_list"))
        return ObjectColumn(arguments.column(kwargs))
    arguments.known(kwargs, ("column", "type_list"), ("mostly",))
    return _row_map(kwargs, keep, kwargs["type_list"])


TYPES: Mapping[str, Compile] = {
    "expect_column_values_to_be_of_type": _of_type,
    "expect_column_values_to_be_in_type_list": _in_type_list,
}
