"""A table of two units in PostgreSQL, its connector, and ROUTE and OBSERVE behind it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import msgspec

from expectations.freshness.periods import Cadence
from expectations.quality.mixed import MixedSuite, told_of_table
from expectations.quality.reading import read
from expectations.quality.suite import SuiteState
from streams.changes.route import Router
from streams.changes.wire import Changes
from streams.feeds.observe import Observer, Outputs
from streams.feeds.table_state import TableSlot, together
from tests.streams.changes_province import BINH_MINH, TAN_NINH, Fetched, catalogue, column, dataset, encoded, envelope
from tests.streams.changes_province import COLUMNS as PROVINCE_COLUMNS
from tests.streams.feeds_scene import NOW, TOPIC, Scene, tick

UNITS = (TAN_NINH, BINH_MINH)
KNOWN = {c.name: c for c in (column("id", "integer"), *PROVINCE_COLUMNS)}
HERE = dataset("bao-cao", Cadence.MONTHLY, units=UNITS, suite="s.json", full_before=True, columns=KNOWN)
COLUMNS = ("id", "ma_xa", "ky", "so_tien", "ghi_chu")
Row = dict[str, object]


def expect(name: str, **kwargs: object) -> dict[str, Any]:
    return {"type": f"expect_{name}", "kwargs": kwargs, "meta": {"dimension": "dung"}}


EXPECTATIONS = [
    expect("column_values_to_be_unique", column="ghi_chu", mostly=0.6),
    expect("column_values_to_not_be_null", column="ghi_chu", mostly=0.9),
    expect("column_values_to_be_between", column="so_tien", min_value=0, max_value=70, mostly=0.5),
    expect("column_max_to_be_between", column="so_tien", max_value=90),
    expect("column_mean_to_be_between", column="so_tien", min_value=20.01, max_value=60.01),
    expect("column_median_to_be_between", column="so_tien", min_value=20, max_value=60),
    expect("column_distinct_values_to_be_in_set", column="ghi_chu", value_set=["a", "b", "c"]),
    expect("table_row_count_to_be_between", min_value=5, max_value=12),
    expect("column_values_to_be_increasing", column="id"),
]
CHECKS = read({"name": "table", "expectations": EXPECTATIONS}, COLUMNS)


class Database:
    """A table in PostgreSQL with REPLICA IDENTITY FULL, and the connector that reads it into a topic of two partitions."""

    def __init__(self, chance: random.Random) -> None:
        self._chance, self._next, self._lsn = chance, 0, 100
        self.rows: dict[int, Row] = {}
        self.topic: list[list[tuple[int, bytes | None]]] = [[], []]
        self.times_ms: list[list[int]] = [[], []]
        """When the broker got each record."""

    def _write(self, key: int, value: object) -> None:
        self.topic[key % 2].append((key, encoded(value)))
        self.times_ms[key % 2].append(NOW - 10_000 + sum(map(len, self.topic)))

    def snapshot(self) -> None:
        """The connector reads the whole table, as it does when it is new or has lost its place."""
        self._lsn += 1
        for key, row in self.rows.items():
            self._write(key, envelope(row, "r", snapshot="true", lsn=self._lsn, txId=self._lsn))

    def change(self, *, is_read: bool = True) -> None:
        """One change; unless it `is_read`, no connector was running."""
        self._lsn += 1
        kind = self._chance.choice("ccuud")
        key = self._chance.choice(list(self.rows)) if self.rows and kind != "c" else self._next
        before = self.rows.pop(key, None)
        self._next += before is None
        op = "c" if before is None else kind
        after = None if op == "d" else self._row(key)
        if after is not None:
            self.rows[key] = after
        if is_read:
            self._write(key, envelope(after, op, before, lsn=self._lsn))
            if op == "d":
                self._write(key, None)

    def _row(self, key: int) -> Row:
        draw = self._chance.choice
        told = {"id": key, "ma_xa": draw(UNITS), "ky": draw(["2025-08-01", "2025-09-01"])}
        return {**told, "so_tien": draw([1, 7, 50, 99, None]), "ghi_chu": draw(["a", "b", "x", None])}


class Tables(Scene):
    """ROUTE and OBSERVE with a suite, as the worker runs them."""

    def __init__(self) -> None:
        self.suites = MixedSuite(CHECKS), MixedSuite([check for check in CHECKS if told_of_table(check)], of_table=True)
        super().__init__(HERE)

    def restart(self) -> None:
        self.router = Router(catalogue((HERE,)), 1)
        self.observer = Observer(self.catalogue, self.rules, 0, self.table.get, {HERE.id: CHECKS})

    def read(self, partition: int, first: int, records: list[tuple[int, bytes | None]], times_ms: Sequence[int] = ()) -> None:
        """Take a batch of the topic, from the offset `first` on."""
        at_ms = times_ms or [NOW - 500 + n for n in range(first, first + len(records))]
        fetched = [Fetched(TOPIC, partition, first + n, at_ms[n], encoded({"id": key}), value) for n, (key, value) in enumerate(records)]
        for message in self.router.route(TOPIC, fetched, NOW).messages.values():
            self.take(msgspec.msgpack.decode(msgspec.msgpack.encode(message), type=Changes))

    def checkpoint(self) -> Outputs:
        for feed, slot, rows in self.observer.rows_to_judge():
            suite = self.suites[isinstance(slot, TableSlot)]
            self.observer.add_quality(feed, slot, suite.of([msgspec.json.decode(row) for row in rows]))
        return super().checkpoint()

    def known(self, unit: str) -> SuiteState | str:
        return together(self.observer._shelf[f"{unit}/{HERE.id}"].state.table)


def begun(*events: object) -> Tables:
    """A scene with a table of two rows, and events after them."""
    scene = Tables()
    scene.take(tick())
    snapshot = [envelope(row(n), "r", snapshot="true", lsn=7) for n in (1, 2)]
    scene.read(0, 0, [(0, encoded(event)) for event in (*snapshot, *events)])
    scene.checkpoint()
    return scene


def row(key: int, unit: str = TAN_NINH, **columns: object) -> Row:
    return {"id": key, "ma_xa": unit, "ky": "2025-09-01", "so_tien": 5, "ghi_chu": "a", **columns}


def count(scene: Tables, unit: str = TAN_NINH) -> int:
    known = scene.known(unit)
    assert isinstance(known, SuiteState), known
    return known.rows
