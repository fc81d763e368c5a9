"""What a row carries for those who count rows and those who judge them: its key, its slice and itself."""

from __future__ import annotations

import json

import pytest

from expectations.catalogue.units import Dataset
from streams.changes.problems import Problem
from streams.changes.values import rows_of
from tests.streams.changes_province import BINH_MINH, HEALTH, TAN_BIEN, TAN_NINH, dataset, envelope, records
from tests.streams.changes_routing import COUNTED, DAY, FEED, JUDGED, TOAST, TODAY, TOPIC, only_row, route, router, rows, set_aside


def key_of(key: object, after: object = TODAY) -> int:
    return only_row(route(envelope(after), of=COUNTED, key=key)).key


def test_a_row_s_key_is_the_same_with_and_without_a_schema_and_in_any_spelling() -> None:
    with_schema = {"schema": {"type": "struct"}, "payload": {"id": 7, "nam": 2025}}
    spellings: list[object] = [{"id": 7, "nam": 2025}, with_schema, b' { "nam": 2025, "id": 7 }', {"nam": 2025, "id": 7}]
    assert len({key_of(key) for key in spellings}) == 1
    assert key_of({"id": 8, "nam": 2025}) != key_of({"id": 7, "nam": 2025})


def test_a_row_s_key_stays_the_same_through_updates_and_tells_rows_without_a_key_apart() -> None:
    changed = TODAY | {"ghi_chu": "đã sửa"}
    assert key_of({"id": 7}, TODAY) == key_of({"id": 7}, changed)
    assert key_of(None, TODAY) == key_of(None, TODAY) != key_of(None, changed)
    assert key_of({"schema": None, "payload": None}, TODAY) == key_of(None, TODAY)


@pytest.mark.parametrize("key", [b"", b"\xff\x00", b"7", b"Struct{id=7}", b"[" * 100_000, b'{"schema":1,"payload":', {}])
def test_any_key_gives_a_number_of_64_bits_that_is_never_zero(key: object) -> None:
    assert 0 < key_of(key) < 2**64


def test_a_key_is_not_worked_out_where_rows_are_not_counted() -> None:
    assert only_row(route(envelope(TODAY), key={"id": 7})).key == 0


def test_the_row_is_passed_on_only_when_a_suite_will_judge_it() -> None:
    after = only_row(route(envelope(TODAY), of=JUDGED)).after
    assert after is not None
    assert json.loads(after) == TODAY
    assert only_row(route(envelope(TODAY), of=JUDGED, suites=False)).after is None
    assert only_row(route(envelope(TODAY))).after is None


def test_a_row_with_a_schema_is_passed_on_in_its_readable_form() -> None:
    fields = [
        {"field": "ky", "type": "int32", "name": "io.debezium.time.Date"},
        {"field": "so_tien", "type": "bytes", "name": "org.apache.kafka.connect.data.Decimal", "parameters": {"scale": "2"}},
    ]
    schema = {"type": "struct", "fields": [{"field": "after", "type": "struct", "fields": fields}]}
    row = only_row(route({"schema": schema, "payload": envelope({"ma_xa": TAN_NINH, "ky": 20_364, "so_tien": "BOI="})}, of=JUDGED))
    assert row.period == DAY
    assert row.after is not None
    assert rows_of(JUDGED, row.after) == {"ma_xa": TAN_NINH, "ky": "2025-10-03", "so_tien": "12.50"}


@pytest.mark.parametrize("schema", [{"fields": 5}, [1], {"fields": [{"field": 7}]}], ids=["no list", "a list", "no name"])
def test_a_schema_that_cannot_be_read_is_set_aside(schema: object) -> None:
    assert set_aside(route({"schema": schema, "payload": envelope(TODAY)})) == [Problem.UNDECODABLE]


SLICED = dataset(fixed_unit=HEALTH, slice_column="lat_cat", slices=frozenset({TAN_NINH, BINH_MINH}))


@pytest.mark.parametrize(
    ("value", "part", "counted"),
    [
        (TAN_NINH, TAN_NINH, "change"),
        (25459, TAN_NINH, "change"),
        ("25456", TAN_NINH, "change"),
        (None, None, "change"),
        (TOAST, None, "unknown_slice"),
        ("99999", None, "unknown_slice"),
        (TAN_BIEN, None, "unknown_slice"),
        ([1], None, "change"),
    ],
)
def test_a_slice_is_told_by_its_code_and_a_row_without_one_still_counts(value: object, part: str | None, counted: str) -> None:
    routed = route(envelope(TODAY | {"lat_cat": value}), of=SLICED)
    row = only_row(routed)
    assert (row.period, row.slice, routed.counts) == (DAY, part, {counted: 1})


def test_one_column_may_tell_unit_and_slice() -> None:
    both = dataset(slice_column="ma_xa", slices=frozenset({TAN_NINH}))
    assert only_row(route(envelope(TODAY), of=both)).slice == TAN_NINH


@pytest.mark.parametrize("of", [dataset(), JUDGED, COUNTED], ids=["plain", "judged", "counted"])
def test_at_no_depth_does_nesting_stop_the_batch(of: Dataset) -> None:
    made = router(of)
    for depth in range(1, 1_100):
        nested = b"[" * depth + b"]" * depth
        value = b'{"op":"c","source":{},"after":{"ma_xa":"25459","ky":"2025-10-03","x":' + nested + b"}}"
        routed = made.route(TOPIC, records(value, envelope(TODAY), key=nested))
        assert rows(routed)[FEED][-1].offset == 1
        assert set_aside(routed) in ([], [Problem.TOO_DEEP])


@pytest.mark.parametrize(("lists", "problems"), [(62, []), (63, []), (64, [Problem.TOO_DEEP])])
@pytest.mark.parametrize("form", [b"%s", b'{"schema":{"fields":[{"field":"after","fields":[{"field":"x"}]}]},"payload":%s}'])
def test_a_row_for_a_suite_is_nested_64_deep_at_most_itself_included(lists: int, problems: list[Problem], form: bytes) -> None:
    nested = b"[" * lists + b"]" * lists
    value = form % (b'{"op":"c","source":{},"after":{"ma_xa":"25459","ky":"2025-10-03","x":%s}}' % nested)
    routed = route(value, of=JUDGED)
    assert set_aside(routed) == problems
    assert [row.after is not None for found in rows(routed).values() for row in found] == [True] * (not problems)
    assert set_aside(route(value)) == []
