"""The road from a commune's table to its unit's mailbox, built once for the tests of a module."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from streams import clock
from tests.integration.road import Road, Services, removed_at_the_end, settings_of
from tests.integration.road_province import cut_catalogue
from tests.integration.road_tables import history
from tests.integration.road_worker import WorkerProcess
from tests.services import ports
from tests.services.clients import Database, Influx, own_bucket


@pytest.fixture(scope="module")
def real_services(
    kafka_bootstrap: str, connect_url: str, postgres: Database, influxdb: Influx, mail_service: dict[str, Any]
) -> Iterator[Services]:
    """The real services, with a bucket of the module's own."""
    with own_bucket(influxdb) as bucket:
        yield Services(kafka_bootstrap, connect_url, postgres, bucket, mail_service)


@pytest.fixture(scope="module")
def road(real_services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """A road whose sources hold data up to the present but for one commune, and whose worker has read them."""
    token, folder = f"road-{secrets.token_hex(4)}", tmp_path_factory.mktemp("road")
    (folder / "catalogue").mkdir()
    catalogue = cut_catalogue(folder / "catalogue", token)
    (port,) = ports.free(1)
    worker = WorkerProcess(folder, settings_of(real_services, token, folder / "catalogue", port))
    road = Road(token, real_services, catalogue, worker)
    with removed_at_the_end(road) as sources:
        for dataset, statements in history(catalogue, clock.now_ms()).items():
            sources.enter_context(road.source(dataset, *statements))
        worker.start()
        yield road
