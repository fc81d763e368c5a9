"""Record keys: the source row's identity. The same row gives the same number with and without a schema, inserted or read again."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from expectations.freshness.ledger import NO_KEY
from streams.changes.shapes import MISSING, is_object, scalar

Columns = dict[str, msgspec.Raw]

_columns = msgspec.json.Decoder(Columns).decode
_any = msgspec.json.Decoder(object).decode
_canonical = msgspec.json.Encoder(order="deterministic").encode


def row_key(key: bytes | None, after: msgspec.Raw) -> int:
    """Return a stable number of 64 bits, never 0: of the key's payload, or of the row itself when the table has no key."""
    payload = key_payload(key)
    digest = blake2b(_identity(payload) if payload else bytes(after), digest_size=8).digest()
    return int.from_bytes(digest) or 1


def value_key(row: msgspec.Raw, column: str) -> int:
    """Return a stable number of 64 bits, never 0, of one column's value; NO_KEY when it is absent, null or empty."""
    value = columns_of(row).get(column)
    if value is None or bytes(value) in (b"null", b'""'):
        return NO_KEY
    return int.from_bytes(blake2b(_identity(bytes(value)), digest_size=8).digest()) or 1


def key_payload(key: bytes | None) -> bytes:
    """Return the key without the schema beside it; empty when there is no key. A key that is not JSON is its own payload."""
    if not key or key == b"null":
        return b""
    if key[:10] != b'{"schema":' and b'"payload"' not in key:
        return key
    columns = columns_of(key)
    if columns.keys() != {"schema", "payload"}:
        return key
    return b"" if bytes(columns["payload"]) == b"null" else bytes(columns["payload"])


def columns_of(row: bytes | msgspec.Raw) -> Columns:
    """Return a JSON object's members undecoded; none when it is not an object."""
    try:
        return _columns(row)
    except (ValueError, RecursionError):
        return {}


def key_column(key: bytes | None, column: str) -> str | int | float | bool | None:
    """Return one column of the key, None when the key does not hold it."""
    return scalar(columns_of(key_payload(key)).get(column, MISSING))


def row_column(row: msgspec.Raw, column: str) -> str | int | float | bool | None:
    """Return one column of a row image, None when it is not there."""
    return scalar(columns_of(row).get(column, MISSING)) if is_object(row) else None


def _identity(payload: bytes) -> bytes:
    """One spelling of a key: members in order, no blanks. What is not JSON stays as it is."""
    try:
        return _canonical(_any(payload))
    except (ValueError, RecursionError):
        return payload
