"""The newest records of a topic, for a look: bounded, and read once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from streams.admin.reading import fetches


class NoTopic(Exception):  # noqa: N818  says what is the case
    """There is no such topic."""


def newest(consumer: KafkaConsumer, topic: str, most: int) -> Iterator[Any]:
    """Yield the newest records of every partition, about `most` of all together. Raises NoTopic, KafkaTrouble."""
    numbers = consumer.partitions_for_topic(topic) if topic in consumer.topics() else None
    if not numbers:
        raise NoTopic(topic)
    partitions = [TopicPartition(topic, number) for number in sorted(numbers)]
    begins, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
    share = -(-most // len(partitions))
    for tp in partitions:
        for records in fetches(consumer, tp, max(begins[tp], ends[tp] - share), ends[tp]):
            yield from records
