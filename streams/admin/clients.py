"""Connections for administration: kafka-python's, opened with the settings, and its errors told so that a person can act."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import AuthorizationError, KafkaError, KafkaTimeoutError

from streams.admin.diagnosis import why_not
from streams.security import client_options
from streams.settings import Settings

CONNECT_TIMEOUT_MS = 10_000
REQUEST_TIMEOUT_MS = 30_000
FETCH_BYTES = 8_000_000
"""What a reader holds at most of what it has fetched; one record may be larger and is read all the same."""

MOST_REQUEST_BYTES = 8_000_000


class KafkaTrouble(Exception):  # noqa: N818  an answer of Kafka's, told to a person
    """Kafka is out of reach or refuses: `says` is what is the case, `mend` what to do about it."""

    def __init__(self, says: str, mend: str) -> None:
        super().__init__(f"{says}: {mend}")
        self.says, self.mend = says, mend


@contextmanager
def admin(settings: Settings, connect_timeout_ms: int = CONNECT_TIMEOUT_MS) -> Iterator[KafkaAdminClient]:
    """A client for topics, groups and offsets. Raises KafkaTrouble, also for what goes wrong while it is used."""
    with _told(settings):
        where = _where(settings) | {"bootstrap_timeout_ms": connect_timeout_ms}
        client = KafkaAdminClient(client_id=f"{settings.app_id}-admin", request_timeout_ms=REQUEST_TIMEOUT_MS, **where)
        try:
            yield client
        finally:
            client.close()


@contextmanager
def reader(settings: Settings) -> Iterator[KafkaConsumer]:
    """A consumer that belongs to no group and commits nothing. Raises KafkaTrouble, also for what goes wrong while it is used."""
    with _told(settings):
        client = KafkaConsumer(
            client_id=f"{settings.app_id}-reader",
            group_id=None,
            enable_auto_commit=False,
            allow_auto_create_topics=False,
            auto_offset_reset="earliest",  # what expires while it is read is passed over
            check_crcs=False,  # in pure Python at 10 MB/s; the broker has checked them
            fetch_max_bytes=FETCH_BYTES,
            max_partition_fetch_bytes=FETCH_BYTES // 8,
            **_where(settings),
        )
        try:
            yield client
        finally:
            client.close()


@contextmanager
def writer(settings: Settings) -> Iterator[KafkaProducer]:
    """A producer whose records are on every replica when they are acknowledged. Raises KafkaTrouble, also while it is used."""
    with _told(settings):
        client = KafkaProducer(client_id=f"{settings.app_id}-writer", acks="all", max_request_size=MOST_REQUEST_BYTES, **_where(settings))
        try:
            yield client
        finally:
            client.close()


def _where(settings: Settings) -> dict[str, Any]:
    where = {"bootstrap_servers": settings.kafka_bootstrap.split(","), "bootstrap_timeout_ms": CONNECT_TIMEOUT_MS}
    return where | client_options(settings)


@contextmanager
def _told(settings: Settings) -> Iterator[None]:
    try:
        yield
    except KafkaTimeoutError as error:
        says, mend = why_not(settings)
        raise KafkaTrouble(f"Kafka at {settings.kafka_bootstrap} {says}", mend) from error
    except AuthorizationError as error:
        text = f"Kafka at {settings.kafka_bootstrap} does not allow this to {settings.kafka_user or 'us'} ({error.__class__.__name__})"
        raise KafkaTrouble(text, "docs/operating.md lists the rights that are needed") from error
    except KafkaError as error:
        text = f"Kafka at {settings.kafka_bootstrap} refuses: {' '.join(str(error).split())[:300]}"
        raise KafkaTrouble(text, "try again; if it stays so, ask who administers Kafka") from error
