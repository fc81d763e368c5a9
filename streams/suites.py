"""The suites of a catalogue, as OBSERVE runs them: loaded at start, judged in a thread of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from expectations.catalogue.load import Catalogue
from expectations.quality.great import GreatSuite
from expectations.quality.reading import load
from expectations.quality.runner import SuiteRunner
from expectations.quality.suite import Check, Suite, SuiteState
from streams.changes.values import rows_of


class Suites:
    """The suite of every dataset that has one."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._runner = SuiteRunner()
        self._suites: Mapping[str, Suite] = {
            d.id: GreatSuite(load(Path(d.suite), d.columns)) for d in catalogue.datasets.values() if d.suite is not None
        }

    @property
    def checks(self) -> Mapping[str, Sequence[Check]]:
        """The checks of each dataset's suite."""
        return {dataset: suite.checks for dataset, suite in self._suites.items()}

    async def judge(self, feed: str, rows: Sequence[bytes]) -> SuiteState:
        """Judge rows (JSON) of one feed and window, off the event loop."""
        dataset = self._catalogue.datasets[feed.split("/", 1)[1]]
        return await self._runner.run(feed, self._suites[dataset.id], [rows_of(dataset, row) for row in rows])

    def close(self) -> None:
        """Take no more rows."""
        self._runner.close()
