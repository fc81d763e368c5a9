"""Nhịp's own topics on real Kafka: made once, with their settings, and never with a second number of partitions."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from streams.admin.clients import KafkaTrouble
from streams.settings import Settings, load
from streams.topics import DAY_MS, Names, TopicError, ensure, plan
from tests.services.clients import unique
from tests.streams.kafka_topics import partitions_of, removed, topic

RETENTION_DAYS = {"changes": 7, "points": 7, "transitions": 365, "quarantine": 90}
TABLES = ("feeds", "notified")


@pytest.fixture
def settings(kafka_bootstrap: str) -> Iterator[Settings]:
    """Settings with an application id of the test's own; its topics are deleted afterwards."""
    chosen = load(app_id=unique("topics"), kafka_bootstrap=kafka_bootstrap, partitions=3)
    yield chosen
    removed(kafka_bootstrap, chosen.app_id)


def configs(settings: Settings) -> dict[str, dict[str, str]]:
    """What Kafka says of the settings of each topic."""
    with closing(KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)) as admin:
        told = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, t.name) for t in plan(settings)])["topic"]
    return {name: {key: entry["value"] for key, entry in entries.items()} for name, entries in told.items()}


class TestPlan:
    def test_every_name_has_a_topic(self) -> None:
        names = Names.of("nhip")
        assert [t.name for t in plan(load())] == [
            names.changes,
            names.points,
            names.transitions,
            names.quarantine,
            names.feeds,
            names.notified,
        ]

    def test_tables_have_the_names_that_faust_gives_their_changelogs(self) -> None:
        assert (Names.of("a.b").feeds, Names.of("a.b").notified) == ("a.b-feeds-changelog", "a.b-notified-changelog")

    def test_all_have_one_number_of_partitions(self) -> None:
        """A table's changelog must have as many as the topic from which the table is filled."""
        assert {t.partitions for t in plan(load(partitions=7))} == {7}

    @pytest.mark.parametrize(("name", "days"), RETENTION_DAYS.items())
    def test_streams_are_kept_for_days(self, name: str, days: int) -> None:
        config = {t.name: t.config for t in plan(load())}[getattr(Names.of("nhip"), name)]
        assert (config["retention.ms"], config.get("cleanup.policy")) == (str(days * DAY_MS), None)

    @pytest.mark.parametrize("name", TABLES)
    def test_tables_are_compacted_and_kept(self, name: str) -> None:
        config = {t.name: t.config for t in plan(load())}[getattr(Names.of("nhip"), name)]
        assert (config["cleanup.policy"], "retention.ms" in config) == ("compact", False)


class TestEnsure:
    def test_it_makes_what_is_missing_and_names_it(self, settings: Settings) -> None:
        assert ensure(settings) == [t.name for t in plan(settings)]
        assert partitions_of(settings.kafka_bootstrap, settings.app_id) == {t.name: 3 for t in plan(settings)}

    def test_kafka_has_the_settings_that_were_planned(self, settings: Settings) -> None:
        ensure(settings)
        told = configs(settings)
        assert {t.name: {key: told[t.name][key] for key in t.config} for t in plan(settings)} == {t.name: t.config for t in plan(settings)}

    def test_a_second_time_there_is_nothing_to_make(self, settings: Settings) -> None:
        ensure(settings)
        assert ensure(settings) == []

    def test_only_the_missing_one_is_made(self, settings: Settings) -> None:
        names = Names.of(settings.app_id)
        with topic(settings.kafka_bootstrap, names.points, 3):
            assert ensure(settings) == [t.name for t in plan(settings) if t.name != names.points]

    def test_workers_that_start_together_do_not_get_in_each_others_way(self, settings: Settings) -> None:
        with ThreadPoolExecutor(4) as workers:
            made = [name for names in workers.map(ensure, [settings] * 4) for name in names]
        assert set(made) == {t.name for t in plan(settings)} == set(partitions_of(settings.kafka_bootstrap, settings.app_id))


class TestRefusal:
    def test_another_number_of_partitions_is_refused_with_what_to_do(self, settings: Settings) -> None:
        ensure(settings)
        with pytest.raises(TopicError) as refused:
            ensure(settings.model_copy(update={"partitions": 4}))
        said = str(refused.value)
        assert "NHIP_PARTITIONS=4" in said
        assert f"{settings.app_id}.changes has 3" in said
        assert "choose another NHIP_APP_ID" in said

    def test_then_nothing_is_made(self, settings: Settings) -> None:
        """Not half of the topics with one number and half with another."""
        names = Names.of(settings.app_id)
        with topic(settings.kafka_bootstrap, names.quarantine, 1):
            with pytest.raises(TopicError, match=f"{names.quarantine} has 1"):
                ensure(settings)
            assert partitions_of(settings.kafka_bootstrap, settings.app_id) == {names.quarantine: 1}

    def test_more_copies_than_brokers_are_refused_with_what_to_do(self, settings: Settings) -> None:
        with pytest.raises(TopicError, match="NHIP_REPLICATION_FACTOR"):
            ensure(settings.model_copy(update={"replication_factor": 3}))
        assert partitions_of(settings.kafka_bootstrap, settings.app_id) == {}

    def test_a_broker_that_is_not_there_is_named(self) -> None:
        with pytest.raises(KafkaTrouble, match=r"127\.0\.0\.1:1 does not answer.*NHIP_KAFKA_BOOTSTRAP"):
            ensure(load(kafka_bootstrap="127.0.0.1:1"))
