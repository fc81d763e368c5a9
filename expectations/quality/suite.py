"""What a suite is to the rest of Nhịp: rows become a state, states add, a state has results. Nothing here knows how rows are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

from expectations.quality.dimensions import Dimension

Severity = Literal["critical", "warning", "info"]
Row = Mapping[str, object]


class Check(msgspec.Struct, frozen=True):
    """One expectation of a suite. `columns` are all columns that it reads; `kwargs` are Great Expectations' own, `mostly` among them."""

    id: str
    type: str
    columns: tuple[str, ...]
    dimension: Dimension
    severity: Severity
    mostly: float
    kwargs: dict[str, Any]


class CheckState(msgspec.Struct, array_like=True, frozen=True):
    """Counts of rows for one check.

    `evaluated` rows were judged; of those `missing` were null (and so neither good nor bad) and `unexpected` broke the check.
    `errors` rows could not be judged because a value made the check itself fail. `absent` rows lacked a column of the check.
    """

    evaluated: int = 0
    missing: int = 0
    unexpected: int = 0
    errors: int = 0
    absent: int = 0

    def __add__(self, other: CheckState) -> CheckState:
        return CheckState(
            self.evaluated + other.evaluated,
            self.missing + other.missing,
            self.unexpected + other.unexpected,
            self.errors + other.errors,
            self.absent + other.absent,
        )


class SuiteState(msgspec.Struct, array_like=True, frozen=True):
    """What a suite found in some rows, by check id. The empty state is the identity of `merge`."""

    rows: int = 0
    checks: dict[str, CheckState] = msgspec.field(default_factory=dict)


class CheckResult(msgspec.Struct, frozen=True):
    """One check over everything that a state has seen.

    `ratio` is the share of rows that meet the check, None when there is none to ask. `success` is None when no row could be judged.
    """

    check: str
    dimension: Dimension
    severity: Severity
    evaluated: int
    missing: int
    unexpected: int
    errors: int
    absent: int
    ratio: float | None
    success: bool | None


class Suite(Protocol):
    """Judges rows. `merge(of(a), of(b))` equals `of(a + b)`, whatever the splitting."""

    checks: tuple[Check, ...]

    def of(self, rows: Sequence[Row]) -> SuiteState:
        """Judge rows and return the counts."""
        ...

    def of_many(self, groups: Sequence[Sequence[Row]]) -> list[SuiteState]:
        """Judge groups of rows together; the states are those of `of` on each."""
        ...

    def merge(self, a: SuiteState, b: SuiteState) -> SuiteState:
        """Add two states; the order does not matter."""
        ...

    def result(self, state: SuiteState) -> list[CheckResult]:
        """Return the verdict of every check of the suite."""
        ...


def merge(a: SuiteState, b: SuiteState) -> SuiteState:
    """Add two states, check by check. A check known to one side only keeps its counts."""
    checks = dict(a.checks)
    for name, counts in b.checks.items():
        checks[name] = checks[name] + counts if name in checks else counts
    return SuiteState(a.rows + b.rows, checks)


def result(checks: Sequence[Check], state: SuiteState) -> list[CheckResult]:
    """Return one result a check, in the suite's order. Counts of checks that the suite no longer has are left out."""
    return [_result(check, state.checks.get(check.id, CheckState())) for check in checks]


def _result(check: Check, counts: CheckState) -> CheckResult:
    ratio = _ratio(counts)
    return CheckResult(
        check=check.id,
        dimension=check.dimension,
        severity=check.severity,
        evaluated=counts.evaluated,
        missing=counts.missing,
        unexpected=counts.unexpected,
        errors=counts.errors,
        absent=counts.absent,
        ratio=ratio,
        success=_success(counts, ratio, check.mostly),
    )


def _ratio(counts: CheckState) -> float | None:
    """Great Expectations' own fraction, in its own order of operations; a row with an error is a row that does not meet the check."""
    asked = counts.evaluated - counts.missing + counts.errors
    if counts.evaluated == 0 or asked == 0:
        return None
    return (float(asked) - float(counts.unexpected + counts.errors)) / float(asked)


def _success(counts: CheckState, ratio: float | None, mostly: float) -> bool | None:
    if counts.evaluated == 0 and counts.errors + counts.absent > 0:
        return None  # nothing but rows that could not be judged: the suite or the source's columns are at fault, not the data
    return ratio is None or ratio >= mostly
