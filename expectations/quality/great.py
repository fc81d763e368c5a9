"""Great Expectations behind the suite interface: it judges every row itself; we keep its counts, which add.

The frame is `DataFrame(rows, columns=…, dtype=object)`: nothing is inferred from neighbours, so a row is judged the same in every batch.
Everything here runs in one thread (Great Expectations shares state by asset): see runner.py.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from expectations.quality.suite import Check, CheckResult, CheckState, Row, SuiteState, merge, result

log = logging.getLogger(__name__)

NARROWING_CALLS = 32
"""Calls spent, for one check and one batch, on finding the rows that Great Expectations cannot judge; rows left over count as errors."""


class GreatSuite:
    """A suite that Great Expectations runs. Importing it is cheap; the first `of` imports Great Expectations (seconds)."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = tuple(checks)
        self._batches: Any = None
        self._expectations: dict[str, Any] = {}

    def of(self, rows: Sequence[Row]) -> SuiteState:
        """Judge rows. A key that a row lacks is absent, not null: the checks that read it leave this row out."""
        found: dict[str, CheckState] = {}
        for checks, present in self._by_presence(rows):
            absent = CheckState(absent=len(rows) - len(present))
            judged = self._judge(checks, [rows[i] for i in present])
            found.update({check.id: judged[check.id] + absent for check in checks})
        return SuiteState(len(rows), found)

    def merge(self, a: SuiteState, b: SuiteState) -> SuiteState:
        """Add two states."""
        return merge(a, b)

    def result(self, state: SuiteState) -> list[CheckResult]:
        """Apply Great Expectations' own success rule to the counts."""
        return result(self.checks, state)

    def _by_presence(self, rows: Sequence[Row]) -> list[tuple[list[Check], tuple[int, ...]]]:
        """Checks that can judge the same rows, together: one call for each group, however many shapes the rows have."""
        groups: dict[tuple[int, ...], list[Check]] = {}
        for check in self.checks:
            present = tuple(i for i, row in enumerate(rows) if all(column in row for column in check.columns))
            groups.setdefault(present, []).append(check)
        return [(checks, present) for present, checks in groups.items()]

    def _judge(self, checks: Sequence[Check], rows: Sequence[Row]) -> dict[str, CheckState]:
        if not rows:
            return {check.id: CheckState() for check in checks}
        judged = self._validate(checks, rows)
        return {check.id: judged.get(check.id) or self._narrow(check, rows) for check in checks}

    def _narrow(self, check: Check, rows: Sequence[Row]) -> CheckState:
        """Judge rows among which some make the check itself fail: by the types of their values first, then by halves."""
        counts = CheckState()
        parts = _split(check, rows)
        for _ in range(NARROWING_CALLS):
            if not parts:
                break
            part = parts.pop()
            judged = self._validate([check], part).get(check.id)
            if judged is not None:
                counts += judged
            elif len(part) == 1:
                counts += CheckState(errors=1)
            else:
                parts += _split(check, part)
        return counts + CheckState(errors=sum(map(len, parts)))

    def _validate(self, checks: Sequence[Check], rows: Sequence[Row]) -> dict[str, CheckState]:
        """Ask Great Expectations; a check that failed to run is left out. What it raised is not logged: it cites values."""
        import pandas as pd  # noqa: PLC0415  half a second and 70 MB: only where suites run

        columns = sorted({column for check in checks for column in check.columns})
        try:
            frame = pd.DataFrame([[row[c] for c in columns] for row in rows], columns=columns, dtype=object)
            batch = self._definition().get_batch(batch_parameters={"dataframe": frame})
            report = batch.validate(self._suite(checks), result_format="BASIC")
        except Exception as error:  # noqa: BLE001  the edge of a foreign engine: every row is then counted as an error
            log.warning("great expectations failed on %d rows: %s", len(rows), error.__class__.__name__)
            return {}
        counted = {one.expectation_config.meta["check"]: _counts(one.result) for one in report.results}
        return {name: counts for name, counts in counted.items() if counts is not None}

    def _definition(self) -> Any:
        """The one asset of this suite: a new one for every batch would keep every frame."""
        if self._batches is None:
            import great_expectations as gx  # noqa: PLC0415  seconds and 200 MB: only where suites run

            context = gx.get_context(mode="ephemeral")
            context.variables.progress_bars = {"globally": False}
            asset = context.data_sources.add_pandas("nhip").add_dataframe_asset("rows")
            self._batches = asset.add_batch_definition_whole_dataframe("window")
        return self._batches

    def _suite(self, checks: Sequence[Check]) -> Any:
        import great_expectations as gx  # noqa: PLC0415  as above

        if not self._expectations:
            self._expectations = {check.id: _build(check) for check in self.checks}
        return gx.ExpectationSuite(name="rows", expectations=[self._expectations[check.id] for check in checks])


def _build(check: Check) -> Any:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration  # noqa: PLC0415  as above

    return ExpectationConfiguration(type=check.type, kwargs=dict(check.kwargs), meta={"check": check.id}).to_domain_obj()


def _counts(found: Mapping[str, Any]) -> CheckState | None:
    """Great Expectations' counts; None when it raised instead of counting."""
    if "element_count" not in found:
        return None
    return CheckState(int(found["element_count"]), int(found.get("missing_count") or 0), int(found["unexpected_count"]))


def _split(check: Check, rows: Sequence[Row]) -> list[Sequence[Row]]:
    """Smaller parts of rows that failed together: by the types of their values, or by halves where the types are the same."""
    groups: dict[tuple[type, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(type(row[column]) for column in check.columns), []).append(row)
    middle = len(rows) // 2
    halves = [rows[:middle], rows[middle:]] if middle else [rows]
    return list(groups.values()) if len(groups) > 1 else halves
