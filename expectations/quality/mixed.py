"""A suite that judges what compiles by itself, and asks Great Expectations for the rest: the checks that do not compile, and single rows.

Great Expectations is imported by the first row that needs it. A suite that compiles meets such a row seldom: one with a value that JSON has
and a check was not made for. A row that is known to make Great Expectations raise is counted as an error without asking.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from expectations.engine.compiled import Demoted, NotCompiled
from expectations.engine.formats import COUNTS_ONLY
from expectations.engine.inverse import NoInverse
from expectations.engine.mapped import MapState
from expectations.engine.suite import Compilation, compilation
from expectations.engine.table import Column, Table
from expectations.quality import whole
from expectations.quality.great import GreatSuite
from expectations.quality.suite import Check, CheckResult, CheckState, Row, SuiteState, merge, result

NONE = CheckState()


class MixedSuite:
    """Compiled checks, and Great Expectations for the others. `of_table`: states can give rows back; `told_of_table` says of which."""

    def __init__(self, checks: Sequence[Check], *, of_table: bool = False) -> None:
        self.checks = tuple(checks)
        self._wholes = {check.id: whole.header(check.type, check.kwargs, of_table=of_table) for check in self.checks if check.whole}
        rows = [check for check in self.checks if not check.whole]
        self._compiled = {check.id: found for check in rows if (found := compiled(check)) is not None}
        self._others = GreatSuite([check for check in rows if check.id not in self._compiled])
        self._great: dict[str, GreatSuite] = {}

    def of(self, rows: Sequence[Row]) -> SuiteState:
        """Judge rows. A key that a row lacks is absent, not null: the checks that read it leave this row out."""
        return self.of_many([rows])[0]

    def of_many(self, groups: Sequence[Sequence[Row]]) -> list[SuiteState]:
        """Judge the rows of many groups; the states are those of `of` on each group."""
        asked = self._others.of_many(groups) if self._others.checks else [SuiteState() for _ in groups]
        found = [dict(state.checks) for state in asked]
        unknown: dict[str, dict[int, list[Row]]] = {}
        for number, rows in enumerate(groups):
            shown = _Rows(rows)
            for check in self._native:
                counts, rest = _judged(self._compiled[check.id], shown, check.columns)
                found[number][check.id] = counts
                if rest:
                    unknown.setdefault(check.id, {})[number] = rest
            found[number] |= {name: _of_all(named, shown) for name, named in self._wholes.items()}
        self._ask(unknown, found)
        return [
            SuiteState(len(rows), {check.id: counts[check.id] for check in self.checks}) for rows, counts in zip(groups, found, strict=True)
        ]

    @property
    def _native(self) -> Iterator[Check]:
        yield from (check for check in self.checks if check.id in self._compiled)

    def _ask(self, unknown: dict[str, dict[int, list[Row]]], found: list[dict[str, CheckState]]) -> None:
        """Add what Great Expectations says of the rows that only it can judge."""
        for check in self.checks:
            rows = unknown.get(check.id, {})
            if rows:
                great = self._great.setdefault(check.id, GreatSuite([check]))
                for number, state in zip(rows, great.of_many(list(rows.values())), strict=True):
                    found[number][check.id] += state.checks[check.id]

    def merge(self, a: SuiteState, b: SuiteState) -> SuiteState:
        """Add two states."""
        return merge(a, b)

    def result(self, state: SuiteState) -> list[CheckResult]:
        """Apply Great Expectations' own success rule to the counts."""
        return result(self.checks, state)


def compiled(check: Check) -> Compilation | None:
    """The compiled check that counts; None when only Great Expectations can judge it."""
    try:
        found = compilation(check.type, check.kwargs, COUNTS_ONLY)
    except NotCompiled:
        return None
    return found if found.check.state_type is MapState else None


def told_of_table(check: Check) -> bool:
    """Whether a check can be told of a table as rows leave it."""
    try:
        return not check.whole or bool(whole.header(check.type, check.kwargs, of_table=True))
    except (NotCompiled, NoInverse):
        return False


class _Rows:
    """The rows of one group, and for every set of columns those that have them all."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._columns: dict[str, Column | None] = {}
        self._table = Table(len(rows), self._column, self._names)
        self._present: dict[tuple[str, ...], list[Row]] = {}

    def having(self, columns: tuple[str, ...]) -> tuple[Sequence[Row], Table]:
        """The rows that have the columns, and the same as a table."""
        if all(self._read(name) is not None for name in columns):
            return self.rows, self._table
        if columns not in self._present:
            self._present[columns] = [row for row in self.rows if all(name in row for name in columns)]
        rows = self._present[columns]
        return rows, table_of(rows, columns)

    def _names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for row in self.rows for name in row))

    def _read(self, name: str) -> Column | None:
        if name not in self._columns:
            self._columns[name] = column_of(self.rows, name)
        return self._columns[name]

    def _column(self, name: str) -> Column:
        found = self._read(name)
        if found is None:
            raise KeyError(name)
        return found


def column_of(rows: Sequence[Row], name: str) -> Column | None:
    """A column; None when a row lacks it."""
    try:
        return Column(list(map(itemgetter(name), rows)))
    except KeyError:
        return None


def table_of(rows: Sequence[Row], columns: Sequence[str]) -> Table:
    """Rows that have all the columns."""
    return Table.of_columns({name: Column([row[name] for row in rows]) for name in columns}, len(rows))


def _of_all(named: bytes, shown: _Rows) -> CheckState:
    """The state of a check of all rows together."""
    rows, table = shown.having(whole.compiled(named).check.columns)
    if not rows:
        return CheckState(absent=len(shown.rows))
    return CheckState(len(rows), absent=len(shown.rows) - len(rows), whole=whole.of(named, table))


def _judged(check: Compilation, shown: _Rows, columns: tuple[str, ...]) -> tuple[CheckState, list[Row]]:
    """The counts of one check, and the rows that only Great Expectations can judge."""
    rows, table = shown.having(columns)
    if not rows:
        return CheckState(absent=len(shown.rows)), []
    counts, unknown = _narrowed(check, check.of(table), rows, columns)
    return counts + CheckState(absent=len(shown.rows) - len(rows)), unknown


def _narrowed(check: Compilation, state: Any, rows: Sequence[Row], columns: tuple[str, ...]) -> tuple[CheckState, list[Row]]:
    """Where some rows cannot be judged here, they are found by halves."""
    if not isinstance(state, Demoted):
        return CheckState(state.elements, state.missing, state.unexpected), []
    if len(rows) == 1:
        return (CheckState(errors=1), []) if state.raises else (NONE, list(rows))
    middle = len(rows) // 2
    halves = [_narrowed(check, check.of(table_of(half, columns)), half, columns) for half in (rows[:middle], rows[middle:])]
    (a, unknown), (b, more) = halves
    return a + b, unknown + more
