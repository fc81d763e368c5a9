"""How a topic should be and how it is: a pure comparison, with what to do about each difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from streams.topics import Topic

LISTS = frozenset({"cleanup.policy"})
"""Configs whose value is a list in any order."""


class Found(msgspec.Struct, frozen=True):
    """A topic as the cluster has it. `replication` is the number of copies of the partition that has fewest."""

    partitions: int
    replication: int
    config: Mapping[str, str]


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not as it should be, and what to do about it."""

    what: str
    wanted: str
    found: str
    mend: str


class Compared(msgspec.Struct, frozen=True):
    """A topic of the plan beside what was found of it; `found` is None when it is missing."""

    topic: Topic
    replication: int
    found: Found | None

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Everything that differs; nothing of a topic that is missing."""
        return tuple(_differences(self.topic, self.replication, self.found)) if self.found is not None else ()

    @property
    def state(self) -> str:
        """`ok`, `differs` or `missing`."""
        if self.found is None:
            return "missing"
        return "differs" if self.differences else "ok"


def _differences(topic: Topic, replication: int, found: Found) -> Iterator[Difference]:
    if found.partitions != topic.partitions:
        mend = f"set NHIP_PARTITIONS={found.partitions}, or choose another NHIP_APP_ID: state cannot move to other partitions"
        yield Difference("partitions", str(topic.partitions), str(found.partitions), mend)
    if found.replication != replication:
        mend = f"set NHIP_REPLICATION_FACTOR={found.replication}, or change the copies with kafka-reassign-partitions"
        yield Difference("replication", str(replication), str(found.replication), mend)
    for name, wanted in sorted(topic.config.items()):
        value = found.config.get(name, "")
        if not _same(name, wanted, value):
            mend = f"kafka-configs --alter --entity-type topics --entity-name {topic.name} --add-config {name}={wanted}"
            yield Difference(name, wanted, value, mend)


def _same(name: str, wanted: str, value: str) -> bool:
    if name in LISTS:
        return {part.strip() for part in wanted.split(",")} == {part.strip() for part in value.split(",")}
    return wanted == value
