"""Suites off the event loop: one thread of their own, in which Great Expectations is also imported, so that a worker starts at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from expectations.quality.suite import Row, Suite, SuiteState

T = TypeVar("T")

MOST_ROWS = 20_000
"""Rows judged in one call at most: they are decoded for the call and let go after it."""


class SuiteRunner:
    """Runs suites one after another in one thread: Great Expectations is neither safe nor faster in more."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="nhip-suites")

    async def run_many(self, suite: Suite, groups: Sequence[Sequence[T]], row_of: Callable[[T], Row]) -> list[SuiteState]:
        """Judge groups of encoded rows and return the counts of each, in order; `row_of` decodes a row, in the thread as well."""
        loop = asyncio.get_running_loop()
        states = [SuiteState() for _ in groups]
        for portion in portions(groups, MOST_ROWS):
            found = await loop.run_in_executor(self._thread, _judge, suite, [rows for _, rows in portion], row_of)
            for (number, _), state in zip(portion, found, strict=True):
                states[number] = suite.merge(states[number], state)
        return states

    def close(self) -> None:
        """Take no more rows; a suite that is running ends by itself."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _judge(suite: Suite, groups: Sequence[Sequence[T]], row_of: Callable[[T], Row]) -> list[SuiteState]:
    return suite.of_many([[row_of(row) for row in rows] for rows in groups])


def portions(groups: Sequence[Sequence[T]], most: int) -> Iterator[list[tuple[int, Sequence[T]]]]:
    """Yield numbered groups in portions of at most `most` rows; a group with more is cut."""
    portion: list[tuple[int, Sequence[T]]] = []
    room = most
    for number, rows in enumerate(groups):
        for start in range(0, max(len(rows), 1), most):
            piece = rows[start : start + most]
            if len(piece) > room:
                yield portion
                portion, room = [], most
            portion.append((number, piece))
            room -= len(piece)
    if portion:
        yield portion
