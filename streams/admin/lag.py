"""How far a group has read: committed offsets beside what the topics hold. The decision is pure; `look` asks Kafka."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec

from expectations.catalogue.load import Catalogue
from streams.admin.sources import internal, sources
from streams.topics import Names

STAGES = ("route", "declare", "observe", "write_points", "notify")
"""In the order in which a change event, or a declaration, passes them."""


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


class Lag(msgspec.Struct, frozen=True):
    """One partition: its first kept offset, the offset after its last record, and the group's (None when it never committed).

    `lag` is how many records wait to be read; `expired` how many were deleted by retention before the group had read them.
    """

    stage: str
    topic: str
    partition: int
    committed: int | None
    begin: int
    end: int
    lag: int
    expired: int


class Member(msgspec.Struct, frozen=True):
    """One consumer of the group."""

    client: str
    host: str


class GroupLag(msgspec.Struct, frozen=True):
    """A group's state as Kafka names it, its members as far as they are known, and the lag of every partition it reads."""

    group: str
    state: str
    members: tuple[Member, ...]
    partitions: tuple[Lag, ...]

    @property
    def has_members(self) -> bool:
        """Whether anybody reads: `Empty` is a group that once had members, `Dead` one that Kafka does not know."""
        return self.state not in {"Empty", "Dead"}

    def stages(self) -> dict[str, int]:
        """Records that wait, by stage."""
        return {stage: sum(p.lag for p in self.partitions if p.stage == stage) for stage in STAGES}

    @property
    def expired(self) -> int:
        """Records that nobody read before they were deleted."""
        return sum(p.expired for p in self.partitions)


def lag_of(stage: str, place: Place, committed: int | None, begin: int, end: int) -> Lag:
    """Judge one partition. A group that never committed, or committed what the topic no longer has, reads from the beginning.

    An offset beyond the end is of a topic that was deleted and made again: the group starts anew.
    """
    expired = max(0, begin - committed) if committed is not None else 0
    reads_from = committed if committed is not None and begin <= committed <= end else begin
    return Lag(stage, place.topic, place.partition, committed, begin, end, end - reads_from, expired)


def look(client: KafkaAdminClient, catalogue: Catalogue, group: str) -> GroupLag:
    """Ask Kafka for the group, its offsets and the ends of every topic that it reads. Works without any member."""
    stages = _stages(catalogue, Names.of(group), client.list_topics())
    places = list(_places(client, stages))
    state, members = _group(client, group)
    committed = {Place(*tp): at.offset for tp, at in client.list_group_offsets(group)[group].items() if at.offset >= 0}
    begin, end = _offsets(client, places, OffsetSpec.EARLIEST), _offsets(client, places, OffsetSpec.LATEST)
    lags = [lag_of(stages[p.topic], p, committed.get(p), begin[p], end[p]) for p in places]
    lags.sort(key=lambda one: (STAGES.index(one.stage), one.topic, one.partition))
    return GroupLag(group, state, members, tuple(lags))


def _stages(catalogue: Catalogue, names: Names, there: Iterable[str]) -> dict[str, str]:
    """The stage that reads each topic, of those that exist."""
    there = set(there)
    read = dict.fromkeys(sources(catalogue, there).topics, "route") | internal(names)
    return {topic: stage for topic, stage in read.items() if topic in there}


def _places(client: KafkaAdminClient, stages: Mapping[str, str]) -> Iterator[Place]:
    if not stages:
        return  # Kafka would take no name for every name
    for topic in client.describe_topics(list(stages)):
        yield from (Place(topic["name"], p["partition_index"]) for p in topic["partitions"])


def _offsets(client: KafkaAdminClient, places: Iterable[Place], spec: Any) -> dict[Place, int]:
    asked = {TopicPartition(*place): spec for place in places}
    return {Place(*tp): int(found.offset) for tp, found in client.list_partition_offsets(asked).items()} if asked else {}


def _group(client: KafkaAdminClient, group: str) -> tuple[str, tuple[Member, ...]]:
    """A group's state and members."""
    try:
        told = client.describe_groups([group])[group]
    except ValueError:  # kafka-python cannot decode every assignor's metadata; the list of groups tells the state all the same
        states = {str(one["group_id"]): str(one["group_state"]) for one in client.list_groups()}
        return states.get(group, "Dead"), ()
    members = (Member(str(m["client_id"]), str(m["client_host"]).lstrip("/")) for m in told["members"])
    return str(told["group_state"]), tuple(members)
