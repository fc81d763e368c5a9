"""Line protocol back into a point: the inverse of `Measurement.line`, as strict as InfluxDB.

A separator counts as escaped when a backslash stands right before it; that is InfluxDB's rule, in which a backslash has no other
meaning outside of text fields.
"""

from __future__ import annotations

import re
from functools import lru_cache

from points.line import INT_MAX, INT_MIN, TIME_MAX_MS
from points.measurement import Value
from points.store import Point

# Possessive (++): an escaped separator, once taken into a name, is never given back.
_KEY = r"(?:[^,= \\]+|\\[,= ]?)++"
_HEAD = re.compile(rf"((?:[^, \\]+|\\[, ]?)++)((?:,{_KEY}={_KEY})*) +")
_TAG = re.compile(rf",({_KEY})=({_KEY})")
_FIELD = re.compile(rf'({_KEY})=(?:"((?:[^"\\]|\\.)*)"|([^", ]+))(,|(?= ))')
_TIME = re.compile(r" +(-?[0-9]{1,19}) *")
_INT = re.compile(r"-?[0-9]{1,19}i")
_FLOAT = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_BOOLS = {"t": True, "T": True, "true": True, "True": True, "TRUE": True}
_BOOLS |= {"f": False, "F": False, "false": False, "False": False, "FALSE": False}


class LineError(ValueError):
    """A line is not line protocol with a time. The message names the part at fault, never a value."""


def parse(line: bytes) -> Point:
    """The point that a line says; raise LineError. Tags and fields keep the line's order."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise LineError("not UTF-8") from None
    if "\n" in text:
        raise LineError("not one line")
    head = _HEAD.match(text)
    if head is None:
        raise LineError("missing measurement, or a tag without a value")
    if text[0] == "#":
        raise LineError("a comment is no point")
    measurement, tags = _series(head.group(1), head.group(2))
    fields, end = _fields(text, head.end())
    time = _TIME.fullmatch(text, end)
    if time is None:
        raise LineError("missing or bad timestamp")
    time_ms = int(time.group(1))
    if not -TIME_MAX_MS < time_ms < TIME_MAX_MS:
        raise LineError("time outside range")
    return Point(measurement, dict(tags), fields, time_ms)


@lru_cache(maxsize=16_384)
def _series(measurement: str, tags: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Measurement and tags, unescaped. A feed's points repeat them, so they are remembered."""
    pairs = tuple((_unescaped(key), _unescaped(value)) for key, value in _TAG.findall(tags))
    if len({key for key, _ in pairs}) < len(pairs):
        raise LineError("duplicate tags")
    return _unescaped(measurement), pairs


def _unescaped(text: str) -> str:
    return text.replace("\\,", ",").replace("\\=", "=").replace("\\ ", " ") if "\\" in text else text


def _fields(text: str, start: int) -> tuple[dict[str, Value], int]:
    """The fields from `start` on, and where they end."""
    fields: dict[str, Value] = {}
    while True:
        found = _FIELD.match(text, start)
        if found is None:
            raise LineError("missing or invalid field, or no timestamp")
        name, quoted, bare, comma = found.groups()
        fields[_unescaped(name)] = _bare(bare) if quoted is None else _unquoted(quoted)
        start = found.end()
        if not comma:
            return fields, start


def _unquoted(text: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", text) if "\\" in text else text


def _bare(text: str) -> int | float | bool:
    """An integer, a number or a truth value as line protocol writes it."""
    if _INT.fullmatch(text) and INT_MIN <= int(text[:-1]) <= INT_MAX:
        return int(text[:-1])
    if text in _BOOLS:
        return _BOOLS[text]
    if _FLOAT.fullmatch(text) and abs(number := float(text)) < float("inf"):
        return number
    raise LineError("invalid field value")
