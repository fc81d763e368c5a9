"""What a Kafka record of a change-data source is: classified, and decoded just far enough to route it.

Every shape is recognised by its content, not by its topic, so that connectors may name topics as they like; only heartbeats are also
known by Debezium's topic prefix. Nothing here raises on what a record contains: a record that cannot be read is a Defect.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from streams.changes.problems import Defect, Problem
from streams.changes.shapes import (
    LATEST_MS,
    MISSING,
    Other,
    Source,
    Top,
    columns_of,
    is_nullable_object,
    is_object,
    loose_of,
    other_of,
    scalar,
    top_of,
    whole,
    wrapped_of,
)

HEARTBEAT_TOPIC = "__debezium-heartbeat."
HEARTBEAT_SCHEMA = b"io.debezium.connector.common.Heartbeat"
MAX_VALUE_BYTES = 1_048_576
ROW_OPS = frozenset("cur")
OPS = frozenset("curdtm")


class Kind(StrEnum):
    """What a record is. Only a CHANGE tells of a row; its operation is c, u, r or d."""

    CHANGE = "change"
    TOMBSTONE = "tombstone"
    HEARTBEAT = "heartbeat"
    TRANSACTION = "transaction"
    SCHEMA_CHANGE = "schema_change"
    NOTIFICATION = "notification"
    MESSAGE = "message"
    TRUNCATE = "truncate"


CHANGE = Kind.CHANGE  # looking up a member of an enumeration costs as much as decoding a row


class Event(msgspec.Struct, gc=False):
    """A record read as far as routing needs.

    `after` and `before` are undecoded JSON, empty when absent or null. `changed_ms` is when the source committed the change (0 when it
    does not tell, and for snapshot reads: a snapshot's time is not the row's age). `schema` is the Kafka Connect schema of what holds
    the row (empty without one); `flat` says that the row is the whole value (ExtractNewRecordState) and not a member of an envelope.
    """

    kind: Kind
    op: str = ""
    after: msgspec.Raw = MISSING
    before: msgspec.Raw = MISSING
    changed_ms: int = 0
    connector: str = ""
    schema: msgspec.Raw = MISSING
    flat: bool = False


def read(value: bytes | None, topic: str = "", *, max_value_bytes: int = MAX_VALUE_BYTES) -> Event | Defect:
    """Classify one record's value: an Event, or the Defect that keeps it from being read. Never raises."""
    if value is None:
        return Event(Kind.TOMBSTONE)
    if len(value) > max_value_bytes:
        return Defect(Problem.OVERSIZED, f"{len(value)} bytes, {max_value_bytes} are allowed")
    try:
        value.decode()
        event = _classify(value)
    except (ValueError, RecursionError) as error:
        return _defect(value, error)
    return Event(Kind.HEARTBEAT, op="h") if event.flat and topic.startswith(HEARTBEAT_TOPIC) else event


def _defect(value: bytes, error: Exception) -> Defect:
    """Say why a value cannot be read. msgspec's own text names positions and types, no values."""
    if isinstance(error, RecursionError):
        return Defect(Problem.TOO_DEEP, "nested too deeply")
    if value[:1] == b"\0":
        return Defect(Problem.UNDECODABLE, "begins with byte 0: written through a schema registry (Avro, Protobuf …), not as plain JSON")
    if isinstance(error, UnicodeDecodeError):
        return Defect(Problem.WRONG_ENCODING, f"not UTF-8 from byte {error.start}")
    return Defect(Problem.UNDECODABLE, str(error))


def _classify(value: bytes | msgspec.Raw, schema: msgspec.Raw = MISSING) -> Event:
    """Tell what a JSON object is. Raises ValueError or RecursionError when it cannot be read."""
    try:
        top = top_of(value)
    except msgspec.ValidationError:
        top = _loosened(value)
    if top.op is not None and (top.source is not None or is_object(top.after) or is_object(top.before)):
        return _envelope(top, schema)
    if top.payload and top.schema and not schema:
        if bytes(top.payload) == b"null":
            return Event(Kind.TOMBSTONE)
        if is_object(top.payload):
            return _classify(top.payload, _NO_SCHEMA if bytes(top.schema) in {b"null", b"{}"} else top.schema)
    return _not_envelope(value, top, schema)


_NO_SCHEMA = msgspec.Raw(b"null")


def _loosened(value: bytes | msgspec.Raw) -> Top:
    """Read the members one by one, leaving out those of another type than Debezium's."""
    loose = loose_of(value)
    op = scalar(loose.op)
    return Top(
        before=loose.before,
        after=loose.after,
        source=_lenient_source(loose.source) if is_object(loose.source) else None,
        op=op if isinstance(op, str) else None,
        schema=loose.schema,
        payload=loose.payload,
    )


def _lenient_source(raw: msgspec.Raw) -> Source:
    """A source block of which some member has an unheard-of type: keep the connector, forget the time."""
    try:
        connector = scalar(columns_of(raw).get("connector", MISSING))
    except ValueError:
        connector = None
    return Source(connector=connector if isinstance(connector, str) else "")


def _envelope(top: Top, schema: msgspec.Raw) -> Event:
    """A Debezium envelope: a change, a truncation or a logical decoding message."""
    op = top.op or ""
    source = top.source or Source()
    if op in ROW_OPS:
        if not is_object(top.after):
            raise ValueError(f"operation {op} without `after`")
        kind = CHANGE
    elif op in OPS:
        kind = CHANGE if op == "d" else Kind.TRUNCATE if op == "t" else Kind.MESSAGE
    else:
        raise ValueError("`op` is none of c, u, r, d, t, m")
    return Event(kind, op, top.after, top.before, changed_ms_of(op, source), source.connector or "", schema)


def changed_ms_of(op: str, source: Source) -> int:
    """When the source committed a change; 0 when that is not told or no possible time, and for the reads of a snapshot."""
    if op == "r" or source.snapshot not in _NOT_SNAPSHOT:
        return 0
    changed_ms = source.ts_ms or 0
    return changed_ms if 0 <= changed_ms < LATEST_MS else 0


_NOT_SNAPSHOT = (None, "false", False, "")


def _not_envelope(value: bytes | msgspec.Raw, top: Top, schema: msgspec.Raw) -> Event:
    """CloudEvents, the records that connectors write about themselves, or a flat row."""
    if bytes(schema).find(HEARTBEAT_SCHEMA) >= 0:
        return Event(Kind.HEARTBEAT, op="h")
    other = other_of(value)
    if other.specversion and is_object(other.data):
        return _cloud_event(other)
    own = _own_record(other)
    if own is not None:
        return Event(own)
    if top.after and top.before and is_nullable_object(top.after) and is_nullable_object(top.before):
        return _bare_images(top, other, schema)  # the data of a CloudEvent in binary mode
    if other.ts_ms and len(columns_of(value)) == 1:
        return Event(Kind.HEARTBEAT, op="h")
    return _flat(value, other, schema)


def _own_record(other: Other) -> Kind | None:
    """What connectors write about themselves: schema changes, transactions, notifications."""
    if other.tableChanges and other.databaseName:
        return Kind.SCHEMA_CHANGE
    if other.event_count and other.data_collections and bytes(other.status) in {b'"BEGIN"', b'"END"'}:
        return Kind.TRANSACTION
    return Kind.NOTIFICATION if other.aggregate_type and other.additional_data else None


def _cloud_event(other: Other) -> Event:
    """A CloudEvent in structured mode: `data` holds before and after, with or without a schema; attributes hold the rest."""
    wrapped = wrapped_of(other.data)
    if wrapped.payload:
        return _bare_images(top_of(wrapped.payload), other, wrapped.schema)
    return _bare_images(top_of(other.data), other, MISSING)


def _bare_images(top: Top, other: Other, schema: msgspec.Raw) -> Event:
    """Before and after without an operation beside them: taken from the CloudEvents attribute, else inferred from which is null."""
    op = scalar(other.iodebeziumop) or top.op
    if op is None:
        op = "d" if not is_object(top.after) else "u" if is_object(top.before) else "c"
    connector = scalar(other.iodebeziumconnector)
    source = Source(
        ts_ms=whole(other.iodebeziumtsms),
        connector=connector if isinstance(connector, str) else "",
        snapshot=str(scalar(other.iodebeziumsnapshot) or ""),
    )
    return _envelope(Top(top.before, top.after, source, str(op)), schema)


def _flat(value: bytes | msgspec.Raw, other: Other, schema: msgspec.Raw) -> Event:
    """A row without an envelope. Without `__op` an insert cannot be told from an update: it counts as an update."""
    row = value if isinstance(value, msgspec.Raw) else msgspec.Raw(value)
    op = scalar(other.op)
    connector = scalar(other.source_connector)
    if scalar(other.deleted) in {"true", True}:
        op = "d"
    elif op not in ROW_OPS and op != "d":
        op = "u"
    snapshot = op == "r" or scalar(other.source_snapshot) not in _NOT_SNAPSHOT
    changed_ms = 0 if snapshot else whole(other.source_ts_ms)
    connector = connector if isinstance(connector, str) else ""
    return Event(CHANGE, str(op), row, MISSING, changed_ms, connector, schema, flat=True)
