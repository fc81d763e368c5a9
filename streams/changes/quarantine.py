"""Records that could not be used, kept with a reason and a masked excerpt.

The record itself stays in its topic: `topic`, `partition` and `offset` are enough to replay it.

Masking fails closed. A value is shown only when the contract knows its column as the unit, period or slice column, does not mark it
personal, and it looks like a code or a date: a shifted column could put a citizen's number or name there. Of everything else only the
name, type and length are told; and of a name that neither the contract knows nor a database would give, only the length.
"""

from __future__ import annotations

import re
from collections.abc import Container

import msgspec

from expectations.catalogue.units import Dataset
from streams.changes.envelope import Event
from streams.changes.problems import Problem
from streams.changes.shapes import is_object

MOST_COLUMNS = 40
MOST_NAME_CHARACTERS = 48
EXCERPT_BYTES = 2_048

_UNFIT_FOR_NAME = re.compile(r"[^\w.$ -]")
_LIKE_A_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_.$]{0,62}")
_LIKE_A_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+/-]{0,31}")
_LIKE_A_CITIZENS_NUMBER = re.compile(r"(?<!\d)\d(?:[.-]?\d){8,11}(?!\d)")  # or a telephone's, also with its groups divided
_columns = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_value = msgspec.json.Decoder(object).decode


class Quarantined(msgspec.Struct, frozen=True):
    """One record that was set aside: where it is, its broker timestamp, why, and what may be shown of it (JSON text)."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    reason: Problem
    detail: str
    excerpt: str


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Quarantined).decode
_text = msgspec.json.Encoder().encode


def excerpt_of(value: bytes | None, event: Event | None, dataset: Dataset | None) -> str:
    """Describe a record without its values, as JSON text of at most 2 KiB."""
    described: dict[str, object] = {"bytes": len(value or b"")}
    if event is not None:
        described["op"] = event.op
        row = event.after if is_object(event.after) else event.before
        described["columns"] = _described(row, dataset)
    text = _text(described).decode()
    return text if len(text.encode()) <= EXCERPT_BYTES else _text({"bytes": described["bytes"], "columns": "too many to show"}).decode()


def _described(row: msgspec.Raw, dataset: Dataset | None) -> dict[str, object]:
    try:
        columns = _columns(row)
    except (ValueError, RecursionError):
        return {}
    shown = _shown(dataset)
    first = sorted(columns.items(), key=lambda item: item[0] not in shown)[:MOST_COLUMNS]
    known = dataset.columns if dataset else {}
    described: dict[str, object] = {_name(name, known): masked(raw, name in shown) for name, raw in first}
    if len(columns) > MOST_COLUMNS:
        described["…"] = f"{len(columns) - MOST_COLUMNS} more"
    return described


def _shown(dataset: Dataset | None) -> frozenset[str]:
    """Columns whose values may be shown."""
    if dataset is None:
        return frozenset()
    telling = {dataset.unit_column, dataset.period_column, dataset.slice_column}
    return frozenset(n for n in telling if n in dataset.columns and not dataset.columns[n].personal and n not in dataset.personal)


def _name(name: str, known: Container[str]) -> str:
    """A column's name. One that the contract does not know, and that is no name that a database would give, may itself be personal."""
    return safe_name(name) if name in known or _LIKE_A_COLUMN.fullmatch(name) else f"(name of {len(name)} characters)"


def safe_name(name: str) -> str:
    """A column's name fit for any page: no control characters or markup, nothing like a citizen's number, at most 48 characters."""
    name = _UNFIT_FOR_NAME.sub("·", name)
    name = _LIKE_A_CITIZENS_NUMBER.sub("#", name)
    return name if len(name) <= MOST_NAME_CHARACTERS else name[: MOST_NAME_CHARACTERS - 1] + "…"


def masked(raw: msgspec.Raw, shown: bool) -> object:
    """The value itself when it may be shown and looks like a code, else its JSON type and length."""
    if raw == _NULL:
        return None
    first = bytes(memoryview(raw)[:1])
    kind = _KINDS.get(first, "number")
    if shown and kind in {"string", "number"} and len(raw) <= 40:
        value = _scalar(raw)
        text = str(value)
        if _LIKE_A_CODE.fullmatch(text) and not _LIKE_A_CITIZENS_NUMBER.search(text):
            return value
    return f"{kind}, {len(raw)} bytes"


def _scalar(raw: msgspec.Raw) -> object:
    try:
        return _value(raw)
    except (ValueError, RecursionError):
        return ""


_NULL = msgspec.Raw(b"null")
_KINDS = {b'"': "string", b"{": "object", b"[": "array", b"t": "boolean", b"f": "boolean"}
