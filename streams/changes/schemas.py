"""Kafka Connect schemas beside a row: what each column means. Parsed once for each distinct schema."""

from __future__ import annotations

from functools import lru_cache

import msgspec

MOST_BYTES_REMEMBERED = 65_536


class Field(msgspec.Struct, frozen=True):
    """What the schema says of one column: its semantic name ("" without one) and the parameters of that type."""

    name: str = ""
    parameters: dict[str, str] = {}


Fields = dict[str, Field]


class _Schema(msgspec.Struct):
    field: str | None = None
    name: str | None = None
    parameters: dict[str, str] | None = None
    fields: list[_Schema] | None = None


_decode = msgspec.json.Decoder(_Schema).decode


def fields_of(schema: msgspec.Raw, *, flat: bool) -> Fields | None:
    """Return the row's columns from an envelope's or (`flat`) the row's own schema; None without a schema. Raises ValueError."""
    text = bytes(schema)
    if text in {b"", b"null"}:
        return None
    return _remembered(text, flat) if len(text) <= MOST_BYTES_REMEMBERED else _parsed(text, flat)


def _parsed(text: bytes, flat: bool) -> Fields:
    top = _decode(text)
    row = top if flat else next((f for f in top.fields or () if f.field == "after"), _Schema())
    return {f.field: Field(f.name or "", f.parameters or {}) for f in row.fields or () if f.field}


_remembered = lru_cache(maxsize=512)(_parsed)
