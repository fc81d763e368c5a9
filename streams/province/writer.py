"""A history into files or into Kafka: the records as `nhip judge` reads them, and the truth beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from streams import clock
from streams.province import truth as truths
from streams.province.rows import Record
from streams.province.truth import Truth

EVENTS, TRUTH = "events.jsonl", "truth.json"
TOLD_EVERY = 5_000
FLUSH_SECONDS = 60
BURST_SECONDS = 0.02
"""What is paced goes out in bursts of so long: shorter waits cost more than they are."""
NULL = msgspec.Raw(b"null")

_json = msgspec.json.Encoder().encode


class NotWritten(Exception):  # noqa: N818  says what is so
    """The broker did not take the records; the message says why."""


def write_truth(folder: Path, truth: Truth) -> Path:
    """Write the truth, for people to read as well."""
    path = folder / TRUTH
    path.write_bytes(msgspec.json.format(truths.encode(truth), indent=1))
    return path


def write_events(folder: Path, records: Iterable[Record], tell: Callable[[int], None]) -> Path:
    """Write the records, one a line; `tell` hears how many."""
    path, count = folder / EVENTS, 0
    with path.open("wb") as lines:
        for count, record in enumerate(records, 1):
            lines.write(_json(_line(record)) + b"\n")
            if count % TOLD_EVERY == 0:
                tell(count)
    tell(count)
    return path


def _line(record: Record) -> dict[str, object]:
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp_ms": record.timestamp_ms,
        "key": NULL if record.key is None else msgspec.Raw(record.key),
        "value": NULL if record.value is None else msgspec.Raw(record.value),
    }


def early_seconds(sent: int, passed_seconds: float, rate: float) -> float:
    """How long the next record has to wait when so many were sent in so long, for a rate in records a second."""
    return max(0.0, sent / rate - passed_seconds)


def _why(error: KafkaError, topic: str) -> str:
    if error.code() in (KafkaError._UNKNOWN_TOPIC, KafkaError.UNKNOWN_TOPIC_OR_PART):  # noqa: SLF001  librdkafka's own codes begin so
        return f"there is no topic {topic}, and the broker makes none by itself: create the contracts' topics first, with retention.ms=-1"
    return str(error)


def produce(bootstrap: str, records: Iterable[Record], tell: Callable[[int], None], rate: float = math.inf) -> float:
    """Produce the records with their own timestamps, at most `rate` a second on average; the key decides the partition.

    Returns how many a second it was. Raises NotWritten.
    """
    failed: list[str] = []

    def delivered(error: KafkaError | None, message: Message) -> None:
        if error is not None:
            failed.append(_why(error, str(message.topic())))

    producer, count = Producer({"bootstrap.servers": bootstrap, "linger.ms": 50, "log_level": 0}), 0
    try:
        producer.list_topics(timeout=FLUSH_SECONDS)
        began_seconds = clock.monotonic_seconds()
        for count, record in enumerate(records, 1):
            while (early := early_seconds(count - 1, clock.monotonic_seconds() - began_seconds, rate)) > BURST_SECONDS:
                producer.poll(early)
            while True:
                try:
                    producer.produce(record.topic, key=record.key, value=record.value, timestamp=record.timestamp_ms, on_delivery=delivered)
                    break
                except BufferError:
                    producer.poll(0.1)
            if count % TOLD_EVERY == 0:
                producer.poll(0)
                tell(count)
    except KafkaException as error:
        raise NotWritten(str(error)) from None
    waiting = producer.flush(FLUSH_SECONDS)
    if waiting or failed:
        raise NotWritten(failed[0] if failed else f"{waiting} records were not taken within {FLUSH_SECONDS} s")
    tell(count)
    return count / (clock.monotonic_seconds() - began_seconds)
