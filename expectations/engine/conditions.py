"""Row conditions: which rows an expectation asks. Great Expectations hands them to `DataFrame.query`; here is what that selects.

Of null every comparison is false, except "is not" (`!=`, `NOT_IN`), which is true. Texts are compared as sets of one, as pandas does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from operator import ge, gt, le, lt
from typing import Any, Final

import msgspec

from expectations.engine import dtypes, query
from expectations.engine.compiled import NotCompiled
from expectations.engine.table import Column, Demotion, Table

Select = Callable[[Table], Sequence[bool]]

ORDERS: Mapping[str, Callable[[Any, Any], Any]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
UNHASHABLE: Final[frozenset[type]] = frozenset({list, dict, set, tuple})
EXACT: Final = 2**53
"""Up to here a whole number is the same as a float."""

PLAIN_NAME = re.compile(r"[\w ]+")
STRANGE = re.compile(r"[`#@]")
"""Characters that pandas' reader of queries takes for its own."""


class Condition(msgspec.Struct, frozen=True):
    """Selects rows. Conditions with equal keys select the same rows."""

    key: str
    select: Select


def compiled(condition: Any) -> Condition | None:
    """Compile a condition as it is serialised, `{"type": "comparison", …}`; None when there is none. Raises NotCompiled."""
    if condition is None:
        return None
    if not isinstance(condition, Mapping):
        raise NotCompiled("falls back, because its row condition is a text of pandas' own language")
    return Condition(repr(condition), _select(condition))


def _select(condition: Mapping[str, Any]) -> Select:
    match condition.get("type"):
        case "pass_through":
            return _select(query.condition_of(condition["pass_through_filter"]))
        case "and":
            parts = [_select(one) for one in condition["conditions"]]
            return lambda table: [all(row) for row in zip(*(part(table) for part in parts), strict=True)]
        case "or":
            parts = [_select(one) for one in condition["conditions"]]
            return lambda table: [any(row) for row in zip(*(part(table) for part in parts), strict=True)]
        case "nullity":
            return _nullity(_name(condition), is_null=condition["is_null"])
        case "comparison":
            return _comparison(
                _name(condition), str(getattr(condition["operator"], "value", condition["operator"])), condition["parameter"]
            )
        case other:
            raise NotCompiled(f"falls back, because of its row condition of type {other}")


def _name(condition: Mapping[str, Any]) -> str:
    name = condition["column"]["name"]
    if not PLAIN_NAME.fullmatch(name) or name != unicodedata.normalize("NFKC", name):
        raise NotCompiled("falls back, because its row condition names a column that pandas' query reads in a way of its own")
    return str(name)


def _nullity(name: str, *, is_null: bool) -> Select:
    def select(table: Table) -> Sequence[bool]:
        column = table.column(name)
        if column.dtype != "object" and dtypes.kind(column.dtype) not in dtypes.ANY:
            raise Demotion(f"column {name} of the row condition has dtype {column.dtype}")
        mask = column.mask or [False] * len(column.values)
        return mask if is_null else [not null for null in mask]

    return select


def _comparison(name: str, operator: str, parameter: Any) -> Select:
    members = parameter if operator in ("IN", "NOT_IN") else [parameter]
    if not isinstance(members, list | tuple) or not all(map(_is_plain, members)):
        raise NotCompiled("falls back, because its row condition compares with something else than numbers and texts")
    if operator in ORDERS:
        return _ordered(name, ORDERS[operator], parameter)
    if operator not in ("==", "!=", "IN", "NOT_IN"):
        raise NotCompiled(f"falls back, because of the operator {operator} of its row condition")
    wanted, negated = frozenset(members), operator in ("!=", "NOT_IN")

    def select(table: Table) -> Sequence[bool]:
        if not table.column(name).types.isdisjoint(UNHASHABLE):
            raise Demotion(f"column {name} of the row condition holds a list, a dict or the like")
        return [(not null and value in wanted) is not negated for value, null in _values(table, name, members)]

    return select


def _ordered(name: str, compare: Callable[[Any, Any], Any], parameter: Any) -> Select:
    def select(table: Table) -> Sequence[bool]:
        column = table.column(name)
        if column.dtype in dtypes.INSTANTS and type(parameter) is str:
            import pandas as pd  # noqa: PLC0415  a frame is there: it is imported

            instant = pd.Timestamp(parameter)  # as pandas' query reads it
            return [not null and compare(value, instant) for value, null in _pairs(column)]
        if column.dtype == "category" or (column.dtype == "string" and column.mask is not None):
            raise Demotion(f"column {name} of the row condition has dtype {column.dtype}")
        return [not null and bool(compare(value, parameter)) for value, null in _values(table, name, [parameter])]

    return select


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return STRANGE.search(value) is None
    return type(value) in (int, bool) or (type(value) is float and isfinite(value))


def _values(table: Table, name: str, members: Sequence[Any]) -> Sequence[tuple[Any, bool]]:
    column = table.column(name)
    if column.dtype != "object" and not _is_the_same(column, members):
        raise Demotion(f"column {name} of the row condition has dtype {column.dtype}")
    return _pairs(column)


def _pairs(column: Column) -> Sequence[tuple[Any, bool]]:
    """Each value, and whether it is null."""
    return list(zip(column.values, column.mask or [False] * len(column.values), strict=True))


def _is_the_same(column: Column, members: Sequence[Any]) -> bool:
    """Whether pandas compares the column of a dtype with these as Python compares their values."""
    if column.dtype in ("str", "string", "category"):
        return all(type(member) is str for member in members)
    if column.dtype == "bool":
        return all(type(member) is bool for member in members)
    if column.dtype in dtypes.NULLABLE and column.mask is not None:
        return False
    if column.dtype not in dtypes.NUMBERS or not all(type(member) in (int, float) for member in members):
        return False
    return all(-EXACT <= number <= EXACT for number in (*column.nonnull, *members) if type(number) is int)
