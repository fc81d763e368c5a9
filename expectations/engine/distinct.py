"""The distinct values of a column, how many they are, and which is the most common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from expectations.engine import arguments, bounds, dtypes, frequency
from expectations.engine.compiled import Compile, Kwargs, NotCompiled, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.frequency import Frequencies
from expectations.engine.table import Demotion, Table

MOST_LISTED: Final = 20
"""Great Expectations' MAX_DISTINCT_VALUES: no list of distinct values is longer."""


class OfFrequencies:
    """An expectation that is told from how often each value occurs."""

    dtypes = dtypes.ANY
    state_type = Frequencies
    columns: tuple[str, ...] = ()

    def empty(self) -> Frequencies:
        """No rows."""
        return Frequencies()

    def of(self, table: Table) -> Frequencies:
        """Count the values of a table."""
        return frequency.of(table, self.columns[0])

    def merge(self, a: Frequencies, b: Frequencies) -> Frequencies:
        """Add counts."""
        return frequency.merged(a, b)


class UniqueCountBetween(OfFrequencies):
    """`expect_column_unique_value_count_to_be_between`."""

    def __init__(self, kwargs: Kwargs, _keep: ResultFormat) -> None:
        self.columns = (arguments.column(kwargs),)
        self._bounds = bounds.of(kwargs, "column")

    def result(self, state: Frequencies, form: ResultFormat) -> Outcome:
        """Compare the number of distinct values with the bounds."""
        return self._bounds.outcome(len(state.counts), form)


class UniqueProportionBetween(UniqueCountBetween):
    """`expect_column_proportion_of_unique_values_to_be_between`."""

    def result(self, state: Frequencies, form: ResultFormat) -> Outcome:
        """Compare the share of distinct values among all values with the bounds; of no values it is 0."""
        values = sum(state.counts.values())
        return self._bounds.outcome(len(state.counts) / values if values else 0, form)


class DistinctSet(OfFrequencies):
    """`expect_column_distinct_values_to_be_in_set`, `…_to_contain_set` and `…_to_equal_set`."""

    dtypes = dtypes.ANY - {"float32"}

    def __init__(self, kwargs: Kwargs, *, within: bool, containing: bool) -> None:
        arguments.known(kwargs, ("column", "value_set"))
        self.columns = (arguments.column(kwargs),)
        self._within, self._containing = within, containing
        self._values = list(kwargs["value_set"])
        if any(kind in frequency.UNHASHED for kind in map(type, self._values)) or any(value != value for value in self._values):  # noqa: PLR0124
            raise NotCompiled("falls back, because value_set has a list, a dict or a NaN in it")

    def result(self, state: Frequencies, form: ResultFormat) -> Outcome:
        """What is in the column and not in the set, and what is in the set and not in the column, as far as each was asked."""
        present = set(list(state.counts))  # noqa: C414  Great Expectations' set of a list: the order of its members shows in the result
        wanted = _as_in_column(present, self._values)
        unexpected, missing = present - wanted, wanted - present
        result: dict[str, Any] = {"observed_value": None}
        if self._within:
            result["unexpected_count"] = len(unexpected)
        if self._containing:
            result["missing_count"] = len(missing)
        if self._within and form.partial > 0:
            result["partial_unexpected_list"] = _sorted_if_possible(list(unexpected))[:MOST_LISTED]
        if self._containing and form.partial > 0:
            result["partial_missing_list"] = list(missing)[:MOST_LISTED]
        success = not (self._within and unexpected) and not (self._containing and missing)
        return bounds.said(success=success, result=result, form=form)


def _as_in_column(present: set[Any], values: list[Any]) -> set[Any]:
    """The set asked for; its texts are read as dates when the column has dates."""
    if not present or not values:
        return set(values)
    sample = next(iter(present))
    if not isinstance(sample, dt.date):
        return set(values)
    return {_date(value, only_date=not isinstance(sample, dt.datetime)) for value in values}


def _date(value: Any, *, only_date: bool) -> Any:
    if not isinstance(value, str):
        return value
    from dateutil.parser import parse  # noqa: PLC0415  only where texts are compared with dates

    try:
        return parse(value).date() if only_date else parse(value)
    except (ValueError, TypeError):
        return value


def _sorted_if_possible(values: list[Any]) -> list[Any]:
    try:
        return sorted(values)
    except TypeError:
        return values


class MostCommon(OfFrequencies):
    """`expect_column_most_common_value_to_be_in_set`. Modes of instants are numpy's own, which are written in another way."""

    dtypes = dtypes.PLAIN | dtypes.SMALL | dtypes.NULLABLE | {"category", "float32"}

    def __init__(self, kwargs: Kwargs, _keep: ResultFormat) -> None:
        arguments.known(kwargs, ("column", "value_set"), ("ties_okay",))
        self.columns = (arguments.column(kwargs),)
        self._values = set(kwargs["value_set"])
        self._ties_okay = arguments.flag(kwargs, "ties_okay")

    def result(self, state: Frequencies, form: ResultFormat) -> Outcome:
        """All most common values, sorted; one of them must be in the set, and it must be the only one unless ties are allowed."""
        most = max(state.counts.values(), default=0)
        modes = [value for value, count in state.counts.items() if count == most]
        if len(modes) > 1:
            found = frequency.kinds(modes)
            if len(found) > 1 and found != {int, float}:
                raise Demotion("the most common values are of kinds that are not sorted")
            modes = sorted(modes)
        common = len(self._values.intersection(modes))
        success = common > 0 if self._ties_okay else len(modes) == 1 and common == 1
        return bounds.said(success=success, result={"observed_value": modes}, form=form)


TYPES: Mapping[str, Compile] = {
    "expect_column_unique_value_count_to_be_between": UniqueCountBetween,
    "expect_column_proportion_of_unique_values_to_be_between": UniqueProportionBetween,
    "expect_column_distinct_values_to_be_in_set": lambda kwargs, _: DistinctSet(kwargs, within=True, containing=False),
    "expect_column_distinct_values_to_contain_set": lambda kwargs, _: DistinctSet(kwargs, within=False, containing=True),
    "expect_column_distinct_values_to_equal_set": lambda kwargs, _: DistinctSet(kwargs, within=True, containing=True),
    "expect_column_most_common_value_to_be_in_set": MostCommon,
}
