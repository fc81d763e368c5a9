"""What the embedded store adds to the suite that all stores pass: a file that outlives the process, and bounds."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from points.embedded import EmbeddedStore
from points.store import StoreMisconfigured, StoreUnavailable
from points.table import VOLUME

DAY_MS = 86_400_000


def volume(inserts: int, time_ms: int, unit: str = "u") -> bytes:
    return VOLUME.line({"unit": unit, "dataset": "d"}, {"inserts": inserts}, time_ms)


def times(store: EmbeddedStore) -> list[int]:
    return [p.time_ms for p in store.read("volume")]


def test_points_outlive_the_store(tmp_path: Path) -> None:
    first = EmbeddedStore(tmp_path / "new" / "points.db")
    first.write([volume(1, 5)])
    first.close()
    assert times(EmbeddedStore(tmp_path / "new" / "points.db")) == [5]


def test_kinds_outlive_the_store(tmp_path: Path) -> None:
    first = EmbeddedStore(tmp_path / "points.db")
    first.write([volume(1, 5)])
    first.close()
    (refused,) = EmbeddedStore(tmp_path / "points.db").write([b"volume,dataset=d,unit=u inserts=1.5 6"])
    assert refused.reason == "field type conflict: 'inserts' is float, already exists as integer"


def test_a_refused_line_leaves_no_trace_of_its_new_fields() -> None:
    store = EmbeddedStore(":memory:")
    store.write([b"m x=1i 5"])
    assert len(store.write([b"m y=1i,x=1.5 6"])) == 1
    assert store.write([b"m y=1.5 7"]) == []


@pytest.mark.parametrize(("age_ms", "kept"), [(DAY_MS - 1, True), (DAY_MS, True), (DAY_MS + 1, False)])
def test_a_point_is_deleted_when_it_is_older_than_the_store_keeps(age_ms: int, kept: bool) -> None:
    store = EmbeddedStore(":memory:", retention_ms=DAY_MS)
    store.write([volume(1, 0)])
    store.write([volume(2, age_ms)])
    assert (0 in times(store)) is kept


@pytest.mark.parametrize(("age_ms", "kept"), [(DAY_MS - 1, True), (DAY_MS, True), (DAY_MS + 1, False)])
def test_a_late_point_is_refused_when_it_is_older_than_the_store_keeps(age_ms: int, kept: bool) -> None:
    store = EmbeddedStore(":memory:", retention_ms=DAY_MS)
    store.write([volume(1, 10 * DAY_MS)])
    assert (store.write([volume(2, 10 * DAY_MS - age_ms)]) == []) is kept


def test_a_file_that_is_no_store_is_a_wrong_setting(tmp_path: Path) -> None:
    path = tmp_path / "points.db"
    path.write_text("not a database, but long enough to be looked at as one" * 20)
    with pytest.raises(StoreMisconfigured, match="move the file away"):
        EmbeddedStore(path)


def test_a_folder_that_cannot_be_made_is_an_outage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable):
        EmbeddedStore(tmp_path / "file" / "points.db")


def test_a_file_held_by_another_process_is_an_outage_and_then_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("points.embedded.BUSY_SECONDS", 0.05)
    store = EmbeddedStore(tmp_path / "points.db")
    other = sqlite3.connect(tmp_path / "points.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        store.write([volume(1, 5)])
    with pytest.raises(StoreUnavailable):
        store.ping()
    other.execute("ROLLBACK")
    assert store.write([volume(1, 5)]) == []
    assert times(store) == [5]


def test_a_full_disk_stores_nothing_of_the_batch_and_all_of_it_later(tmp_path: Path) -> None:
    """SQLite's own limit on pages fails a write in the middle as a full disk does."""
    store = EmbeddedStore(tmp_path / "points.db")
    lines = [volume(i, i, f"unit-{i}") for i in range(2_000)]
    store._db.execute("PRAGMA max_page_count=20")
    with pytest.raises(StoreUnavailable, match="free space"):
        store.write(lines)
    assert times(store) == []
    store._db.execute("PRAGMA max_page_count=1000000")
    assert store.write(lines) == []
    assert len(times(store)) == 2_000


def test_readers_in_other_threads_see_whole_batches() -> None:
    store = EmbeddedStore(":memory:")
    done = threading.Event()
    seen: list[int] = []

    def look() -> None:
        while not done.is_set():
            seen.append(len(times(store)))

    reader = threading.Thread(target=look)
    reader.start()
    for batch in range(20):
        store.write([volume(i, batch * 10 + i) for i in range(10)])
    done.set()
    reader.join()
    assert {count % 10 for count in seen} <= {0}
    assert len(times(store)) == 200
