"""Compose runs what the tests run: the same versions and settings, but for what is named here with its reason."""

from __future__ import annotations

import psycopg
import pytest

from tests.deploy.files import CONNECTORS, SERVICES, connector, environment, properties
from tests.services import connect, debezium, influxdb, kafka
from tests.services import postgres as postgresql
from tests.services.clients import Database

ADDRESSES = {"listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs", "bootstrap.servers", "listen_addresses", "port"}
KAFKA_OWN = ADDRESSES | {"broker.heartbeat.interval.ms", "broker.session.timeout.ms"}
"""The last two let a broker that a test has killed come back at once."""
POSTGRES_OWN = ADDRESSES | {"unix_socket_directories", "fsync"}
"""Tests may lose their data; a department may not."""
CONNECTOR_OWN = {"slot.drop.on.stop", "publication.autocreate.mode", "slot.name", "publication.name", "table.include.list", "topic.prefix"}
"""A real connector keeps its slot, and its role may not make publications: deploy/example.sql makes them."""
JVM_ONLY = {"KAFKA_HEAP_OPTS"}
CONNECT_WITHOUT_PREFIX = ("BOOTSTRAP_SERVERS", "GROUP_ID", "CONFIG_STORAGE_TOPIC", "OFFSET_STORAGE_TOPIC", "STATUS_STORAGE_TOPIC")
CONNECT_SHORTHAND = (*CONNECT_WITHOUT_PREFIX, "OFFSET_FLUSH_INTERVAL_MS", "KEY_CONVERTER", "VALUE_CONVERTER")
SECRETS_BY_FILE = {"config.providers", "config.providers.dir.class", "config.providers.dir.param.allowed.paths"}


def without(settings: dict[str, str], names: set[str]) -> dict[str, str]:
    return {name: value for name, value in settings.items() if name not in names}


def kafka_deployed() -> dict[str, str]:
    """As the image of Kafka reads its variables: the prefix off, `_` for `.`."""
    given = {key: value for key, value in environment("kafka").items() if key not in JVM_ONLY}
    assert all(key.startswith("KAFKA_") for key in given)
    return {key.removeprefix("KAFKA_").lower().replace("_", "."): value for key, value in given.items()}


def connect_deployed() -> dict[str, str]:
    """As the image of Debezium reads them: its shorthands, and whatever begins with CONNECT_."""
    given = environment("connect")
    long = {key.removeprefix("CONNECT_"): value for key, value in given.items() if key.startswith("CONNECT_") or key in CONNECT_SHORTHAND}
    return {key.lower().replace("_", "."): value for key, value in long.items()}


def postgres_deployed() -> dict[str, str]:
    """The values of its `-c` options."""
    command = SERVICES["postgres"]["command"]
    assert set(command[::2]) == {"-c"}
    return properties("\n".join(command[1::2]))


def test_kafka_runs_with_the_settings_of_the_tests() -> None:
    assert without(kafka_deployed(), KAFKA_OWN) == without(properties(kafka.SETTINGS), KAFKA_OWN)


def test_connect_runs_with_the_settings_of_the_tests() -> None:
    assert without(connect_deployed(), ADDRESSES | SECRETS_BY_FILE) == without(properties(connect.SETTINGS), ADDRESSES)


def test_connect_reads_passwords_from_the_secrets_folder_only() -> None:
    deployed = connect_deployed()
    assert deployed["config.providers"] == "dir"
    assert deployed["config.providers.dir.param.allowed.paths"] == "/run/secrets"


def test_postgresql_runs_with_the_settings_of_the_tests() -> None:
    assert without(postgres_deployed(), POSTGRES_OWN) == without(properties(postgresql.SETTINGS), POSTGRES_OWN)
    assert "fsync" not in postgres_deployed()


def test_influxdb_is_set_up_as_in_the_tests() -> None:
    given = environment("influxdb")
    assert (given["DOCKER_INFLUXDB_INIT_ORG"], given["DOCKER_INFLUXDB_INIT_BUCKET"]) == (influxdb.ORG, influxdb.BUCKET)
    for worker in ("worker-1", "worker-2"):
        assert (environment(worker)["NHIP_INFLUXDB_ORG"], environment(worker)["NHIP_INFLUXDB_BUCKET"]) == (influxdb.ORG, influxdb.BUCKET)


@pytest.mark.parametrize(
    ("service", "image"),
    [
        ("kafka", f"apache/kafka:{kafka.Kafka.version}"),
        ("connect", f"quay.io/debezium/connect:{connect.DEBEZIUM}"),
        ("influxdb", f"influxdb:{influxdb.InfluxDB.version}"),
    ],
)
def test_a_service_has_the_version_of_the_tests(service: str, image: str) -> None:
    assert SERVICES[service]["image"] == image


def test_postgresql_is_of_the_series_that_the_tests_run(postgres: Database) -> None:
    with psycopg.connect(postgres.dsn) as connection:
        series = connection.info.server_version // 10_000
    assert SERVICES["postgres"]["image"].startswith(f"postgres:{series}.")


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_connector_is_configured_as_in_the_tests(name: str) -> None:
    tested = debezium.configuration(name, Database("postgres", 5432, "debezium", "csdl"), "prefix", "public.table")
    assert without(connector(name), CONNECTOR_OWN | {"database.password"}) == without(tested, CONNECTOR_OWN | {"database.password"})


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_connector_keeps_its_slot_and_its_password_is_elsewhere(name: str) -> None:
    settings = connector(name)
    assert settings["slot.drop.on.stop"] == "false"
    assert settings["database.password"] == "${dir:/run/secrets:debezium_password}"
    assert settings["publication.autocreate.mode"] == "disabled"


def test_connectors_share_no_slot_and_no_prefix() -> None:
    for what in ("slot.name", "publication.name", "topic.prefix"):
        assert len({connector(name)[what] for name in CONNECTORS}) == len(CONNECTORS) == 2
