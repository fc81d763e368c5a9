"""What is odd about a record: a row that was twisted, and the records that are no rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping

import msgspec

from expectations.catalogue.units import Dataset
from streams.changes.envelope import HEARTBEAT_TOPIC
from streams.changes.values import UNAVAILABLE
from streams.province.plan import Delivery, Feed
from streams.province.records import Row, prefix_of
from streams.province.rows import Rows, Written

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


def malformed(feed: Feed, n: int, _: int) -> Written:
    """Bytes that are no record of anything."""
    return Written(feed.topic, n, None, _MALFORMED[n % len(_MALFORMED)])


def transaction(feed: Feed, n: int, at_ms: int) -> Written:
    """The beginning or the end of a transaction."""
    begins = n % 2 == 0
    value = {
        "status": "BEGIN" if begins else "END",
        "id": f"{at_ms}:{n // 2}",
        "ts_ms": at_ms,
        "event_count": None if begins else 1,
        "data_collections": None if begins else [{"data_collection": feed.topic, "event_count": 1}],
    }
    return Written(feed.topic, n, None, _json(value))


def heartbeat(feed: Feed, n: int, at_ms: int) -> Written:
    """A sign of life of the feed's connector, on its own topic."""
    prefix = prefix_of(feed.topic)
    return Written(HEARTBEAT_TOPIC + prefix, n, _json({"serverName": prefix}), _json({"ts_ms": at_ms}))


OTHERS: Mapping[str, Callable[[Feed, int, int], Written]] = {
    "malformed": malformed,
    "transaction": transaction,
    "heartbeat": heartbeat,
}
"""What is no row at all: the `n`th of its kind at an instant."""

_MALFORMED = (
    b'{"before":null,"after":{"id":17,"ma_xa":"2548',
    "Xã Tân Biên".encode("utf-16"),
    b"\x00\x00\x00\x00\x07\x02H25486",
    b"ERROR: connection reset by peer",
)


class OddRows(Rows):
    """Makes and writes the rows of one feed, odd ones and what is no row as well."""

    def write(self, delivery: Delivery, row: int, at_ms: int) -> Iterator[Written]:
        """What one row of a delivery becomes, or what comes in its place."""
        if delivery.twist in OTHERS:
            return iter([OTHERS[delivery.twist](self.feed, row, at_ms)])
        return super().write(delivery, row, at_ms)

    def row(self, delivery: Delivery, row: int, key: Row) -> Row:
        """The row, twisted where the delivery says so."""
        made, dataset = super().row(delivery, row, key), self.feed.dataset
        if delivery.twist == "unknown_unit":
            return made | {dataset.unit_column or "": UNKNOWN_UNIT}
        twist = TWISTS.get(delivery.twist)
        return twist(made, dataset, self.telling | {self.key}, row) if twist else made
