"""Maps over several columns of one row: pairs, and lists of columns. Rows that `ignore_row_if` leaves out count as missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import compress, count
from operator import ge, gt, not_
from typing import Any, Final

from expectations.engine import arguments, dtypes
from expectations.engine.compiled import Compile, Compiled, Kwargs, NotCompiled, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.frequency import has_numpy_times
from expectations.engine.mapped import MapState, first, merged, outcome
from expectations.engine.table import Column, Demotion, Table

Mask = list[bool] | None
Judge = Callable[[list[list[Any]], list[Mask]], Sequence[int]]
"""Takes the values of each column in the rows that are asked, and which are null; returns the places of unexpected rows."""

Kinds = Callable[[set[str]], None]
"""Takes the dtypes of the columns; raises Demotion when pandas does with them together what Python does not with their values."""

LEAVES_OUT: Mapping[str, Callable[[Sequence[bool]], bool] | None] = {
    "both_values_are_missing": all,
    "all_values_are_missing": all,
    "either_value_is_missing": any,
    "any_value_is_missing": any,
    "neither": None,
    "never": None,
}
HAVE_OWN_NULL: Final = dtypes.NULLABLE | {"category"}
PAIR: Final = ("both_values_are_missing", "either_value_is_missing", "neither")
RECORD: Final = ("all_values_are_missing", "any_value_is_missing", "never")


def any_kinds(kinds: set[str]) -> None:
    """Every value is taken as it is, but instants, which pandas reads in a way of its own."""
    if not kinds.isdisjoint(dtypes.INSTANTS):
        raise Demotion("instants are not only compared with one another")


COMPARED: Final = frozenset({"int64", "float64", "bool"}) | dtypes.SMALL | dtypes.NULLABLE_NUMBERS
ADDED: Final = frozenset({"int64", "float64", "int32"}) | dtypes.NULLABLE_NUMBERS


def comparable(kinds: set[str]) -> None:
    """Columns are compared whole: all of dtype object, all of texts, or all of numbers."""
    if kinds == {"category"} or (len(kinds) > 1 and not kinds <= COMPARED):
        raise Demotion("columns of several dtypes are compared")


def addable(kinds: set[str]) -> None:
    """Columns are added whole: all of dtype object, or all of numbers."""
    if kinds != {"object"} and not kinds <= ADDED:
        raise Demotion("columns of several dtypes, or of texts, are added")


class RecordMap:
    """A map over rows of several columns. An unexpected row is kept as a tuple (of a pair) or as a dict (of a list of columns)."""

    dtypes = dtypes.PLAIN | dtypes.INSTANTS | dtypes.SMALL | dtypes.NULLABLE | {"category"}
    state_type = MapState

    def __init__(
        self, columns: Sequence[str], mostly: float, ignore: str, keep: ResultFormat, judge: Judge, *, as_dict: bool, kinds: Kinds
    ) -> None:
        self._kinds = kinds
        self.columns: tuple[str, ...] = tuple(columns)
        self._mostly, self._leaves_out, self._keep, self._judge, self._as_dict = mostly, LEAVES_OUT[ignore], keep, judge, as_dict

    def empty(self) -> MapState:
        """No rows."""
        return MapState()

    def of(self, table: Table) -> MapState:
        """Judge the rows of a table."""
        columns = list(map(table.column, self.columns))
        if any(map(has_numpy_times, columns)):
            raise Demotion("a value is a list, a dict or the like")
        positions, values, masks = self._asked(columns)
        if table.has_dtypes:
            self._look_at_dtypes(columns, masks)
        bad = self._judge(values, masks)
        missing = table.count - len(positions)
        if not bad:
            return MapState(table.rows, table.count, missing)
        shown = [list(map(_as_numpy, some)) for some in values] if columns[0].dtype in dtypes.INSTANTS and not self._as_dict else values
        kept = [self._record([some[i] for some in shown]) for i in first(bad, self._keep.values_kept)]
        return MapState(table.rows, table.count, missing, len(bad), kept, [positions[i] for i in first(bad, self._keep.positions_kept)])

    def _look_at_dtypes(self, columns: Sequence[Column], masks: Sequence[Mask]) -> None:
        self._kinds({column.dtype for column in columns})
        for column, mask in zip(columns, masks, strict=True):
            if column.dtype in HAVE_OWN_NULL and mask is not None and True in mask:
                raise Demotion("pandas' NA is compared, which is neither true nor false")

    def _record(self, values: list[Any]) -> Any:
        if not self._as_dict:
            return tuple(values)
        return {name: None if type(value).__name__ == "NAType" else value for name, value in zip(self.columns, values, strict=True)}

    def _asked(self, columns: list[Column]) -> tuple[Sequence[int], list[list[Any]], list[Mask]]:
        every, values, masks = columns[0].every_position, [c.values for c in columns], [c.mask for c in columns]
        if not any(masks) or self._leaves_out is None:
            return every, values, masks
        nulls = zip(*(mask or [False] * len(every) for mask in masks), strict=True)
        asked = [not self._leaves_out(row) for row in nulls]
        taken = [None if mask is None else list(compress(mask, asked)) for mask in masks]
        return list(compress(every, asked)), [list(compress(some, asked)) for some in values], taken

    def merge(self, a: MapState, b: MapState) -> MapState:
        """The state of a's rows followed by b's."""
        return merged(a, b, self._keep)

    def result(self, state: MapState, form: ResultFormat) -> Outcome:
        """What Great Expectations says of these rows."""
        return outcome(state, self._mostly, form)


def _as_numpy(instant: Any) -> Any:
    """The instant of a column of instants as numpy's own, which Great Expectations shows of a pair."""
    return instant.asm8


def null_rows(masks: Sequence[Mask], count: int) -> list[bool] | None:
    """Which rows have a null in any of the columns; None when none has."""
    if not any(masks):
        return None
    some = [mask for mask in masks if mask is not None and True in mask]
    if not some:
        return None
    return [any(row) for row in zip(*some, strict=True)] if count else []


def _unequal(values: list[list[Any]], masks: list[Mask]) -> Sequence[int]:
    left, right = values
    null = null_rows(masks, len(left))
    if null is None:
        return [i for i, (a, b) in enumerate(zip(left, right, strict=True)) if not (a is b or a == b)]
    return [i for i, (a, b) in enumerate(zip(left, right, strict=True)) if null[i] or not (a is b or a == b)]


def _not_greater(values: list[list[Any]], masks: list[Mask], greater: Callable[[Any, Any], Any]) -> Sequence[int]:
    left, right = values
    null = null_rows(masks, len(left))
    if null is None:
        return () if all(map(greater, left, right)) else list(compress(count(), map(not_, map(greater, left, right))))
    return [i for i, (a, b) in enumerate(zip(left, right, strict=True)) if null[i] or not greater(a, b)]


def _pair(
    kwargs: Kwargs,
    keep: ResultFormat,
    judge: Judge,
    *,
    required: Sequence[str] = (),
    optional: Sequence[str] = (),
    kinds: Kinds = comparable,
) -> Compiled[Any]:
    arguments.known(kwargs, ("column_A", "column_B", *required), ("mostly", "ignore_row_if", *optional))
    columns = [arguments.column(kwargs, "column_A"), arguments.column(kwargs, "column_B")]
    ignore = kwargs.get("ignore_row_if", PAIR[0])
    if ignore not in PAIR or columns[0] == columns[1]:
        raise NotCompiled("falls back, because of its ignore_row_if, or because both columns are one")
    return RecordMap(columns, arguments.mostly(kwargs), ignore, keep, judge, as_dict=False, kinds=kinds)


def _pair_equal(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    return _pair(kwargs, keep, _unequal)


def _pair_greater(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    greater = ge if arguments.flag(kwargs, "or_equal") else gt
    return _pair(kwargs, keep, lambda values, masks: _not_greater(values, masks, greater), optional=("or_equal",))


def _pair_in_set(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    allowed = {(a, b) for a, b in kwargs["value_pairs_set"]}

    def judge(values: list[list[Any]], masks: list[Mask]) -> Sequence[int]:
        kinds = {type(value) for some in values for value in some}
        if tuple in kinds:
            raise Demotion("a value is a tuple")
        if not kinds.isdisjoint((list, dict, set)):
            raise Demotion("a value is a list, a dict or the like", raises=True)
        plain = [
            some if mask is None else [None if null else v for v, null in zip(some, mask, strict=True)]
            for some, mask in zip(values, masks, strict=True)
        ]
        return [i for i, pair in enumerate(zip(*plain, strict=True)) if pair not in allowed]

    return _pair(kwargs, keep, judge, required=("value_pairs_set",), kinds=any_kinds)


def record(kwargs: Kwargs, keep: ResultFormat, judge: Judge, kinds: Kinds, required: Sequence[str] = ()) -> Compiled[Any]:
    """Compile a map over `column_list`; raises NotCompiled."""
    arguments.known(kwargs, ("column_list", *required), ("mostly", "ignore_row_if"))
    columns = [name for name in kwargs["column_list"] if isinstance(name, str)]
    ignore = kwargs.get("ignore_row_if", RECORD[0])
    if ignore not in RECORD or len(set(columns)) < len(kwargs["column_list"]):
        raise NotCompiled("falls back, because of its ignore_row_if, or because a column is named twice")
    return RecordMap(columns, arguments.mostly(kwargs), ignore, keep, judge, as_dict=True, kinds=kinds)


def _all_equal(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    def judge(values: list[list[Any]], masks: list[Mask]) -> Sequence[int]:
        reference, null = values[0], masks[0]
        bad: set[int] = set()
        for some, mask in zip(values[1:], masks[1:], strict=True):
            for i, (a, b) in enumerate(zip(reference, some, strict=True)):
                a_null, b_null = null is not None and null[i], mask is not None and mask[i]
                if a_null != b_null or not (a_null or a is b or a == b):
                    bad.add(i)
        return sorted(bad)

    return record(kwargs, keep, judge, comparable)


def _sum_equal(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    total = arguments.number(kwargs["sum_total"], "sum_total")
    number = {int, float, bool, Decimal}

    def judge(values: list[list[Any]], masks: list[Mask]) -> Sequence[int]:  # noqa: ARG001  a null is told by its type
        if any(not set(map(type, some)) <= number for some in values):
            raise Demotion("a value is no number")
        bad = []
        for i, row in enumerate(zip(*values, strict=True)):
            added = row[0]
            for value in row[1:]:
                added = added + value  # from left to right, as numpy adds objects
            if type(added) is int and abs(added) > 2**53:
                raise Demotion("a sum is too great to be compared as a float")
            if added != total:
                bad.append(i)
        return bad

    if len(kwargs["column_list"]) >= 8:
        raise NotCompiled("falls back, because numpy adds eight columns of floats in an order of its own")
    return record(kwargs, keep, judge, addable, required=("sum_total",))


def _distinct_within(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    plain = {str, int, float, bool, type(None), dt.date, dt.datetime, dt.time, dt.timedelta}

    def judge(values: list[list[Any]], masks: list[Mask]) -> Sequence[int]:  # noqa: ARG001  a null is a value here
        kinds = {type(value) for some in values for value in some}
        if not kinds <= plain:
            raise Demotion("a value is of a type that pandas tells apart in a way of its own", raises=not kinds.isdisjoint((list, dict)))
        same = [[v if v == v else NOT_A_NUMBER for v in some] for some in values]  # noqa: PLR0124  all NaN are one value
        return [i for i, row in enumerate(zip(*same, strict=True)) if len(set(row)) < len(row)]

    return record(kwargs, keep, judge, any_kinds)


NOT_A_NUMBER = object()

TYPES: Mapping[str, Compile] = {
    "expect_column_pair_values_to_be_equal": _pair_equal,
    "expect_column_pair_values_a_to_be_greater_than_b": _pair_greater,
    "expect_column_pair_values_to_be_in_set": _pair_in_set,
    "expect_multicolumn_sum_to_equal": _sum_equal,
    "expect_multicolumn_values_to_be_equal": _all_equal,
    "expect_select_column_values_to_be_unique_within_record": _distinct_within,
}
