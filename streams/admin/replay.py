"""What has to be read again for a recount, and whether it still can be. The decision is pure; `look` asks Kafka.

A window's total is the sum over every topic of its dataset, so all of them are read, from the first window on. Whole totals need
whole windows: nothing of them may have expired, and the workers must have read past them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from expectations.catalogue.load import Catalogue
from streams.admin.configs import topic_configs
from streams.admin.reading import fetches, offsets_since
from streams.admin.sources import sources

CONFIGS = ("cleanup.policy", "retention.ms", "retention.bytes")


class CannotReplay(Exception):  # noqa: N818  says what is the case
    """A recount would be wrong. The message says of every topic why, and what to do."""


class Kept(msgspec.Struct, frozen=True):
    """What Kafka tells of one source partition.

    `committed` is the group's offset (None: never read), `from_offset` and `until_offset` the first record at or after the recount's
    first and last instant, `kept_from_ms` the instant from which on nothing can have expired (None: nothing is certain, it is compacted).
    """

    topic: str
    partition: int
    committed: int | None
    from_offset: int
    until_offset: int
    kept_from_ms: int | None


class Span(msgspec.Struct, frozen=True):
    """Records of one partition that are read again, `end` not included."""

    topic: str
    partition: int
    begin: int
    end: int

    @property
    def records(self) -> int:
        """How many at most: compaction leaves gaps."""
        return self.end - self.begin


def window_of(instant_ms: int, window_ms: int) -> int:
    """The start of the window that an instant is in."""
    return instant_ms - instant_ms % window_ms


def closed_until(now_ms: int, window_ms: int) -> int:
    """The end of the last window that is surely closed: OBSERVE lets go of windows that ended one window ago."""
    return window_of(now_ms, window_ms) - window_ms


def kept_from(begin: int, first_ms: int | None, config: Mapping[str, str], now_ms: int) -> int | None:
    """From which instant on a partition has everything; None when it is compacted.

    Retention deletes whole segments, oldest first: everything after the first record that is left is there, and everything younger than
    the retention time, unless there is a limit of bytes.
    """
    if "compact" in config.get("cleanup.policy", ""):
        return None
    if begin == 0:
        return 0
    retention_ms = int(config.get("retention.ms", "0"))
    limited = config.get("retention.bytes", "-1") != "-1"
    certain = [] if first_ms is None else [first_ms]
    if not limited and retention_ms >= 0:
        certain.append(now_ms - retention_ms)
    return min(certain, default=now_ms)


def earliest(kept: Iterable[Kept], window_ms: int) -> int | None:
    """The first window of which every partition has everything; None when one of them is compacted."""
    instants = [one.kept_from_ms for one in kept]
    if any(at is None for at in instants):
        return None
    latest_ms = max((at for at in instants if at is not None), default=0)
    return window_of(latest_ms + window_ms - 1, window_ms)


def spans_of(kept: Sequence[Kept], from_ms: int) -> list[Span]:
    """What is read of each partition: from the first window up to what the workers have read. Raises CannotReplay."""
    wrong = [why for one in kept for why in _why_not(one, from_ms)]
    if wrong:
        raise CannotReplay("\n".join(wrong))
    read = [(one, one.committed) for one in kept if one.committed is not None and one.committed > one.from_offset]
    return [Span(one.topic, one.partition, one.from_offset, committed) for one, committed in read]


def _why_not(one: Kept, from_ms: int) -> Iterator[str]:
    where = f"{one.topic}/{one.partition}"
    if one.kept_from_ms is None:
        yield f"{where} is compacted: what it no longer has would be missing from the totals"
    elif one.kept_from_ms > from_ms:
        yield f"{where} no longer has everything of that time: begin later"
    if one.committed is not None and one.committed < one.until_offset:
        yield f"{where}: {one.until_offset - one.committed:,} records wait to be read first: see `nhip lag`, start a worker, try again"


class Times(msgspec.Struct, frozen=True):
    """The windows of a recount, from `from_ms` up to, not including, `until_ms`; and when it is made."""

    from_ms: int
    until_ms: int
    now_ms: int


def look(client: KafkaAdminClient, consumer: KafkaConsumer, topics: Sequence[str], group: str, times: Times) -> list[Kept]:
    """Ask Kafka of every partition of `topics`."""
    described = client.describe_topics(list(topics)) if topics else []  # Kafka would take no name for every name
    partitions = sorted(TopicPartition(t["name"], p["partition_index"]) for t in described for p in t["partitions"])
    if not partitions:
        return []
    config = topic_configs(client, dict.fromkeys(topics, CONFIGS))
    committed = {tp: int(at.offset) for tp, at in client.list_group_offsets(group)[group].items() if at.offset >= 0}
    begins, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
    begin, until = (offsets_since(consumer, partitions, at_ms) for at_ms in (times.from_ms, times.until_ms))
    first_ms = {tp: _first_ms(consumer, tp, begins[tp], ends[tp]) if begins[tp] else None for tp in partitions}
    kept = {tp: kept_from(begins[tp], first_ms[tp], config[tp.topic], times.now_ms) for tp in partitions}
    return [Kept(tp.topic, tp.partition, committed.get(tp), begin[tp], until[tp], kept[tp]) for tp in partitions]


def topics_of(catalogue: Catalogue, client: KafkaAdminClient, datasets: Iterable[str]) -> list[str]:
    """Every topic of the cluster that carries changes of one of the datasets."""
    found = sources(catalogue, client.list_topics()).of_dataset
    return sorted(topic for dataset in datasets for topic in found[dataset])


def _first_ms(consumer: KafkaConsumer, tp: TopicPartition, begin: int, end: int) -> int | None:
    """The timestamp of the first record that is left."""
    return next((int(records[0].timestamp) for records in fetches(consumer, tp, begin, end)), None)
