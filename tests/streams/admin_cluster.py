"""The real broker as an administrator's tests use it: a topic with records, a group with offsets, a command with settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any

from click.testing import CliRunner, Result
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError
from kafka.structs import OffsetAndMetadata

from streams.cli import main
from tests.services.clients import eventually

SOURCE = "bao_tro_xa_hoi.public.doi_tuong"
"""What a topic's name must end with to be a source of the example province's `bao-tro-xa-hoi`."""


@contextmanager
def topic(bootstrap: str, name: str, partitions: int = 1, **config: str) -> Iterator[str]:
    """A topic that can be used and keeps records of any age, deleted afterwards."""
    config = {"retention.ms": "-1", **config}
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.create_topics(
            {name: {"num_partitions": partitions, "replication_factor": 1, "configs": config}}, wait_for_metadata=True, timeout_ms=20_000
        )
        try:
            yield name
        finally:
            admin.delete_topics([name])


def put(bootstrap: str, name: str, values: Sequence[bytes | None], partition: int = 0, timestamps_ms: Sequence[int] | None = None) -> None:
    """Write records in order, at the timestamps when they are given."""
    with closing(KafkaProducer(bootstrap_servers=bootstrap, max_request_size=8_000_000)) as producer:
        for n, value in enumerate(values):
            at = None if timestamps_ms is None else timestamps_ms[n]
            producer.send(name, value, key=b"k" if value is None else None, partition=partition, timestamp_ms=at)
        producer.flush()


def commit(bootstrap: str, group: str, name: str, offset: int, partition: int = 0) -> None:
    """Let a group have read a partition up to an offset; a broker that has just begun first makes its topic of offsets."""
    place = TopicPartition(name, partition)

    def committed(admin: KafkaAdminClient) -> bool:
        with suppress(CoordinatorNotAvailableError, NotCoordinatorError, CoordinatorLoadInProgressError):
            admin.alter_group_offsets(group, {place: OffsetAndMetadata(offset, "", -1)})  # may be refused without a word
            found = admin.list_group_offsets(group)[group].get(place)
            return found is not None and found.offset == offset
        return False

    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        eventually(lambda: committed(admin), "coordinator of the group")


def expire(bootstrap: str, name: str, before: int, partition: int = 0) -> None:
    """Delete a partition's records before an offset, as retention does."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.delete_records({TopicPartition(name, partition): before})


@contextmanager
def member(bootstrap: str, group: str, name: str) -> Iterator[None]:
    """A consumer that belongs to the group while the block runs."""
    with closing(KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)) as consumer:
        # One that joins before it knows the topic's partitions is given none, and asks no more.
        eventually(lambda: consumer.partitions_for_topic(name), f"partitions of {name}")
        consumer.subscribe([name])
        eventually(lambda: consumer.poll(timeout_ms=200) is not None and consumer.assignment(), f"member of {group}")
        yield


def nhip(bootstrap: str, app_id: str, *arguments: str, **settings: Any) -> Result:
    """Run a command in this process, as a person with these settings would."""
    given = {"kafka_bootstrap": bootstrap, "app_id": app_id, **settings}
    environment = {f"NHIP_{name.upper()}": str(value) for name, value in given.items()}
    return CliRunner(env=environment).invoke(main, list(arguments))
