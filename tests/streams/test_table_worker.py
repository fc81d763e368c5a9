"""The quality of a table through a broker and the real worker, over a restart; and that of the stream beside it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from expectations.catalogue.load import load
from expectations.quality.oftable import TableResult
from expectations.quality.reading import load as read_suite
from expectations.quality.suite import Check
from streams import clock
from streams.app import Nhip
from streams.board.evidence import Evidence, collect
from streams.embedded.broker import EmbeddedBroker
from tests.streams.batch_harness import until
from tests.streams.changes_province import encoded, envelope
from tests.streams.embedded_worker import FOLDER, SOURCE, worker

UNIT, DATASET = "25486", "bao-tro-xa-hoi"
SECONDS = 100
UNIQUE = {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "id"}, "meta": {"dimension": "sach"}}
Row = dict[str, object]


def province(folder: Path) -> Path:
    """The shipped catalogue, with the dataset's rows before changes promised and its key asked to be unique."""
    shutil.copytree(FOLDER, folder)
    contract, suite = folder / "contracts" / f"{DATASET}.yaml", folder / "suites" / f"{DATASET}.json"
    contract.write_text(contract.read_text(encoding="utf-8") + "  - property: beforeImages\n    value: full\n", encoding="utf-8")
    told = json.loads(suite.read_text(encoding="utf-8"))
    suite.write_text(json.dumps({**told, "expectations": [*told["expectations"], UNIQUE]}), encoding="utf-8")
    return folder


def row(key: int, amount: str = "500000.00") -> Row:
    told = {"id": key, "ma_xa": UNIT, "ky_bao_cao": "2025-06", "loai_doi_tuong": "tre_em", "muc_tro_cap": amount}
    return {**told, "ho_ten": "Nguyễn Thị Ví Dụ", "so_dinh_danh": "000000000011", "ngay_sinh": 19_000}


def send(broker: EmbeddedBroker, key: int, op: str, before: Row | None, after: Row | None) -> None:
    value = encoded(envelope(after, op, before, snapshot="true" if op == "r" else "false", lsn=1 if op == "r" else 2))
    broker.produce(SOURCE, encoded({"id": key}), value, partition=0)


def evidence(nhip: Nhip, checks: tuple[Check, ...]) -> Evidence | None:
    detail = nhip.board.feed(UNIT, DATASET)
    return None if detail is None else collect(nhip.catalogue.schedule_of(UNIT, DATASET), detail, checks, clock.now_ms())


def table(nhip: Nhip, checks: tuple[Check, ...]) -> TableResult | None:
    found = evidence(nhip, checks)
    return None if found is None else found.table


@pytest.mark.timeout(3 * SECONDS)
async def test_the_worker_knows_the_table_and_the_stream_over_a_restart(tmp_path: Path) -> None:
    """A row with a wrong amount is mended, one is deleted: the table is good, the stream has seen a bad row and a key twice."""
    folder = province(tmp_path / "province")
    dataset = load(folder).datasets[DATASET]
    checks = read_suite(Path(dataset.suite or ""), tuple(dataset.columns), dataset.personal)
    with EmbeddedBroker() as broker:
        async with worker(broker, tmp_path / "data", catalogue=folder, suites=True) as nhip:
            for key, amount in ((1, "-1"), (2, "1.00"), (3, "2.00")):
                send(broker, key, "r", None, row(key, amount))
            send(broker, 1, "u", row(1, "-1"), row(1, "9.00"))
            await until(lambda: _rows(nhip, checks) == 3, SECONDS, lambda: (table(nhip, checks), nhip.stats.totals))
        async with worker(broker, tmp_path / "data", catalogue=folder, suites=True) as nhip:
            send(broker, 3, "d", row(3, "2.00"), None)
            await until(lambda: _rows(nhip, checks) == 2, SECONDS, lambda: (table(nhip, checks), nhip.stats.totals))
            found = evidence(nhip, checks)
    assert found is not None
    assert found.table is not None
    assert found.quality is not None
    assert [one.check for one in found.table.checks if one.success is not True] == []
    assert {one.check: one.unexpected for one in found.quality.checks if one.success is False} == {
        "muc_tro_cap.match_regex": 1,
        "id.be_unique": 2,
    }


def _rows(nhip: Nhip, checks: tuple[Check, ...]) -> int | None:
    found = table(nhip, checks)
    return None if found is None or found.of != "table" else found.rows
