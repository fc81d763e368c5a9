"""What proves a feed alive and no more: deletes, truncations, messages, heartbeats, rows of which the period was not sent."""

from __future__ import annotations

import pytest

from expectations.catalogue.units import Dataset
from streams.changes.problems import Problem
from streams.changes.route import Routed, Router
from streams.changes.wire import Row
from tests.streams.changes_province import BINH_MINH, HEALTH, NOW, TAN_NINH, dataset, envelope, records
from tests.streams.changes_routing import DAY, FEED, JUDGED, TOAST, TODAY, TOPIC, only_row, route, router, rows, set_aside
from tests.streams.test_changes_envelope import genuine

DELETED = {"id": 1, "ma_xa": BINH_MINH, "ky": "2025-10-03"}
DELETES = {
    "the key tells the unit": (envelope(None, "d", {"id": 1}), {"id": 1, "ma_xa": TAN_NINH}, TAN_NINH),
    "the key with a schema": (envelope(None, "d", {"id": 1}), {"schema": {}, "payload": {"ma_xa": TAN_NINH}}, TAN_NINH),
    "the key before a made-up before": (envelope(None, "d", DELETED), {"ma_xa": TAN_NINH}, TAN_NINH),
    "MySQL's whole before": (envelope(None, "d", DELETED, connector="mysql"), {"id": 1}, BINH_MINH),
    "MariaDB's whole before": (envelope(None, "d", DELETED, connector="mariadb"), {"id": 1}, BINH_MINH),
    "PostgreSQL's made-up before": (envelope(None, "d", DELETED), {"id": 1}, None),
    "no before": (envelope(None, "d", None, connector="mysql"), {"id": 1}, None),
    "no key": (envelope(None, "d", DELETED), None, None),
    "a unit nobody knows": (envelope(None, "d", None), {"ma_xa": "99999"}, None),
    "a flat delete": (DELETED | {"__deleted": "true"}, {"id": 1}, None),
    "a flat delete whose key tells": (DELETED | {"__deleted": "true"}, {"ma_xa": TAN_NINH}, TAN_NINH),
    "a key that is no JSON": (envelope(None, "d", DELETED), b"Struct{ma_xa=25459}", None),
}


@pytest.mark.parametrize(("value", "key", "unit"), DELETES.values(), ids=DELETES)
def test_a_delete_proves_life_only_where_it_is_known_whose_row_it_was(value: object, key: object, unit: str | None) -> None:
    routed = route(value, key=key, of=dataset(suite="s.json", min_rows=3))
    assert routed.quarantined == []
    if unit is None:
        assert (rows(routed), routed.counts) == ({}, {"delete_without_unit": 1})
    else:
        assert [*rows(routed)] == [f"{unit}/ho-tich"]
        row = only_row(routed)
        assert (row.op, row.period, row.key, row.after) == ("d", None, 0, None)


PROVINCE_WIDE = dataset(fixed_unit=HEALTH, suite="s.json", min_rows=3)


@pytest.mark.parametrize(("n", "op"), [(29, "d"), (31, "t"), (32, "m"), (38, "d")])
def test_a_delete_a_truncation_and_a_message_prove_a_province_wide_dataset_alive(n: int, op: str) -> None:
    row = only_row(route(genuine()[n]["value"], of=PROVINCE_WIDE))
    assert (row.op, row.period, row.key, row.after) == (op, None, 0, None)


@pytest.mark.parametrize(
    ("n", "kind"), [(17, "schema_change"), (22, "transaction"), (30, "tombstone"), (31, "truncate"), (32, "message"), (36, "notification")]
)
def test_what_a_connector_writes_of_itself_is_counted_and_proves_no_commune_alive(n: int, kind: str) -> None:
    routed = route(genuine()[n]["value"])
    assert (rows(routed), routed.counts, routed.quarantined) == ({}, {kind: 1}, [])


BEAT = "__debezium-heartbeat.shop1"


def beat(made: Router, *topics: str, beats: int = 1, topic: str = BEAT, key: object = None) -> Routed:
    made.know(topics)
    return made.route(topic, records(*[{"ts_ms": NOW}] * beats, topic=topic, key=key))


def test_a_heartbeat_proves_a_province_wide_dataset_of_its_connector_alive_once_a_batch() -> None:
    routed = beat(router(PROVINCE_WIDE), TOPIC, beats=3)
    assert rows(routed) == {f"{HEALTH}/ho-tich": [Row(2, "h", NOW, 0)]}
    assert routed.counts == {"heartbeat": 3}


@pytest.mark.parametrize(
    ("of", "topics"),
    [(dataset(), [TOPIC]), (PROVINCE_WIDE, []), (dataset(fixed_unit=HEALTH, topics="shop10.x"), ["shop10.x"])],
    ids=["shared by communes", "no topic known", "another connector of a longer name"],
)
def test_a_heartbeat_proves_nothing_else_alive(of: Dataset, topics: list[str]) -> None:
    routed = beat(router(of), *topics)
    assert (rows(routed), routed.counts, routed.quarantined) == ({}, {"heartbeat": 1}, [])


def test_a_topic_that_was_read_is_known() -> None:
    made = router(PROVINCE_WIDE)
    made.route(TOPIC, records(envelope(TODAY)))
    assert rows(beat(made)) == {f"{HEALTH}/ho-tich": [Row(0, "h", NOW, 0)]}


def test_a_heartbeat_on_a_topic_of_another_name_tells_its_connector_by_its_key() -> None:
    made = router(PROVINCE_WIDE)
    assert [*rows(beat(made, TOPIC, topic="nhip-tim", key={"serverName": "shop1"}))] == [f"{HEALTH}/ho-tich"]
    assert rows(beat(made, TOPIC, topic="nhip-tim", key={"serverName": "shop2"})) == {}
    assert rows(beat(made, TOPIC, topic="nhip-tim")) == {}


def test_a_topic_of_no_contract_is_set_aside_but_for_what_connectors_write_of_themselves() -> None:
    values = [envelope(TODAY), b"\xff", None, genuine()[22]["value"], {"ts_ms": 1}]
    routed = router().route("la", records(*values, topic="la"))
    assert set_aside(routed) == [Problem.UNKNOWN_TOPIC, Problem.WRONG_ENCODING]
    assert routed.counts == {"unknown_topic": 1, "wrong_encoding": 1, "tombstone": 1, "transaction": 1, "heartbeat": 1}


def test_a_row_whose_period_was_not_sent_proves_life_and_no_more() -> None:
    row = only_row(route(envelope(TODAY | {"ky": TOAST}, "u"), of=dataset(suite="s.json", min_rows=2)))
    assert (row.op, row.period, row.key, row.after) == ("u", None, 0, None)


def test_a_row_whose_unit_was_not_sent_proves_life_where_the_key_tells_the_unit() -> None:
    value = envelope(TODAY | {"ma_xa": TOAST}, "u")
    assert (rows(route(value)), route(value).counts) == ({}, {"unit_unavailable": 1})
    assert rows(route(value, key={"ma_xa": TAN_NINH})) == {FEED: [Row(0, "u", NOW, NOW - 500)]}


def test_a_column_that_was_not_sent_keeps_no_row_from_its_period() -> None:
    assert only_row(route(envelope(TODAY | {"ghi_chu": TOAST}, "u"), of=JUDGED)).period == DAY
