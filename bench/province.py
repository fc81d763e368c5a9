"""A made-up province of any size, and its change events: so that cost can be measured against the number of feeds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from expectations.catalogue.load import Catalogue
from streams.changes.route import Router
from streams.offline import Fetched
from streams.province.history import history_of
from streams.province.plan import world_of
from streams.province.rows import Record, records
from streams.province.rows import count as made

FIRST_CODE = 10_000
SEED, START, END = 1, date(2026, 1, 1), date(2026, 11, 1)
ENOUGH = 1.1
"""Not every row of a history can be read before it ends."""
ROUTED_AT_ONCE = 20_000
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: bao-cao
name: Báo cáo
version: 1.0.0
status: active
tenant: bench
description: {purpose: bench}
team: {name: so, members: [{username: so@bench.example, role: owner}]}
support: [{channel: so, tool: email, url: "mailto:so@bench.example"}]
schema:
  - name: bao_cao
    physicalName: public.bao_cao
    physicalType: table
    logicalType: object
    businessName: Báo cáo
    customProperties:
      - {property: topicPattern, value: 'PATTERN'}
      - {property: exampleTopics, value: [TOPIC]}
      - {property: unitColumn, value: ma_xa}
      - {property: periodColumn, value: ky}
    properties:
      - {name: id, logicalType: integer, physicalType: bigint, primaryKey: true, primaryKeyPosition: 1, classification: internal}
      - {name: ma_xa, logicalType: string, physicalType: varchar(5), required: true, classification: public}
      - {name: ky, logicalType: string, physicalType: char(7), required: true, classification: public}
      - {name: so_ho, logicalType: integer, physicalType: integer, classification: public}
      - {name: so_tien, logicalType: number, physicalType: 'numeric(18,2)', classification: public}
      - {name: ghi_chu, logicalType: string, physicalType: text, classification: internal}
slaProperties:
  - {property: cadence, value: monthly}
  - {property: due, value: 25, unit: dayOfMonth}
  - {property: grace, value: 1, unit: workingDay}
  - {property: firstDue, value: "2026-01-15"}
customProperties:
  - {property: nameEn, value: Report}
  - {property: units, value: communes}
  - {property: suite, value: suites/bao-cao.json}
"""
PROVINCE = """\
id: bench
name: {vi: Tỉnh thử, en: Bench}
timezone: Asia/Ho_Chi_Minh
operations: {name: {vi: Thử, en: Bench}, email: bench@bench.example}
"""


def write_catalogue(folder: Path, feeds: int, topic: str, datasets: int = 1) -> None:
    """Write the folder of a province of `feeds` communes that owe `datasets` datasets, which come by `topic`, `topic_2` and so on."""
    for name in ("contracts", "suites"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "province.yaml").write_text(PROVINCE)
    head = "code,name_vi,name_en,short_name_vi,former_province,valid_from,valid_to,email,phone,contact\n"
    rows = "".join(f"{FIRST_CODE + n},Xã {n},Commune {n},X{n},,,,x{n}@bench.example,,\n" for n in range(feeds))
    (folder / "units.csv").write_text(head + rows)
    departments = "id,name_vi,name_en,short_name_vi,valid_from,valid_to,email,phone,contact\nso,Sở,Department,Sở,,,so@bench.example,,\n"
    (folder / "departments.csv").write_text(departments)
    (folder / "codes.csv").write_text("old_code,old_name_vi,former_province,valid_from,valid_to,new_code,extent\n")
    (folder / "workdays.csv").write_text("date,status,reason\n")
    for name, by in zip(names_of("bao-cao", datasets, "-"), names_of(topic, datasets), strict=True):
        text = CONTRACT.replace("TOPIC", by).replace("PATTERN", re.escape(by)).replace("id: bao-cao\n", f"id: {name}\n", 1)
        (folder / "contracts" / f"{name}.yaml").write_text(text)
    (folder / "suites" / "bao-cao.json").write_text(json.dumps(_suite(), ensure_ascii=False))


def names_of(first: str, count: int, between: str = "_") -> list[str]:
    """`x`, `x_2`, `x_3` …: names of so many topics or datasets."""
    return [first, *(f"{first}{between}{n}" for n in range(2, count + 1))]


def _suite() -> dict[str, object]:
    def check(kind: str, dimension: str, **kwargs: object) -> dict[str, object]:
        return {"type": f"expect_column_values_to_{kind}", "kwargs": kwargs, "meta": {"dimension": dimension}, "severity": "critical"}

    return {
        "name": "bao-cao",
        "meta": {"great_expectations_version": "1.24.1"},
        "expectations": [
            check("not_be_null", "du", column="so_ho"),
            check("be_between", "dung", column="so_ho", min_value=0, max_value=10_000),
            check("match_regex", "sach", column="ma_xa", regex="^[0-9]{5}$"),
            check("match_regex", "sach", column="so_tien", regex="^[0-9]+[.][0-9]{2}$"),
        ],
    }


def events(folder: Path, count: int) -> Iterator[Record]:
    """The first `count` change events of ten months that the simulator plays of the folder's province, with many rows or with few.

    So many rows a period as it takes: the volume grows until there are enough. Timestamps are of those months; all topics are
    written as PostgreSQL's connector does.
    """
    world = world_of(folder, SEED, START, END)
    world = replace(world, feeds=[replace(feed, form="postgres") for feed in world.feeds])
    history = history_of(world)
    while (share := ENOUGH * count / made(history.courses)) > 1:
        world = replace(world, volume=world.volume * max(share, ENOUGH))
        history = history_of(world)
    return islice(records(history), count)


def rows_of(catalogue: Catalogue, given: Iterable[Record]) -> int:
    """How many of the records are rows that a worker counts: not those set aside, nor tombstones. Found out by its router."""
    router, rows, stream = Router(catalogue, 1, suites=False), 0, iter(given)
    while taken := list(islice(stream, ROUTED_AT_ONCE)):
        topics = {record.topic for record in taken}
        for topic in topics:
            fetched = [Fetched(r.topic, r.partition, r.offset, r.timestamp_ms, r.key, r.value) for r in taken if r.topic == topic]
            found = router.route(topic, fetched).messages.values()
            rows += sum(len(of_feed) for message in found for of_feed in message.rows.values())
    return rows
