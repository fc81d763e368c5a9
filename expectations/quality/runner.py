"""Suites off the event loop: one thread of their own, in which Great Expectations is also imported, so that a worker starts at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from expectations.quality.suite import Row, Suite, SuiteState

log = logging.getLogger(__name__)


class SuiteRunner:
    """Runs suites one after another in one thread: Great Expectations is neither safe nor faster in more."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="nhip-suites")

    async def run(self, feed: str, suite: Suite, rows: Sequence[Row]) -> SuiteState:
        """Judge rows of one window of `feed` and return the counts. Rows that a check could not judge are counted and logged."""
        state = await asyncio.get_running_loop().run_in_executor(self._thread, suite.of, rows)
        for check, counts in state.checks.items():
            if counts.errors:
                log.warning("%s: check %s could not judge %d of %d rows", feed, check, counts.errors, state.rows)
        return state

    def close(self) -> None:
        """Take no more rows; a suite that is running ends by itself."""
        self._thread.shutdown(wait=False, cancel_futures=True)
