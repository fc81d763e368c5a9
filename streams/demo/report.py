"""What the demo has found, and its form for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from points.store import PointStore
from points.table import MEASUREMENTS
from streams.board import api
from streams.board.forms import Forms
from streams.board.view import FeedView
from streams.notices import Notice

POLL_MS = 500


class Report(msgspec.Struct, frozen=True):
    """The state of a settled demo. `now_ms` is when the scenario ends; `feeds` are in the catalogue's order."""

    now_ms: int
    feeds: Sequence[FeedView]
    notices: Sequence[Notice]
    points: dict[str, int]
    quarantined: dict[str, int]


class _SetAside(msgspec.Struct):
    """Of a record of the quarantine topic, what tells it from others; refused points have no place."""

    reason: str
    topic: str = ""
    partition: int = 0
    offset: int = 0


_set_aside = msgspec.json.Decoder(_SetAside).decode


def points_of(store: PointStore) -> dict[str, int]:
    """How many points the store has of each measurement."""
    return {name: len(store.read(name)) for name in MEASUREMENTS}


async def quarantined_of(bootstrap: str, topic: str, partitions: int) -> dict[str, int]:
    """How many records have been set aside, by reason, most first. Reads the topic from its beginning to its present end."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = [TopicPartition(topic, n) for n in range(partitions)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        found: list[_SetAside] = []
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=POLL_MS)).values():
                found.extend(_set_aside(line) for record in records for line in record.value.splitlines())
    finally:
        await consumer.stop()
    return dict(Counter(one.reason for one in found).most_common())


def as_json(report: Report, forms: Forms) -> dict[str, Any]:
    """The report as `--report` writes it."""
    return {
        "now": forms.iso(report.now_ms),
        "verdicts": [msgspec.to_builtins(line) for line in api.feeds(forms, report.feeds)],
        "alerts": [_alert(notice) for notice in report.notices],
        "points": report.points,
        "quarantined": report.quarantined,
    }


def _alert(notice: Notice) -> dict[str, Any]:
    return {
        "unit": notice.unit,
        "dataset": notice.dataset,
        "stage": notice.stage,
        "subject": notice.subject,
        "text": notice.text,
        "channels": list(notice.channels),
    }
