"""Stores that pass the one suite, and a server in trouble."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from points.embedded import EmbeddedStore
from points.influx import InfluxStore
from points.store import PointStore
from tests.points.server import TroubledServer, troubled_server

OLD_INFLUXDB = "NHIP_TEST_INFLUX18"
"""An InfluxDB 1.8 to test against: http://user:password@host:port/database/policy."""


KINDS = [
    "embedded",
    pytest.param("influxdb 2.7", marks=pytest.mark.services),
    *([pytest.param("influxdb 1.8", marks=pytest.mark.services)] if OLD_INFLUXDB in os.environ else []),
]


def old_influxdb() -> InfluxStore:
    """The InfluxDB 1.8 that the environment names."""
    url = urlsplit(os.environ[OLD_INFLUXDB])
    return InfluxStore(f"{url.scheme}://{url.hostname}:{url.port}", "-", url.path.strip("/"), f"{url.username}:{url.password}")


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PointStore]:
    """Every kind of store in turn."""
    made: PointStore
    if request.param == "embedded":
        made = EmbeddedStore(tmp_path / "points.db")
    elif request.param == "influxdb 1.8":
        made = old_influxdb()
    else:
        found = request.getfixturevalue("influxdb")
        made = InfluxStore(found.url, found.org, found.bucket, found.token)
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[TroubledServer]:
    """A server whose answers the test prepares."""
    with troubled_server() as running:
        yield running
