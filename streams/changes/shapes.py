"""Members of JSON objects, decoded no further than needed: what envelope.py looks at to tell one shape from another."""

from __future__ import annotations

import msgspec

MISSING = msgspec.Raw()
LATEST_MS = 7_258_118_400_000  # 2200-01-01: later instants are mistakes, and would be the latest for ever


class Source(msgspec.Struct, gc=False):
    """Of the source block, what routing needs. Old connectors write `snapshot` as a boolean."""

    ts_ms: int | None = 0
    connector: str | None = ""
    snapshot: bool | str | None = None


class Top(msgspec.Struct, gc=False):
    """The members that tell an envelope, in Debezium's own order: matching keys in order is what msgspec does fastest."""

    before: msgspec.Raw = MISSING
    after: msgspec.Raw = MISSING
    source: Source | None = None
    op: str | None = None
    schema: msgspec.Raw = MISSING
    payload: msgspec.Raw = MISSING


class Loose(msgspec.Struct, gc=False):
    """The same members whatever their types: a flat row may have columns of these names."""

    before: msgspec.Raw = MISSING
    after: msgspec.Raw = MISSING
    source: msgspec.Raw = MISSING
    op: msgspec.Raw = MISSING
    schema: msgspec.Raw = MISSING
    payload: msgspec.Raw = MISSING


class Other(msgspec.Struct, gc=False):
    """Members of everything that is not an envelope."""

    op: msgspec.Raw = msgspec.field(default=MISSING, name="__op")
    deleted: msgspec.Raw = msgspec.field(default=MISSING, name="__deleted")
    source_ts_ms: msgspec.Raw = msgspec.field(default=MISSING, name="__source_ts_ms")
    source_snapshot: msgspec.Raw = msgspec.field(default=MISSING, name="__source_snapshot")
    source_connector: msgspec.Raw = msgspec.field(default=MISSING, name="__source_connector")
    specversion: msgspec.Raw = MISSING
    data: msgspec.Raw = MISSING
    iodebeziumop: msgspec.Raw = MISSING
    iodebeziumtsms: msgspec.Raw = MISSING
    iodebeziumsnapshot: msgspec.Raw = MISSING
    iodebeziumconnector: msgspec.Raw = MISSING
    tableChanges: msgspec.Raw = MISSING  # noqa: N815  Debezium's name
    databaseName: msgspec.Raw = MISSING  # noqa: N815  Debezium's name
    status: msgspec.Raw = MISSING
    event_count: msgspec.Raw = MISSING
    data_collections: msgspec.Raw = MISSING
    aggregate_type: msgspec.Raw = MISSING
    additional_data: msgspec.Raw = MISSING
    ts_ms: msgspec.Raw = MISSING


class Wrapped(msgspec.Struct, gc=False):
    """What JsonConverter writes with schemas.enable=true."""

    schema: msgspec.Raw = MISSING
    payload: msgspec.Raw = MISSING


top_of = msgspec.json.Decoder(Top).decode
loose_of = msgspec.json.Decoder(Loose).decode
other_of = msgspec.json.Decoder(Other).decode
wrapped_of = msgspec.json.Decoder(Wrapped).decode
_scalar = msgspec.json.Decoder(str | int | float | bool | None).decode
columns_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


_BRACE = ord("{")


def is_object(raw: msgspec.Raw) -> bool:
    """Whether undecoded JSON is an object; decoding has already skipped leading blanks."""
    return len(raw) > 1 and memoryview(raw)[0] == _BRACE


def is_nullable_object(raw: msgspec.Raw) -> bool:
    """Whether undecoded JSON is an object or null."""
    return is_object(raw) or bytes(raw) == b"null"


def scalar(raw: msgspec.Raw) -> str | int | float | bool | None:
    """Decode text, number or boolean; None for anything else and when absent."""
    if not raw:
        return None
    try:
        value: str | int | float | bool | None = _scalar(raw)
    except (ValueError, RecursionError):
        return None
    return value


def whole(raw: msgspec.Raw) -> int:
    """Decode milliseconds given as a number or as text; 0 when absent or implausible."""
    value = scalar(raw)
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LATEST_MS else 0
