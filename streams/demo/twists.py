"""What is odd about a record: a row that was twisted, and the records that are no rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

import msgspec

from expectations.catalogue.units import Dataset
from streams.changes.envelope import HEARTBEAT_TOPIC
from streams.changes.values import UNAVAILABLE
from streams.demo.moves import Move
from streams.demo.records import prefix_of

Row = dict[str, object]
Twist = Callable[[Row, Dataset, frozenset[str], int], Row]

UNKNOWN_UNIT = "99999"
IMPOSSIBLE = -7_000_000
_json = msgspec.json.Encoder().encode


def bad(row: Row, dataset: Dataset, telling: frozenset[str], turn: int) -> Row:
    """Every value that does not say where the row belongs is missing, impossible or unknown, by turns."""
    columns = [column for column in dataset.columns.values() if column.name not in telling]
    wrong = {c.name: _wrong(c.logical, turn + n) for n, c in enumerate(columns)}
    return row | wrong


def _wrong(logical: str, turn: int) -> object:
    if turn % 3 == 0:
        return None
    return IMPOSSIBLE if logical == "integer" else None if logical in {"boolean", "date", "timestamp"} else "???"


def toast(row: Row, dataset: Dataset, telling: frozenset[str], _: int) -> Row:
    """The last text column was not touched by the change, so its value was not in the source's log."""
    texts = [c.name for c in dataset.columns.values() if c.logical == "string" and c.name not in telling]
    return row | dict.fromkeys(texts[-1:], UNAVAILABLE)


def decomposed(row: Row, _: Dataset, __: frozenset[str], ___: int) -> Row:
    """All text in Unicode's decomposed form, as some systems store it."""
    return {name: unicodedata.normalize("NFD", value) if isinstance(value, str) else value for name, value in row.items()}


def zero_date(row: Row, dataset: Dataset, _: frozenset[str], __: int) -> Row:
    """The period is a date of zeros: the text MySQL has for it, or the epoch itself."""
    return row | {dataset.period_column: "0000-00-00" if isinstance(row[dataset.period_column], str) else 0}


TWISTS: Mapping[str, Twist] = {"bad": bad, "toast": toast, "nfd": decomposed, "zero_date": zero_date}


def tombstone(move: Move, key: bytes) -> tuple[str, bytes | None, bytes | None]:
    """What follows a delete, so that compaction forgets the row."""
    return move.feed.topic, key, None


def malformed(move: Move, _: bytes) -> tuple[str, bytes | None, bytes | None]:
    """Bytes that are no record of anything."""
    return move.feed.topic, None, _MALFORMED[move.row % len(_MALFORMED)]


def transaction(move: Move, _: bytes) -> tuple[str, bytes | None, bytes | None]:
    """The beginning or the end of a transaction."""
    begins = move.row % 2 == 0
    value = {
        "status": "BEGIN" if begins else "END",
        "id": f"{move.at_ms}:{move.row // 2}",
        "ts_ms": move.at_ms,
        "event_count": None if begins else 1,
        "data_collections": None if begins else [{"data_collection": move.feed.topic, "event_count": 1}],
    }
    return move.feed.topic, None, _json(value)


def heartbeat(move: Move, _: bytes) -> tuple[str, bytes | None, bytes | None]:
    """A sign of life of the feed's connector, on its own topic."""
    prefix = prefix_of(move.feed.topic)
    return HEARTBEAT_TOPIC + prefix, _json({"serverName": prefix}), _json({"ts_ms": move.at_ms})


OTHERS: Mapping[str, Callable[[Move, bytes], tuple[str, bytes | None, bytes | None]]] = {
    "tombstone": tombstone,
    "malformed": malformed,
    "transaction": transaction,
    "heartbeat": heartbeat,
}

_MALFORMED = (
    b'{"before":null,"after":{"id":17,"ma_xa":"2548',
    "Xã Tân Biên".encode("utf-16"),
    b"\x00\x00\x00\x00\x07\x02H25486",
    b"ERROR: connection reset by peer",
)
