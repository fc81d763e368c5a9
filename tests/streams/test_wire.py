"""Records of `nhip.changes`: what goes in comes out, in order, and none is larger than Kafka takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.changes.table_row import TableRow
from streams.changes.wire import Changes, Row, Tick, decode, encode, parts
from streams.outlet import chunks

ROWS = st.dictionaries(st.sampled_from(["1/a", "2/a", "3/b"]), st.lists(st.binary(max_size=300), min_size=1, max_size=20), min_size=1)


def changes_of(bodies: dict[str, list[bytes]]) -> Changes:
    return Changes("t", 3, {feed: [Row(n, "c", 5, 4, after=b) for n, b in enumerate(rows)] for feed, rows in bodies.items()})


@given(ROWS, st.integers(60, 2_000))
def test_parts_hold_all_rows_in_order_and_fit(bodies: dict[str, list[bytes]], most_bytes: int) -> None:
    changes = changes_of(bodies)
    found: dict[str, list[Row]] = {}
    for value in parts(changes, most_bytes):
        part = decode(value)
        assert isinstance(part, Changes)
        assert len(value) <= most_bytes or sum(map(len, part.rows.values())) == 1
        for feed, rows in part.rows.items():
            found.setdefault(feed, []).extend(rows)
    assert found == changes.rows


def test_what_fits_is_one_record() -> None:
    assert len(list(parts(changes_of({"1/a": [b"x"] * 50}), 1_000_000))) == 1


def test_a_tick_comes_back_as_a_tick() -> None:
    tick = Tick(7, {"t": [1, -1]})
    assert decode(encode(tick)) == tick


@given(st.lists(st.binary(min_size=1, max_size=30).filter(lambda line: b"\n" not in line)), st.integers(1, 100))
def test_chunks_hold_all_lines_in_order_and_fit(lines: list[bytes], most_bytes: int) -> None:
    values = list(chunks(lines, most_bytes))
    assert [line for value in values for line in value.split(b"\n")] == lines
    assert all(len(value) <= most_bytes or b"\n" not in value for value in values)


def test_changes_of_tables_are_split_with_the_rows_and_none_is_lost() -> None:
    tables = {feed: [TableRow(n, 1, entered=b"x" * 100) for n in range(9)] for feed in ("a/x", "b/x")}
    whole = Changes("t", 0, {"a/x": [Row(n, "c", 1, 1) for n in range(9)]}, tables)
    found = [decode(part) for part in parts(whole, 400)]
    assert len(found) > 4
    for feed, rows in tables.items():
        assert [row for part in found if isinstance(part, Changes) for row in part.tables.get(feed, [])] == rows
    assert [row for part in found if isinstance(part, Changes) for row in part.rows.get("a/x", [])] == whole.rows["a/x"]
