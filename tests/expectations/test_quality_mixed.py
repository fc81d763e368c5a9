"""Compiled checks behind the suite interface: the counts of Great Expectations, without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.catalogue.load import load
from expectations.quality.great import GreatSuite
from expectations.quality.mixed import MixedSuite, compiled
from expectations.quality.reading import load as load_checks
from expectations.quality.reading import read
from expectations.quality.suite import CheckState, merge
from tests.expectations.quality_rows import COLUMNS, SUITE, calls_of, great_suite, one, row_of

PROVINCE = Path(__file__).parents[2] / "expectations" / "tay-ninh"
GREAT = great_suite()
MIXED = MixedSuite(read(SUITE, COLUMNS))
few = settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def mixed(**expectation: Any) -> MixedSuite:
    """A suite of one expectation, by its short name."""
    return MixedSuite(read({"name": "x", "expectations": [one(**expectation)]}, COLUMNS))


def counts(suite: MixedSuite, *values: object) -> CheckState:
    """The counts of rows of one column."""
    return next(iter(suite.of([{"a": value} for value in values]).checks.values()))


def test_every_check_of_the_example_province_compiles() -> None:
    datasets = load(PROVINCE).datasets.values()
    checks = [check for d in datasets if d.suite is not None for check in load_checks(Path(d.suite), d.columns)]
    assert len(checks) > 20
    assert [check.id for check in checks if not check.whole and compiled(check) is None] == []


def test_every_type_that_a_suite_may_have_compiles() -> None:
    assert [check.id for check in MIXED.checks if compiled(check) is None] == []


@given(st.lists(row_of(whole=False), max_size=5))
@few
def test_its_counts_are_those_of_great_expectations(rows: list[dict[str, Any]]) -> None:
    assert MIXED.of(rows) == GREAT.of(rows)


def test_hostile_values_count_as_great_expectations_counts_them() -> None:
    """A list, a dict, a number beyond 64 bits, a NUL: each in its own row, with a good row before and behind."""
    good = {"a": "2024-01", "b": 1, "c": "x", "d": 2}
    bad = [{**good, column: value} for column, value in (("a", 1), ("b", "x"), ("c", [1]), ("d", {"x": [1]}), ("b", 2**70), ("a", "\x00"))]
    assert MIXED.of([good, *bad, good]) == GREAT.of([good, *bad, good])


@given(st.lists(row_of(whole=False), max_size=30), st.integers(0, 30))
@settings(max_examples=60)
def test_states_of_parts_add_up(rows: list[dict[str, Any]], cut: int) -> None:
    assert merge(MIXED.of(rows[:cut]), MIXED.of(rows[cut:])) == MIXED.of(rows)


def test_groups_are_judged_as_if_alone() -> None:
    groups: list[list[dict[str, Any]]] = [[{"a": "x"}], [], [{"a": 1, "b": 2}, {"b": None}]]
    assert MIXED.of_many(groups) == [MIXED.of(rows) for rows in groups]


def test_a_value_that_makes_a_check_fail_is_an_error_of_its_row_and_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = calls_of(monkeypatch)
    suite = mixed(short="be_between", column="a", min_value=0)
    assert counts(suite, *range(500), "1", *range(-1, 20)) == CheckState(evaluated=521, unexpected=1, errors=1)
    assert counts(suite, *"abcdefgh") == CheckState(errors=8)
    assert calls == []


def test_a_row_that_only_great_expectations_can_judge_is_asked_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = calls_of(monkeypatch)
    suite = mixed(short="match_regex", column="a", regex="x")
    assert counts(suite, "x", b"x", "y") == CheckState(evaluated=3, unexpected=1)
    assert calls == [1]


def test_a_check_that_does_not_compile_is_great_expectations_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A length of 2.5 is for its own coercion to read."""
    calls = calls_of(monkeypatch)
    expectations = [one("length_between", column="a", min_value=2.5), one("not_be_null", column="a")]
    suite = MixedSuite(read({"name": "x", "expectations": expectations}, COLUMNS))
    rows = [{"a": "x"}, {"a": "xyz"}]
    assert suite.of(rows) == GreatSuite(suite.checks).of(rows)
    assert calls[0] == 2


def test_a_worker_whose_suites_compile_imports_neither_great_expectations_nor_pandas() -> None:
    program = f"""
import asyncio, sys
from pathlib import Path
from expectations.catalogue.load import load
from streams.suites import Suites
suites = Suites(load(Path({str(PROVINCE)!r})))
row = b'{{"ma_xa": "25459", "nam": 2025, "dan_toc": "Hoa", "so_ho": "three", "so_nguoi": 9999}}'
[(_, _, state)] = asyncio.run(suites.judge_many([("25459/dan-toc-thieu-so", 0, [row])]))
assert state.rows == 1 and any(check.evaluated for check in state.checks.values())
assert any(check.errors for check in state.checks.values())
print(sorted({{"great_expectations", "pandas", "numpy"}} & set(sys.modules)))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ran.stdout.strip(), ran.returncode) == ("[]", 0), ran.stderr
