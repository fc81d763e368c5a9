"""`nhip topics` on a real broker: it tells what differs, creates what is missing, and changes nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from streams.admin.sources import sources
from streams.cli import Exit
from streams.topics import Names
from tests.services.clients import unique
from tests.streams import admin_cluster
from tests.streams.admin_cluster import nhip
from tests.streams.changes_province import catalogue, dataset
from tests.streams.kafka_topics import partitions_of, removed


@pytest.fixture
def app_id(kafka_bootstrap: str) -> Iterator[str]:
    """An application of the test's own that has no topic yet."""
    chosen = unique("topics")
    yield chosen
    removed(kafka_bootstrap, chosen)


def internal(bootstrap: str, app_id: str, *arguments: str, **settings: Any) -> dict[str, dict[str, Any]]:
    """What the command says of each internal topic, by its last word."""
    told = json.loads(nhip(bootstrap, app_id, "topics", "--json", *arguments, **settings).stdout)
    return {one["topic"].removeprefix(app_id)[1:]: one for one in told["internal"]}


def states(bootstrap: str, app_id: str, *arguments: str, **settings: Any) -> set[str]:
    return {one["state"] for one in internal(bootstrap, app_id, *arguments, **settings).values()}


def config_of(bootstrap: str, name: str, key: str) -> str:
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        told = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name, [key])], config_filter="all")
    return str(told["topic"][name][key]["value"])


def test_without_create_what_is_missing_is_told_and_nothing_is_made(kafka_bootstrap: str, app_id: str) -> None:
    result = nhip(kafka_bootstrap, app_id, "topics")
    assert (result.exit_code, f"{app_id}.changes is missing" in result.stdout) == (Exit.FAILED, True)
    assert "nhip topics --create" in result.stdout
    assert partitions_of(kafka_bootstrap, app_id) == {}


def test_create_makes_all_and_then_all_is_well(kafka_bootstrap: str, app_id: str) -> None:
    result = nhip(kafka_bootstrap, app_id, "topics", "--create", partitions=3)
    assert (result.exit_code, result.stdout.count("created ")) == (Exit.OK, 6)
    assert set(partitions_of(kafka_bootstrap, app_id).values()) == {3}
    assert nhip(kafka_bootstrap, app_id, "topics", partitions=3).exit_code == Exit.OK
    assert states(kafka_bootstrap, app_id, partitions=3) == {"ok"}


def test_create_a_second_time_makes_nothing(kafka_bootstrap: str, app_id: str) -> None:
    nhip(kafka_bootstrap, app_id, "topics", "--create")
    result = nhip(kafka_bootstrap, app_id, "topics", "--create")
    assert (result.exit_code, "created " in result.stdout) == (Exit.OK, False)


def test_a_config_that_differs_is_told_and_left_as_it_is(kafka_bootstrap: str, app_id: str) -> None:
    points = Names.of(app_id).points
    with admin_cluster.topic(kafka_bootstrap, points, 4, **{"retention.ms": "1000"}):
        result = nhip(kafka_bootstrap, app_id, "topics", "--create")
        assert (result.exit_code, f"{points}: retention.ms is 1000, should be 604800000" in result.stdout) == (Exit.FAILED, True)
        found = internal(kafka_bootstrap, app_id)["points"]["differences"]
        assert {one["what"]: one["found"] for one in found} == {"retention.ms": "1000", "max.message.bytes": "12582912"}
        assert config_of(kafka_bootstrap, points, "retention.ms") == "1000"


def test_an_inherited_value_that_is_right_does_not_differ(kafka_bootstrap: str, app_id: str) -> None:
    """What counts is what holds, not who set it: this broker keeps records for seven days by itself."""
    with admin_cluster.topic(kafka_bootstrap, Names.of(app_id).changes, 4, **{"retention.ms": "604800000"}):
        what = [one["what"] for one in internal(kafka_bootstrap, app_id)["changes"]["differences"]]
        assert what == ["max.message.bytes"]


@pytest.mark.parametrize("partitions", [3, 5])
def test_other_partitions_stop_the_creation_of_all(kafka_bootstrap: str, app_id: str, partitions: int) -> None:
    """Half of the topics with one number and half with another would be no application at all."""
    changes = Names.of(app_id).changes
    with admin_cluster.topic(kafka_bootstrap, changes, partitions):
        result = nhip(kafka_bootstrap, app_id, "topics", "--create", partitions=4)
        assert (result.exit_code, f"{changes} has {partitions}" in result.stderr) == (Exit.FAILED, True)
        assert partitions_of(kafka_bootstrap, app_id) == {changes: partitions}


def test_more_copies_than_brokers_cannot_be_made_and_the_brokers_word_is_told(kafka_bootstrap: str, app_id: str) -> None:
    result = nhip(kafka_bootstrap, app_id, "topics", "--create", replication_factor=3)
    assert (result.exit_code, "only 1 broker(s)" in result.stderr) == (Exit.FAILED, True)
    assert ("NHIP_REPLICATION_FACTOR" in result.stderr, "Request" in result.stderr) == (True, False)


def test_fewer_copies_than_set_differ(kafka_bootstrap: str, app_id: str) -> None:
    nhip(kafka_bootstrap, app_id, "topics", "--create")
    found = internal(kafka_bootstrap, app_id, replication_factor=2)["changes"]["differences"]
    assert [(one["what"], one["wanted"], one["found"]) for one in found] == [("replication", "2", "1")]


def test_source_topics_stand_beside_their_contract(kafka_bootstrap: str, app_id: str) -> None:
    with admin_cluster.topic(kafka_bootstrap, f"{app_id}.{admin_cluster.SOURCE}") as source:
        told = json.loads(nhip(kafka_bootstrap, app_id, "topics", "--json").stdout)
        assert source in told["sources"]["bao-tro-xa-hoi"]
        assert source in nhip(kafka_bootstrap, app_id, "topics").stdout


def test_topics_are_sorted_by_the_contract_that_matches() -> None:
    province = catalogue((dataset("one", topics=r"a\..*"), dataset("two", topics="b"), dataset("three", topics="c")))
    found = sources(province, ["b", "a.2", "__debezium-heartbeat.a", "a.1", "bb", "nhip.changes"])
    assert found.of_dataset == {"one": ["a.1", "a.2"], "two": ["b"], "three": []}
    assert (found.heartbeats, found.silent) == (["__debezium-heartbeat.a"], ["three"])
    assert found.topics == ["__debezium-heartbeat.a", "a.1", "a.2", "b"]


def test_a_wrong_setting_is_told_before_kafka_is_asked() -> None:
    result = nhip("127.0.0.1:1", "nhip", "topics", partitions=0)
    assert (result.exit_code, result.stderr.startswith("nhip: NHIP_PARTITIONS:")) == (Exit.USAGE, True)


def test_without_kafka_there_is_one_message() -> None:
    result = nhip("127.0.0.1:1", "nhip", "topics")
    assert (result.exit_code, "127.0.0.1:1 does not answer" in result.stderr, len(result.stderr.splitlines())) == (Exit.FAILED, True, 1)


@pytest.mark.parametrize(
    ("connector", "read"),
    [
        pytest.param("kho.a", True, id="its topics are under a contract"),
        pytest.param("kho", True, id="so are some of its topics, whatever the dots in them"),
        pytest.param("kho.b", False, id="no contract is about its topics"),
        pytest.param("kh", False, id="a name that only begins alike"),
        pytest.param("", False, id="no name at all"),
    ],
)
def test_the_heartbeats_of_a_connector_without_a_contract_are_not_read(connector: str, *, read: bool) -> None:
    """They could prove nothing alive, and there may be hundreds of connectors that are none of ours."""
    province = catalogue((dataset("one", topics=r"kho\.a\..*"),))
    heartbeat = f"__debezium-heartbeat.{connector}"
    assert sources(province, [heartbeat, "kho.a.t", "kho.b.t"]).heartbeats == ([heartbeat] if read else [])
