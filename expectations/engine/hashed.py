"""Uniqueness where states are kept for months: of each key a number of 64 bits stands for its value.

Counts are those of `uniqueness.py` unless two keys share a number, which of 4,000 keys happens once in two million million states. No value
is kept, so none is written either. Only values that JSON has are taken.
"""

from __future__ import annotations

import struct
from array import array
from collections import Counter
from collections.abc import Hashable, Mapping
from hashlib import blake2b
from typing import Any, Final

import msgspec

from expectations.engine.compiled import Compile, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.mapped import MapState, outcome
from expectations.engine.table import Demotion, Table
from expectations.engine.uniqueness import Unique, UniqueCompounds, UniqueValues

KINDS: Final[Mapping[type, bytes]] = {str: b"s", int: b"n", bool: b"n", float: b"n", type(None): b"0"}
"""Types whose equality is known; equal numbers are one value, whatever their type."""


class Keys(msgspec.Struct, array_like=True, frozen=True):
    """Counts of rows; the keys that occurred once, eight bytes each, and how often each other one occurred."""

    rows: int = 0
    elements: int = 0
    missing: int = 0
    once: bytes = b""
    repeated: Mapping[int, int] = msgspec.field(default_factory=dict)


def number_of(key: Hashable) -> int:
    """The number that stands for a key, equal for equal keys; raises Demotion at a value that JSON does not have."""
    parts = key if isinstance(key, tuple) else (key,)
    return int.from_bytes(blake2b(b"".join(map(_written, parts)), digest_size=8).digest(), "little")


def _written(value: Any) -> bytes:
    mark = KINDS.get(type(value))
    if mark is None:
        raise Demotion("a value is of a type that JSON does not have")
    if mark == b"n":
        value = int(value) if value == value and abs(value) != float("inf") and value == int(value) else float(value)  # noqa: PLR0124
    text = value.encode("utf-8", "surrogatepass") if mark == b"s" else repr(value).encode()
    return mark + struct.pack("<I", len(text)) + text


def keys_of(counts: Mapping[int, int], rows: int, elements: int, missing: int) -> Keys:
    """The state of keys that occurred so often."""
    once = array("Q", [key for key, count in counts.items() if count == 1])
    return Keys(rows, elements, missing, once.tobytes(), {key: count for key, count in counts.items() if count > 1})


def counts_of(state: Keys) -> dict[int, int]:
    """How often each key occurred."""
    once = array("Q")
    once.frombytes(state.once)
    return {**dict.fromkeys(once, 1), **state.repeated}


class Hashed:
    """A uniqueness check with another state."""

    state_type = Keys

    def __init__(self, check: Unique) -> None:
        self.columns, self.dtypes, self._check = check.columns, check.dtypes, check

    def empty(self) -> Keys:
        """No rows."""
        return Keys()

    def of(self, table: Table) -> Keys:
        """Count the keys of a table; raises Demotion."""
        keys, _ = self._check.keys(table)
        return keys_of(Counter(map(number_of, keys)), table.rows, table.count, table.count - len(keys))

    def merge(self, a: Keys, b: Keys) -> Keys:
        """Add counts."""
        if not (a.rows and b.rows):
            return a if a.rows else b
        counts = counts_of(a)
        for key, count in counts_of(b).items():
            counts[key] = counts.get(key, 0) + count
        return keys_of(counts, a.rows + b.rows, a.elements + b.elements, a.missing + b.missing)

    def result(self, state: Keys, form: ResultFormat) -> Outcome:
        """All rows of a repeated key are unexpected."""
        counts = MapState(state.rows, state.elements, state.missing, sum(state.repeated.values()))
        return outcome(counts, self._check.mostly, form)


OF_KEPT: Final[Mapping[str, Compile]] = {
    "expect_column_values_to_be_unique": lambda kwargs, keep: Hashed(UniqueValues(kwargs, keep)),
    "expect_compound_columns_to_be_unique": lambda kwargs, keep: Hashed(UniqueCompounds(kwargs, keep)),
}
"""What keeps less where states are kept."""
