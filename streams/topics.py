"""Nhịp's own topics: their names and settings, created through kafka-python. Nothing here ever deletes a topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from kafka.admin import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError, for_code

from streams.admin.clients import KafkaTrouble, admin
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
        with admin(settings) as client:
            described = client.describe_topics([t.name for t in wanted])
            there = {t["name"]: len(t["partitions"]) for t in described if not t["error_code"]}
            refuse_other_partitions(wanted, there)
            missing = [t for t in wanted if t.name not in there]
            create(client, missing, settings.replication_factor)
            return [t.name for t in missing]
    except KafkaTrouble as error:
        raise TopicError(str(error)) from error


def refuse_other_partitions(wanted: Sequence[Topic], there: Mapping[str, int]) -> None:
    """Raise TopicError when a topic exists with another number of partitions: `there` has the number of each that exists."""
    wrong = [f"{t.name} has {there[t.name]}" for t in wanted if there.get(t.name, t.partitions) != t.partitions]
    if wrong:
        raise TopicError(
            f"NHIP_PARTITIONS={wanted[0].partitions}, but {', '.join(wrong)}: set it to that number, or choose another NHIP_APP_ID"
        )


def create(client: KafkaAdminClient, topics: Sequence[Topic], replication_factor: int) -> None:
    """Create topics and wait until they can be used; one that another worker has just created is ours. Raises TopicError."""
    if not topics:
        return
    new = {t.name: {"num_partitions": t.partitions, "replication_factor": replication_factor, "configs": t.config} for t in topics}
    answer = client.create_topics(new, raise_errors=False)
    refused = [t for t in answer["topics"] if t["error_code"] not in (0, TopicAlreadyExistsError.errno)]
    if refused:
        raise TopicError(
            "; ".join(f"cannot create {t['name']}: {_reason(t)}" for t in refused)
            + ". Create them yourself with the settings that `nhip topics` lists, or check NHIP_REPLICATION_FACTOR"
        )
    client.wait_for_topics(list(new))


def _reason(refused: Mapping[str, Any]) -> str:
    return str(refused["error_message"] or for_code(refused["error_code"]).__name__).rstrip(".")
