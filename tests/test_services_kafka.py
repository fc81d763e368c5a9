"""The broker of `make services`, and one of a test's own that comes and goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import MessageSizeTooLargeError

from tests.services.clients import unique
from tests.services.kafka import Kafka

LARGEST_RECORD_BYTES = 12 * 1024 * 1024
OVERHEAD_BYTES = 1024


def new_topic(bootstrap: str) -> str:
    """A topic of one partition."""
    name = unique("test")
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.create_topics({name: {"num_partitions": 1, "replication_factor": 1}})
    return name


@contextmanager
def topic(bootstrap: str) -> Iterator[str]:
    """A topic of one partition, deleted afterwards."""
    name = new_topic(bootstrap)
    yield name
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.delete_topics([name])


def first_record(bootstrap: str, name: str) -> bytes | None:
    """The value of the topic's first record."""
    consumer = KafkaConsumer(
        name, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=20_000, max_partition_fetch_bytes=2**24
    )
    with consumer:
        return next((record.value for record in consumer), None)


def send(bootstrap: str, name: str, value: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=2**24)
    with producer:
        producer.send(name, value).get(timeout=20)


def test_a_topic_that_was_created_is_listed(kafka_bootstrap: str) -> None:
    with topic(kafka_bootstrap) as name, closing(KafkaAdminClient(bootstrap_servers=kafka_bootstrap)) as admin:
        assert name in admin.list_topics()


def test_a_record_of_nearly_twelve_mebibytes_goes_through(kafka_bootstrap: str) -> None:
    value = b"x" * (LARGEST_RECORD_BYTES - OVERHEAD_BYTES)
    with topic(kafka_bootstrap) as name:
        send(kafka_bootstrap, name, value)
        assert first_record(kafka_bootstrap, name) == value


def test_a_record_over_twelve_mebibytes_is_refused(kafka_bootstrap: str) -> None:
    with topic(kafka_bootstrap) as name, pytest.raises(MessageSizeTooLargeError):
        send(kafka_bootstrap, name, b"x" * (LARGEST_RECORD_BYTES + OVERHEAD_BYTES))


def test_a_killed_broker_comes_back_on_its_port_with_its_records(own_kafka: Kafka) -> None:
    bootstrap = own_kafka.address["bootstrap"]
    name = new_topic(bootstrap)
    send(bootstrap, name, b"kept")
    own_kafka.kill()
    assert not own_kafka.is_running
    assert own_kafka.start()["bootstrap"] == bootstrap
    assert first_record(bootstrap, name) == b"kept"
