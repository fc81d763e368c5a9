"""What a suite is to the rest of Nhịp: rows become a state, states add, a state has results. Nothing here knows how rows are judged.

A row-level check is counts. A check of all rows together has a state of its own besides (`whole.py`), in bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

from expectations.engine.compiled import Demoted
from expectations.quality import whole
from expectations.quality.dimensions import Dimension

Severity = Literal["critical", "warning", "info"]
Row = Mapping[str, object]


class Check(msgspec.Struct, frozen=True):
    """One expectation of a suite. `columns` are all columns that it reads; `kwargs` are Great Expectations' own, `mostly` among them.

    `whole`: it judges all rows together. `shown`: what it observes may be shown, for it reads no personal column.
    """

    id: str
    type: str
    columns: tuple[str, ...]
    dimension: Dimension
    severity: Severity
    mostly: float
    kwargs: dict[str, Any]
    whole: bool = False
    shown: bool = True


class CheckState(msgspec.Struct, array_like=True, frozen=True):
    """Counts of rows for one check; `whole` is the state of a check of all rows together, empty of no rows.

    `evaluated` rows were judged; of those `missing` were null (and so neither good nor bad) and `unexpected` broke the check.
    `errors` rows could not be judged because a value made the check itself fail. `absent` rows lacked a column of the check.
    """

    evaluated: int = 0
    missing: int = 0
    unexpected: int = 0
    errors: int = 0
    absent: int = 0
    whole: bytes = b""

    @classmethod
    def of(cls, counts: Sequence[int], whole: bytes) -> CheckState:
        """The state of its five counts, in order."""
        evaluated, missing, unexpected, errors, absent = counts
        return cls(evaluated, missing, unexpected, errors, absent, whole)

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        """Its five counts, in order."""
        return self.evaluated, self.missing, self.unexpected, self.errors, self.absent

    def __add__(self, other: CheckState) -> CheckState:
        return CheckState(
            self.evaluated + other.evaluated,
            self.missing + other.missing,
            self.unexpected + other.unexpected,
            self.errors + other.errors,
            self.absent + other.absent,
            whole.merged(self.whole, other.whole) if self.whole and other.whole else self.whole or other.whole,
        )


class SuiteState(msgspec.Struct, array_like=True, frozen=True):
    """What a suite found in some rows, by check id. The empty state is the identity of `merge`."""

    rows: int = 0
    checks: dict[str, CheckState] = msgspec.field(default_factory=dict)


class CheckResult(msgspec.Struct, frozen=True):
    """One check over everything that a state has seen.

    `ratio` is the share of rows that meet the check, None when there is none to ask, or the check is not one of single rows. `success` is
    None when no row could be judged. `observed` is the number that a check of all rows together compares with its bounds; `why` says why
    such a check has no success.
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
    observed: float | None = None
    why: str = ""
    whole: bool = False


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
        """Add two states, `a` before `b`; the order matters to checks of order only."""
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


def without(state: SuiteState, gone: SuiteState) -> SuiteState | None:
    """The state without rows that are in it; None when some are not in it, as far as counts can tell."""
    checks = dict(state.checks)
    for name, counts in gone.checks.items():
        before = checks.get(name, CheckState())
        left = [a - b for a, b in zip(before.counts, counts.counts, strict=True)]
        if min(left) < 0:
            return None
        kept = whole.without(before.whole, counts.whole) if before.whole and counts.whole else before.whole
        checks[name] = CheckState.of(left, kept)
    return None if gone.rows > state.rows else SuiteState(state.rows - gone.rows, checks)


def result(checks: Sequence[Check], state: SuiteState) -> list[CheckResult]:
    """Return one result a check, in the suite's order. Counts of checks that the suite no longer has are left out."""
    return [_result(check, state.checks.get(check.id, CheckState())) for check in checks]


def _result(check: Check, counts: CheckState) -> CheckResult:
    if check.whole:
        return _of_whole(check, counts)
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


def _of_whole(check: Check, counts: CheckState) -> CheckResult:
    """The result of a check of all rows together. Where Great Expectations counts single rows in it, so do we."""
    outcome = whole.outcome(counts.whole) if counts.whole else Demoted("no row had its columns")
    found = {} if isinstance(outcome, Demoted) else outcome["result"]
    evaluated, missing = found.get("element_count", counts.evaluated), found.get("missing_count", 0)
    unexpected, observed = found.get("unexpected_count", 0), found.get("observed_value")
    by_rows = "element_count" in found
    return CheckResult(
        check=check.id,
        dimension=check.dimension,
        severity=check.severity,
        evaluated=evaluated,
        missing=missing,
        unexpected=unexpected if by_rows else 0,
        errors=0,
        absent=counts.absent,
        ratio=_ratio(CheckState(evaluated, missing, unexpected)) if by_rows else None,
        success=None if isinstance(outcome, Demoted) else outcome["success"],
        observed=float(observed) if check.shown and isinstance(observed, int | float) else None,
        why=outcome.reason if isinstance(outcome, Demoted) else "",
        whole=True,
    )
