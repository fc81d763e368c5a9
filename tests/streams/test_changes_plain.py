"""A plain change comes out of the short way through ROUTE as it does out of the whole rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.changes.batch import Batch
from streams.changes.lanes import Lane
from streams.changes.plain import BLOCK, MOST_BLOCK_BYTES, take_all
from streams.changes.problems import Problem
from streams.changes.shapes import LATEST_MS
from tests.streams.changes_province import BINH_MINH, HEALTH, NOW, TAN_NINH, Fetched, catalogue, dataset, envelope, records
from tests.streams.changes_routing import TOPIC
from tests.streams.test_changes_fuzz import broken, keys, timestamps

LANES = {
    name: Lane(of, catalogue([of]), tolerance_ms=86_400_000, judged=of.suite is not None)
    for name, of in {
        "plain": dataset(),
        "judged": dataset(suite="s.json"),
        "counts rows": dataset(min_rows=3),
        "slices": dataset(slice_column="lat_cat", slices=frozenset({TAN_NINH})),
        "one unit": dataset(fixed_unit=HEALTH),
    }.items()
}
OF_A_ROW = [
    envelope({"id": n, "ma_xa": unit, "ky": period, "lat_cat": part, "ghi_chu": "báo cáo"}, op, snapshot=snapshot)
    for n, (unit, period, part, op, snapshot) in enumerate(
        [
            (TAN_NINH, "2025-10-03", TAN_NINH, "c", "false"),
            (BINH_MINH, "2025-10-02", None, "u", None),
            (TAN_NINH, "2025-10-01", "99999", "c", "false"),
            (BINH_MINH, "2025-10-03", TAN_NINH, "r", "true"),
            (TAN_NINH, "2026-10-03", None, "c", "false"),
            ("99999", "2025-10-03", None, "c", "false"),
        ]
    )
]


class Short(Batch):
    """A batch that takes nothing the long way."""

    def take(self, record: Any) -> None:
        pytest.fail(f"the record at offset {record.offset} is no plain change")


def begun(lane: str, kind: type[Batch] = Batch, now_ms: int = LATEST_MS) -> Batch:
    return kind(LANES[lane], TOPIC, 50_000, now_ms)


def found(batch: Batch) -> tuple[object, ...]:
    return batch.rows, batch.counts, batch.quarantined, batch.heartbeats


def both_ways(lane: str, fetched: list[Fetched], now_ms: int = LATEST_MS) -> Batch:
    """Take records the short way and the long one; the same must come of them."""
    short, long = begun(lane, now_ms=now_ms), begun(lane, now_ms=now_ms)
    take_all(short, fetched)
    for record in fetched:
        long.take(record)
    assert found(short) == found(long)
    return short


@pytest.mark.parametrize("lane", sorted(LANES))
def test_a_row_of_a_known_unit_and_period_takes_the_short_way(lane: str) -> None:
    batch = begun(lane, Short)
    take_all(batch, records(*OF_A_ROW[:2], *OF_A_ROW[3:4]))
    assert batch.counts == {"change": 3}


@pytest.mark.parametrize("lane", sorted(LANES))
@pytest.mark.parametrize("now_ms", [NOW - 1_000, NOW - 500, NOW, NOW + 1])
def test_both_ways_agree_on_rows_that_count_and_rows_that_do_not(lane: str, now_ms: int) -> None:
    both_ways(lane, records(*OF_A_ROW * 30), now_ms)


@settings(max_examples=400)
@given(
    st.sampled_from(sorted(LANES)),
    st.lists(st.tuples(broken | st.sampled_from(OF_A_ROW), keys, timestamps), max_size=2 * BLOCK),
    st.sampled_from([NOW, LATEST_MS]),
)
def test_both_ways_agree_whatever_stands_between(lane: str, batch: list[tuple[Any, bytes | None, int]], now_ms: int) -> None:
    fetched = [records(value, key=key, timestamp=at, first=n)[0] for n, (value, key, at) in enumerate(batch)]
    both_ways(lane, fetched, now_ms)


def test_a_value_that_is_not_utf_8_is_set_aside_though_its_telling_columns_could_be_read() -> None:
    good = records(*OF_A_ROW[:1] * BLOCK)
    value = good[7].value
    assert value is not None
    bad = Fetched(TOPIC, 2, 7, NOW, None, value.replace("báo cáo".encode(), b"b\xe1o c\xe1o"))
    batch = both_ways("plain", [*good[:7], bad, *good[8:]])
    assert batch.counts == {"change": BLOCK - 1, Problem.WRONG_ENCODING: 1}


def test_a_character_cut_at_the_end_of_one_value_is_not_mended_by_the_next() -> None:
    whole = records(OF_A_ROW[0])[0].value
    assert whole is not None
    cut = [Fetched(TOPIC, 2, n, NOW, None, value) for n, value in enumerate([whole + b"\xe1\xbb", b"\x8b" + whole])]
    assert both_ways("plain", cut).counts == {Problem.WRONG_ENCODING: 2}


@pytest.mark.parametrize("spare", [-1, 0, 1])
def test_values_too_large_to_be_looked_at_together_count_the_same(spare: int) -> None:
    values = [record.value or b"" for record in records(*OF_A_ROW[:1] * BLOCK)]
    values[-1] += b" " * (MOST_BLOCK_BYTES - sum(map(len, values)) + spare)
    fetched = [Fetched(TOPIC, 2, n, NOW, None, value) for n, value in enumerate(values)]
    take_all(batch := Batch(LANES["plain"], TOPIC, 2 * MOST_BLOCK_BYTES, NOW), fetched)
    assert batch.counts == {"change": BLOCK}
