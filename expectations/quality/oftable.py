"""Results of a suite's checks on the table as it is now; or why one can be told of the stream only."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from expectations.quality import whole
from expectations.quality.mixed import told_of_table
from expectations.quality.suite import Check, CheckResult, CheckState, SuiteState, result

IN_ORDER = "order"
"""Why a check of order is told of the stream only: a table's rows have none."""


class TableResult(msgspec.Struct, frozen=True):
    """`of` is `table`, or `stream` with the reason `why`; `checks` are then empty. `rows` are those in the table."""

    of: str
    rows: int
    why: str
    checks: list[CheckResult]
    not_told: list[Check]
    """Checks that no table can answer."""


def of_table(checks: Sequence[Check], found: SuiteState | str) -> TableResult:
    """What is known of a table; a text says why nothing is."""
    if isinstance(found, str):
        return TableResult("stream", 0, found, [], list(checks))
    told = [check for check in checks if told_of_table(check)]
    state = found if found.rows else SuiteState(0, {check.id: _empty(check) for check in told if check.whole})
    return TableResult("table", found.rows, "", result(told, state), [check for check in checks if check not in told])


def _empty(check: Check) -> CheckState:
    """What is known of a table without rows: a count of rows is 0, a mean is none."""
    return CheckState(whole=whole.empty(whole.header(check.type, check.kwargs, of_table=True)))
