"""Text that line protocol cannot misread: every function returns something both InfluxDB's parser and ours take as one value.

A line holds no control character, so one line is one point and may travel, be logged and be quarantined by itself.
"""

from __future__ import annotations

import math
import zlib

LONGEST_TAG = 200
"""Characters of a tag value; a longer one is cut and told apart by a checksum, because series must not fall together."""

LONGEST_TEXT = 1_000
"""Characters of a text field; a longer one is cut. InfluxDB refuses more than 64 KiB."""

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
TIME_MAX_MS = 9_223_372_036_854
"""InfluxDB keeps nanoseconds in 64 bits: no instant lies further from the epoch, before or after."""


class PointError(ValueError):
    """A point breaks the table of measurements: a mistake in the program, never in the data."""


def clean(value: str) -> str:
    """`value` with every control, separator and half character as a space: what a point keeps of a text."""
    if value.isprintable():
        return value
    return "".join(c if c.isprintable() else " " for c in value)


def tag_text(value: str) -> str:
    """A tag's value as a reader will see it: clean, not empty, without a backslash at its end, bounded."""
    value = clean(value)
    if len(value) > LONGEST_TAG:
        value = f"{value[: LONGEST_TAG - 9]}~{zlib.crc32(value.encode()):08x}"
    # Line protocol can say a backslash anywhere but at the end of a tag, where it would swallow the comma that follows.
    bare = value.rstrip("\\")
    return (bare + "/" * (len(value) - len(bare))) or "-"


def field_text(value: str) -> str:
    """A text field's value as a reader will see it: clean and bounded."""
    value = clean(value)
    return value if len(value) <= LONGEST_TEXT else value[: LONGEST_TEXT - 1] + "…"


def escaped_tag(value: str) -> str:
    """A tag's value as line protocol writes it."""
    return tag_text(value).replace(",", "\\,").replace("=", "\\=").replace(" ", "\\ ")


def int_field(prefix: str, value: object) -> str:
    """`name=1i`; raise PointError for anything but an integer of 64 bits."""
    if type(value) is not int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise PointError(f"{prefix}{value!r}: give an int")
        value = int(value)
    if not INT_MIN <= value <= INT_MAX:
        raise PointError(f"{prefix}{value}: give an int of 64 bits")
    return f"{prefix}{value}i"


def float_field(prefix: str, value: object) -> str:
    """`name=0.5`, or nothing for NaN and infinities, which InfluxDB cannot hold; raise PointError for anything but a number."""
    if type(value) is not float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise PointError(f"{prefix}{value!r}: give a float")
        value = float(value)
    return f"{prefix}{value!r}" if math.isfinite(value) else ""


def bool_field(prefix: str, value: object) -> str:
    """`name=true`; raise PointError for anything but True and False."""
    if value is True:
        return prefix + "true"
    if value is False:
        return prefix + "false"
    raise PointError(f"{prefix}{value!r}: give True or False")


def str_field(prefix: str, value: object) -> str:
    """`name="text"`; raise PointError for anything but a text."""
    if not isinstance(value, str):
        raise PointError(f"{prefix}{value!r}: give a str")
    text = field_text(value)
    if '"' in text or "\\" in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'{prefix}"{text}"'
