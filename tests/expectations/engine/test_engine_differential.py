"""Generated suites on generated rows, whole and as merged parts, against live Great Expectations.

`NHIP_DIFFERENTIAL_CASES=500 pytest …` is the long form; `python -m tests.expectations.engine.hunt` prints what it finds, and a table.
"""

from __future__ import annotations

import os

import great_expectations as gx
import pytest
from great_expectations.expectations.registry import list_registered_expectation_implementations

from expectations import validate
from tests.expectations.engine import oracle
from tests.expectations.engine.agreement import difference
from tests.expectations.engine.cases import Tally, case_of
from tests.expectations.engine.shrinking import assert_agrees
from tests.expectations.engine.suites import SPECIFIC

CASES = int(os.environ.get("NHIP_DIFFERENTIAL_CASES", "14"))
LEAST_NATIVE_RATIO = 0.6
"""Of these rows, which are far nastier than data are."""

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(600)]  # Great Expectations, sixty times a case


@pytest.fixture(scope="module")
def tally() -> Tally:
    return Tally()


def test_all_types_of_great_expectations_are_generated() -> None:
    assert set(SPECIFIC) == set(list_registered_expectation_implementations())
    assert len(SPECIFIC) == 59


@pytest.mark.parametrize("seed", range(CASES))
def test_every_type_says_what_great_expectations_says(seed: int, tally: Tally) -> None:
    assert_agrees(case_of(seed), tally)


def test_most_is_judged_without_great_expectations(tally: Tally) -> None:
    """Else the comparison above would compare Great Expectations with itself."""
    compared = sum(tally.compared.values())
    if not compared:
        pytest.skip("tells of the cases above, which were not asked for")
    assert sum(tally.native.values()) >= LEAST_NATIVE_RATIO * compared
    assert sum(tally.merged.values()) >= (LEAST_NATIVE_RATIO - 0.05) * compared
    never = {name for name in SPECIFIC if tally.native[name] == 0}
    assert len(never) <= 59 - 50, never


@pytest.mark.parametrize("seed", range(10_000, 10_000 + max(CASES // 10, 1)))
def test_a_suite_says_what_great_expectations_says_in_its_order(seed: int) -> None:
    """What compiles and what falls back together: results, their order, and the statistics."""
    case = case_of(seed)
    asked = [one for one in case.expectations if not isinstance(oracle.ask(case.frame, [one], "BOOLEAN_ONLY")[0], Exception)]
    suite = gx.ExpectationSuite(name="all", expectations=asked)
    theirs = oracle.batch(case.frame.pandas()).validate(suite, result_format=case.result_format)
    ours = validate(case.frame.pandas(), suite, result_format=case.result_format)
    assert (ours.success, ours.statistics, ours.suite_name) == (theirs.success, theirs.statistics, theirs.suite_name)
    assert [one.expectation_config.type for one in ours.results] == [one.expectation_config.type for one in theirs.results]
    assert [difference(one, other) for one, other in zip(ours.results, theirs.results, strict=True)] == [None] * len(asked)
