"""The suites of a catalogue, as OBSERVE runs them: loaded at start, judged in a thread of their own."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from expectations.catalogue.load import Catalogue
from expectations.quality.mixed import MixedSuite
from expectations.quality.reading import load
from expectations.quality.runner import SuiteRunner
from expectations.quality.suite import Check, Suite, SuiteState
from streams.changes.values import rows_of

log = logging.getLogger(__name__)

Slot = TypeVar("Slot")
"""What the rows of a feed are kept apart by, such as their window: whatever the caller likes."""

Wanted = tuple[str, Slot, Sequence[bytes]]
"""Rows to judge: feed, slot, rows as JSON."""

Found = tuple[str, Slot, SuiteState]
"""What a suite found: feed, slot, counts."""


class Suites:
    """The suite of every dataset that has one; `suite_of` makes it of its checks."""

    def __init__(self, catalogue: Catalogue, suite_of: Callable[[Sequence[Check]], Suite] = MixedSuite) -> None:
        self._catalogue = catalogue
        self._runner = SuiteRunner()
        self._suites: Mapping[str, Suite] = {
            d.id: suite_of(load(Path(d.suite), d.columns, d.personal)) for d in catalogue.datasets.values() if d.suite is not None
        }

    @property
    def checks(self) -> Mapping[str, Sequence[Check]]:
        """The checks of each dataset's suite."""
        return {dataset: suite.checks for dataset, suite in self._suites.items()}

    async def judge_many(self, wanted: Iterable[Wanted[Slot]]) -> list[Found[Slot]]:
        """Judge rows of many feeds and slots off the event loop: all rows of a dataset together, whichever feeds they are of."""
        by_dataset: dict[str, list[Wanted[Slot]]] = {}
        for one in wanted:
            by_dataset.setdefault(one[0].split("/", 1)[1], []).append(one)
        return [found for dataset, some in by_dataset.items() for found in await self._judge(dataset, some)]

    async def _judge(self, dataset: str, wanted: Sequence[Wanted[Slot]]) -> list[Found[Slot]]:
        decode = partial(rows_of, self._catalogue.datasets[dataset])
        states = await self._runner.run_many(self._suites[dataset], [rows for _, _, rows in wanted], decode)
        found = [(feed, slot, state) for (feed, slot, _), state in zip(wanted, states, strict=True)]
        for check in self._suites[dataset].checks:
            _tell_errors(check.id, found)
        return found

    def close(self) -> None:
        """Take no more rows."""
        self._runner.close()


def _tell_errors(check: str, found: Sequence[Found[Slot]]) -> None:
    errors = Counter[str]()
    for feed, _, state in found:
        errors[feed] += state.checks[check].errors
    (feed, rows), at_fault = errors.most_common(1)[0], sum(1 for count in errors.values() if count)
    if rows:
        log.warning("check %s could not judge %d rows of %d feeds; %d of them are of %s", check, errors.total(), at_fault, rows, feed)
