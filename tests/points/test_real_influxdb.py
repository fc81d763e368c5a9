"""What only the real server can tell: how InfluxDB 2.7 names wrong settings, keeps its bounds and reads lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from points.influx import InfluxStore
from points.parse import LineError, parse
from points.store import StoreMisconfigured
from points.table import VOLUME
from tests.services.clients import Influx, unique

FUTURE_MS = 4_102_444_800_000
"""The year 2100: younger than any bucket keeps."""


def volume(inserts: int, time_ms: int) -> bytes:
    return VOLUME.line({"unit": "u", "dataset": "d"}, {"inserts": inserts}, time_ms)


@contextmanager
def bucket(influxdb: Influx, name: str, keep_seconds: int = 0) -> Iterator[InfluxStore]:
    """A store in a bucket of its own that keeps points so long; for ever when 0."""
    (org,) = influxdb.api("GET", f"/api/v2/orgs?org={influxdb.org}")["orgs"]
    rules = [{"type": "expire", "everySeconds": keep_seconds}] if keep_seconds else []
    made = influxdb.api("POST", "/api/v2/buckets", {"orgID": org["id"], "name": name, "retentionRules": rules})
    store = InfluxStore(influxdb.url, influxdb.org, name, influxdb.token)
    try:
        yield store
    finally:
        store.close()
        influxdb.api("DELETE", f"/api/v2/buckets/{made['id']}")


def test_points_older_than_the_bucket_keeps_are_refused_and_the_others_stored(influxdb: Influx) -> None:
    with bucket(influxdb, unique("day"), keep_seconds=86_400) as store:
        refused = store.write([volume(1, 0), volume(2, FUTURE_MS), volume(3, 1)])
        assert [r.line for r in refused] == [volume(1, 0), volume(3, 1)]
        assert "outside retention policy" in refused[0].reason
        assert [p.fields for p in store.read("volume")] == [{"inserts": 2}]


def test_a_bucket_named_as_database_and_policy_is_written_and_read(influxdb: Influx) -> None:
    with bucket(influxdb, unique("nhip") + "/nam") as store:
        store.ping()
        assert store.write([volume(1, FUTURE_MS)]) == []
        assert [p.fields for p in store.read("volume")] == [{"inserts": 1}]


WRONG = {
    "token": ({"token": "not-the-token"}, "NHIP_INFLUXDB_TOKEN"),
    "no token": ({"token": ""}, "NHIP_INFLUXDB_TOKEN"),
    "bucket": ({"bucket": "never-made"}, "NHIP_INFLUXDB_BUCKET"),
    "organisation": ({"org": "never-made"}, "NHIP_INFLUXDB_ORG"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_named_by_ping_and_write(influxdb: Influx, name: str) -> None:
    wrong, advice = WRONG[name]
    right = {"org": influxdb.org, "bucket": influxdb.bucket, "token": influxdb.token}
    named = right | wrong
    store = InfluxStore(influxdb.url, named["org"], named["bucket"], named["token"])
    with pytest.raises(StoreMisconfigured, match=advice):
        store.ping()
    with pytest.raises(StoreMisconfigured, match=advice):
        store.write([volume(1, FUTURE_MS)])
    store.close()


def test_a_token_that_may_only_read_is_named(influxdb: Influx) -> None:
    (org,) = influxdb.api("GET", f"/api/v2/orgs?org={influxdb.org}")["orgs"]
    permission = {"action": "read", "resource": {"type": "buckets", "orgID": org["id"]}}
    made = influxdb.api("POST", "/api/v2/authorizations", {"orgID": org["id"], "permissions": [permission]})
    store = InfluxStore(influxdb.url, influxdb.org, influxdb.bucket, made["token"])
    with pytest.raises(StoreMisconfigured, match="right to write"):
        store.ping()
    store.close()
    influxdb.api("DELETE", f"/api/v2/authorizations/{made['id']}")


def test_a_path_that_is_not_influxdb_is_named(influxdb: Influx) -> None:
    with pytest.raises(StoreMisconfigured, match="NHIP_INFLUXDB_URL"):
        InfluxStore(influxdb.url + "/elsewhere", influxdb.org, influxdb.bucket, influxdb.token).ping()


GOOD = b'volume,dataset=d\\ e,unit=u\\,v inserts=1i,x=1.5,y=t,s="a \\"b\\" \\\\" 4102444800000'
MUTATED = st.builds(
    lambda at, cut, new: GOOD[:at] + new + GOOD[at + cut :],
    st.integers(0, len(GOOD)),
    st.integers(0, 3),
    st.text(alphabet='\\,= "#0i.-+ets\tắ', max_size=4).map(str.encode),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(MUTATED, min_size=1, max_size=20))
def test_what_the_embedded_store_takes_influxdb_takes(influxdb: Influx, lines: list[bytes]) -> None:
    """So that whoever begins with the embedded store can move: our parser is never the laxer one."""
    store = InfluxStore(influxdb.url, influxdb.org, influxdb.bucket, influxdb.token)
    taken = [line for line in lines if parses(line)]
    assert [r for r in store.write(taken) if "conflict" not in r.reason] == []
    store.close()


def parses(line: bytes) -> bool:
    """Whether the embedded store would take the line."""
    try:
        return bool(parse(line))
    except LineError:
        return False
