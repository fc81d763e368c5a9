"""A made-up province of any size, and its change events: so that cost can be measured against the number of feeds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

FIRST_CODE = 10_000
EVENT = (
    '{"before":null,"after":{"id":%d,"ma_xa":"%05d","ky":"%s","so_ho":%d,"so_tien":"%d.50","ghi_chu":"báo cáo tháng của xã"},'
    '"source":{"version":"3.6.3.Final","connector":"postgresql","name":"bench","ts_ms":%d,"snapshot":"false","db":"bao_cao",'
    '"sequence":"[\\"26755352\\",\\"26755448\\"]","ts_us":%d000,"ts_ns":%d000000,"schema":"public","table":"bao_cao","txId":776,'
    '"lsn":%d,"xmin":null,"origin":null,"origin_lsn":null},"transaction":null,"op":"c","ts_ms":%d,"ts_us":%d000,"ts_ns":%d000000}'
)
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


def events(count: int, feeds: int, now_ms: int) -> Iterator[tuple[bytes, bytes, int]]:
    """Keys, values and timestamps (ms) of `count` change events up to `now_ms`: ten months, one after another, each over all feeds."""
    for n in range(count):
        at_ms = now_ms - (count - n)
        period = f"2026-{n * 10 // count + 1:02d}"
        body = EVENT % (n, FIRST_CODE + n % feeds, period, n % 900, n, at_ms, at_ms, at_ms, 26_755_448 + n, at_ms, at_ms, at_ms)
        yield b'{"id":%d}' % n, body.encode(), at_ms
