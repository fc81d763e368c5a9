"""Great Expectations behind the suite interface: it judges every row itself; we keep its counts, which add.

A call costs much and a row little, so the rows of many groups (feeds, windows) are judged in one call and told apart by their positions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial, reduce

from expectations.quality.engine import Engine
from expectations.quality.narrowing import Narrowing
from expectations.quality.pool import PerOwner, Pool, added, errors
from expectations.quality.suite import Check, CheckResult, CheckState, Row, SuiteState, merge, result

NONE = CheckState()


class GreatSuite:
    """A suite that Great Expectations runs. Importing it is cheap; the first rows import Great Expectations (seconds)."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = tuple(checks)
        self._engine = Engine(self.checks)

    def of(self, rows: Sequence[Row]) -> SuiteState:
        """Judge rows. A key that a row lacks is absent, not null: the checks that read it leave this row out."""
        return self.of_many([rows])[0]

    def of_many(self, groups: Sequence[Sequence[Row]]) -> list[SuiteState]:
        """Judge the rows of many groups at once; the states are those of `of` on each group."""
        pool = Pool.of(groups)
        found: list[dict[str, CheckState]] = [{} for _ in groups]
        for checks, present in self._by_presence(pool):
            judged = self._judge(checks, present)
            here = Counter(present.owners)
            for number, rows in enumerate(groups):
                absent = CheckState(absent=len(rows) - here[number])
                found[number].update({check.id: judged[check.id].get(number, NONE) + absent for check in checks})
        return [SuiteState(len(rows), checks) for rows, checks in zip(groups, found, strict=True)]

    def merge(self, a: SuiteState, b: SuiteState) -> SuiteState:
        """Add two states."""
        return merge(a, b)

    def result(self, state: SuiteState) -> list[CheckResult]:
        """Apply Great Expectations' own success rule to the counts."""
        return result(self.checks, state)

    def _by_presence(self, pool: Pool) -> list[tuple[list[Check], Pool]]:
        """Checks that can judge the same rows, together: one call for each, however many shapes the rows have."""
        shapes = [tuple(row) for row in pool.rows]
        together: dict[frozenset[tuple[str, ...]], list[Check]] = {}
        for check in self.checks:
            together.setdefault(frozenset(s for s in set(shapes) if set(check.columns).issubset(s)), []).append(check)
        return [(checks, pool.take([i for i, s in enumerate(shapes) if s in fit])) for fit, checks in together.items()]

    def _judge(self, checks: Sequence[Check], pool: Pool) -> dict[str, PerOwner]:
        if not pool.rows:
            return {check.id: {} for check in checks}
        judged = self._engine.judge(checks, pool)
        return {check.id: judged[check.id] if check.id in judged else self._narrow(check, pool) for check in checks}

    def _narrow(self, check: Check, pool: Pool) -> PerOwner:
        """Judge rows among which some make the check itself fail. A group never pays for the rows of another."""
        found, unknown = Narrowing(check, partial(self._ask, check)).run(pool)
        if pool.has_one_owner:
            return added(found, errors(unknown))
        return reduce(added, (self._judge([check], own)[check.id] for own in unknown.by_owner()), found)

    def _ask(self, check: Check, pool: Pool) -> PerOwner | None:
        return self._engine.judge([check], pool).get(check.id)
