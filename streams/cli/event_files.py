"""Files of change events: one Kafka record a line, as a dump of a topic writes it."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import msgspec

from streams.cli import UserError
from streams.offline import Fetched

FIELDS = "topic, partition, offset, timestamp_ms, key, value"
MOST_PARTITIONS = 99_999
_GZIP = b"\x1f\x8b"
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_MARK = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)
_OPEN, _CLOSE = frozenset({b"{", b"["}), frozenset({b"}", b"]"})


class Record(msgspec.Struct, frozen=True):
    """One line of an events file: a Kafka record. Objects as key or value are taken as their JSON."""

    topic: str
    partition: Annotated[int, msgspec.Meta(ge=0, le=MOST_PARTITIONS)]
    offset: Annotated[int, msgspec.Meta(ge=0)]
    timestamp_ms: int
    key: msgspec.Raw = msgspec.Raw(b"null")
    value: msgspec.Raw = msgspec.Raw(b"null")


_decode = msgspec.json.Decoder(Record).decode


def read(paths: Sequence[Path]) -> Iterator[Fetched]:
    """Read the records of all files, plain or gzip; a malformed line is the user's mistake and named by file and line.

    What is wrong inside a key or a value (NaN, broken UTF-8, nested too deeply) is the router's to judge, as it is in a worker.
    """
    for path in paths:
        for number, line in enumerate(_lines(path), 1):
            if line.isspace():
                continue
            try:
                record = _record(line)
                key, value = _body(record.key), _body(record.value)
            except ValueError as error:
                raise UserError(f"{path}:{number}: {error}. One record a line: {FIELDS}") from None
            yield Fetched(record.topic, record.partition, record.offset, record.timestamp_ms, key, value)


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            begin = file.peek(len(_UTF8_MARK))
            if begin.startswith(_UTF16_MARKS):
                raise UserError(f"{path}: is UTF-16; write it as UTF-8")
            if begin.startswith(_UTF8_MARK):
                file.read(len(_UTF8_MARK))
            yield from gzip.GzipFile(fileobj=file) if begin.startswith(_GZIP) else file
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{path}: cannot be read to its end ({error})") from None


def _record(line: bytes) -> Record:
    """Decode one line; where that fails, try again with key and value left unread. Raises ValueError."""
    try:
        return _decode(line)
    except (ValueError, RecursionError) as error:
        members = _members(line)
        if members is None:
            raise ValueError(str(error)) from None
    key, value = (msgspec.Raw(members.pop(name, b"null")) for name in (b'"key"', b'"value"'))
    rest = b"{" + b",".join(name + b":" + text for name, text in members.items()) + b"}"
    return msgspec.structs.replace(_decode(rest), key=key, value=value)


def _members(line: bytes) -> dict[bytes, bytes] | None:
    """The members of an object, undecoded, whatever is wrong inside them; None when it does not end where the line does."""
    depth, cuts = 0, []
    for token in _MARK.finditer(line):
        mark = token[0]
        depth += (mark in _OPEN) - (mark in _CLOSE)
        if (depth == 1 and mark in {b"{", b","}) or depth == 0:
            cuts.append(token.start())
    text = line.strip()
    if depth or len(cuts) < 2 or line[cuts[0] : cuts[-1] + 1] != text or not text.startswith(b"{"):
        return None
    pieces = (line[begin + 1 : end].partition(b":") for begin, end in pairwise(cuts))
    return {name.strip(): member.strip() for name, _, member in pieces}


def _body(raw: msgspec.Raw) -> bytes | None:
    """Kafka's bytes: None for null; a JSON string is the text itself (any bytes), anything else is its own JSON."""
    text = bytes(raw)
    if text == b"null":
        return None
    if not text.startswith(b'"'):
        return text
    string: str = json.loads(text.decode("utf-8", "surrogateescape"))
    try:
        return string.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair of surrogates: no byte stands behind it
        return string.encode("utf-8", "surrogatepass")
