"""What every store of points does. One suite for the embedded store and for real InfluxDB."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from points.line import clean, tag_text
from points.measurement import Value
from points.store import Point, PointStore
from points.table import QUALITY, TRANSITIONS, VOLUME

START_MS = 1_759_460_400_000
HOUR_MS = 3_600_000


@pytest.fixture
def unit() -> str:
    """A unit of this test alone: the stores are shared."""
    return f"u-{uuid.uuid4().hex[:12]}"


def volume(unit: str, inserts: int, time_ms: int = START_MS, dataset: str = "dat-dai", **fields: int) -> bytes:
    return VOLUME.line({"unit": unit, "dataset": dataset}, {"inserts": inserts, **fields}, time_ms)


def conflicting(unit: str, time_ms: int = START_MS) -> bytes:
    """A line of good syntax whose field has another kind than stored."""
    return b"volume,dataset=dat-dai,unit=%s inserts=1.5,updates=9i %d" % (unit.encode(), time_ms)


def stored(store: PointStore, unit: str) -> list[tuple[int, dict[str, Value]]]:
    return [(p.time_ms, p.fields) for p in store.read("volume", {"unit": unit})]


def test_a_point_is_read_back_as_it_was_written(store: PointStore, unit: str) -> None:
    fields: dict[str, Value | None] = {"evaluated": 12, "missing": 0, "unexpected": 3, "ratio": 1.0, "success": False}
    tags = {"unit": unit, "dataset": "dat-dai", "check": "not_null", "dimension": "du", "severity": "warning"}
    assert store.write([QUALITY.line(tags, fields, START_MS)]) == []
    (point,) = store.read("quality", {"unit": unit})
    assert point == Point("quality", tags, {n: v for n, v in fields.items() if v is not None}, START_MS)
    assert isinstance(point.fields["ratio"], float)
    assert isinstance(point.fields["evaluated"], int)


def test_nothing_is_written_of_nothing(store: PointStore, unit: str) -> None:
    assert store.write([]) == []
    assert stored(store, unit) == []


def test_writing_again_changes_nothing(store: PointStore, unit: str) -> None:
    lines = [volume(unit, i, START_MS + i * HOUR_MS) for i in range(3)]
    for _ in range(2):
        assert store.write(lines) == []
    assert stored(store, unit) == [(START_MS + i * HOUR_MS, {"inserts": i}) for i in range(3)]


def test_a_rewrite_replaces_its_fields_and_leaves_the_others(store: PointStore, unit: str) -> None:
    store.write([volume(unit, 1, updates=5)])
    store.write([volume(unit, 2, deletes=7)])
    assert stored(store, unit) == [(START_MS, {"inserts": 2, "updates": 5, "deletes": 7})]


def test_of_two_lines_for_one_point_the_later_stands(store: PointStore, unit: str) -> None:
    store.write([volume(unit, 1), volume(unit, 2), volume(unit, 3)])
    assert stored(store, unit) == [(START_MS, {"inserts": 3})]


def test_the_later_stands_when_a_line_between_is_refused(store: PointStore, unit: str) -> None:
    """Finding the line at fault rewrites the others, in their order."""
    store.write([volume(unit, 0)])
    store.write([volume(unit, 1), conflicting(unit), volume(unit, 2), volume(unit, 3, START_MS + 1), volume(unit, 4)])
    assert stored(store, unit) == [(START_MS, {"inserts": 4}), (START_MS + 1, {"inserts": 3})]


def test_a_conflict_of_kinds_is_refused_whole_and_the_rest_is_stored(store: PointStore, unit: str) -> None:
    store.write([volume(unit, 1)])
    bad = conflicting(unit, START_MS + 1)
    refused = store.write([volume(unit, 2, START_MS + 2), bad, volume(unit, 3, START_MS + 3)])
    assert [r.line for r in refused] == [bad]
    assert "field type conflict" in refused[0].reason
    assert "inserts" in refused[0].reason
    assert stored(store, unit) == [(START_MS, {"inserts": 1}), (START_MS + 2, {"inserts": 2}), (START_MS + 3, {"inserts": 3})]


UNPARSABLE = {
    "empty": b"",
    "comment": b"# volume x=1i 5",
    "no field": b"volume,unit=x 5",
    "open quote": b'volume,unit=x reason="0912345678 5',
    "two lines": b"volume,unit=x inserts=1i 5\nvolume,unit=x inserts=1i 6",
    "not line protocol": b'{"phone": "0912345678"}',
}


@pytest.mark.parametrize("name", UNPARSABLE)
def test_an_unparsable_line_is_refused_and_the_rest_is_stored(store: PointStore, unit: str, name: str) -> None:
    refused = store.write([volume(unit, 1), UNPARSABLE[name], volume(unit, 2, START_MS + 1)])
    assert [r.line for r in refused] == [UNPARSABLE[name]]
    assert stored(store, unit) == [(START_MS, {"inserts": 1}), (START_MS + 1, {"inserts": 2})]
    assert "0912345678" not in refused[0].reason


def test_all_kinds_of_trouble_in_one_batch(store: PointStore, unit: str) -> None:
    """InfluxDB 1.8 loses the unparsable line of such a batch without a word: no line may be neither stored nor refused."""
    store.write([volume(unit, 0)])
    bad = [conflicting(unit, START_MS + 100), b"volume,unit=x", conflicting(unit, START_MS + 101), b"volume x 5"]
    good = [volume(unit, i, START_MS + i) for i in range(1, 30)]
    mixed = [*good[:4], bad[0], *good[4:5], bad[1], bad[2], *good[5:], bad[3]]
    refused = store.write(mixed)
    assert sorted(r.line for r in refused) == sorted(bad)
    assert stored(store, unit) == [(START_MS + i, {"inserts": i}) for i in range(30)]


def test_a_conflict_within_one_batch_does_not_stop_the_good_line(store: PointStore) -> None:
    """The field is new to the store: the first line settles its kind."""
    name = f"m_{uuid.uuid4().hex[:12]}".encode()
    first, second = name + b" x=1i 1759460400000", name + b" x=1.5 1759460400001"
    assert [r.line for r in store.write([first, second])] == [second]
    assert [p.fields for p in store.read(name.decode())] == [{"x": 1}]


def test_a_whole_batch_at_fault_is_refused(store: PointStore, unit: str) -> None:
    store.write([volume(unit, 1)])
    bad = [conflicting(unit, START_MS + i) for i in range(200)]
    assert {r.line for r in store.write(bad)} == set(bad)


READ: dict[bytes, dict[str, Value]] = {
    b"x=1i": {"x": 1},
    b"x=-9223372036854775808i": {"x": -(2**63)},
    b"x=.5": {"x": 0.5},
    b"x=-1.5e-3": {"x": -0.0015},
    b"x=T,y=False": {"x": True, "y": False},
    b'x="a,b =\\"\\\\"': {"x": 'a,b ="\\'},
    b'x="d\\e"': {"x": "d\\e"},
    b"f\\ x=1i,g\\,y=2i": {"f x": 1, "g,y": 2},
}


@pytest.mark.parametrize("written", READ)
def test_a_field_means_the_same_to_every_store(store: PointStore, written: bytes) -> None:
    name = f"m_{uuid.uuid4().hex[:12]}"
    assert store.write([name.encode() + b",k\\=1=v\\ 2 " + written + b" 1759460400000"]) == []
    assert store.read(name) == [Point(name, {"k=1": "v 2"}, READ[written], START_MS)]


def test_vietnamese_and_signs_survive(store: PointStore, unit: str) -> None:
    dataset, reason = 'Hộ tịch, "đất đai" = a\\b', 'chậm 9 kỳ; "12/2024" \\ ok, x=1'
    tags = {"unit": unit, "dataset": dataset, "status": "stale"}
    store.write([TRANSITIONS.line(tags, {"reason": reason, "noticed_ms": START_MS}, START_MS)])
    (point,) = store.read("transitions", {"unit": unit, "dataset": dataset})
    assert (point.tags, point.fields) == (tags, {"reason": reason, "noticed_ms": START_MS})


def test_a_large_batch_is_stored_whole_in_order(store: PointStore, unit: str) -> None:
    count = 12_000
    assert store.write([volume(unit, i, START_MS + i) for i in range(count)]) == []
    assert stored(store, unit) == [(START_MS + i, {"inserts": i}) for i in range(count)]


def test_reading_is_by_series_and_then_by_time(store: PointStore, unit: str) -> None:
    store.write([volume(unit, n, START_MS + t, dataset) for n, (dataset, t) in enumerate([("b", 2), ("a", 9), ("b", 1), ("a", 3)])])
    assert [(p.tags["dataset"], p.time_ms - START_MS) for p in store.read("volume", {"unit": unit})] == [
        ("a", 3),
        ("a", 9),
        ("b", 1),
        ("b", 2),
    ]


def test_latest_is_the_newest_point_of_each_series(store: PointStore, unit: str) -> None:
    store.write([volume(unit, n, START_MS + t, dataset) for n, (dataset, t) in enumerate([("b", 2), ("a", 9), ("b", 1), ("a", 3)])])
    found = store.latest("volume", {"unit": unit})
    assert [(p.tags["dataset"], p.time_ms - START_MS, p.fields["inserts"]) for p in found] == [("a", 9, 1), ("b", 2, 0)]


def test_a_filter_matches_every_tag_given_and_no_other_unit(store: PointStore, unit: str) -> None:
    store.write([volume(unit, 1, dataset="a"), volume(unit, 2, dataset="b"), volume(unit + "'", 3, dataset="a")])
    assert [p.fields["inserts"] for p in store.read("volume", {"unit": unit, "dataset": "a"})] == [1]
    assert [p.fields["inserts"] for p in store.read("volume", {"unit": unit + "'"})] == [3]
    assert store.read("volume", {"unit": unit, "dataset": "c"}) == []


def test_an_unknown_measurement_has_no_points(store: PointStore) -> None:
    assert store.read("never_written") == []
    assert store.latest("never_written") == []


def test_ping_is_quiet_when_all_is_well(store: PointStore) -> None:
    store.ping()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60), st.integers(-(2**63), 2**63 - 1)), min_size=1, max_size=40))
def test_no_point_of_the_table_is_unparsable(store: PointStore, drawn: list[tuple[str, str, int]]) -> None:
    """The store's own parser reads every text and number back as written, in a series of its own for each tag."""
    unit = f"u-{uuid.uuid4().hex[:12]}"
    expected: dict[tuple[str, int], dict[str, Any]] = {}
    lines = []
    for i, (dataset, reason, number) in enumerate(drawn):
        fields: dict[str, Value | None] = {"reason": reason, "noticed_ms": number}
        lines.append(TRANSITIONS.line({"unit": unit, "dataset": dataset, "status": "late"}, fields, START_MS + i))
        expected[tag_text(dataset), START_MS + i] = {"reason": clean(reason), "noticed_ms": number}
    assert store.write(lines) == []
    assert {(p.tags["dataset"], p.time_ms): p.fields for p in store.read("transitions", {"unit": unit})} == expected
