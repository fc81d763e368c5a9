"""A Kafka-protocol broker inside this process: librdkafka's mock cluster, for the demo and the tests.

It makes topics by itself, with four partitions, when somebody asks for their metadata or writes to them; it does not know
CreateTopics, so a Faust app on it needs `topic_allow_declare=False`. It keeps about 5 MB a partition, then drops the oldest
records, and everything when it stops. A group of it is for one worker: it refuses commits while a group rebalances, and
of two members that join at once one may be turned away (SyncGroup: InvalidRequest). It knows no transactions.
"""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Self

from confluent_kafka import KafkaException, Producer

PARTITIONS = 4

_silent = logging.getLogger("streams.embedded.librdkafka")
_silent.setLevel(logging.CRITICAL)  # it tells of every topic that it makes


class EmbeddedBroker:
    """Run a broker while the context is open; `bootstrap` is its `host:port`.

    It hands records to consumers in the batches in which they were produced: with a longer `linger_ms` there are fewer of them, and a
    backlog is read much faster. `flush` never waits that long.
    """

    def __init__(self, linger_ms: int = 5) -> None:
        settings = {"test.mock.num.brokers": 1, "linger.ms": linger_ms, "log_level": 0, "message.max.bytes": 8_000_000}
        self._producer = Producer(settings, logger=_silent)
        broker = next(iter(self._producer.list_topics(timeout=10).brokers.values()))
        self.bootstrap = f"{broker.host}:{broker.port}"
        self._failed: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def create(self, *topics: str) -> None:
        """Make the topics now, so that a consumer that starts before any record finds them."""
        for topic in topics:
            self._producer.list_topics(topic, timeout=10)

    def topics(self) -> list[str]:
        """The names of all topics."""
        return sorted(self._producer.list_topics(timeout=10).topics)

    def produce(
        self, topic: str, key: bytes | None, value: bytes | None, timestamp_ms: int | None = None, partition: int | None = None
    ) -> None:
        """Queue one record; without a partition the key decides, and without a timestamp the broker's clock."""
        options = {"timestamp": timestamp_ms or 0} | ({} if partition is None else {"partition": partition})
        while True:
            try:
                self._producer.produce(topic, key=key, value=value, on_delivery=self._delivered, **options)
            except BufferError:
                self._producer.poll(0.1)
                continue
            except KafkaException as error:  # where it knows the topic already, it refuses at once
                self._failed.append(str(error))
            return

    def flush(self, timeout_seconds: float = 30.0) -> None:
        """Wait until the broker has every record produced so far.

        Raises TimeoutError if it has not in time, ValueError if it refused some.
        """
        waiting = self._producer.flush(timeout_seconds)
        if waiting:
            raise TimeoutError(f"{waiting} records are still waiting for the embedded broker after {timeout_seconds} s")
        if self._failed:
            failed, self._failed = self._failed, []
            raise ValueError(f"the embedded broker refused {len(failed)} records: {failed[0]}")

    def close(self) -> None:
        """Stop the broker; its records are gone."""
        del self._producer

    def _delivered(self, error: KafkaException | None, _record: object) -> None:
        if error is not None:
            self._failed.append(str(error))
