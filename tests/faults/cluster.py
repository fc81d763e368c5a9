"""What the broker knows of a run: ends, commits, members, and the state of every feed as the table's changelog has it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from streams.feeds.state import Bucket, FeedState, decode_bucket

PATIENCE_SECONDS = 5.0
Ends = dict[tuple[str, int], int]


class Cluster:
    """Looks at one group's topics. A broker that is away for the moment is no answer: methods return None or False."""

    def __init__(self, bootstrap: str, group: str) -> None:
        self._bootstrap, self._group = bootstrap, group
        self._offsets = self._consumer(group)
        self._changelog: Any = None
        self._buckets: dict[tuple[int, bytes], bytes] = {}

    def close(self) -> None:
        """Close what was opened."""
        for consumer in (self._offsets, self._changelog):
            if consumer is not None:
                consumer.close()

    def _consumer(self, group: str) -> Any:
        return Consumer({"bootstrap.servers": self._bootstrap, "group.id": group, "enable.auto.commit": False, "log_level": 0})

    def _begin_anew(self) -> None:
        """A client whose broker was restarted may take long to find its coordinator again; a new one does not."""
        self._offsets.close()
        self._offsets = self._consumer(self._group)

    def ends(self, topics: Iterable[str]) -> Ends | None:
        """The offset after the last record of every partition of the topics."""
        try:
            found: Ends = {}
            for topic in topics:
                known = self._offsets.list_topics(topic, timeout=PATIENCE_SECONDS).topics[topic].partitions
                for partition in known:
                    end = self._offsets.get_watermark_offsets(TopicPartition(topic, partition), timeout=PATIENCE_SECONDS)
                    found[topic, partition] = end[1]
        except KafkaException:
            self._begin_anew()
            return None
        return found

    def has_committed(self, ends: Ends) -> bool:
        """Whether the group has committed at least so far."""
        wanted = [TopicPartition(topic, partition) for (topic, partition), end in ends.items() if end]
        if not wanted:
            return True
        try:
            done = self._offsets.committed(wanted, timeout=PATIENCE_SECONDS)
        except KafkaException:
            self._begin_anew()
            return False
        return all(tp.error is None and tp.offset >= ends[tp.topic, tp.partition] for tp in done)

    def waiting(self, topics: Iterable[str]) -> int:
        """How many records of the topics the group has not committed."""
        ends = self.ends(topics) or {}
        done = self._offsets.committed([TopicPartition(t, p) for t, p in ends], timeout=PATIENCE_SECONDS)
        return sum(ends[tp.topic, tp.partition] - max(0, tp.offset) for tp in done)

    def is_stable(self, members: int) -> bool:
        """Whether the group has so many members and does not rebalance."""
        try:
            admin = AdminClient({"bootstrap.servers": self._bootstrap, "log_level": 0})
            found = admin.describe_consumer_groups([self._group], request_timeout=PATIENCE_SECONDS)[self._group].result()
        except KafkaException:
            return False
        return found.state.name == "STABLE" and len(found.members) == members

    def states(self, topic: str) -> dict[str, FeedState]:
        """Every feed's state as last written to the changelog `topic`."""
        if self._changelog is None:
            if not self.ends([topic]):  # the first worker has yet to make it
                return {}
            self._changelog = self._reader(topic)
        while found := self._changelog.consume(500, timeout=0.3):
            for message in found:
                if message.error() is None and message.value() is not None:
                    self._buckets[message.partition(), message.key()] = message.value()
        buckets: list[Bucket] = [decode_bucket(value) for value in self._buckets.values()]
        return {feed: state for bucket in buckets for feed, state in bucket.items()}

    def values(self, topic: str) -> list[bytes]:
        """The values of all records that a topic holds now."""
        ends = self.ends([topic]) or {}
        left = {partition: end for (_, partition), end in ends.items() if end}
        reader = self._reader(topic)
        found: list[bytes] = []
        try:
            while left:
                for message in reader.consume(500, timeout=1.0):
                    if message.error() is None:
                        found.append(message.value() or b"")
                        if message.offset() + 1 >= left.get(message.partition(), 0):
                            left.pop(message.partition(), None)
        finally:
            reader.close()
        return found

    def _reader(self, topic: str) -> Any:
        reader = self._consumer(uuid.uuid4().hex)
        partitions = (self._offsets.list_topics(topic, timeout=PATIENCE_SECONDS * 2).topics[topic]).partitions
        reader.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in partitions])
        return reader
