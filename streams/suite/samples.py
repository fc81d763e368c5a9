"""Rows of one dataset out of sample records, routed by the worker's own router: what a suite would be shown of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Protocol

import msgspec

from expectations.catalogue.load import Catalogue
from expectations.catalogue.units import Dataset
from streams.changes.batch import Record, Routed
from streams.changes.route import Router
from streams.changes.values import Row, rows_of


class Sourced(Record, Protocol):
    """A record that knows its topic; kafka-python's ConsumerRecord is one."""

    @property
    def topic(self) -> str:
        """The source topic."""


class Sample(msgspec.Struct, frozen=True):
    """One row: whose it is, when it was heard, and where it lies."""

    feed: str
    heard_ms: int
    place: str
    row: Row


class Samples(msgspec.Struct):
    """The rows of a dataset, and what became of all records by kind or reason; `foreign` were of other topics."""

    rows: list[Sample]
    counts: Counter[str]
    foreign: int = 0


def gathered(catalogue: Catalogue, dataset: Dataset, records: Iterable[Sourced], now_ms: int, future_tolerance_ms: int) -> Samples:
    """Route the records and keep the rows of `dataset`. Order and repeats do not matter: an offset counts once."""
    router = Router(catalogue, 1, future_tolerance_ms=future_tolerance_ms, suites=False, profiled=dataset.id)
    found = Samples([], Counter())
    ordered = sorted(records, key=lambda r: (r.topic, r.partition, r.offset))
    for (topic, partition), some in groupby(ordered, key=lambda r: (r.topic, r.partition)):
        batch = list({record.offset: record for record in some}.values())
        if catalogue.dataset_of(topic) is not dataset:
            found.foreign += len(batch)
            continue
        routed = router.route(topic, batch, now_ms)
        found.counts.update(routed.counts)
        found.rows.extend(_samples(dataset, f"{topic}/{partition}", routed))
    return found


def _samples(dataset: Dataset, source: str, routed: Routed) -> Iterator[Sample]:
    for changes in routed.messages.values():
        for feed, rows in changes.rows.items():
            for row in rows:
                if row.after is not None:
                    yield Sample(feed, row.heard_ms, f"{source}/{row.offset}", rows_of(dataset, row.after))
