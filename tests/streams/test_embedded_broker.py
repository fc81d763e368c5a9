"""The broker inside the process, as the demo and the other tests use it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from streams.embedded.broker import PARTITIONS, EmbeddedBroker


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    """A broker of the test's own."""
    with EmbeddedBroker() as running:
        yield running


def read(broker: EmbeddedBroker, topic: str, count: int) -> list[Message]:
    """Return the topic's first records, all partitions together."""
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "reader"})
    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in range(PARTITIONS)])
    records = consumer.consume(count, timeout=20)
    consumer.close()
    return list(records)


def test_records_come_back_as_they_were_written(broker: EmbeddedBroker) -> None:
    broker.produce("t", b"key", "Tân An".encode(), partition=3)
    broker.flush()
    (record,) = read(broker, "t", 1)
    assert (record.key(), record.value(), record.partition()) == (b"key", "Tân An".encode(), 3)


def test_a_tombstone_has_no_value(broker: EmbeddedBroker) -> None:
    broker.produce("t", b"key", None)
    broker.flush()
    assert [record.value() for record in read(broker, "t", 1)] == [None]


def test_a_timestamp_of_the_past_survives(broker: EmbeddedBroker) -> None:
    """The bundled scenario writes ten months of history."""
    december_2024 = 1_734_000_000_000
    broker.produce("t", None, b"old", timestamp_ms=december_2024)
    broker.flush()
    assert [record.timestamp()[1] for record in read(broker, "t", 1)] == [december_2024]


def test_a_topic_has_four_partitions_as_soon_as_somebody_asks(broker: EmbeddedBroker) -> None:
    broker.create("one", "two")
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "reader"})
    topics = consumer.list_topics(timeout=10).topics
    consumer.close()
    assert {name: len(topic.partitions) for name, topic in topics.items()} == {"one": PARTITIONS, "two": PARTITIONS}


def test_one_key_always_goes_to_one_partition(broker: EmbeddedBroker) -> None:
    for _ in range(20):
        broker.produce("t", b"25747", b"x")
    broker.flush()
    assert len({record.partition() for record in read(broker, "t", 20)}) == 1


@pytest.mark.parametrize("topics", [[], ["t"]], ids=["of a new topic", "of a topic that is known"])
def test_a_record_that_the_broker_refuses_is_told_at_the_flush(broker: EmbeddedBroker, topics: list[str]) -> None:
    broker.create(*topics)
    broker.produce("t", None, b"x", partition=PARTITIONS)
    with pytest.raises(ValueError, match="refused 1 records"):
        broker.flush()
    broker.flush()


def test_it_says_nothing_of_its_own_on_the_terminal() -> None:
    program = "from streams.embedded.broker import EmbeddedBroker as B\nwith B() as b: b.create('t'); b.produce('t', None, b'x'); b.flush()"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=60)
    assert (said.stdout, said.stderr) == (b"", b"")
