"""A row as a suite shall see it: dates and times as ISO text, decimals as decimal text, values that were not sent left out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from expectations.catalogue.units import Column, Dataset
from streams.changes.moments import ISO_OF_NUMBER, ZONELESS_TEXT, number
from streams.changes.schemas import Field, Fields

Row = dict[str, object]

DECIMAL = "org.apache.kafka.connect.data.Decimal"
VARIABLE_DECIMAL = "io.debezium.data.VariableScaleDecimal"
UNAVAILABLE = "__debezium_unavailable_value"
UNAVAILABLE_BYTES = base64.b64encode(UNAVAILABLE.encode()).decode()
_UTC_BY_FORM = ZONELESS_TEXT | {"io.debezium.time.IsoTime"}
_NO_FIELD = Field()
_LARGEST_SCALE = 1_000

decode_row = msgspec.json.Decoder(dict[str, object]).decode


def unavailable(value: object) -> bool:
    """Whether a value is Debezium's mark for a large column (TOAST) that the change did not touch."""
    return value in {UNAVAILABLE, UNAVAILABLE_BYTES} if isinstance(value, str) else value == [UNAVAILABLE]


def is_deeper_than(value: object, levels: int) -> bool:
    """Whether lists and objects are nested more than `levels` deep."""
    nested = _containers([value])
    for _ in range(levels):
        nested = _containers(member for one in nested for member in (one.values() if isinstance(one, dict) else one))
    return bool(nested)


def _containers(values: Iterable[object]) -> list[dict[str, object] | list[object]]:
    return [value for value in values if isinstance(value, dict | list)]


def rows_of(dataset: Dataset, after: bytes) -> Row:
    """Return the row that `wire.Row.after` carries, for the dataset's suite. Doing it twice changes nothing."""
    return row_dict(after, None, dataset)


def row_dict(after: bytes | msgspec.Raw, fields: Fields | None, dataset: Dataset) -> Row:
    """Return a row with every value in its readable form; raises ValueError when `after` is no JSON object.

    The schema's semantic names decide, then the contract's encodings and logical types. A value that fits neither stays as it is: the
    suite shall see it. Columns not sent (TOAST) and Debezium's own `__…` columns are left out.
    """
    row: Row = {}
    for name, value in decode_row(after).items():
        column = dataset.columns.get(name)
        if unavailable(value) or (column is None and name.startswith("__")):
            continue
        field = fields.get(name, _NO_FIELD) if fields else _NO_FIELD
        row[name] = value if value is None else _readable(value, field, column)
    return row


def _readable(value: object, field: Field, column: Column | None) -> object:
    encoding = field.name or (column.encoding if column else None) or ""
    logical = column.logical if column else ""
    try:
        if isinstance(value, str):
            return _readable_text(value, encoding, field, logical)
        if isinstance(value, dict):
            return _variable_decimal(value) if encoding == VARIABLE_DECIMAL or logical in {"number", "integer"} else value
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return _readable_number(value, encoding, logical)
    except (ValueError, ArithmeticError, binascii.Error):
        return value
    return value


def _readable_number(value: float, encoding: str, logical: str) -> object:
    if encoding == DECIMAL:
        return format(Decimal(str(value)), "f")
    if not isinstance(value, int):
        return value
    if encoding in ISO_OF_NUMBER:
        return ISO_OF_NUMBER[encoding](value)
    if not encoding and logical == "date":
        return number(value, None).date().isoformat()
    if not encoding and logical == "timestamp":
        return number(value, None).isoformat()
    return value


def _readable_text(value: str, encoding: str, field: Field, logical: str) -> str:
    if encoding == DECIMAL:
        return decimal_text(value, int(field.parameters["scale"])) if "scale" in field.parameters else value
    if value.endswith("Z") and (encoding in _UTC_BY_FORM or (not encoding and logical == "date" and "T" not in value)):
        return value[:-1]
    return value


def _variable_decimal(value: dict[str, object]) -> object:
    match value:
        case {"scale": int(scale), "value": str(unscaled)} if len(value) == 2:
            return decimal_text(unscaled, scale)
    return value


def decimal_text(unscaled: str, scale: int) -> str:
    """Write a decimal given as base64 of its unscaled two's complement; raises ValueError when it is not one."""
    if abs(scale) > _LARGEST_SCALE:
        raise ValueError(f"a scale of {scale} digits")
    whole = int.from_bytes(base64.b64decode(unscaled, validate=True), signed=True)
    sign, digits = "-" if whole < 0 else "", str(abs(whole))
    if scale <= 0:
        return sign + digits + ("0" * -scale if whole else "")
    digits = digits.zfill(scale + 1)
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}"
