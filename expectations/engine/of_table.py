"""Quality of the table as it is now, from changes to its rows: what entered is added, what left is subtracted.

An update carries the row before and after, a delete the row before; so the source must send full `before` images. Counts, percentages and
observed values are those of Great Expectations on the rows of the table. Lists of rows are not: a state does not know which rows are first.
Where a check cannot give rows back (values in order), or met rows that only Great Expectations can judge, the outcome is `OfTheStream`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from math import fsum, sqrt
from typing import Any, Final

import msgspec

from expectations.engine import arguments, bounds, frequency, inverse
from expectations.engine.compiled import Compile, Demoted, Kwargs, NotCompiled, Outcome
from expectations.engine.distinct import MostCommon
from expectations.engine.extremes import Pick
from expectations.engine.formats import COUNTS_ONLY, ResultFormat
from expectations.engine.frequency import Frequencies
from expectations.engine.moments import well_conditioned
from expectations.engine.quantiles import Numbers, OfNumbers
from expectations.engine.registry import TYPES
from expectations.engine.suite import Compilation, compilation, guarded
from expectations.engine.table import Demotion, Row, Table

KINDS: Final[tuple[type, ...]] = (int, float, bool, Decimal, str, dt.date, dt.datetime, dt.timedelta, dt.time, bytes)
CODES: Final = {kind: code for code, kind in enumerate(KINDS)}


class OfTheStream(msgspec.Struct, frozen=True):
    """Of this check nothing can be said of the table, only of the stream; the reason says why."""

    reason: str


class OfTypedValues(OfNumbers):
    """All values with their types: of 1 and 1.0, which are equal, either may leave."""

    def of(self, table: Table) -> Numbers:
        """Count the values of a table; raises Demotion at a value of another type than JSON, dates and decimals have."""
        values = table.column(self.columns[0]).nonnull
        return Numbers(frequency.bounded(dict(Counter((CODES[type(value)], value) for value in values))))


class ExtremeOfTable(OfTypedValues):
    """Least and greatest value: a value that leaves may have been it, so all are counted."""

    def __init__(self, pick: Pick, kwargs: Kwargs, _keep: ResultFormat) -> None:
        self.columns = (arguments.column(kwargs),)
        self._pick, self._bounds = pick, bounds.of(kwargs, "column")

    def result(self, state: Numbers, form: ResultFormat) -> Outcome:
        """Compare the extreme with the bounds."""
        values = [value for _, value in state.counts]
        found = frequency.kinds(values)
        if not (len(found) <= 1 or found <= bounds.NUMBERS):
            raise Demotion("values of several kinds are compared")
        extreme = self._pick(values, default=None)
        if values.count(extreme) > 1:
            raise Demotion("equal numbers of several types are in the column")
        return self._bounds.outcome(extreme, form)


class MostCommonOfTable(OfTypedValues):
    """`expect_column_most_common_value_to_be_in_set`."""

    def __init__(self, kwargs: Kwargs, keep: ResultFormat) -> None:
        self._of_stream = MostCommon(kwargs, keep)
        self.columns = self._of_stream.columns

    def result(self, state: Numbers, form: ResultFormat) -> Outcome:
        """What is said of the stream, if it is known how each value is written."""
        counts = {value: count for (_, value), count in state.counts.items()}
        if len(counts) < len(state.counts):
            raise Demotion("equal values of several types are in the column")
        return self._of_stream.result(Frequencies(counts), form)


class OfSums(OfNumbers):
    """Sums of all numbers, worked out anew from their counts."""

    def __init__(self, kwargs: Kwargs, _keep: ResultFormat) -> None:
        self.columns = (arguments.column(kwargs),)
        self._bounds = bounds.of(kwargs, "column")

    @staticmethod
    def numbers(state: Numbers) -> tuple[list[Any], int, bool]:
        """Numbers times their counts, how many there are, and whether they are whole; raises Demotion."""
        found = frequency.kinds(value for _, value in state.counts)
        if not found <= {int, float}:
            raise Demotion("values are not all integers and floats")
        return [value * count for (_, value), count in state.counts.items()], sum(state.counts.values()), found <= {int}


class SumOfTable(OfSums):
    """`expect_column_sum_to_be_between`."""

    def result(self, state: Numbers, form: ResultFormat) -> Outcome:
        """Compare the sum with the bounds."""
        terms, count, whole = self.numbers(state)
        if whole:
            return self._bounds.outcome(sum(terms), form)
        total = fsum(terms)
        well_conditioned(fsum(map(abs, terms)) * sqrt(count), abs(total))
        return self._bounds.outcome(total, form, exact=False)


class MeanOfTable(OfSums):
    """`expect_column_mean_to_be_between`."""

    def result(self, state: Numbers, form: ResultFormat) -> Outcome:
        """Compare the mean with the bounds."""
        terms, count, _ = self.numbers(state)
        if not count:
            return self._bounds.outcome(None, form)
        total = fsum(terms)
        well_conditioned(fsum(map(abs, terms)) * sqrt(count), abs(total))
        return self._bounds.outcome(total / count, form, exact=False)


class SpreadOfTable(OfSums):
    """`expect_column_stdev_to_be_between`."""

    def result(self, state: Numbers, form: ResultFormat) -> Outcome:
        """Compare the standard deviation of the sample with the bounds."""
        terms, count, _ = self.numbers(state)
        if count < 2:
            return self._bounds.outcome(None, form)
        mean = fsum(terms) / count
        squares = fsum((value - mean) ** 2 * many for (_, value), many in state.counts.items())
        well_conditioned(abs(mean) * count, sqrt(squares))
        return self._bounds.outcome(sqrt(squares / (count - 1)), form, exact=False)


OF_TABLES: Final[Mapping[str, Compile]] = {
    "expect_column_min_to_be_between": partial(ExtremeOfTable, min),
    "expect_column_max_to_be_between": partial(ExtremeOfTable, max),
    "expect_column_most_common_value_to_be_in_set": MostCommonOfTable,
    "expect_column_sum_to_be_between": SumOfTable,
    "expect_column_mean_to_be_between": MeanOfTable,
    "expect_column_stdev_to_be_between": SpreadOfTable,
}
"""What keeps more for a table than for a stream."""


class TableSuite:
    """Checks of a table. A state is a list of one state a check, Demoted where the rows were for Great Expectations."""

    def __init__(self, asked: Sequence[tuple[str, Kwargs]]) -> None:
        """Compile checks from their types and arguments."""
        self._checks = [_compiled(name, kwargs) for name, kwargs in asked]

    def empty(self) -> list[Any]:
        """An empty table."""
        return [check if isinstance(check, OfTheStream) else check.check.empty() for check in self._checks]

    def changed(self, state: Sequence[Any], *, left: Sequence[Row], entered: Sequence[Row], schema: Sequence[str]) -> list[Any]:
        """The state after rows left and others entered: an update is one of each."""
        gone, come = Table.of_rows(left, schema), Table.of_rows(entered, schema)
        return [_changed(check, one, gone, come) for check, one in zip(self._checks, state, strict=True)]

    def results(self, state: Sequence[Any]) -> list[Outcome | OfTheStream]:
        """Counts and observed values of the rows of the table, as Great Expectations has them, or why there are none."""
        return [_result(check, one) for check, one in zip(self._checks, state, strict=True)]


def _compiled(name: str, kwargs: Kwargs) -> Compilation | OfTheStream:
    try:
        check = compilation(name, kwargs, COUNTS_ONLY, {**TYPES, **OF_TABLES})
        inverse.inverse_of(check.check.state_type)
    except (NotCompiled, inverse.NoInverse) as reason:
        return OfTheStream(str(reason))
    return check


def _changed(check: Compilation | OfTheStream, state: Any, gone: Table, come: Table) -> Any:
    if isinstance(check, OfTheStream) or isinstance(state, Demoted):
        return state
    both = check.merge(state, check.of(come)) if come.rows else state
    left = check.of(gone) if gone.rows else check.check.empty()
    return next((one for one in (both, left) if isinstance(one, Demoted)), None) or guarded(inverse.without, both, left)


def _result(check: Compilation | OfTheStream, state: Any) -> Outcome | OfTheStream:
    if isinstance(check, OfTheStream):
        return check
    outcome = check.result(state, COUNTS_ONLY)
    return OfTheStream(f"of the stream: {outcome.reason}") if isinstance(outcome, Demoted) else outcome
