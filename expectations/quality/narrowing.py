"""Great Expectations gives up a whole check when one value makes it fail: find the rows at fault in a bounded number of calls."""

from __future__ import annotations

from collections.abc import Callable

from expectations.quality.pool import PerOwner, Pool, added, errors, joined
from expectations.quality.suite import Check

CALLS = 32
"""Calls after which no further part of a pool is tried; its groups are then looked at one by one."""

SAMPLE = 8
"""Rows of one type that are tried alone: when none can be judged, the type is at fault and its rows are not tried one by one."""

FAILS_BY_VALUE = frozenset({"expect_column_values_to_match_json_schema"})
"""Types of checks that fail on some texts and not on others. Of all others the types of the values decide."""

Ask = Callable[[Pool], PerOwner | None]


class Narrowing:
    """One search: by the types of the values until they are the same, then by halves of the rows."""

    def __init__(self, check: Check, ask: Ask) -> None:
        self._check, self._ask_engine = check, ask
        self._calls = 0
        self._found: PerOwner = {}

    def run(self, pool: Pool) -> tuple[PerOwner, Pool]:
        """Count what can be judged and what cannot; returned beside it is what is still unknown when the calls are spent."""
        parts = self._smaller(pool)
        while parts and self._calls < CALLS:
            part = parts.pop()
            judged = self._ask(part)
            if judged is None:
                parts += self._smaller(part)
            else:
                self._found = added(self._found, judged)
        return self._found, joined(parts)

    def _ask(self, part: Pool) -> PerOwner | None:
        self._calls += 1
        return self._ask_engine(part)

    def _smaller(self, part: Pool) -> list[Pool]:
        """Smaller parts of one that failed; none when all its rows are at fault, which is then counted."""
        by_types = part.by_types(self._check.columns)
        middle = len(by_types) // 2
        if middle:
            return [joined(by_types[:middle]), joined(by_types[middle:])]
        if len(part.rows) == 1 or self._types_decide(part):
            self._found = added(self._found, errors(part))
            return []
        return part.halves()

    def _types_decide(self, part: Pool) -> bool:
        return self._check.type not in FAILS_BY_VALUE and all(self._ask(row) is None for row in part.spread(SAMPLE))
