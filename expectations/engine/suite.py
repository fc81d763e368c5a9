"""Compiled expectations together: rows are read into columns once, each check has its own state, and one demoted check stops no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from expectations.engine import conditions, dtypes
from expectations.engine.compiled import Compile, Compiled, Demoted, NotCompiled, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.registry import TYPES, compiled
from expectations.engine.table import Demotion, Row, Table

NOT_ARGUMENTS = frozenset({"row_condition", "condition_parser", "batch_id", "result_format", "catch_exceptions"})

UNCONDITIONAL = frozenset({"expect_column_pair_values_to_be_in_set"})
"""Types whose metric does not take the row condition."""

ERRORS = (TypeError, ValueError, ArithmeticError, AttributeError, LookupError, RecursionError)
"""What judging may raise on a strange value. It is for Great Expectations to say what that means."""

FAILURES = (Demotion, *ERRORS)


class Compilation(msgspec.Struct, frozen=True):
    """One expectation that compiles: its check, and which rows it asks."""

    check: Compiled[Any]
    condition: conditions.Condition | None = None

    def of(self, table: Table) -> Any:
        """The state of a table, or Demoted."""
        try:  # as `guarded`, which would cost as much as a small table does
            selected = table if self.condition is None else table.where(self.condition.key, self.condition.select)
            if table.has_dtypes:
                self._look_at_dtypes(selected)
            return self.check.of(selected)
        except Demotion as demotion:
            return Demoted(str(demotion), demotion.raises)
        except ERRORS as error:
            return _failed(error)

    def _look_at_dtypes(self, table: Table) -> None:
        for name in self.check.columns:
            dtype = table.column(name).dtype
            if dtype != "object" and dtypes.kind(dtype) not in self.check.dtypes:
                raise Demotion(f"column {name} has dtype {dtype}")

    def merge(self, a: Any, b: Any) -> Any:
        """The state of a's rows followed by b's, or Demoted."""
        if isinstance(a, Demoted) or isinstance(b, Demoted):
            return a if isinstance(a, Demoted) else b
        return guarded(self.check.merge, a, b)

    def result(self, state: Any, form: ResultFormat) -> Outcome | Demoted:
        """What Great Expectations would say of these rows, or Demoted."""
        if isinstance(state, Demoted):
            return state
        try:  # as `of`
            return self.check.result(state, form)
        except Demotion as demotion:
            return Demoted(str(demotion), demotion.raises)
        except ERRORS as error:
            return _failed(error)


def guarded(judge: Callable[..., Any], *arguments: Any) -> Any:
    """Call, and return Demoted where it says so or fails."""
    try:
        return judge(*arguments)
    except Demotion as demotion:
        return Demoted(str(demotion), demotion.raises)
    except ERRORS as error:
        return _failed(error)


def _failed(error: Exception) -> Demoted:
    """The error's text may cite a value: it is not repeated. A comparison or a reading that fails here fails there."""
    return Demoted(f"a value made the check fail ({type(error).__name__})", raises=True)


def compilation(expectation_type: str, kwargs: Mapping[str, Any], keep: ResultFormat, types: Mapping[str, Compile] = TYPES) -> Compilation:
    """Compile one expectation with its row condition, as one of `types`; raises NotCompiled."""
    condition = conditions.compiled(kwargs.get("row_condition"))
    if condition is not None and expectation_type in UNCONDITIONAL:
        raise NotCompiled("falls back, because Great Expectations counts by its row condition, and judges without it")
    own = {name: value for name, value in kwargs.items() if name not in NOT_ARGUMENTS}
    return Compilation(compiled(expectation_type, own, keep, types), condition)


class CompiledSuite:
    """Several compilations over the same rows."""

    def __init__(self, checks: Sequence[Compilation]) -> None:
        self.checks = tuple(checks)
        self._judges = [check.of if check.condition else check.check.of for check in self.checks]
        self._tellers = [check.check.result for check in self.checks]
        self._columns = tuple(dict.fromkeys(name for check in self.checks for name in check.check.columns))
        self._several = itemgetter(*self._columns) if len(self._columns) > 1 else None

    def of_rows(self, rows: Sequence[Row], schema: Sequence[str] | None = None) -> list[Any]:
        """One state a check, of rows as `DataFrame(rows, columns=schema, dtype=object)` has them."""
        table = Table.of_rows(rows, schema)
        if self._several is not None and (schema is None or set(schema).issuperset(self._columns)):
            table.read(self._columns, self._several, rows)
        return self.of(table)

    def of(self, table: Table) -> list[Any]:
        """One state a check."""
        if table.has_dtypes:
            return [check.of(table) for check in self.checks]
        try:
            return [judge(table) for judge in self._judges]
        except FAILURES:  # seldom: it is done again, each check by itself, and told
            return [check.of(table) for check in self.checks]

    def merge(self, a: Sequence[Any], b: Sequence[Any]) -> list[Any]:
        """The states of a's rows followed by b's."""
        return [check.merge(one, other) for check, one, other in zip(self.checks, a, b, strict=True)]

    def empty(self) -> list[Any]:
        """The states of no rows."""
        return [check.check.empty() for check in self.checks]

    def results(self, states: Sequence[Any], form: ResultFormat) -> list[Outcome | Demoted]:
        """One outcome a check."""
        try:
            return [state if type(state) is Demoted else tell(state, form) for tell, state in zip(self._tellers, states, strict=True)]
        except FAILURES:  # as in `of`
            return [check.result(state, form) for check, state in zip(self.checks, states, strict=True)]
