"""Suites run in one thread of their own, in portions, and their rows are decoded there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.quality import runner
from expectations.quality.runner import SuiteRunner, portions
from expectations.quality.suite import Check, CheckResult, CheckState, Row, SuiteState, merge, result


class Recorder:
    """A suite that records where it runs and how many rows it is given at once."""

    checks: tuple[Check, ...] = ()

    def __init__(self) -> None:
        self.threads: list[str] = []
        self.calls: list[int] = []

    def of(self, rows: Sequence[Row]) -> SuiteState:
        """Count the rows."""
        return SuiteState(len(rows), {"n": CheckState(len(rows), unexpected=sum(int(str(row["bad"])) for row in rows))})

    def of_many(self, groups: Sequence[Sequence[Row]]) -> list[SuiteState]:
        """Note the thread and the rows."""
        self.threads.append(threading.current_thread().name)
        self.calls.append(sum(map(len, groups)))
        return [self.of(rows) for rows in groups]

    def merge(self, a: SuiteState, b: SuiteState) -> SuiteState:
        """As any suite."""
        return merge(a, b)

    def result(self, state: SuiteState) -> list[CheckResult]:
        """As any suite."""
        return result(self.checks, state)


def row(bad: int) -> Row:
    """A decoder: the encoded row is the number itself."""
    return {"bad": bad}


async def test_states_come_back_in_order_from_one_thread() -> None:
    suites, suite = SuiteRunner(), Recorder()
    asked = [suites.run_many(suite, [[1] * n, [], [0]], row) for n in range(1, 5)]
    found = await asyncio.gather(*asked)
    suites.close()
    assert [[state.rows for state in states] for states in found] == [[n, 0, 1] for n in range(1, 5)]
    assert [states[0].checks["n"].unexpected for states in found] == [1, 2, 3, 4]
    assert len(set(suite.threads)) == 1
    assert suite.threads[0].startswith("nhip-suites")


async def test_rows_are_decoded_in_the_thread_of_the_suites() -> None:
    decoded_in: set[str] = set()

    def decode(bad: int) -> Row:
        decoded_in.add(threading.current_thread().name)
        return row(bad)

    suites, suite = SuiteRunner(), Recorder()
    await suites.run_many(suite, [[1], [0]], decode)
    suites.close()
    assert decoded_in == set(suite.threads)


@pytest.mark.parametrize(
    ("sizes", "calls"),
    [
        pytest.param([9], [9], id="just under the bound"),
        pytest.param([10], [10], id="at the bound"),
        pytest.param([11], [10, 1], id="just over the bound: the group is cut and its states added"),
        pytest.param([4, 6, 1], [10, 1], id="groups fill a call"),
        pytest.param([6, 5], [6, 5], id="a group that does not fit waits for the next call"),
        pytest.param([], [], id="no groups, no call"),
        pytest.param([25, 3], [10, 10, 8], id="what is left of a large group shares its call"),
    ],
)
async def test_a_call_has_a_bounded_number_of_rows(sizes: list[int], calls: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "MOST_ROWS", 10)
    suites, suite = SuiteRunner(), Recorder()
    states = await suites.run_many(suite, [[1] * size for size in sizes], row)
    suites.close()
    assert suite.calls == calls
    assert [state.rows for state in states] == sizes


@given(st.lists(st.lists(st.integers(), max_size=9), max_size=9), st.integers(1, 12))
def test_portions_keep_every_row_of_every_group_in_order(groups: list[list[int]], most: int) -> None:
    found = list(portions(groups, most))
    assert all(sum(len(rows) for _, rows in portion) <= most for portion in found)
    for number, rows in enumerate(groups):
        pieces = [list(piece) for portion in found for n, piece in portion if n == number]
        assert pieces
        assert [value for piece in pieces for value in piece] == rows


async def test_the_event_loop_turns_while_a_suite_runs() -> None:
    """The suite waits for something that only the loop can do: run on the loop, it would wait for ever."""
    turned = threading.Event()

    class Waiting(Recorder):
        def of_many(self, groups: Sequence[Sequence[Row]]) -> list[SuiteState]:
            assert turned.wait(timeout=30)
            return super().of_many(groups)

    suites = SuiteRunner()
    running = asyncio.ensure_future(suites.run_many(Waiting(), [[0]], row))
    await asyncio.sleep(0)
    turned.set()
    assert (await running)[0].rows == 1
    suites.close()
