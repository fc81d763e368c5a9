"""A province for the harness: communes that owe two daily datasets, some of them on time, some late, some with catching up to do."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bench import province as bench_province
from expectations.catalogue.load import Catalogue, load

COMMUNES = 48
SOURCE_PARTITIONS = 3
MINUTE_MS = 60_000
FIRST_DAY = date(2025, 9, 8)
NOON_UTC_HOUR = 5
DATASETS = {"ho-so": 1, "tre-em": 3}
"""Datasets and the rows that make a period of each complete. The first has a suite."""
TOPICS = {dataset: f"faults.dept.public.{dataset}" for dataset in DATASETS}
CANARIES = ("Trần Thị Hoàng Yến", "072190001234")
"""A citizen's name and number, in every row: they must never be seen outside Kafka."""
CANARY = " ".join(CANARIES)
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: {id}
name: {id}
version: 1.0.0
status: active
tenant: faults
description: {{purpose: faults}}
team: {{name: so, members: [{{username: so@bench.example, role: owner}}]}}
support: [{{channel: so, tool: email, url: "mailto:so@bench.example"}}]
schema:
  - name: rows
    physicalName: public.rows
    physicalType: table
    logicalType: object
    businessName: {id}
    customProperties:
      - {{property: topicPattern, value: 'faults\\.dept\\.public\\.{id}'}}
      - {{property: exampleTopics, value: [{topic}]}}
      - {{property: unitColumn, value: ma_xa}}
      - {{property: periodColumn, value: ngay}}
    properties:
      - {{name: id, logicalType: integer, physicalType: bigint, primaryKey: true, primaryKeyPosition: 1, classification: internal}}
      - {{name: ma_xa, logicalType: string, physicalType: varchar(5), required: true, classification: public}}
      - {{name: ngay, logicalType: string, physicalType: char(10), required: true, classification: public}}
      - {{name: so_ho, logicalType: integer, physicalType: integer, classification: public}}
      - {{name: ho_ten, logicalType: string, physicalType: text, classification: personal}}
slaProperties:
  - {{property: cadence, value: daily}}
  - {{property: due, value: 1, unit: day}}
  - {{property: dueRoll, value: false}}
  - {{property: grace, value: 4, unit: hour}}
  - {{property: firstDue, value: "{first_due}"}}
  - {{property: staleAfter, value: 3, unit: period}}
  - {{property: minRows, value: {min_rows}}}
customProperties:
  - {{property: nameEn, value: {id}}}
  - {{property: units, value: communes}}
"""


class Event(NamedTuple):
    """One record to produce."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    at_ms: int


def write_catalogue(folder: Path) -> Catalogue:
    """Write the province and load it."""
    bench_province.write_catalogue(folder, COMMUNES, "unused")
    (folder / "contracts" / "bao-cao.yaml").unlink()
    suite = json.loads((folder / "suites" / "bao-cao.json").read_text())
    suite["expectations"] = [e for e in suite["expectations"] if e["kwargs"]["column"] != "so_tien"]
    (folder / "suites" / "bao-cao.json").write_text(json.dumps(suite))
    for dataset, min_rows in DATASETS.items():
        text = CONTRACT.format(id=dataset, topic=TOPICS[dataset], min_rows=min_rows, first_due=FIRST_DAY)
        text += "  - {property: suite, value: suites/bao-cao.json}\n" if min_rows == 1 else ""
        (folder / "contracts" / f"{dataset}.yaml").write_text(text)
    return load(folder)


def now_ms(stage: int) -> int:
    """The time of a stage: ten past noon of its day."""
    day = FIRST_DAY + timedelta(days=stage)
    return int(datetime(day.year, day.month, day.day, NOON_UTC_HOUR, 10, tzinfo=UTC).timestamp() * 1000)


class Story:
    """Who sends what on which day, by the seed: the same for every run."""

    def __init__(self, seed: int, events: int, stages: int) -> None:
        self._chance = random.Random(f"story {seed}")
        self._events, self._stages = events, stages
        self._owed: dict[tuple[int, str], list[date]] = {}
        self._idle: set[tuple[int, str]] = set()
        self._heard: set[tuple[int, str]] = set()
        self._number = 0

    def day(self, stage: int) -> Iterator[Event]:
        """The events of a stage, in the order in which they are produced: the feeds of a dataset take turns.

        The events of a feed are of one minute of that day, so a point's time is the same wherever a checkpoint falls. What is handed in
        besides is of one old day, complete since the first; one commune in eight has none of that. Of several days that are handed in
        late the oldest comes last: a status changes once a day, not once a checkpoint. Who has handed in nothing ever begins with the
        newest day alone: that ends `never`, and the others end what comes then.
        """
        feeds = [(commune, dataset) for dataset in DATASETS for commune in range(COMMUNES)]
        lines = [self._news(commune, dataset, stage) for commune, dataset in feeds]
        spare = self._events * (stage + 1) // self._stages - self._number
        heard = [(line, feed) for line, feed in zip(lines, feeds, strict=True) if feed[0] % 8]
        for n in range(spare):
            line, (commune, dataset) = heard[n % len(heard)]
            line.insert(0, (commune, dataset, self._row(commune, FIRST_DAY - timedelta(days=31))))
        self._chance.shuffle(lines)
        for commune, dataset, body in (one for turn in _turns(lines) for one in turn):
            yield self._event(commune, dataset, body, now_ms(stage) - (1 + commune % 9) * MINUTE_MS)

    def _news(self, commune: int, dataset: str, stage: int) -> list[tuple[int, str, dict[str, object]]]:
        """What a commune hands in today, nothing when it is idle; and now and then a row that cannot be used."""
        owed = self._owed.setdefault((commune, dataset), [])
        owed.append(FIRST_DAY + timedelta(days=stage - 1))
        strange = [self._strange(commune, stage)] if self._chance.random() < 0.3 else []
        if self._is_idle(commune, dataset):
            told = []
        else:
            days = owed[-1:] if commune % 8 == 0 and (commune, dataset) not in self._heard else owed[::-1]
            told = [self._row(commune, day) for day in days for _ in range(DATASETS[dataset])]
            owed[:] = [day for day in owed if day not in days]
            self._heard.add((commune, dataset))
        return [(commune, dataset, body) for body in (*strange, *told)]

    def _is_idle(self, commune: int, dataset: str) -> bool:
        """Whether a commune hands in nothing new today. Who was idle yesterday is likely to be so again."""
        feed = (commune, dataset)
        idle = self._chance.random() < (0.6 if feed in self._idle else 0.04 * (1 + commune % 5))
        (self._idle.add if idle else self._idle.discard)(feed)
        return idle

    def _row(self, commune: int, day: date) -> dict[str, object]:
        self._number += 1
        households = None if self._number % 17 == 0 else self._number * 7919 % 12_000
        return {
            "id": self._number,
            "ma_xa": f"{bench_province.FIRST_CODE + commune:05d}",
            "ngay": day.isoformat(),
            "so_ho": households,
            "ho_ten": CANARY,
        }

    def _strange(self, commune: int, stage: int) -> dict[str, object]:
        """A row that cannot be used: of nobody, of a day to come, or of no day at all."""
        today = FIRST_DAY + timedelta(days=stage)
        changed: dict[str, object] = self._chance.choice(
            [{"ma_xa": "99999"}, {"ngay": (today + timedelta(days=40)).isoformat()}, {"ngay": CANARY}, {"ngay": None}]
        )
        return self._row(commune, today) | changed

    def _event(self, commune: int, dataset: str, body: dict[str, object], at_ms: int) -> Event:
        source = {"connector": "postgresql", "name": "faults", "ts_ms": at_ms - 5, "snapshot": "false", "table": "rows"}
        operation = "u" if self._chance.random() < 0.2 else "c"
        value = {"before": None, "after": body, "source": source, "op": operation, "ts_ms": at_ms}
        partition = zlib.crc32(b"%d" % commune) % SOURCE_PARTITIONS
        return Event(
            TOPICS[dataset], partition, json.dumps({"id": body["id"]}).encode(), json.dumps(value, ensure_ascii=False).encode(), at_ms
        )


def _turns(lines: list[list[tuple[int, str, dict[str, object]]]]) -> Iterator[list[tuple[int, str, dict[str, object]]]]:
    """One event of each feed in turn, until all are out."""
    for n in range(max(map(len, lines))):
        yield [line[n] for line in lines if n < len(line)]
