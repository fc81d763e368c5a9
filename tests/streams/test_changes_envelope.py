"""Every kind of record that a change-data source writes is told apart, and what cannot be read is a defect with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from streams.changes.envelope import Event, Kind, read
from streams.changes.problems import Defect, Problem

SAMPLES = Path(__file__).parents[1] / "data" / "debezium_samples.jsonl"

GENUINE = {
    1: (Kind.CHANGE, "r", "PostgreSQL 1.2, snapshot, no schema"),
    2: (Kind.CHANGE, "u", "PostgreSQL 1.2"),
    3: (Kind.CHANGE, "c", "PostgreSQL 1.2"),
    4: (Kind.CHANGE, "d", "PostgreSQL 1.2"),
    5: (Kind.CHANGE, "r", "PostgreSQL 2.1, snapshot"),
    6: (Kind.CHANGE, "r", "MySQL 3.0, snapshot"),
    7: (Kind.CHANGE, "u", "MySQL 3.0"),
    8: (Kind.CHANGE, "c", "PostgreSQL 2.1"),
    9: (Kind.CHANGE, "c", "MySQL 0.10 with schema, snapshot a boolean"),
    10: (Kind.CHANGE, "u", "MySQL 0.10"),
    11: (Kind.MESSAGE, "m", "logical decoding message"),
    12: (Kind.CHANGE, "r", "MySQL 1.9 with schema, all types"),
    13: (Kind.CHANGE, "d", "MySQL 1.9, schema null"),
    14: (Kind.CHANGE, "u", "MySQL 1.9, partial before"),
    15: (Kind.CHANGE, "d", "MySQL 1.9"),
    16: (Kind.CHANGE, "c", "MySQL 1.9, nested column"),
    17: (Kind.SCHEMA_CHANGE, "", "MySQL, schema {}"),
    18: (Kind.SCHEMA_CHANGE, "", "SQL Server"),
    19: (Kind.CHANGE, "u", "PostgreSQL 2.5"),
    20: (Kind.CHANGE, "c", "PostgreSQL 3.6 with schema"),
    21: (Kind.CHANGE, "r", "PostgreSQL 3.6 with schema, all types"),
    22: (Kind.TRANSACTION, "", "BEGIN"),
    23: (Kind.TRANSACTION, "", "END"),
    24: (Kind.HEARTBEAT, "h", "heartbeat with schema"),
    25: (Kind.CHANGE, "r", "snapshot=first"),
    26: (Kind.CHANGE, "r", "ISO text, decimals as text"),
    27: (Kind.CHANGE, "u", "replica identity full"),
    28: (Kind.CHANGE, "u", "default replica identity"),
    29: (Kind.CHANGE, "d", "fabricated before"),
    30: (Kind.TOMBSTONE, "", "tombstone"),
    31: (Kind.TRUNCATE, "t", "truncate"),
    32: (Kind.MESSAGE, "m", "logical decoding message, 3.6"),
    33: (Kind.CHANGE, "c", "no primary key"),
    34: (Kind.CHANGE, "u", "unchanged TOAST column"),
    35: (Kind.CHANGE, "r", "incremental snapshot"),
    36: (Kind.NOTIFICATION, "", "notification"),
    37: (Kind.CHANGE, "u", "flat"),
    38: (Kind.CHANGE, "d", "flat delete"),
    39: (Kind.CHANGE, "c", "CloudEvents"),
}


def genuine() -> dict[int, dict[str, Any]]:
    return {sample["n"]: sample for sample in map(json.loads, SAMPLES.read_text(encoding="utf-8").splitlines())}


def body(value: object, **how: Any) -> bytes | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, **how).encode()


def event_of(value: object, topic: str = "shop1.public.orders") -> Event:
    event = read(body(value), topic)
    assert isinstance(event, Event), event
    return event


def test_the_table_names_every_genuine_sample() -> None:
    assert sorted(genuine()) == sorted(GENUINE) == list(range(1, 40))


@pytest.mark.parametrize("form", [{"separators": (",", ":")}, {"indent": 2}], ids=["compact", "indented"])
@pytest.mark.parametrize("n", GENUINE, ids=[f"{n}-{what}" for n, (_, _, what) in GENUINE.items()])
def test_a_genuine_event_is_told_by_its_content(n: int, form: dict[str, Any]) -> None:
    sample, (kind, op, _) = genuine()[n], GENUINE[n]
    event = read(body(sample["value"], **form), sample["source"].get("topic") or "any.topic")
    assert isinstance(event, Event), event
    assert (event.kind, event.op) == (kind, op)


@pytest.mark.parametrize("n", [n for n, (_, op, _) in GENUINE.items() if op in {"c", "u", "r"}])
def test_the_row_of_a_genuine_event_is_its_after_image(n: int) -> None:
    value = genuine()[n]["value"]
    event = event_of(value)
    value = value.get("data", value)
    value = value.get("payload", value) if set(value) == {"schema", "payload"} else value
    assert json.loads(bytes(event.after)) == value.get("after", value)


@pytest.mark.parametrize("n", [n for n, (kind, _, _) in GENUINE.items() if kind is not Kind.TOMBSTONE and n not in {24, 39}])
def test_a_schema_beside_the_payload_changes_nothing(n: int) -> None:
    value = genuine()[n]["value"]
    if set(value) == {"schema", "payload"}:
        value = value["payload"]
    bare, wrapped = event_of(value), event_of({"schema": {"type": "struct", "fields": []}, "payload": value})
    assert (bare.kind, bare.op, bare.changed_ms) == (wrapped.kind, wrapped.op, wrapped.changed_ms)
    assert json.loads(bytes(bare.after) or b"0") == json.loads(bytes(wrapped.after) or b"0")


SOURCE = {"connector": "postgresql", "name": "shop1", "ts_ms": 1_795_386_147_435}
COMMITTED = SOURCE["ts_ms"]


@pytest.mark.parametrize(
    ("op", "snapshot", "changed_ms"),
    [
        ("c", "false", COMMITTED),
        ("c", False, COMMITTED),
        ("c", None, COMMITTED),
        ("c", True, 0),
        ("c", "true", 0),
        ("c", "last_in_data_collection", 0),
        ("r", "false", 0),
        ("r", "incremental", 0),
    ],
)
def test_a_snapshot_s_time_is_not_the_row_s_age(op: str, snapshot: object, changed_ms: int) -> None:
    event = event_of({"before": None, "after": {"id": 1}, "source": SOURCE | {"snapshot": snapshot}, "op": op})
    assert event.changed_ms == changed_ms


@pytest.mark.parametrize(
    "ts_ms",
    ["1795386147435", None, -1, 7_258_118_400_000, 10**30, 1.5, {"a": 1}, True],
    ids=["text", "null", "negative", "year 2200", "huge", "fraction", "object", "boolean"],
)
def test_a_source_time_that_is_none_is_forgotten_and_the_row_is_kept(ts_ms: object) -> None:
    event = event_of({"after": {"id": 1}, "source": SOURCE | {"ts_ms": ts_ms}, "op": "u"})
    assert (event.kind, event.op, event.changed_ms, event.connector) == (Kind.CHANGE, "u", 0, "postgresql")


FLAT = {
    "columns named like an envelope's members": ({"op": "gửi", "source": "Sở Y tế", "after": 1, "before": [2], "payload": "x"}, "u"),
    "a column op with an envelope's letter": ({"op": "c", "ma_xa": "25459"}, "u"),
    "columns named like a transaction's": ({"id": "1", "status": "BEGIN", "ts_ms": 5}, "u"),
    "columns named like a notification's": ({"id": "1", "type": "STARTED", "timestamp": 5}, "u"),
    "columns schema and payload that are text": ({"schema": "x", "payload": "y"}, "u"),
    "an operation": ({"id": 1, "__op": "c"}, "c"),
    "a snapshot read": ({"id": 1, "__op": "r"}, "r"),
    "an operation unheard of": ({"id": 1, "__op": "x"}, "u"),
    "a delete told by its mark alone": ({"id": 1, "__deleted": "true"}, "d"),
    "a delete told by a boolean": ({"id": 1, "__deleted": True}, "d"),
    "no metadata at all": ({"id": 1}, "u"),
    "no column": ({}, "u"),
}


@pytest.mark.parametrize(("value", "op"), FLAT.values(), ids=FLAT)
def test_a_flat_row_is_taken_as_it_is(value: dict[str, object], op: str) -> None:
    event = event_of(value)
    assert (event.kind, event.op, event.flat) == (Kind.CHANGE, op, True)
    assert json.loads(bytes(event.after)) == value


def test_a_flat_row_tells_when_the_source_committed_it() -> None:
    assert event_of({"id": 1, "__op": "u", "__source_ts_ms": COMMITTED}).changed_ms == COMMITTED
    assert event_of({"id": 1, "__op": "u", "__source_ts_ms": str(COMMITTED)}).changed_ms == COMMITTED
    assert event_of({"id": 1, "__op": "r", "__source_ts_ms": COMMITTED}).changed_ms == 0


@pytest.mark.parametrize(
    ("images", "op"),
    [
        ({"before": None, "after": {"id": 1}}, "c"),
        ({"before": {"id": 1}, "after": {"id": 2}}, "u"),
        ({"before": {"id": 1}, "after": None}, "d"),
    ],
    ids=["insert", "update", "delete"],
)
@pytest.mark.parametrize("mode", ["structured", "structured with schema", "binary"])
def test_a_cloud_event_without_attributes_is_told_by_its_images(images: dict[str, object], op: str, mode: str) -> None:
    data = {"schema": {"fields": []}, "payload": images} if mode == "structured with schema" else images
    event = event_of(images if mode == "binary" else {"specversion": "1.0", "id": "1", "type": "x", "data": data})
    assert (event.kind, event.op) == (Kind.CHANGE, op)


@pytest.mark.parametrize("value", [{"ts_ms": 1}, {"schema": None, "payload": {"ts_ms": 1}}, {"ts_ms": 1, "more": 2}])
def test_the_topic_of_heartbeats_tells_a_heartbeat(value: object) -> None:
    assert event_of(value, "__debezium-heartbeat.shop1").kind is Kind.HEARTBEAT


def test_a_row_on_another_topic_is_no_heartbeat() -> None:
    assert event_of({"ts_ms": 1, "more": 2}).kind is Kind.CHANGE


def test_a_null_payload_beside_a_schema_is_a_tombstone() -> None:
    assert event_of({"schema": None, "payload": None}).kind is Kind.TOMBSTONE


ENVELOPE = b'{"after":{"a":%s},"source":{},"op":"c"}'
HOSTILE = {
    "nothing": (b"", Problem.UNDECODABLE),
    "blanks": (b"   ", Problem.UNDECODABLE),
    "JSON null": (b"null", Problem.UNDECODABLE),
    "a list": (b"[1]", Problem.UNDECODABLE),
    "a text": (b'"x"', Problem.UNDECODABLE),
    "cut off": (b'{"after":{"a":1', Problem.UNDECODABLE),
    "something after the end": (b'{"op":"c"} {}', Problem.UNDECODABLE),
    "a byte order mark": (b"\xef\xbb\xbf{}", Problem.UNDECODABLE),
    "not a number": (ENVELOPE % b"NaN", Problem.UNDECODABLE),
    "infinity": (ENVELOPE % b"-Infinity", Problem.UNDECODABLE),
    "a control character": (ENVELOPE % b'"a\nb"', Problem.UNDECODABLE),
    "an insert without a row": (b'{"after":null,"source":{},"op":"c"}', Problem.UNDECODABLE),
    "a row that is a text": (b'{"after":"x","source":{},"op":"u"}', Problem.UNDECODABLE),
    "an operation unheard of": (b'{"after":{},"source":{},"op":"x"}', Problem.UNDECODABLE),
    "Avro of a schema registry": (b"\x00\x00\x00\x00\x07\x02\xff", Problem.UNDECODABLE),
    "latin letters": (ENVELOPE % '"phường"'.encode("cp1258", "replace").replace(b"?", b"\xfd"), Problem.WRONG_ENCODING),
    "UTF-16": ('{"op":"c"}'.encode("utf-16"), Problem.WRONG_ENCODING),
    "a surrogate in UTF-8": (ENVELOPE % b'"\xed\xa0\x80"', Problem.WRONG_ENCODING),
    "lists 10,000 deep": (ENVELOPE % (b"[" * 10_000 + b"]" * 10_000), Problem.TOO_DEEP),
    "objects 10,000 deep": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, Problem.TOO_DEEP),
    "open for ever": (b"[" * 100_000, Problem.UNDECODABLE),
}


@pytest.mark.parametrize(("value", "problem"), HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_read_is_a_defect_with_its_reason(value: bytes, problem: Problem) -> None:
    defect = read(value, "any.topic")
    assert isinstance(defect, Defect)
    assert defect.problem is problem


def test_a_value_may_have_as_many_bytes_as_allowed_and_not_one_more() -> None:
    value = body({"id": 1, "note": "x" * 100}) or b""
    assert isinstance(read(value, max_value_bytes=len(value) + 1), Event)
    assert isinstance(read(value, max_value_bytes=len(value)), Event)
    defect = read(value, max_value_bytes=len(value) - 1)
    assert isinstance(defect, Defect)
    assert defect.problem is Problem.OVERSIZED


def test_of_duplicate_members_the_last_counts_as_in_every_json_reader() -> None:
    event = read(b'{"op":"c","after":{"a":1},"source":{},"op":"u","after":{"a":2}}')
    assert isinstance(event, Event)
    assert (event.op, bytes(event.after)) == ("u", b'{"a":2}')


def test_a_schema_registry_is_named_as_the_cause() -> None:
    defect = read(b"\x00\x00\x00\x00\x07{}")
    assert isinstance(defect, Defect)
    assert "schema registry" in defect.detail


@pytest.mark.parametrize("value", [b'{"op":"c","after":{"cccd":"079123456789"', b'{"source":{"ts_ms":"079123456789"},"op":"x"}'])
def test_a_defect_never_tells_a_value(value: bytes) -> None:
    defect = read(value)
    assert isinstance(defect, Defect)
    assert "079123456789" not in defect.detail
