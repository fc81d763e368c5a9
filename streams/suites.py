"""The suites of a catalogue, as OBSERVE runs them: loaded at start, judged in a thread of their own."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from expectations.catalogue.load import Catalogue
from expectations.quality.mixed import MixedSuite, told_of_table
from expectations.quality.reading import load
from expectations.quality.runner import SuiteRunner
from expectations.quality.suite import Check, Suite, SuiteState
from streams.changes.values import rows_of
from streams.feeds.table_state import TableSlot

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
        self._of_tables: Mapping[str, Suite] = {
            name: MixedSuite([check for check in suite.checks if told_of_table(check)], of_table=True)
            for name, suite in self._suites.items()
            if catalogue.datasets[name].full_before
        }

    @property
    def checks(self) -> Mapping[str, Sequence[Check]]:
        """The checks of each dataset's suite."""
        return {dataset: suite.checks for dataset, suite in self._suites.items()}

    async def judge_many(self, wanted: Iterable[Wanted[Slot]]) -> list[Found[Slot]]:
        """Judge rows of many feeds and slots off the event loop: all rows of a dataset together, whichever feeds they are of."""
        together: dict[tuple[str, bool], list[Wanted[Slot]]] = {}
        for one in wanted:
            together.setdefault((one[0].split("/", 1)[1], isinstance(one[1], TableSlot)), []).append(one)
        return [
            found
            for (dataset, of_table), some in together.items()
            for found in await self._judge(dataset, (self._of_tables if of_table else self._suites)[dataset], some)
        ]

    async def _judge(self, dataset: str, suite: Suite, wanted: Sequence[Wanted[Slot]]) -> list[Found[Slot]]:
        decode = partial(rows_of, self._catalogue.datasets[dataset])
        states = await self._runner.run_many(suite, [rows for _, _, rows in wanted], decode)
        found = [(feed, slot, state) for (feed, slot, _), state in zip(wanted, states, strict=True)]
        for check in suite.checks:
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
