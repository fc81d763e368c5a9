"""Sources compress as they like: every codec of Kafka is read, and a batch that unpacks to very much is counted like any other."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import kafka.codec
import msgspec
import pytest
from confluent_kafka import Producer

from streams.embedded.broker import EmbeddedBroker
from tests.streams.batch_harness import unique
from tests.streams.changes_province import encoded, envelope
from tests.streams.changes_routing import TODAY

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
MEGABYTE = 1_000_000
UNPACKED = 100 * MEGABYTE


def produce(bootstrap: str, topic: str, codec: str, *events: dict[str, object]) -> None:
    """Send all events in one batch if they fit."""
    settings: dict[str, Any] = {
        "bootstrap.servers": bootstrap,
        "compression.type": codec,
        "linger.ms": 1_000,
        "batch.size": 2 * UNPACKED,
        "message.max.bytes": 2 * UNPACKED,
        "queue.buffering.max.kbytes": 4 * UNPACKED // 1024,
        "log_level": 0,
    }
    producer = Producer(settings)
    for event in events:
        producer.produce(topic, encoded(event), partition=0)
    assert producer.flush(60) == 0


def measured(broker: EmbeddedBroker, topic: str, expected: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.streams.compressed_worker", broker.bootstrap, topic, str(expected)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    found: dict[str, Any] = msgspec.json.decode(done.stdout)
    return found


@pytest.mark.parametrize("codec", CODECS)
def test_every_codec_is_read(codec: str) -> None:
    """What is not read would stand still for ever, and with it every feed of the topic."""
    topic = unique(codec)
    with EmbeddedBroker() as broker:
        broker.create(topic)
        produce(broker.bootstrap, topic, codec, *(envelope(TODAY | {"id": n}) for n in range(500)))
        assert measured(broker, topic, 500)["counts"] == {"change": 500}


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_a_batch_that_unpacks_to_a_thousand_times_its_size_is_counted_or_set_aside_record_by_record(codec: str) -> None:
    topic, half = unique(f"bomb-{codec}"), UNPACKED // MEGABYTE // 2
    fits, too_large = (envelope(TODAY | {"ghi_chu": "0" * size}) for size in (MEGABYTE * 9 // 10, MEGABYTE * 11 // 10))
    with EmbeddedBroker() as broker:
        broker.create(topic)
        produce(broker.bootstrap, topic, codec, *[fits, too_large] * half)
        found = measured(broker, topic, 2 * half)
    assert found["counts"] == {"change": half, "oversized": half}
    assert found["peak"] - found["before"] < 3 * UNPACKED, "the batch as it unpacks, and its records"


@pytest.mark.parametrize("codec", CODECS[1:])
def test_the_commands_that_read_a_topic_again_know_every_codec_too(codec: str) -> None:
    """They read with kafka-python, which takes its codecs from elsewhere."""
    assert getattr(kafka.codec, f"has_{codec}")()
