"""Connectors from a PostgreSQL database to Kafka, added to a running Kafka Connect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.services.clients import Database, eventually, unique
from tests.services.web import call


@contextmanager
def connector(connect_url: str, database: Database, prefix: str, tables: str, **options: str) -> Iterator[str]:
    """A running connector's name; change events of a table come on the topic `prefix.schema.table`.

    `tables` is a comma-separated list such as `public.births`; options add to the configuration or replace parts of it,
    with `__` for the dots of a name. Raises AssertionError with the worker's trace when the connector fails.
    """
    name = unique("nhip")
    named = {option.replace("__", "."): value for option, value in options.items()}
    call("PUT", f"{connect_url}/connectors/{name}/config", configuration(name, database, prefix, tables) | named)
    try:
        eventually(lambda: is_running(connect_url, name), f"running connector {name}")
        yield name
    finally:
        call("DELETE", f"{connect_url}/connectors/{name}")


def configuration(name: str, database: Database, prefix: str, tables: str) -> dict[str, str]:
    """A connector whose slot goes away with it, as a test wants; a real one keeps its slot."""
    slot = name.replace("-", "_")
    return {
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "tasks.max": "1",
        "database.hostname": database.host,
        "database.port": str(database.port),
        "database.user": database.user,
        "database.password": "",
        "database.dbname": database.database,
        "topic.prefix": prefix,
        "plugin.name": "pgoutput",
        "slot.name": slot,
        "slot.drop.on.stop": "true",
        "publication.name": slot,
        "publication.autocreate.mode": "filtered",
        "table.include.list": tables,
        "heartbeat.interval.ms": "2000",
        "decimal.handling.mode": "string",
        "topic.creation.enable": "true",
        "topic.creation.default.partitions": "1",
        "topic.creation.default.replication.factor": "1",
    }


def is_running(connect_url: str, name: str) -> bool:
    """Whether the connector and its task run."""
    try:
        status = json.loads(call("GET", f"{connect_url}/connectors/{name}/status"))
    except RuntimeError as error:
        if " 404 " in str(error):  # not yet known to the worker
            return False
        raise
    states = [status["connector"], *status["tasks"]]
    assert not any(state["state"] == "FAILED" for state in states), json.dumps(status, indent=2)
    return bool(status["tasks"]) and all(state["state"] == "RUNNING" for state in states)
