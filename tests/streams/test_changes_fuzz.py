"""No record, however broken, stops a batch or costs its neighbours anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.changes.quarantine import decode, encode
from streams.changes.route import Router
from streams.changes.values import rows_of
from streams.changes.wire import Row
from tests.streams.changes_province import HEALTH, TAN_NINH, catalogue, dataset, encoded, envelope, records
from tests.streams.test_changes_envelope import genuine

TOPIC = "shop1.public.ho-tich"
GOOD = [envelope({"id": n, "ma_xa": TAN_NINH, "ky": "2025-10-03"}, op) for n, op in enumerate(("c", "u", "r"))]
DATASETS = {
    "plain": dataset(),
    "everything": dataset(suite="s.json", min_rows=3, slice_column="lat_cat", slices=frozenset({TAN_NINH})),
    "one unit": dataset(fixed_unit=HEALTH, suite="s.json"),
}
ROUTERS = {name: Router(catalogue([d]), 4, max_value_bytes=50_000) for name, d in DATASETS.items()}
SAMPLES = [v for v in (encoded(sample["value"]) for sample in genuine().values()) if v is not None]
GENUINE_VALUES = [v for v in (sample["value"] for sample in genuine().values()) if v is not None] + GOOD

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from([TAN_NINH, "2025-10-03", "__debezium_unavailable_value", "c", "r", "d", 10**30, "BEGIN", "1.0"]),
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8
)
names = st.sampled_from(
    [
        *("before", "after", "source", "op", "payload", "schema", "data", "ts_ms", "snapshot", "connector", "fields", "field", "name"),
        *("specversion", "iodebeziumop", "iodebeziumtsms", "tableChanges", "databaseName", "status", "event_count", "data_collections"),
        *("aggregate_type", "additional_data", "parameters", "ma_xa", "ky", "lat_cat", "__op", "__deleted", "__source_ts_ms"),
    ]
)


@st.composite
def mutated_bytes(draw: st.DrawFn) -> bytes:
    """A genuine event with some of its bytes changed, repeated or lost."""
    value = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(value)))
        value[at : at + draw(st.integers(0, 6))] = draw(
            st.binary(max_size=6) | st.sampled_from([b"{", b"}", b"[", b'"', b"null", b"9" * 400, b"\\ud800"])
        )
    return bytes(value)


@st.composite
def mutated_members(draw: st.DrawFn) -> bytes:
    """A genuine event of which some members, at any level, are other values."""
    value = json.loads(json.dumps(draw(st.sampled_from(GENUINE_VALUES))))
    for _ in range(draw(st.integers(1, 3))):
        target = value
        while inner := [v for v in target.values() if isinstance(v, dict) and v]:
            if draw(st.booleans()):
                break
            target = draw(st.sampled_from(inner))
        target[draw(names | st.sampled_from(sorted(target) or ["op"]))] = draw(anything)
    return json.dumps(value, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


invented = st.dictionaries(names, anything, max_size=8).map(lambda value: json.dumps(value).encode())
broken = st.one_of(st.none(), st.binary(max_size=200), mutated_bytes(), mutated_members(), invented)
keys = st.one_of(st.none(), st.binary(max_size=40), anything.map(lambda k: json.dumps({"schema": None, "payload": k}).encode()))
timestamps = st.integers(-(2**63), 2**63 - 1) | st.just(1_759_449_600_000)


def rows_at(name: str, batch: list[Any]) -> tuple[dict[int, tuple[str, Row]], Any]:
    """Route a batch; rows by their source offset."""
    routed = ROUTERS[name].route(TOPIC, batch)
    found = {row.offset: (feed, row) for changes in routed.messages.values() for feed, rows in changes.rows.items() for row in rows}
    return found, routed


def neighbours_are_whole(name: str, bad: bytes | None, key: bytes | None, timestamp: int) -> None:
    good = records(*GOOD)
    alone, _ = rows_at(name, good)
    between = [good[0], *records(bad, key=key, timestamp=timestamp, first=100), *good[1:]]
    found, routed = rows_at(name, between)
    strange = found.pop(100, None)
    assert found == alone
    assert routed.counts.total() == 4
    assert len(routed.quarantined) == (100 in {q.offset for q in routed.quarantined})
    for quarantined in routed.quarantined:
        assert decode(encode(quarantined)) == quarantined
        assert len(quarantined.excerpt.encode()) <= 2_048
    if strange is not None:
        passes_on(name, strange[1])


def passes_on(name: str, row: Row) -> None:
    """A row that came of a broken record is one that OBSERVE can read."""
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(row), type=Row) == row
    assert row.heard_ms >= row.changed_ms >= 0
    assert row.heard_ms > 0
    if row.after is not None:
        once = rows_of(DATASETS[name], row.after)
        assert rows_of(DATASETS[name], msgspec.json.encode(once)) == once


def fuzzed(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return settings(max_examples=examples)


@fuzzed(300)
@given(st.sampled_from(sorted(DATASETS)), st.binary(max_size=400), keys, timestamps)
def test_random_bytes_cost_the_neighbours_nothing(name: str, bad: bytes, key: bytes | None, timestamp: int) -> None:
    neighbours_are_whole(name, bad, key, timestamp)


@fuzzed(600)
@given(st.sampled_from(sorted(DATASETS)), mutated_bytes(), keys, timestamps)
def test_a_genuine_event_with_broken_bytes_costs_the_neighbours_nothing(name: str, bad: bytes, key: bytes | None, timestamp: int) -> None:
    neighbours_are_whole(name, bad, key, timestamp)


@fuzzed(600)
@given(st.sampled_from(sorted(DATASETS)), mutated_members() | invented, keys, timestamps)
def test_a_genuine_event_with_strange_members_costs_the_neighbours_nothing(
    name: str, bad: bytes, key: bytes | None, timestamp: int
) -> None:
    neighbours_are_whole(name, bad, key, timestamp)


@fuzzed(200)
@given(st.lists(st.tuples(broken, keys, timestamps), max_size=12), st.sampled_from([TOPIC, "la", "__debezium-heartbeat.shop1"]))
def test_every_record_of_a_broken_batch_is_counted_once(batch: list[tuple[bytes | None, bytes | None, int]], topic: str) -> None:
    fetched = [records(v, key=k, timestamp=t, first=n, topic=topic)[0] for n, (v, k, t) in enumerate(batch)]
    for made in ROUTERS.values():
        assert made.route(topic, fetched).counts.total() == len(batch)
