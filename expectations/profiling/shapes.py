"""The shape that all texts of a column share: `HT-000123` and `HT-98` are `HT-` and digits. Told as a regular expression."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce

import msgspec

MOST_PARTS = 8
"""A text of more parts is prose, not a code."""

MOST_CHARACTERS = 64

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]*|-[0-9][0-9.]*", re.ASCII)
_PART = re.compile(r"[0-9]+|[A-Z]+|[a-z]+|[^0-9A-Za-z]", re.ASCII)
_CLASSES = ((re.compile(r"[0-9]+"), "[0-9]"), (re.compile(r"[A-Z]+"), "[A-Z]"), (re.compile(r"[a-z]+"), "[a-z]"))


class Part(msgspec.Struct, frozen=True):
    """A run of digits or letters of one case, or one mark. `text` is what it says in every text seen, None when it differs."""

    kind: str
    least: int
    most: int
    text: str | None

    def joined(self, other: Part) -> Part:
        """What this part and the same part of another text have in common."""
        text = self.text if self.text == other.text else None
        return Part(self.kind, min(self.least, other.least), max(self.most, other.most), text)


Shape = tuple[Part, ...]


def of(text: str) -> Shape | None:
    """The parts of a code; None for prose, for what is too long, and for letters with diacritics."""
    if len(text) > MOST_CHARACTERS or not _CODE.fullmatch(text):
        return None
    parts = _PART.findall(text)
    return tuple(Part(_kind(part), len(part), len(part), part) for part in parts) if len(parts) <= MOST_PARTS else None


def common(a: Shape | None, b: Shape | None) -> Shape | None:
    """The shape of two shapes; None when they have none in common."""
    if a is None or b is None or [part.kind for part in a] != [part.kind for part in b]:
        return None
    return tuple(one.joined(other) for one, other in zip(a, b, strict=True))


def of_all(texts: Sequence[str]) -> Shape | None:
    """The shape that all texts share."""
    return reduce(common, map(of, texts)) if texts else None


def regex(shape: Shape, *, shows_text: bool) -> str:
    """An anchored regular expression. Letters that never change stay as they are with `shows_text`, digits never do."""
    return "^" + "".join(_written(part, shows_text=shows_text) for part in shape) + "$"


def _written(part: Part, *, shows_text: bool) -> str:
    if part.kind not in {"[0-9]", "[A-Z]", "[a-z]"}:
        return re.escape(part.kind)
    if shows_text and part.text is not None and part.kind != "[0-9]":
        return part.text
    if part.least != part.most:
        return f"{part.kind}+"  # a running number grows
    return part.kind if part.least == 1 else f"{part.kind}{{{part.least}}}"


def _kind(part: str) -> str:
    return next((name for pattern, name in _CLASSES if pattern.fullmatch(part)), part)
