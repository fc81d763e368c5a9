"""What the cluster has of the topics that Nhịp plans. Looks and creates; never alters, never deletes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kafka.admin import KafkaAdminClient

from streams import topics
from streams.admin.comparison import Compared, Found
from streams.admin.configs import topic_configs
from streams.settings import Settings


def look(client: KafkaAdminClient, settings: Settings) -> list[Compared]:
    """Compare every internal topic with what the cluster has, in the plan's order."""
    wanted = topics.plan(settings)
    described = {t["name"]: t for t in client.describe_topics([t.name for t in wanted]) if not t["error_code"]}
    config = topic_configs(client, {t.name: t.config for t in wanted if t.name in described})
    return [Compared(t, settings.replication_factor, _found(described.get(t.name), config.get(t.name, {}))) for t in wanted]


def create_missing(client: KafkaAdminClient, compared: Sequence[Compared]) -> list[str]:
    """Create the topics that are missing; return their names. Raises TopicError, before anything is created when partitions differ."""
    topics.refuse_other_partitions([c.topic for c in compared], {c.topic.name: c.found.partitions for c in compared if c.found})
    missing = [c for c in compared if c.found is None]
    return topics.create(client, [c.topic for c in missing], missing[0].replication if missing else 1)


def _found(described: Mapping[str, Any] | None, config: Mapping[str, str]) -> Found | None:
    if described is None:
        return None
    partitions = described["partitions"]
    return Found(len(partitions), min((len(p["replica_nodes"]) for p in partitions), default=0), dict(config))
