"""The oracle is Great Expectations itself on all the rows at once, on the frame that docs/quality.md defines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import great_expectations as gx
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.quality.rowlevel import TYPES
from expectations.quality.suite import CheckResult
from tests.expectations.quality_rows import COLUMNS, EXPECTATIONS, great_suite, hostile, row_of

OURS = great_suite()
Rows = list[dict[str, Any]]


class Oracle:
    """Great Expectations, asked as its own documentation shows."""

    def __init__(self) -> None:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        self._definition = context.data_sources.add_pandas("oracle").add_dataframe_asset("all").add_batch_definition_whole_dataframe("all")
        self._suite = gx.ExpectationSuite(name="oracle", expectations=[{**e, "meta": {"n": n}} for n, e in enumerate(EXPECTATIONS)])

    def ask(self, rows: Sequence[dict[str, Any]]) -> list[Any]:
        """Results in the order of the suite file."""
        frame = pd.DataFrame(list(rows), columns=list(COLUMNS), dtype=object)
        report = self._definition.get_batch(batch_parameters={"dataframe": frame}).validate(self._suite)
        return sorted(report.results, key=lambda found: found.expectation_config.meta["n"])


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


def agree(ours: CheckResult, theirs: Any) -> None:
    """Same success, same counts, same share; where Great Expectations raised, we must have counted errors, and only there."""
    if "element_count" not in theirs.result:
        assert ours.errors > 0, ours
        return
    found = theirs.result
    assert ours.errors == 0, (ours, found)
    assert ours.success == theirs.success, (ours, found)
    assert ours.evaluated == found["element_count"]
    assert ours.missing == (found.get("missing_count") or 0)
    assert ours.unexpected == found["unexpected_count"]
    percent = found["unexpected_percent"]
    assert (ours.ratio is None) == (percent is None)
    assert ours.ratio is None or 100 * (1 - ours.ratio) == pytest.approx(percent)


few = settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
some = settings(few, max_examples=25)


def test_every_type_that_is_allowed_is_compared() -> None:
    assert {e["type"] for e in EXPECTATIONS} == set(TYPES)


@some
@given(rows=st.lists(row_of(), min_size=1, max_size=7), cut=st.integers(0, 7))
def test_states_of_two_parts_give_what_great_expectations_gives_on_all_rows(oracle: Oracle, rows: Rows, cut: int) -> None:
    state = OURS.merge(OURS.of(rows[:cut]), OURS.of(rows[cut:]))
    for ours, theirs in zip(OURS.result(state), oracle.ask(rows), strict=True):
        agree(ours, theirs)


@some
@given(groups=st.lists(st.lists(row_of(), min_size=1, max_size=5), min_size=2, max_size=4))
def test_groups_judged_in_one_call_give_what_great_expectations_gives_on_each(oracle: Oracle, groups: list[Rows]) -> None:
    for rows, state in zip(groups, OURS.of_many(groups), strict=True):
        for ours, theirs in zip(OURS.result(state), oracle.ask(rows), strict=True):
            agree(ours, theirs)


@few
@given(rows=st.lists(row_of(hostile), min_size=1, max_size=4), cut=st.integers(0, 4))
def test_hostile_values_count_the_same_in_any_splitting(rows: Rows, cut: int) -> None:
    """Each row is judged, or counted as an error, whatever its neighbours are."""
    assert OURS.merge(OURS.of(rows[:cut]), OURS.of(rows[cut:])) == OURS.of(rows)
