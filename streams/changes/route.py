"""ROUTE: the records of one source batch in; rows by feed, counts by reason and quarantined excerpts out. Pure; no data make it raise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from expectations.catalogue.load import Catalogue
from streams.changes.batch import Batch, Record, Routed
from streams.changes.envelope import MAX_VALUE_BYTES
from streams.changes.lanes import Lane
from streams.changes.plain import take_all
from streams.changes.shapes import LATEST_MS
from streams.changes.table_rows import TableRows
from streams.changes.values import rows_of

__all__ = ["Record", "Routed", "Router", "rows_of"]

DAY_MS = 86_400_000


class Router:
    """Routes change events to feeds. Built anew when the catalogue changes.

    Rows travel along whole where a suite will judge them (`suites`), and those of the dataset `profiled`, suite or not.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        partitions: int,
        *,
        max_value_bytes: int = MAX_VALUE_BYTES,
        future_tolerance_ms: int = DAY_MS,
        suites: bool = True,
        profiled: str | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._partitions = partitions
        self._max_value_bytes = max_value_bytes
        self._lanes = {
            d.id: Lane(d, catalogue, tolerance_ms=future_tolerance_ms, judged=(suites and d.suite is not None) or d.id == profiled)
            for d in catalogue.datasets.values()
        }
        self._table_rows = {
            lane.dataset.id: TableRows(lane) for lane in self._lanes.values() if suites and lane.dataset.full_before and lane.judged
        }
        self._topics: set[str] = set()

    def know(self, topics: Iterable[str]) -> None:
        """Learn which topics exist: a connector's heartbeat proves the datasets of its topics alive."""
        self._topics.update(topics)

    def route(self, topic: str, records: Sequence[Record], now_ms: int = LATEST_MS) -> Routed:
        """Route the records of one source partition, in offset order. A timestamp later than `now_ms` counts as now."""
        dataset = self._catalogue.dataset_of(topic)
        lane, table_rows = (self._lanes[dataset.id], self._table_rows.get(dataset.id)) if dataset else (None, None)
        batch = Batch(lane, topic, self._max_value_bytes, now_ms, table_rows)
        if dataset:
            self._topics.add(topic)
        take_all(batch, records)
        self._beat(batch)
        return batch.result(records[0].partition if records else 0, self._partitions)

    def _beat(self, batch: Batch) -> None:
        """One sign of life for each province-wide dataset that the connector feeds. It says nothing about any commune."""
        for prefix, row in sorted(batch.heartbeats.items(), key=lambda item: item[1].offset):
            alive = {d.id for d in map(self._catalogue.dataset_of, self._topics_of(prefix)) if d is not None}
            for lane in self._lanes.values():
                if lane.fixed is not None and lane.dataset.id in alive:
                    batch.rows[lane.fixed.feed] = [row]

    def _topics_of(self, prefix: str) -> Iterable[str]:
        return (topic for topic in self._topics if prefix and topic.startswith(prefix))
