"""States add, and results follow Great Expectations' rule: pure, no engine needed."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.quality.dimensions import Dimension
from expectations.quality.suite import Check, CheckState, SuiteState, merge, result

counts = st.builds(CheckState, *[st.integers(0, 10**6)] * 5)
states = st.builds(SuiteState, st.integers(0, 10**6), st.dictionaries(st.sampled_from(["a", "b", "c"]), counts))


def check(mostly: float = 1.0) -> Check:
    """A check named `a`."""
    return Check("a", "expect_column_values_to_not_be_null", ("a",), Dimension.DU, "critical", mostly, {"column": "a"})


@given(states, states, states)
def test_merging_is_associative_and_commutative_and_empty_adds_nothing(a: SuiteState, b: SuiteState, c: SuiteState) -> None:
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert merge(a, b) == merge(b, a)
    assert merge(a, SuiteState()) == a


@given(states)
def test_a_state_survives_the_table(state: SuiteState) -> None:
    """States live in MessagePack arrays next to the ledger."""
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=SuiteState) == state


@pytest.mark.parametrize(
    ("counts", "mostly", "ratio", "success"),
    [
        pytest.param(CheckState(), 1.0, None, True, id="no row at all: true of nothing"),
        pytest.param(CheckState(10), 1.0, 1.0, True, id="all good"),
        pytest.param(CheckState(10, 0, 1), 1.0, 0.9, False, id="one bad"),
        pytest.param(CheckState(10, 10), 1.0, None, True, id="all null: true of nothing"),
        pytest.param(CheckState(10, 5, 1), 0.8, 0.8, True, id="exactly mostly, nulls left out"),
        pytest.param(CheckState(100, 0, 21), 0.8, 0.79, False, id="just below mostly"),
        pytest.param(CheckState(100, 0, 19), 0.8, 0.81, True, id="just above mostly"),
        pytest.param(CheckState(9, 0, 0, 1), 1.0, 0.9, False, id="a row that cannot be judged does not meet the check"),
        pytest.param(CheckState(9, 0, 0, 1), 0.9, 0.9, True, id="and mostly forgives it like any other"),
        pytest.param(CheckState(0, 0, 0, 10), 1.0, None, None, id="nothing but errors: no verdict, no accusation"),
        pytest.param(CheckState(0, 0, 0, 0, 10), 1.0, None, None, id="the column is never there: no verdict, not health"),
        pytest.param(CheckState(10, 0, 0, 0, 10), 1.0, 1.0, True, id="rows without the column are left out"),
    ],
)
def test_the_result_of_counts(counts: CheckState, mostly: float, ratio: float | None, success: bool | None) -> None:
    (found,) = result([check(mostly)], SuiteState(10, {"a": counts}))
    assert found.ratio == ratio
    assert found.success is success


def test_a_check_without_counts_has_a_result_and_counts_without_a_check_have_none() -> None:
    """A suite may gain or lose a check while a window is open."""
    found = result([check()], SuiteState(3, {"gone": CheckState(3)}))
    assert [(r.check, r.evaluated) for r in found] == [("a", 0)]
