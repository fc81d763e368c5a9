"""Records as connectors write them: Debezium's envelope from PostgreSQL or MySQL, with a schema beside it, flattened, as CloudEvents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from expectations.catalogue.units import Column, Dataset

Row = dict[str, object]

VERSION = "3.6.3.Final"
COMMIT_TO_SOURCE_MS, SOURCE_TO_BROKER_MS = 900, 150
"""How long before the broker's timestamp a row was committed, and read by the connector."""

_json = msgspec.json.Encoder().encode
_CONNECT_TYPES = {"integer": "int64", "boolean": "boolean", "number": "string", "array": "string", "object": "string"}


class Source(Protocol):
    """Whose record it is: the dataset, the topic that carries it, and the form in which its connector writes."""

    @property
    def dataset(self) -> Dataset:
        """The dataset with its columns."""

    @property
    def topic(self) -> str:
        """PREFIX.SCHEMA.TABLE."""

    @property
    def form(self) -> str:
        """postgres, mysql, flat, schema or cloudevents."""


class Change(Protocol):
    """One change of a row: Debezium's letter, the broker's time in ms and the row's number within its period."""

    @property
    def feed(self) -> Source:
        """Whose it is."""

    @property
    def op(self) -> str:
        """c, u, r or d."""

    @property
    def at_ms(self) -> int:
        """When the broker got it."""

    @property
    def row(self) -> int:
        """The row's number."""


def value_of(move: Change, row: Row, key: Row) -> bytes:
    """The record's value in the feed's form. A delete carries the row as the source's log has it: MySQL all of it, others the key."""
    if move.feed.form == "flat":
        return _json(_flat(move, row))
    full = move.feed.form == "mysql"
    before = None if move.op in {"c", "r"} else row if full else dict.fromkeys(row) | key
    after = None if move.op == "d" else row
    if move.feed.form == "cloudevents":
        return _json(_cloud_event(move, before, after))
    envelope = _envelope(move, before, after)
    if move.feed.form == "schema":
        return _json({"schema": _schema(move.feed.dataset, prefix_of(move.feed.topic)), "payload": envelope})
    return _json(envelope)


def key_of(move: Change, key: Row) -> bytes:
    """The record's key: the primary key of the row, with a schema where values have one."""
    if move.feed.form != "schema":
        return _json(key)
    fields = [{"type": "int64", "optional": False, "field": name} for name in key]
    return _json({"schema": {"type": "struct", "fields": fields, "optional": False, "name": "Key"}, "payload": key})


def prefix_of(topic: str) -> str:
    """The prefix of a connector's topics: what stands before schema and table."""
    return topic.rsplit(".", 2)[0]


def _envelope(move: Change, before: Row | None, after: Row | None) -> Row:
    ts_ms = move.at_ms - SOURCE_TO_BROKER_MS
    return {"before": before, "after": after, "source": _source(move), "transaction": None, "op": move.op, "ts_ms": ts_ms}


def _source(move: Change) -> Row:
    prefix, schema, table = move.feed.topic.rsplit(".", 2)
    mysql = move.feed.form == "mysql"
    common: Row = {
        "version": VERSION,
        "connector": "mysql" if mysql else "postgresql",
        "name": prefix,
        "ts_ms": move.at_ms - COMMIT_TO_SOURCE_MS,
        "snapshot": "true" if move.op == "r" else "false",
        "db": prefix.rsplit(".", 1)[-1],
        "table": table,
    }
    if mysql:
        return common | {"server_id": 1, "gtid": None, "file": "mysql-bin.000007", "pos": move.at_ms % 1_000_000_007, "row": move.row}
    return common | {"schema": schema, "txId": move.at_ms % 1_000_003, "lsn": move.at_ms % 1_000_000_007}


def _flat(move: Change, row: Row) -> Row:
    """The row itself, as the transformation ExtractNewRecordState leaves it."""
    return row | {
        "__deleted": "true" if move.op == "d" else "false",
        "__op": move.op,
        "__source_ts_ms": move.at_ms - COMMIT_TO_SOURCE_MS,
    }


def _cloud_event(move: Change, before: Row | None, after: Row | None) -> Row:
    return {
        "specversion": "1.0",
        "id": f"name:{prefix_of(move.feed.topic)};lsn:{move.at_ms}",
        "source": f"/debezium/postgresql/{prefix_of(move.feed.topic)}",
        "type": "io.debezium.connector.postgresql.DataChangeEvent",
        "datacontenttype": "application/json",
        "iodebeziumop": move.op,
        "iodebeziumconnector": "postgresql",
        "iodebeziumtsms": str(move.at_ms - COMMIT_TO_SOURCE_MS),
        "iodebeziumsnapshot": "true" if move.op == "r" else "false",
        "data": {"before": before, "after": after},
    }


def _schema(dataset: Dataset, prefix: str) -> Mapping[str, Any]:
    """The Kafka Connect schema of a dataset's envelope; of the source block only what every connector has."""
    fields = [_field(column) for column in dataset.columns.values()]
    row = {"type": "struct", "fields": fields, "optional": True, "name": f"{prefix}.Value"}
    plain = [{"type": kind, "optional": True, "field": name} for name, kind in (("op", "string"), ("ts_ms", "int64"))]
    return {
        "type": "struct",
        "fields": [row | {"field": "before"}, row | {"field": "after"}, *plain],
        "optional": False,
        "name": f"{prefix}.Envelope",
    }


def _field(column: Column) -> Row:
    if column.encoding is None:
        return {"type": _CONNECT_TYPES.get(column.logical, "string"), "optional": True, "field": column.name}
    kind = "string" if "Zoned" in column.encoding or "Iso" in column.encoding else "int64"
    return {"type": kind, "optional": True, "name": column.encoding, "version": 1, "field": column.name}
