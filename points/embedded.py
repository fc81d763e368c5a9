"""Points in one SQLite file: the store of `nhip demo` and of small sites. It passes the suite that InfluxDB passes.

A field keeps the kind it was first written with; a line that says otherwise is refused whole, as InfluxDB does. A commit is on
disk before `write` returns.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from points.measurement import Value
from points.parse import LineError, parse
from points.store import NO_TAGS, Point, Refused, StoreMisconfigured, StoreUnavailable

SCHEMA = """
CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, measurement TEXT NOT NULL, tags TEXT NOT NULL, UNIQUE (measurement, tags));
CREATE TABLE IF NOT EXISTS kinds (measurement TEXT, field TEXT, kind TEXT NOT NULL, PRIMARY KEY (measurement, field)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS points (series INTEGER, time_ms INTEGER, fields TEXT NOT NULL, PRIMARY KEY (series, time_ms)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS points_by_time ON points (time_ms);
"""
# json_patch merges two objects key by key and keeps the text of every number.
UPSERT = """
INSERT INTO points VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET fields = json_patch(points.fields, excluded.fields)
"""
NEWEST = """
SELECT series, time_ms, fields FROM points WHERE series = ? ORDER BY time_ms DESC LIMIT 1
"""
ALL = """
SELECT series, time_ms, fields FROM points WHERE series = ? ORDER BY time_ms
"""
KIND_NAMES: dict[type, str] = {int: "integer", float: "float", bool: "boolean", str: "string"}
BUSY_SECONDS = 5.0

_encode = msgspec.json.Encoder().encode
_decode_fields = msgspec.json.Decoder(dict[str, Value]).decode
_decode_tags = msgspec.json.Decoder(dict[str, str]).decode
T = TypeVar("T")


class EmbeddedStore:
    """A PointStore in the file `path`, or in memory for `:memory:`.

    With `retention_ms`, points older than the newest one by more than that are deleted, and refused when they come.
    """

    def __init__(self, path: Path | str, retention_ms: int | None = None) -> None:
        self._path = path
        self._retention_ms = retention_ms
        self._lock = threading.Lock()
        self._series: dict[tuple[str, str], int] = {}
        self._kinds: dict[tuple[str, str], type] = {}
        self._newest_ms: int | None = None
        self._db = self._guarded(self._open)

    def write(self, lines: Sequence[bytes]) -> list[Refused]:
        """See PointStore.write: one transaction, all or nothing but for the refused."""
        with self._lock:
            try:
                return self._guarded(lambda: self._write(lines))
            except BaseException:
                # What was learnt from lines that were rolled back is forgotten.
                self._guarded(self._remember)
                raise

    def read(self, measurement: str, where: Mapping[str, str] = NO_TAGS) -> list[Point]:
        """See PointStore.read."""
        with self._lock:
            return self._guarded(lambda: self._select(ALL, measurement, where))

    def latest(self, measurement: str, where: Mapping[str, str] = NO_TAGS) -> list[Point]:
        """See PointStore.latest."""
        with self._lock:
            return self._guarded(lambda: self._select(NEWEST, measurement, where))

    def ping(self) -> None:
        """See PointStore.ping: takes and releases the write lock of the file."""
        with self._lock:
            self._guarded(lambda: self._db.executescript("BEGIN IMMEDIATE; ROLLBACK"))

    def close(self) -> None:
        """See PointStore.close."""
        with self._lock:
            self._db.close()

    def _open(self) -> sqlite3.Connection:
        if self._path != ":memory:":
            Path(self._path).parent.mkdir(parents=True, exist_ok=True)
        # The lock above is what makes sharing between threads safe.
        self._db = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(SCHEMA)
        self._remember()
        return self._db

    def _remember(self) -> None:
        """Read series, kinds and the newest time from the file."""
        kinds = {name: kind for kind, name in KIND_NAMES.items()}
        self._series = {(m, tags): number for number, m, tags in self._db.execute("SELECT id, measurement, tags FROM series")}
        self._kinds = {(m, field): kinds[kind] for m, field, kind in self._db.execute("SELECT measurement, field, kind FROM kinds")}
        self._newest_ms = self._db.execute("SELECT max(time_ms) FROM points").fetchone()[0]

    def _write(self, lines: Sequence[bytes]) -> list[Refused]:
        refused: list[Refused] = []
        with _Transaction(self._db):
            rows = [row for line in lines if (row := self._row(line, refused)) is not None]
            self._db.executemany(UPSERT, rows)
            self._forget_old(max((time_ms for _, time_ms, _ in rows), default=None))
        return refused

    def _row(self, line: bytes, refused: list[Refused]) -> tuple[int, int, str] | None:
        """The row to store for a line; None when it is refused."""
        try:
            point = parse(line)
            self._check(point)
        except LineError as error:
            refused.append(Refused(line, str(error)))
            return None
        return self._series_of(point), point.time_ms, _encode(point.fields).decode()

    def _check(self, point: Point) -> None:
        """Raise LineError when a field has another kind than before, or the point is too old."""
        new: list[tuple[str, str, str]] = []
        for name, value in point.fields.items():
            kind = self._kinds.get((point.measurement, name))
            if kind is None:
                new.append((point.measurement, name, KIND_NAMES[type(value)]))
            elif kind is not type(value):
                raise LineError(f"field type conflict: {name!r} is {KIND_NAMES[type(value)]}, already exists as {KIND_NAMES[kind]}")
        if self._retention_ms is not None and self._newest_ms is not None and point.time_ms < self._newest_ms - self._retention_ms:
            raise LineError("older than the store keeps")
        for row in new:
            self._db.execute("INSERT INTO kinds VALUES (?, ?, ?)", row)
            self._kinds[row[:2]] = type(point.fields[row[1]])

    def _series_of(self, point: Point) -> int:
        tags = _encode(dict(sorted(point.tags.items()))).decode()
        number = self._series.get((point.measurement, tags))
        if number is None:
            cursor = self._db.execute("INSERT INTO series (measurement, tags) VALUES (?, ?)", (point.measurement, tags))
            number = self._series[point.measurement, tags] = int(cursor.lastrowid or 0)
        return number

    def _forget_old(self, newest_ms: int | None) -> None:
        if newest_ms is not None and (self._newest_ms is None or newest_ms > self._newest_ms):
            self._newest_ms = newest_ms
            if self._retention_ms is not None:
                self._db.execute("DELETE FROM points WHERE time_ms < ?", (newest_ms - self._retention_ms,))

    def _select(self, query: str, measurement: str, where: Mapping[str, str]) -> list[Point]:
        wanted = where.items()
        chosen = sorted((tags, n) for (m, tags), n in self._series.items() if m == measurement and wanted <= _decode_tags(tags).items())
        return [
            Point(measurement, _decode_tags(tags), _decode_fields(fields), time_ms)
            for tags, number in chosen
            for _, time_ms, fields in self._db.execute(query, (number,))
        ]

    def _guarded(self, action: Callable[[], T]) -> T:
        """Sort SQLite's errors by what the caller can do."""
        try:
            return action()
        except (sqlite3.OperationalError, OSError) as error:
            raise StoreUnavailable(f"{self._path}: {error}: check free space, rights, and that no other process holds it") from error
        except sqlite3.DatabaseError as error:
            raise StoreMisconfigured(f"{self._path}: {error}: move the file away, or set another data directory") from error


class _Transaction:
    """One write transaction, rolled back by any exception."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._db.execute("COMMIT")
        finally:
            # A full disk can fail the commit with the transaction still open, or end it by itself.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
