"""PostgreSQL, Kafka Connect and Debezium of `make services`: a row becomes a change event."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any

from kafka import KafkaConsumer

from expectations.quality.oftable import of_table
from tests.services.clients import Database, unique
from tests.streams.changes_province import BINH_MINH, TAN_NINH, Fetched
from tests.streams.feeds_scene import NOW, TOPIC, tick
from tests.streams.table_scene import CHECKS, Tables

COLUMNS = "id int primary key, ma_xa text not null, ky text not null, so_tien int, ghi_chu text"


def change_events(bootstrap: str, topic: str, count: int) -> list[dict[str, Any]]:
    """The first events of a topic; fewer when they do not come in time."""
    consumer = KafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=30_000)
    with consumer:
        return [json.loads(record.value) for record in islice(consumer, count)]


def test_rows_inserted_by_sql_arrive_as_change_events(
    postgres: Database, debezium: Callable[..., AbstractContextManager[str]], kafka_bootstrap: str
) -> None:
    postgres.execute(
        "create table births (id int primary key, commune text not null)",
        "alter table births replica identity full",
        "insert into births values (1, '25465')",
    )
    prefix = unique("dept")
    with debezium(prefix, "public.births"):
        (snapshot,) = change_events(kafka_bootstrap, f"{prefix}.public.births", 1)
        postgres.execute("insert into births values (2, '25480')", "delete from births where id = 1")
        events = change_events(kafka_bootstrap, f"{prefix}.public.births", 3)
    assert (snapshot["op"], snapshot["after"]) == ("r", {"id": 1, "commune": "25465"})
    assert [event["op"] for event in events] == ["r", "c", "d"]
    assert events[1]["after"] == {"id": 2, "commune": "25480"}
    assert events[2]["before"] == {"id": 1, "commune": "25465"}


def test_a_table_with_full_identity_is_known_through_its_change_events(
    postgres: Database, debezium: Callable[..., AbstractContextManager[str]], kafka_bootstrap: str
) -> None:
    """Snapshot, update (of a row with a large value that does not change), move to another unit, delete: what is left is judged."""
    large = "repeat('x', 9000)"
    postgres.execute(
        f"create table bao_cao ({COLUMNS})",
        "alter table bao_cao replica identity full",
        "alter table bao_cao alter column ghi_chu set storage external",
        f"insert into bao_cao select n, '{TAN_NINH}', '2025-09-01', n, {large} from generate_series(1, 4) n",  # noqa: S608  our own
    )
    prefix, scene = unique("dept"), Tables()
    topic = f"{prefix}.public.bao_cao"
    with debezium(prefix, "public.bao_cao"):
        assert len(change_events(kafka_bootstrap, topic, 4)) == 4
        postgres.execute(
            "update bao_cao set so_tien = 99 where id = 1",
            f"update bao_cao set ma_xa = '{BINH_MINH}' where id = 2",  # noqa: S608  our own
            "delete from bao_cao where id = 3",
        )
        consumer = KafkaConsumer(topic, bootstrap_servers=kafka_bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=30_000)
        with consumer:
            records = [Fetched(TOPIC, r.partition, r.offset, r.timestamp, r.key, r.value) for r in islice(consumer, 8)]
    scene.take(tick())
    for record in records:
        scene.take(*scene.router.route(TOPIC, [record], NOW).messages.values())
    scene.checkpoint()
    left = {unit: of_table(CHECKS, scene.known(unit)) for unit in (TAN_NINH, BINH_MINH)}
    assert {unit: (found.of, found.why, found.rows) for unit, found in left.items()} == {
        TAN_NINH: ("table", "", 2),
        BINH_MINH: ("table", "", 1),
    }
    found = {one.check: one for one in left[TAN_NINH].checks}
    assert (found["so_tien.max_between"].observed, found["ghi_chu.be_unique"].unexpected) == (99, 2)
