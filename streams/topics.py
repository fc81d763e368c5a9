"""Nhịp's own topics: their names and settings, created through kafka-python. Nothing here ever deletes a topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import msgspec
from kafka.admin import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError, for_code

from streams.admin.clients import admin
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
    """Create the topics that are missing; return their names.

    Raises TopicError when one exists with other partitions, KafkaTrouble when Kafka is out of reach or refuses.
    """
    wanted = plan(settings)
    with admin(settings) as client:
        there = _partitions(client, wanted)
        refuse_other_partitions(wanted, there)
        return create(client, [t for t in wanted if t.name not in there], settings.replication_factor)


def refuse_other_partitions(wanted: Sequence[Topic], there: Mapping[str, int]) -> None:
    """Raise TopicError when a topic exists with another number of partitions: `there` has the number of each that exists."""
    wrong = [f"{t.name} has {there[t.name]}" for t in wanted if there.get(t.name, t.partitions) != t.partitions]
    if wrong:
        raise TopicError(
            f"NHIP_PARTITIONS={wanted[0].partitions}, but {', '.join(wrong)}: set it to that number, or choose another NHIP_APP_ID"
        )


def create(client: KafkaAdminClient, topics: Sequence[Topic], replication_factor: int) -> list[str]:
    """Create topics, wait until they can be used, return the names of those that were made. Raises TopicError.

    Whether a topic is missing is the controller's word: a broker's metadata lags behind for a moment after another worker made it. One
    that is there must have the planned partitions, or nothing is made.
    """
    if not topics:
        return []
    _refuse_others(client, topics, _ask_for(client, topics, replication_factor, validate_only=True))
    there = _ask_for(client, topics, replication_factor)
    client.wait_for_topics([t.name for t in topics])
    _refuse_others(client, topics, there)
    return [t.name for t in topics if t.name not in there]


def _ask_for(client: KafkaAdminClient, topics: Sequence[Topic], replication_factor: int, *, validate_only: bool = False) -> set[str]:
    """Ask the controller for topics; return the names of those that are there already."""
    new = {t.name: {"num_partitions": t.partitions, "replication_factor": replication_factor, "configs": t.config} for t in topics}
    answer = client.create_topics(new, raise_errors=False, validate_only=validate_only)["topics"]
    refused = [t for t in answer if t["error_code"] not in (0, TopicAlreadyExistsError.errno)]
    if refused:
        raise TopicError(
            "; ".join(f"cannot create {t['name']}: {_reason(t)}" for t in refused)
            + ". Create them yourself with the settings that `nhip topics` lists, or check NHIP_REPLICATION_FACTOR"
        )
    return {t["name"] for t in answer if t["error_code"]}


def _refuse_others(client: KafkaAdminClient, topics: Sequence[Topic], there: AbstractSet[str]) -> None:
    """Refuse topics that others made with other partitions."""
    others = [t for t in topics if t.name in there]
    if others:
        client.wait_for_topics([t.name for t in others])
        refuse_other_partitions(others, _partitions(client, others))


def _partitions(client: KafkaAdminClient, topics: Sequence[Topic]) -> dict[str, int]:
    """The number of partitions of those topics that the broker knows."""
    return {t["name"]: len(t["partitions"]) for t in client.describe_topics([t.name for t in topics]) if not t["error_code"]}


def _reason(refused: Mapping[str, Any]) -> str:
    return str(refused["error_message"] or for_code(refused["error_code"]).__name__).rstrip(".")
