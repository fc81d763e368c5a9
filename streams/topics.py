"""Nhịp's own topics: their names and settings, created through kafka-python. Nothing here ever deletes a topic."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from streams.settings import Settings

DAY_MS = 86_400_000
MOST_RECORD_BYTES = 8_000_000
COMPACTED = {"cleanup.policy": "compact", "segment.bytes": "67108864", "max.message.bytes": str(MOST_RECORD_BYTES)}


class TopicError(Exception):
    """Kafka's topics are not as Nhịp needs them. The message says what to do."""


class Topic(msgspec.Struct, frozen=True):
    """One topic as it should be."""

    name: str
    partitions: int
    config: dict[str, str]


class Names(msgspec.Struct, frozen=True):
    """The internal topics of one application id."""

    changes: str
    points: str
    transitions: str
    quarantine: str
    feeds: str
    notified: str

    @classmethod
    def of(cls, app_id: str) -> Names:
        """Names for `app_id`; the last two are the changelogs of Faust's tables."""
        return cls(
            changes=f"{app_id}.changes",
            points=f"{app_id}.points",
            transitions=f"{app_id}.transitions",
            quarantine=f"{app_id}.quarantine",
            feeds=f"{app_id}-feeds-changelog",
            notified=f"{app_id}-notified-changelog",
        )


def plan(settings: Settings) -> list[Topic]:
    """Every internal topic with its settings. All share one number of partitions: tables need it equal to their source's."""
    names, partitions = Names.of(settings.app_id), settings.partitions

    def kept(days: int) -> dict[str, str]:
        return {"retention.ms": str(days * DAY_MS), "max.message.bytes": str(MOST_RECORD_BYTES)}

    return [
        Topic(names.changes, partitions, kept(7)),
        Topic(names.points, partitions, kept(7)),
        Topic(names.transitions, partitions, kept(365)),
        Topic(names.quarantine, partitions, kept(90)),
        Topic(names.feeds, partitions, COMPACTED),
        Topic(names.notified, partitions, COMPACTED),
    ]


def ensure(settings: Settings) -> list[str]:
    """Create the topics that are missing; return their names. Raise TopicError when one exists with other partitions."""
    wanted = plan(settings)
    try:
        admin = KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap.split(","), client_id=f"{settings.app_id}-topics")
    except KafkaError as error:
        raise TopicError(f"Kafka at {settings.kafka_bootstrap} does not answer ({error}); set NHIP_KAFKA_BOOTSTRAP") from error
    try:
        there = {t["name"]: len(t["partitions"]) for t in admin.describe_topics() if not t["error_code"]}
        _refuse_other_partitions(wanted, there)
        missing = [t for t in wanted if t.name not in there]
        if missing:
            _create(admin, missing, settings.replication_factor)
        return [t.name for t in missing]
    finally:
        admin.close()


def _refuse_other_partitions(wanted: Sequence[Topic], there: dict[str, int]) -> None:
    wrong = [f"{t.name} has {there[t.name]}" for t in wanted if there.get(t.name, t.partitions) != t.partitions]
    if wrong:
        raise TopicError(
            f"NHIP_PARTITIONS={wanted[0].partitions}, but {', '.join(wrong)}: set it to that number, or choose another NHIP_APP_ID"
        )


def _create(admin: KafkaAdminClient, topics: Sequence[Topic], replication_factor: int) -> None:
    new = [
        NewTopic(name=t.name, num_partitions=t.partitions, replication_factor=replication_factor, topic_configs=t.config) for t in topics
    ]
    try:
        admin.create_topics(new)
    except TopicAlreadyExistsError:
        return  # another worker was first: its topics are ours
    except KafkaError as error:
        raise TopicError(f"cannot create topics ({error}); create them yourself or check NHIP_REPLICATION_FACTOR") from error
