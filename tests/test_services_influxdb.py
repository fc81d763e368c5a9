"""Both versions of InfluxDB of `make services`."""

from __future__ import annotations

import pytest
from influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS

from tests.services.clients import Influx


@pytest.fixture(params=["influxdb", "influxdb18"])
def server(request: pytest.FixtureRequest) -> Influx:
    """Both versions in turn."""
    found: Influx = request.getfixturevalue(request.param)
    return found


@pytest.mark.services
def test_a_point_that_was_written_is_read_by_influxql(server: Influx) -> None:
    with InfluxDBClient(server.url, server.token, org=server.org) as client:
        client.write_api(SYNCHRONOUS).write(server.bucket, record="rhythm,unit=25465 beats=3i 1760000000000", write_precision="ms")
    assert server.select("select beats, unit from rhythm") == [
        {"name": "rhythm", "tags": "", "time": "1760000000000", "beats": "3", "unit": "25465"}
    ]


def test_a_session_has_a_bucket_of_its_own(influxdb: Influx) -> None:
    names = [bucket["name"] for bucket in influxdb.api("GET", "/api/v2/buckets?limit=100")["buckets"]]
    assert influxdb.bucket in names
    assert influxdb.bucket != "nhip"
