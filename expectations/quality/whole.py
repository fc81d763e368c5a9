"""The states of checks that need all rows: sums, distinct values, uniqueness, order, shape. Kept as bytes that say what they are of.

So two of them can be merged wherever they meet: of a window, of a period, of parts of a table. Merging keeps order and is associative. A
state is bounded: with more it is demoted, and its result says why there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from expectations.engine import codec, inverse
from expectations.engine.compiled import Compile, Demoted, Outcome
from expectations.engine.formats import COUNTS_ONLY
from expectations.engine.hashed import OF_KEPT
from expectations.engine.of_table import OF_TABLES
from expectations.engine.registry import TYPES
from expectations.engine.suite import Compilation, compilation, guarded
from expectations.engine.table import Table

MOST_BYTES: Final = 32_768
"""Bytes of one state: some 4,000 different keys, or as many numbers. A feed keeps some sixteen states of a check."""

KEPT: Final[Mapping[str, Compile]] = {**TYPES, **OF_KEPT}
KEPT_OF_TABLES: Final[Mapping[str, Compile]] = {**KEPT, **OF_TABLES}

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[bytes, bytes]).decode


def header(check_type: str, kwargs: Mapping[str, Any], *, of_table: bool) -> bytes:
    """What a check's states say they are of; raises NotCompiled when it cannot be kept, NoInverse when not of a table."""
    named = msgspec.json.encode([check_type, kwargs, of_table], order="sorted")
    check = compiled(named).check
    if of_table:
        inverse.inverse_of(check.state_type)
    return named


@lru_cache(4_096)
def compiled(named: bytes) -> Compilation:
    """The check that states are of; raises NotCompiled."""
    check_type, kwargs, of_table = msgspec.json.decode(named)
    return compilation(check_type, kwargs, COUNTS_ONLY, KEPT_OF_TABLES if of_table else KEPT)


def of(named: bytes, table: Table) -> bytes:
    """The state of a table's rows."""
    return _written(named, compiled(named).of(table))


def empty(named: bytes) -> bytes:
    """The state of no rows."""
    return _written(named, compiled(named).check.empty())


def merged(a: bytes, b: bytes) -> bytes:
    """The state of a's rows followed by b's."""
    named, one, other = _both(a, b)
    return _written(named, compiled(named).merge(one, other))


def without(state: bytes, gone: bytes) -> bytes:
    """The state without rows that are in it."""
    named, one, other = _both(state, gone)
    demoted = next((part for part in (one, other) if isinstance(part, Demoted)), None)
    return _written(named, demoted or guarded(inverse.without, one, other))


def outcome(state: bytes) -> Outcome | Demoted:
    """What Great Expectations says of the rows, in counts; or why only it can say."""
    named, _ = _decode(state)
    return compiled(named).result(_read(state)[1], COUNTS_ONLY)


def _both(a: bytes, b: bytes) -> tuple[bytes, Any, Any]:
    (named, one), (also, other) = _read(a), _read(b)
    return named, one, other if named == also else Demoted("the check was changed while rows were counted")


def _read(state: bytes) -> tuple[bytes, Any]:
    named, written = _decode(state)
    return named, codec.decode(written, compiled(named).check.state_type)


def _written(named: bytes, state: Any) -> bytes:
    written = guarded(codec.encode, state)
    if isinstance(written, Demoted):
        written = codec.encode(written)
    elif len(written) > MOST_BYTES:
        written = codec.encode(Demoted(f"there are too many distinct values: more than {MOST_BYTES:,} bytes of them"))
    return _encode((named, written))
