"""Great Expectations behind the interface: absent columns, hostile values, one thread."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from expectations.quality import great
from expectations.quality.great import GreatSuite
from expectations.quality.reading import read
from expectations.quality.runner import SuiteRunner
from expectations.quality.suite import Check, CheckResult, CheckState, Row, SuiteState, merge

COLUMNS = ("ma", "so")
SUITE = GreatSuite(
    read(
        {
            "name": "x",
            "expectations": [
                {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "ma"}},
                {"type": "expect_column_values_to_be_between", "kwargs": {"column": "so", "min_value": 0}},
                {"type": "expect_column_pair_values_to_be_equal", "kwargs": {"column_A": "ma", "column_B": "so"}},
            ],
        },
        COLUMNS,
    )
)
NOT_NULL, BETWEEN, EQUAL = (check.id for check in SUITE.checks)


def of(*rows: Row) -> dict[str, CheckState]:
    """The counts of some rows."""
    return SUITE.of(rows).checks


def test_a_column_that_a_row_lacks_is_not_null() -> None:
    """An unchanged large value does not travel with an update: nothing is known of it, so nothing is said of it."""
    found = of({"ma": 1, "so": 1}, {"so": 2}, {"ma": None, "so": 3})
    assert found[NOT_NULL] == CheckState(evaluated=2, unexpected=1, absent=1)
    assert found[BETWEEN] == CheckState(evaluated=3)
    assert found[EQUAL] == CheckState(evaluated=2, unexpected=1, absent=1)


def test_a_column_that_no_row_has_gives_no_verdict() -> None:
    state = SUITE.of([{"so": 1}])
    verdicts: dict[str, CheckResult] = {found.check: found for found in SUITE.result(state)}
    assert (verdicts[NOT_NULL].success, verdicts[EQUAL].success, verdicts[BETWEEN].success) == (None, None, True)


def test_no_rows_are_the_empty_state() -> None:
    assert merge(SUITE.of([]), SUITE.of([{"ma": 1, "so": 1}])) == SUITE.of([{"ma": 1, "so": 1}])


def test_a_hostile_value_costs_its_own_row_only() -> None:
    rows: list[dict[str, Any]] = [{"ma": i, "so": i} for i in range(50)]
    rows[17] = {"ma": 17, "so": "17"}
    rows[33] = {"ma": 33, "so": -33}
    found = of(*rows)
    assert found[BETWEEN] == CheckState(evaluated=49, unexpected=1, errors=1)
    assert found[EQUAL] == CheckState(evaluated=50, unexpected=2)


def test_many_hostile_rows_cost_a_bounded_number_of_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column that has changed its type as a whole must not stop the stream: what is not narrowed down counts as errors."""
    calls: list[int] = []
    ask = GreatSuite._validate

    def counted(self: GreatSuite, checks: Sequence[Check], rows: Sequence[Row]) -> dict[str, CheckState]:
        calls.append(len(rows))
        return ask(self, checks, rows)

    monkeypatch.setattr(GreatSuite, "_validate", counted)
    found = of(*[{"ma": str(i), "so": str(i)} for i in range(1000)])
    assert found[BETWEEN] == CheckState(errors=1000)
    assert found[NOT_NULL] == CheckState(evaluated=1000)
    assert len(calls) == 1 + great.NARROWING_CALLS


def test_what_great_expectations_says_of_a_value_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """It cites values, and values may be personal."""
    caplog.set_level(logging.DEBUG)
    of({"ma": 1, "so": "Nguyễn Văn A"}, {"ma": 1, "so": 1})
    assert "Nguyễn" not in caplog.text


class Recorder:
    """A suite that records where it runs."""

    checks: tuple[Check, ...] = SUITE.checks

    def __init__(self) -> None:
        self.threads: list[str] = []

    def of(self, rows: Sequence[Row]) -> SuiteState:
        """Note the thread."""
        self.threads.append(threading.current_thread().name)
        return SuiteState(len(rows), {BETWEEN: CheckState(errors=len(rows))})

    def merge(self, a: SuiteState, b: SuiteState) -> SuiteState:
        """As any suite."""
        return merge(a, b)

    def result(self, state: SuiteState) -> list[CheckResult]:
        """As any suite."""
        return SUITE.result(state)


async def test_suites_run_one_after_another_in_a_thread_of_their_own(caplog: pytest.LogCaptureFixture) -> None:
    runner, suite = SuiteRunner(), Recorder()
    states = await asyncio.gather(*[runner.run("25486/ho-tich", suite, [{}] * n) for n in range(1, 5)])
    runner.close()
    assert [state.rows for state in states] == [1, 2, 3, 4]
    assert len(set(suite.threads)) == 1
    assert suite.threads[0].startswith("nhip-suites")
    assert f"25486/ho-tich: check {BETWEEN} could not judge 4 of 4 rows" in caplog.text


async def test_the_event_loop_turns_while_a_suite_runs() -> None:
    """The suite waits for something that only the loop can do: run on the loop, it would wait for ever."""
    turned = threading.Event()

    class Waiting(Recorder):
        def of(self, rows: Sequence[Row]) -> SuiteState:
            assert turned.wait(timeout=30)
            return SuiteState(len(rows))

    runner = SuiteRunner()
    running = asyncio.ensure_future(runner.run("f", Waiting(), [{}]))
    await asyncio.sleep(0)
    turned.set()
    assert (await running).rows == 1
    runner.close()
