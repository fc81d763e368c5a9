"""What is known of a table, and what ends it: events that do not tell which row left, and snapshots."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from expectations.quality.oftable import of_table
from expectations.quality.suite import SuiteState
from streams.board.table_said import TEXT
from streams.board.view import BoardView
from streams.changes.route import Router
from streams.changes.table_row import LostTable, TableRow
from streams.changes.table_rows import is_made_up, snapshot_of
from streams.feeds.table_state import NO_SNAPSHOT, READING, UNKNOWN_ROW, Part, together
from tests.streams.changes_province import BINH_MINH, TAN_NINH, Fetched, catalogue, encoded, envelope
from tests.streams.feeds_scene import FEED, NOW, TOPIC, lines, tick
from tests.streams.table_scene import CHECKS, EXPECTATIONS, HERE, UNITS, Tables, begun, count, row
from tests.streams.test_why_derivation import fetched

SAMPLES = (Path(__file__).parents[1] / "data" / "debezium_samples.jsonl").read_text(encoding="utf-8").splitlines()


def test_a_row_that_goes_to_another_unit_leaves_one_table_and_enters_the_other() -> None:
    scene = begun(envelope(row(1, BINH_MINH), "u", row(1)))
    assert (count(scene), count(scene, BINH_MINH)) == (1, 1)


def test_without_a_snapshot_nothing_is_said_of_the_table() -> None:
    scene = Tables()
    scene.take(tick())
    scene.read(0, 0, [(1, encoded(envelope(row(1))))])
    scene.checkpoint()
    assert scene.known(TAN_NINH) == NO_SNAPSHOT


@pytest.mark.parametrize(
    ("event", "why"),
    [
        pytest.param(envelope(row(1), "u"), LostTable.NO_BEFORE, id="an update without the row before"),
        pytest.param(envelope(row(1), "u", {"id": 0}), LostTable.NO_BEFORE, id="an update with the key before"),
        pytest.param(envelope(None, "d"), LostTable.NO_BEFORE, id="a delete without a row"),
        pytest.param(
            envelope(None, "d", {"id": 0, "ma_xa": "", "ky": None, "so_tien": 0, "ghi_chu": None}), LostTable.NO_BEFORE, id="a made-up row"
        ),
        pytest.param(envelope(row(1, ghi_chu="__debezium_unavailable_value")), LostTable.NOT_SENT, id="a large value that nobody sent"),
        pytest.param(envelope(row(1), "r", snapshot="incremental"), LostTable.INCREMENTAL, id="an incremental snapshot"),
        pytest.param(envelope(row(1), "r", snapshot="true", lsn=None), LostTable.NO_POSITION, id="a snapshot without a position"),
        pytest.param(envelope(None, "t"), LostTable.EMPTIED, id="a truncation"),
        pytest.param("no JSON object", LostTable.UNREADABLE, id="a record that cannot be read"),
        pytest.param(envelope(None, "d", row(9, so_tien=77)), UNKNOWN_ROW, id="a row leaves that never entered"),
    ],
)
def test_what_does_not_tell_what_is_in_the_table_ends_the_answer_until_a_snapshot(event: object, why: str) -> None:
    scene = begun(event)
    assert scene.known(TAN_NINH) == why
    scene.read(0, 3, [(1, encoded(envelope(row(1), "r", snapshot="true", lsn=8)))])
    scene.checkpoint()
    assert count(scene) == 1


def test_a_large_value_that_did_not_change_is_that_of_the_row_before() -> None:
    """And one of which nobody sent the old value either ends the answer."""
    scene = begun(envelope(row(1, so_tien=9, ghi_chu="__debezium_unavailable_value"), "u", row(1)))
    assert count(scene) == 2
    assert (
        begun(envelope(row(1, ghi_chu="__debezium_unavailable_value"), "u", row(1, ghi_chu="__debezium_unavailable_value"))).known(TAN_NINH)
        == LostTable.NOT_SENT
    )


def test_of_a_table_that_has_become_empty_counts_are_zero_and_means_fail() -> None:
    """As Great Expectations says of a frame without rows."""
    scene = begun(envelope(None, "d", row(1)), envelope(None, "d", row(2)))
    found = {one.check: (one.success, one.observed) for one in of_table(CHECKS, scene.known(TAN_NINH)).checks}
    assert found["table.row_count_between"] == (False, 0.0)
    assert found["so_tien.mean_between"] == (False, None)
    assert found["ghi_chu.be_unique"] == (True, None)
    never = {one.check: (one.success, one.observed) for one in of_table(CHECKS, scene.known(BINH_MINH)).checks}
    assert never == found


def test_what_is_lost_is_told_once_a_batch_to_every_feed() -> None:
    """A contract that promises too much must not cost a row a feed for each delete."""
    values = [encoded(envelope(None, "d", {"id": n})) for n in range(50)]
    records = [Fetched(TOPIC, 0, n, NOW, encoded({"id": n}), value) for n, value in enumerate(values)]
    (message,) = Router(catalogue((HERE,)), 1).route(TOPIC, records, NOW).messages.values()
    assert {feed: [one.offset for one in rows] for feed, rows in message.tables.items()} == {f"{unit}/{HERE.id}": [0] for unit in UNITS}


def test_a_snapshot_counts_no_row_twice_and_forgets_rows_of_units_that_have_none_left() -> None:
    scene = begun(envelope(row(3, BINH_MINH)), envelope(row(1), "r", snapshot="true", lsn=8), envelope(row(2), "r", snapshot="last", lsn=8))
    assert (count(scene), count(scene, BINH_MINH)) == (2, 0)


def test_rows_from_before_a_snapshot_that_their_partition_has_not_seen_are_in_doubt() -> None:
    """Rows of a partition without a snapshot count when they came after it began, not in its millisecond."""
    known = {"t/0": Part(5, 8, 1_000, 1_000, "", SuiteState(2)), "t/1": Part(5, 0, 0, 1_000, "", SuiteState(1))}
    assert together(known) == READING
    known["t/1"].first_ms = 1_001
    assert together(known) == SuiteState(3)
    known["t/1"] = Part(5, 7, 900, 900, "", SuiteState())
    assert together(known) == SuiteState(2)


def test_points_say_whether_they_tell_of_the_table_or_of_the_stream() -> None:
    scene = begun()
    told = {line.fields["of"] for line in lines(scene.sent[-1].points, "quality_table") if f"unit={TAN_NINH}" in line.head}
    ends = begun(envelope(row(1), "u"))
    lost = [line.fields for line in lines(ends.sent[-1].points, "quality_table") if f"unit={TAN_NINH}" in line.head]
    assert told == {'"table"', '"stream"'}  # the check of order is never of the table
    assert {(fields["of"], fields["why"]) for fields in lost} == {('"stream"', '"no_before"')}


def test_a_dataset_whose_contract_asks_for_nothing_sends_no_row_images() -> None:
    plain = msgspec.structs.replace(HERE, full_before=False)
    value = encoded(envelope(row(1), "u", row(1)))
    (message,) = Router(catalogue((plain,)), 1).route(TOPIC, [Fetched(TOPIC, 0, 0, NOW, None, value)], NOW).messages.values()
    assert message.tables == {}
    (asked,) = Router(catalogue((HERE,)), 1).route(TOPIC, [Fetched(TOPIC, 0, 0, NOW, None, value)], NOW).messages.values()
    assert asked.tables == {FEED: [TableRow(0, NOW, entered=encoded(row(1)), left=encoded(row(1)))]}
    assert asked.rows == message.rows


async def why(scene: Tables, tmp_path: Path, language: str) -> str:
    """What `nhip why` prints of the feed."""
    suite = tmp_path / "s.json"
    suite.write_text(json.dumps({"name": "table", "expectations": EXPECTATIONS}))
    known = catalogue((msgspec.structs.replace(HERE, suite=str(suite)),))
    board = BoardView(known)
    for key, bucket in scene.table.items():
        board.update_bucket(0, key, bucket)
    board.tick(NOW)
    return "\n".join(await fetched(board, known, FEED, language, NOW))


async def test_why_says_what_is_known_of_the_table_or_that_quality_is_of_the_stream(tmp_path: Path) -> None:
    known = await why(begun(), tmp_path, "en")
    lost = await why(begun(envelope(row(1), "u")), tmp_path, "vi")
    assert "Rows in the table now: 2;" in known
    assert "Told of the stream only: id.be_increasing." in known
    assert "Chưa biết trong bảng hiện có gì: nguồn không gửi đủ dòng trước khi sửa hoặc xóa" in lost


def test_every_reason_is_said_in_both_languages() -> None:
    assert {*LostTable, UNKNOWN_ROW, NO_SNAPSHOT, READING} <= set(TEXT)


def sample(number: int) -> tuple[bytes, bytes]:
    """Key and value of a record that Debezium wrote."""
    told = json.loads(SAMPLES[number - 1])
    return json.dumps(told["key"]).encode(), json.dumps(told["value"]).encode()


def test_rows_of_one_snapshot_of_postgresql_say_so_and_those_of_others_do_not() -> None:
    first, last, other, incremental = (snapshot_of(sample(n)[1]) for n in (25, 26, 21, 35))
    assert first == last
    assert isinstance(first, int)
    assert other not in (first, LostTable.NO_POSITION)
    assert incremental is LostTable.INCREMENTAL


def test_a_delete_under_postgresqls_default_identity_is_seen_to_be_made_up() -> None:
    """As captured: name "", e-mail null, active true, which is the column's default. A full row is not."""
    key, value = sample(29)
    before = msgspec.json.decode(value, type=dict[str, msgspec.Raw])["before"]
    assert is_made_up(before, key, ("name", "email"))
    full_key, full = sample(27)
    assert not is_made_up(msgspec.json.decode(full, type=dict[str, msgspec.Raw])["before"], full_key, ("customer_id", "order_date"))
