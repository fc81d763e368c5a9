"""A measurement: its tags and fields with kind, unit and label, and the one way to write a point of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Literal

import msgspec

from points.line import TIME_MAX_MS, PointError, bool_field, escaped_tag, float_field, int_field, str_field

Kind = Literal["int", "float", "bool", "str"]
Value = int | float | bool | str

ENCODERS: dict[Kind, Callable[[str, object], str]] = {
    "int": int_field,
    "float": float_field,
    "bool": bool_field,
    "str": str_field,
}
MOST_HEADS = 65_536
"""Series whose escaped tags are remembered; past that many the memory starts anew."""


class Tag(msgspec.Struct, frozen=True):
    """What a series is told apart by. Values come from the catalogue, so their number is bounded."""

    name: str
    en: str
    vi: str


class Field(msgspec.Struct, frozen=True):
    """One number or text of a point. `unit` is what it counts or measures; "" for a text."""

    name: str
    kind: Kind
    unit: str
    en: str
    vi: str


class Measurement:
    """A named kind of point. `time` says in words which instant its points carry."""

    def __init__(self, name: str, *, en: str, vi: str, time: str, tags: tuple[Tag, ...], fields: tuple[Field, ...]) -> None:
        self.name = name
        self.en = en
        self.vi = vi
        self.time = time
        self.tags = tags
        self.fields = {f.name: f for f in fields}
        # Sorted tags are what InfluxDB stores; it need not sort them again.
        self._names = tuple(sorted(t.name for t in tags))
        self._values: Callable[[Mapping[str, str]], tuple[str, ...]] = itemgetter(*self._names)
        self._encoders = {f.name: (ENCODERS[f.kind], f"{f.name}=") for f in fields}
        self._heads: dict[tuple[str, ...], str] = {}

    def line(self, tags: Mapping[str, str], fields: Mapping[str, Value | None], time_ms: int) -> bytes:
        """One line of line protocol with millisecond precision, without a newline.

        A None, NaN or infinite field is left out: it says nothing. Raise PointError for a tag or field that is not in the
        table, a missing tag, a wrong kind, no field left, or an instant that InfluxDB cannot hold.
        """
        try:
            values = self._values(tags)
            head = self._heads.get(values) or self._head(values)
            encoders = self._encoders
            parts = []
            for name, value in fields.items():
                if value is not None:
                    encode, prefix = encoders[name]
                    if text := encode(prefix, value):
                        parts.append(text)
        except KeyError as error:
            raise PointError(f"{self.name}: tags are {self._names}, fields {tuple(self.fields)}; {error} is amiss") from None
        body = ",".join(parts)
        self._check(tags, body, time_ms)
        return f"{head} {body} {time_ms}".encode()

    def _head(self, values: tuple[str, ...]) -> str:
        """Measurement and tags, escaped; remembered, because a feed's points repeat them."""
        for name, value in zip(self._names, values, strict=True):
            if not isinstance(value, str):
                raise PointError(f"{self.name}: tag {name}={value!r}: give a str")
        head = self.name + "".join(f",{n}={escaped_tag(v)}" for n, v in zip(self._names, values, strict=True))
        if len(self._heads) >= MOST_HEADS:
            self._heads.clear()
        self._heads[values] = head
        return head

    def _check(self, tags: Mapping[str, str], body: str, time_ms: int) -> None:
        if len(tags) != len(self._names):
            raise PointError(f"{self.name}: tags are {self._names}; got {tuple(tags)}")
        if not body:
            raise PointError(f"{self.name}: give at least one field that has a value")
        if type(time_ms) is not int or not -TIME_MAX_MS < time_ms < TIME_MAX_MS:
            raise PointError(f"{self.name}: {time_ms!r} is no instant: give milliseconds since the epoch")
