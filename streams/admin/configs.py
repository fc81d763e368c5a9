"""The configs of topics, whether set on them or inherited from the broker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient


def topic_configs(client: KafkaAdminClient, wanted: Mapping[str, Iterable[str]]) -> dict[str, dict[str, str]]:
    """Return the values of the configs that are named for each topic."""
    if not wanted:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, topic, list(names)) for topic, names in wanted.items()]
    answer = client.describe_configs(asked, config_filter="all")["topic"]
    return {topic: {name: str(told["value"]) for name, told in configs.items()} for topic, configs in answer.items()}
