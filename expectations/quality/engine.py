"""One call to Great Expectations. Everything here runs in one thread, because it shares state by asset: see runner.py.

The frame is `DataFrame(rows, columns=…, dtype=object)`: nothing is inferred from neighbours, so a row is judged the same in every frame.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import reduce
from typing import Any

from expectations.quality.attribution import COMPLETE, divided, total
from expectations.quality.pool import PerOwner, Pool, added
from expectations.quality.suite import Check

log = logging.getLogger(__name__)


class Engine:
    """Great Expectations with the checks of one suite. Making it is cheap; the first `judge` imports Great Expectations (seconds)."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks = checks
        self._batches: Any = None
        self._expectations: dict[str, Any] = {}

    def judge(self, checks: Sequence[Check], pool: Pool) -> dict[str, PerOwner]:
        """Count the rows of each group by check id; a check that failed to run is left out.

        One call for all groups, and one for each group where the counts of all cannot be divided with certainty.
        """
        frame = _frame(checks, pool)
        found = self._validate(checks, frame, "BASIC" if pool.has_one_owner else COMPLETE)
        counted = {check.id: self._count(check, found[check.id], frame, pool) for check in checks if check.id in found}
        return {name: counts for name, counts in counted.items() if counts is not None}

    def _count(self, check: Check, found: Any, frame: Any, pool: Pool) -> PerOwner | None:
        whole = total(found)
        if whole is None:
            return None
        if pool.has_one_owner:
            return {pool.owners[0]: whole}
        parts = divided(check, found, frame, pool.owners)
        return self._one_by_one(check, pool) if parts is None else parts

    def _one_by_one(self, check: Check, pool: Pool) -> PerOwner | None:
        log.warning("check %s: the counts of %d rows do not add up by group; each group is judged alone", check.id, len(pool.rows))
        found = [self.judge([check], own).get(check.id) for own in pool.by_owner()]
        counted = [counts for counts in found if counts is not None]
        return reduce(added, counted) if len(counted) == len(found) else None

    def _validate(self, checks: Sequence[Check], frame: Any, result_format: Any) -> dict[str, Any]:
        """Results by check id. What Great Expectations raised is not logged: it cites values."""
        try:
            batch = self._definition().get_batch(batch_parameters={"dataframe": frame})
            report = batch.validate(self._suite(checks), result_format=result_format)
        except Exception as error:  # noqa: BLE001  the edge of a foreign engine: every row is then counted as an error
            log.warning("great expectations failed on %d rows: %s", len(frame), error.__class__.__name__)
            return {}
        return {one.expectation_config.meta["check"]: one.result for one in report.results}

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
            self._expectations = {check.id: _build(check) for check in self._checks}
        return gx.ExpectationSuite(name="rows", expectations=[self._expectations[check.id] for check in checks])


def _frame(checks: Sequence[Check], pool: Pool) -> Any:
    import pandas as pd  # noqa: PLC0415  half a second and 70 MB: only where suites run

    columns = sorted({column for check in checks for column in check.columns})
    return pd.DataFrame([[row[c] for c in columns] for row in pool.rows], columns=columns, dtype=object)


def _build(check: Check) -> Any:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration  # noqa: PLC0415  as above

    return ExpectationConfiguration(type=check.type, kwargs=dict(check.kwargs), meta={"check": check.id}).to_domain_obj()
