"""Records as connectors write them: Debezium's envelope from PostgreSQL or MySQL, with a schema beside it, flattened, as CloudEvents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from expectations.catalogue.units import Column, Dataset
from streams.province.plan import Feed

Row = dict[str, object]

VERSION = "3.6.3.Final"
COMMIT_TO_SOURCE_MS, SOURCE_TO_BROKER_MS = 900, 150
"""How long before the broker's timestamp a row was committed, and read by the connector."""

_json = msgspec.json.Encoder().encode
_CONNECT_TYPES = {"integer": "int64", "boolean": "boolean", "number": "string", "array": "string", "object": "string"}


class Changed(msgspec.Struct, frozen=True):
    """One change of one row: Debezium's letter, the broker's time and the row's number within its period."""

    feed: Feed
    op: Literal["c", "u", "r", "d"]
    at_ms: int
    row: int


def value_of(change: Changed, row: Row, key: Row) -> bytes:
    """The record's value in the feed's form. A delete carries the row as the source's log has it: MySQL all of it, others the key."""
    if change.feed.form == "flat":
        return _json(_flat(change, row))
    full = change.feed.form == "mysql"
    before = None if change.op in {"c", "r"} else row if full else dict.fromkeys(row) | key
    after = None if change.op == "d" else row
    if change.feed.form == "cloudevents":
        return _json(_cloud_event(change, before, after))
    envelope = _envelope(change, before, after)
    if change.feed.form == "schema":
        return _json({"schema": _schema(change.feed.dataset, prefix_of(change.feed.topic)), "payload": envelope})
    return _json(envelope)


def key_of(change: Changed, key: Row) -> bytes:
    """The record's key: the primary key of the row, with a schema where values have one."""
    if change.feed.form != "schema":
        return _json(key)
    fields = [{"type": "int64", "optional": False, "field": name} for name in key]
    return _json({"schema": {"type": "struct", "fields": fields, "optional": False, "name": "Key"}, "payload": key})


def prefix_of(topic: str) -> str:
    """The prefix of a connector's topics: what stands before schema and table."""
    return topic.rsplit(".", 2)[0]


def _envelope(change: Changed, before: Row | None, after: Row | None) -> Row:
    ts_ms = change.at_ms - SOURCE_TO_BROKER_MS
    return {"before": before, "after": after, "source": _source(change), "transaction": None, "op": change.op, "ts_ms": ts_ms}


def _source(change: Changed) -> Row:
    prefix, schema, table = change.feed.topic.rsplit(".", 2)
    mysql = change.feed.form == "mysql"
    common: Row = {
        "version": VERSION,
        "connector": "mysql" if mysql else "postgresql",
        "name": prefix,
        "ts_ms": change.at_ms - COMMIT_TO_SOURCE_MS,
        "snapshot": "true" if change.op == "r" else "false",
        "db": prefix.rsplit(".", 1)[-1],
        "table": table,
    }
    if mysql:
        return common | {"server_id": 1, "gtid": None, "file": "mysql-bin.000007", "pos": change.at_ms % 1_000_000_007, "row": change.row}
    return common | {"schema": schema, "txId": change.at_ms % 1_000_003, "lsn": change.at_ms % 1_000_000_007}


def _flat(change: Changed, row: Row) -> Row:
    """The row itself, as the transformation ExtractNewRecordState leaves it."""
    return row | {
        "__deleted": "true" if change.op == "d" else "false",
        "__op": change.op,
        "__source_ts_ms": change.at_ms - COMMIT_TO_SOURCE_MS,
    }


def _cloud_event(change: Changed, before: Row | None, after: Row | None) -> Row:
    return {
        "specversion": "1.0",
        "id": f"name:{prefix_of(change.feed.topic)};lsn:{change.at_ms}",
        "source": f"/debezium/postgresql/{prefix_of(change.feed.topic)}",
        "type": "io.debezium.connector.postgresql.DataChangeEvent",
        "datacontenttype": "application/json",
        "iodebeziumop": change.op,
        "iodebeziumconnector": "postgresql",
        "iodebeziumtsms": str(change.at_ms - COMMIT_TO_SOURCE_MS),
        "iodebeziumsnapshot": "true" if change.op == "r" else "false",
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
