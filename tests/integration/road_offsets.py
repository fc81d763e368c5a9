"""Whether everything that is in Kafka has been worked off, by the offsets that the worker's group has committed."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from tests.services.clients import eventually


def ends(bootstrap: str, topics: Collection[str]) -> dict[TopicPartition, int]:
    """The offset after the last record of every partition of the topics that exist."""
    with closing(KafkaConsumer(bootstrap_servers=bootstrap)) as consumer:
        found = [TopicPartition(topic, p) for topic in topics for p in consumer.partitions_for_topic(topic) or ()]
        return {tp: int(end) for tp, end in consumer.end_offsets(found).items()} if found else {}


def wait_for_records(bootstrap: str, topic: str, count: int) -> None:
    """Wait until a topic holds so many records."""
    eventually(lambda: sum(ends(bootstrap, [topic]).values()) >= count, f"{count} records on {topic}")


def wait_until_committed(bootstrap: str, group: str, topics: Collection[str], seconds: float = 60) -> None:
    """Wait until the group has committed all that the topics hold at this moment."""
    wanted = {tp: end for tp, end in ends(bootstrap, topics).items() if end}

    def committed() -> bool:
        with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
            done = admin.list_group_offsets(group)[group]
        return all(tp in done and done[tp].offset >= end for tp, end in wanted.items())

    eventually(committed, f"commit of {group} up to {wanted}", seconds)


def records(bootstrap: str, topic: str) -> list[bytes]:
    """The values of all records that a topic holds now."""
    last = ends(bootstrap, [topic])
    found: list[bytes] = []
    with closing(KafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", group_id=None)) as consumer:
        consumer.assign(list(last))
        consumer.seek_to_beginning()
        while any(consumer.position(tp) < end for tp, end in last.items()):
            found += [record.value for batch in consumer.poll(timeout_ms=500).values() for record in batch]
    return found
