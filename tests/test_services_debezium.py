"""PostgreSQL, Kafka Connect and Debezium of `make services`: a row becomes a change event."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any

from kafka import KafkaConsumer

from tests.services.clients import Database, unique


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
