"""States as bytes. Values that MessagePack does not have travel as tagged extensions, so that what is read equals what was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from expectations.engine.compiled import Demoted
from expectations.engine.table import NAN

T = TypeVar("T")

PLAIN = (type(None), bool, float, str, bytes)
INT64 = range(-(2**63), 2**64)


class UnwritableError(TypeError):
    """A value of a type that a state cannot hold when it is written."""


_TO_TEXT: Mapping[type, tuple[int, Callable[[Any], str], Callable[[str], Any]]] = {
    int: (1, str, int),
    Decimal: (2, str, Decimal),
    dt.datetime: (3, dt.datetime.isoformat, dt.datetime.fromisoformat),
    dt.date: (4, dt.date.isoformat, dt.date.fromisoformat),
    dt.time: (5, dt.time.isoformat, dt.time.fromisoformat),
}
_OF_TEXT = {code: read for code, _, read in _TO_TEXT.values()}
_TUPLE, _DELTA, _PAIRS, _NAN = 10, 11, 12, 13


def encode(state: msgspec.Struct) -> bytes:
    """Write a state; raises UnwritableError when it holds a value of another type than JSON, dates, decimals and tuples have."""
    kind = 0 if isinstance(state, Demoted) else 1
    return msgspec.msgpack.encode([kind, [_plain(value) for value in msgspec.structs.astuple(state)]])


def decode(written: bytes, state_type: type[T]) -> T | Demoted:
    """Read a state."""
    kind, fields = msgspec.msgpack.decode(written, ext_hook=_read)
    if kind == 0:
        return Demoted(*fields)
    return state_type(*fields)


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is float and value != value:  # noqa: PLR0124  a NaN
        return msgspec.msgpack.Ext(_NAN, b"")
    if kind in PLAIN or (kind is int and value in INT64):
        return value
    if kind is list:
        return [_plain(one) for one in value]
    if isinstance(value, msgspec.Struct):
        return _plain(msgspec.structs.astuple(value))
    if kind not in _TO_TEXT:
        return _nested(value, kind)
    code, write, _ = _TO_TEXT[kind]
    return msgspec.msgpack.Ext(code, write(value).encode())


def _nested(value: Any, kind: type) -> msgspec.msgpack.Ext:
    if kind is tuple:
        return msgspec.msgpack.Ext(_TUPLE, msgspec.msgpack.encode([_plain(one) for one in value]))
    if kind is dict:
        return msgspec.msgpack.Ext(_PAIRS, msgspec.msgpack.encode([[_plain(key), _plain(one)] for key, one in value.items()]))
    if kind is dt.timedelta:
        return msgspec.msgpack.Ext(_DELTA, msgspec.msgpack.encode([value.days, value.seconds, value.microseconds]))
    raise UnwritableError(f"a state holds a value of type {kind.__name__}, which cannot be written")


def _read(code: int, data: memoryview) -> Any:
    if code in _OF_TEXT:
        return _OF_TEXT[code](bytes(data).decode())
    if code == _NAN:
        return NAN  # one object, as in rows: Great Expectations counts NaNs by identity
    inner = msgspec.msgpack.decode(data, ext_hook=_read)
    if code == _TUPLE:
        return tuple(inner)
    if code == _DELTA:
        return dt.timedelta(*inner)
    return dict(inner)
