"""Many groups in one call: every group's counts are those that it would have alone, and they are never guessed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.quality import attribution, engine
from expectations.quality.attribution import divided
from expectations.quality.great import GreatSuite
from expectations.quality.pool import PerOwner, Pool
from expectations.quality.reading import read
from expectations.quality.rowlevel import IGNORE
from expectations.quality.suite import Check, CheckState
from tests.expectations.quality_rows import COLUMNS, EXPECTATIONS, calls_of, great_suite, hostile, one, row_of

ALL = great_suite()
Rows = list[dict[str, Any]]
slow = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
slower = settings(slow, max_examples=8)


def suite_of(*expectations: dict[str, Any]) -> GreatSuite:
    """A suite of some expectations."""
    return GreatSuite(read({"name": "x", "expectations": list(expectations)}, COLUMNS))


def alone(suite: GreatSuite, groups: Sequence[Rows]) -> list[Any]:
    """What each group's state is without the others."""
    return [suite.of(rows) for rows in groups]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows of each call to Great Expectations."""
    return calls_of(monkeypatch)


@slow
@given(st.lists(st.lists(row_of(whole=False), max_size=6), max_size=5))
def test_groups_have_the_states_that_they_have_alone(groups: list[Rows]) -> None:
    """All types; values of mixed types, nulls, columns that some rows lack, empty groups."""
    assert ALL.of_many(groups) == alone(ALL, groups)


@slower
@given(st.lists(st.lists(row_of(hostile, whole=False), max_size=3), max_size=3))
def test_groups_with_hostile_values_have_the_states_that_they_have_alone(groups: list[Rows]) -> None:
    assert ALL.of_many(groups) == alone(ALL, groups)


FRIENDLY: list[Rows] = [
    [{"a": '{"x": 1}', "b": 1, "c": "1", "d": 1}, {"a": None, "b": None, "c": None, "d": None}],
    [],
    [{"a": "[1]", "b": None, "c": "x", "d": 2.5}, {"a": "2024", "b": 3, "c": None, "d": None}, {"a": "1", "b": 0, "c": 7, "d": 0}],
    [{"a": None, "b": 101, "c": "zz", "d": 100}],
]
EVERY_RULE = [
    *[one("be_equal", column_A="b", column_B="d", ignore_row_if=rule) for rule in IGNORE["pair"]],
    *[one("sum_to_equal", column_list=["b", "d"], sum_total=3, ignore_row_if=rule) for rule in IGNORE["record"]],
    *[one("values_be_equal", column_list=["b", "c", "d"], ignore_row_if=rule) for rule in IGNORE["record"]],
    *[one("unique_within_record", column_list=["b", "d"], ignore_row_if=rule) for rule in IGNORE["record"]],
]


@pytest.mark.parametrize("expectation", [*EXPECTATIONS, *EVERY_RULE], ids=lambda e: f"{e['type']}-{e['kwargs'].get('ignore_row_if', '')}")
def test_one_call_is_enough_for_many_groups(expectation: dict[str, Any], calls: list[int]) -> None:
    """The counts are divided by rows, not asked again: for every type, every rule for missing values, and its default."""
    suite = suite_of(expectation)
    found = suite.of_many(FRIENDLY)
    assert calls == [6]
    assert found == alone(suite, FRIENDLY)


def test_more_unexpected_rows_than_great_expectations_lists_values_are_divided(calls: list[int]) -> None:
    """It lists 200 values at most, but the positions of all."""
    groups = [[{"b": -1 if i % 3 else 1} for i in range(700)], [{"b": -1}] * 300]
    found = suite_of(one("be_between", column="b", min_value=0)).of_many(groups)
    assert [list(state.checks.values()) for state in found] == [[CheckState(700, 0, 466)], [CheckState(300, 0, 300)]]
    assert calls == [1000]


PAIR = one("be_equal", column_A="b", column_B="d")
(CHECK,) = suite_of(PAIR).checks
FRAME = pd.DataFrame([[1, 1], [None, None], [1, 2], [None, None]], columns=["b", "d"], dtype=object)
TOLD = {"element_count": 4, "missing_count": 2, "unexpected_count": 1, "unexpected_index_list": [2]}


def test_counts_are_divided_by_position() -> None:
    assert divided(CHECK, TOLD, FRAME, [0, 0, 1, 1]) == {0: CheckState(2, 1, 0), 1: CheckState(2, 1, 1)}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"element_count": 5}, id="rows"),
        pytest.param({"missing_count": 1}, id="fewer missing than we see"),
        pytest.param({"missing_count": 3}, id="more missing than we see"),
        pytest.param({"unexpected_count": 2}, id="more unexpected than positions"),
        pytest.param({"unexpected_index_list": []}, id="no positions"),
        pytest.param({"unexpected_index_list": [1]}, id="a missing row that is unexpected"),
        pytest.param({"unexpected_count": 2, "unexpected_index_list": [2, 2]}, id="a position twice"),
    ],
)
def test_counts_that_do_not_add_up_are_not_divided(changed: dict[str, Any]) -> None:
    assert divided(CHECK, {**TOLD, **changed}, FRAME, [0, 0, 1, 1]) is None


def test_groups_are_judged_alone_when_the_counts_cannot_be_divided(
    calls: list[int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As if a new release of Great Expectations ignored rows by another rule than ours."""
    monkeypatch.setattr(attribution, "missing_rows", lambda *_: [])
    caplog.set_level(logging.WARNING, logger=engine.__name__)
    suite = suite_of(PAIR, one("not_be_null", column="b"))
    found = suite.of_many(FRIENDLY)
    assert calls == [6, 2, 3, 1]
    assert "b+d.be_equal: the counts of 6 rows do not add up" in caplog.text
    monkeypatch.undo()
    assert found == alone(suite, FRIENDLY)


BETWEEN = one("be_between", column="b", min_value=0)
SCHEMA = one("match_json_schema", column="a", json_schema={"type": "object"})


def good(count: int) -> Rows:
    """Rows that meet every check here."""
    return [{"a": "{}", "b": i} for i in range(count)]


def errors_of(suite: GreatSuite, groups: Sequence[Rows]) -> list[int]:
    """The errors of each group, whose other rows must all have been judged."""
    found = [next(iter(state.checks.values())) for state in suite.of_many(groups)]
    assert [counts.evaluated + counts.errors for counts in found] == [len(rows) for rows in groups]
    return [counts.errors for counts in found]


def test_one_hostile_row_costs_a_few_calls_however_many_groups(calls: list[int]) -> None:
    groups = [good(20) for _ in range(200)]
    groups[77][3]["b"] = "12"
    assert errors_of(suite_of(BETWEEN), groups) == [int(n == 77) for n in range(200)]
    assert len(calls) == 3


def test_a_column_that_changed_its_type_everywhere_costs_a_bounded_number_of_calls(calls: list[int]) -> None:
    """All groups at once, as after a change at the source: no group is tried alone."""
    groups: list[Rows] = [[{"b": str(i)} for i in range(20)] for _ in range(200)]
    groups[5] = good(20)
    assert errors_of(suite_of(BETWEEN), groups) == [20 * (n != 5) for n in range(200)]
    assert len(calls) < 20


def test_a_check_that_fails_by_value_is_searched_row_by_row(calls: list[int]) -> None:
    """Text that is no JSON stands beside text that is: the types do not tell which."""
    groups = [good(20) for _ in range(100)]
    groups[31][19]["a"] = "no JSON"
    assert errors_of(suite_of(SCHEMA), groups) == [int(n == 31) for n in range(100)]
    assert len(calls) < 32


def test_more_hostile_values_than_calls_disturb_no_other_group(calls: list[int]) -> None:
    """The search over all groups is given up after its calls; then each group that is left is judged as if it were alone."""
    groups = [good(8) for _ in range(40)]
    for number in range(0, 40, 2):
        groups[number][number % 8]["a"] = "no JSON"
    suite = suite_of(SCHEMA)
    assert errors_of(suite, groups) == [1 - n % 2 for n in range(40)]
    assert len(calls) < 40 * 9


scalars = st.sampled_from([None, "", "x", "1", "2024-01-31", "2024-13", "\x00", 0, -1, 2**53 + 1, 2**70, 0.0, 2.5, 1e300, True, False])


@settings(slow, max_examples=10)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, scalars)), min_size=2, max_size=8))
def test_the_types_of_a_row_s_values_decide_whether_a_check_fails(rows: Rows) -> None:
    """What the search relies on, for every type but the one that it names."""
    pool = Pool.of([rows])
    for check in ALL.checks:
        if check.type == "expect_column_values_to_match_json_schema":
            continue
        for part in pool.by_types(check.columns):
            failed = [fails(check, part.take([i])) for i in range(len(part.rows))]
            assert len(set(failed)) == 1, (check.id, part.rows)


def fails(check: Check, row: Pool) -> bool:
    """Whether Great Expectations raises on one row."""
    found: dict[str, PerOwner] = ALL._engine.judge([check], row)
    return check.id not in found


def test_values_of_many_types_do_not_use_up_the_search(calls: list[int]) -> None:
    """Numbers with and without decimals, and nulls, in three columns: 27 mixtures of types, of which the one at fault is found."""
    kinds = [1, 1.0, None]
    mixed = [{"b": b, "c": c, "d": d} for b in kinds for c in kinds for d in kinds]
    groups: list[Rows] = [[dict(row) for row in mixed] for _ in range(20)]
    groups[3][0]["c"] = "text"
    assert errors_of(suite_of(one("sum_to_equal", column_list=["b", "c", "d"], sum_total=3)), groups) == [int(n == 3) for n in range(20)]
    assert len(calls) < 20
