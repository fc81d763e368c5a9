"""How far a group has read: pure cases at the boundaries, then the same on a real broker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.catalogue.load import load as load_catalogue
from streams.admin import clients, lag
from streams.admin.lag import Lag, Place, lag_of
from streams.settings import Settings, load
from streams.topics import Names, ensure
from tests.services.clients import unique
from tests.streams import admin_cluster
from tests.streams.kafka_topics import removed

OFFSETS = st.integers(min_value=0, max_value=1_000)
CASES = {
    "one before the end": (9, 5, 10, 1, 0),
    "at the end": (10, 5, 10, 0, 0),
    "beyond the end: the topic was made anew": (11, 5, 10, 5, 0),
    "one before the first kept record": (4, 5, 10, 5, 1),
    "at the first kept record": (5, 5, 10, 5, 0),
    "one after the first kept record": (6, 5, 10, 4, 0),
    "never committed": (None, 5, 10, 5, 0),
    "committed, then everything expired": (3, 10, 10, 0, 7),
    "an empty topic": (0, 0, 0, 0, 0),
}


@pytest.mark.parametrize(("committed", "begin", "end", "waiting", "expired"), CASES.values(), ids=CASES)
def test_what_waits_and_what_expired(committed: int | None, begin: int, end: int, waiting: int, expired: int) -> None:
    found = lag_of("route", Place("t", 0), committed, begin, end)
    assert found == Lag("route", "t", 0, committed, begin, end, waiting, expired)


@given(st.none() | OFFSETS, OFFSETS, OFFSETS)
def test_lag_is_never_negative_nor_more_than_the_topic_holds(committed: int | None, begin: int, kept: int) -> None:
    found = lag_of("route", Place("t", 0), committed, begin, begin + kept)
    assert 0 <= found.lag <= kept
    assert found.expired >= 0


@pytest.fixture
def settings(kafka_bootstrap: str) -> Iterator[Settings]:
    """An application of the test's own whose internal topics exist."""
    chosen = load(app_id=unique("lag"), kafka_bootstrap=kafka_bootstrap, partitions=2)
    ensure(chosen)
    yield chosen
    removed(kafka_bootstrap, chosen.app_id)


def looked(settings: Settings) -> lag.GroupLag:
    with clients.admin(settings) as client:
        return lag.look(client, load_catalogue(settings.catalogue), settings.app_id)


def of(told: lag.GroupLag, topic: str) -> list[tuple[str, int | None, int, int]]:
    return [(p.stage, p.committed, p.end, p.lag) for p in told.partitions if p.topic == topic]


def test_each_stage_has_the_partitions_of_what_it_reads(settings: Settings) -> None:
    names, told = Names.of(settings.app_id), looked(settings)
    stages = {names.declarations: "declare", names.changes: "observe", names.points: "write_points", names.transitions: "notify"}
    assert {topic: of(told, topic) for topic in stages} == {topic: [(stage, None, 0, 0)] * 2 for topic, stage in stages.items()}


def test_what_no_stage_reads_is_not_listed(settings: Settings) -> None:
    """Nobody in the group reads quarantine or the changelogs: their records never wait."""
    names = Names.of(settings.app_id)
    assert {p.topic for p in looked(settings).partitions}.isdisjoint({names.quarantine, names.feeds, names.notified})


def test_records_of_a_source_wait_until_the_group_commits(settings: Settings) -> None:
    where, group = settings.kafka_bootstrap, settings.app_id
    with admin_cluster.topic(where, f"{group}.{admin_cluster.SOURCE}", 2) as source:
        admin_cluster.put(where, source, [b"{}"] * 5, partition=1)
        assert of(looked(settings), source) == [("route", None, 0, 0), ("route", None, 5, 5)]
        admin_cluster.commit(where, group, source, 3, partition=1)
        assert of(looked(settings), source) == [("route", None, 0, 0), ("route", 3, 5, 2)]
        admin_cluster.commit(where, group, source, 5, partition=1)
        assert of(looked(settings), source) == [("route", None, 0, 0), ("route", 5, 5, 0)]


def test_what_was_deleted_before_it_was_read_is_counted(settings: Settings) -> None:
    where, points = settings.kafka_bootstrap, Names.of(settings.app_id).points
    admin_cluster.put(where, points, [b"x"] * 6)
    admin_cluster.commit(where, settings.app_id, points, 2)
    assert looked(settings).expired == 0
    admin_cluster.expire(where, points, 5)
    told = looked(settings)
    assert (told.expired, told.stages()["write_points"]) == (3, 1)


def test_a_group_that_never_was_has_no_members(settings: Settings) -> None:
    told = looked(settings)
    assert (told.has_members, told.members) == (False, ())


def test_a_group_is_seen_with_its_members_and_without_them_afterwards(settings: Settings) -> None:
    names = Names.of(settings.app_id)
    with admin_cluster.member(settings.kafka_bootstrap, settings.app_id, names.changes):
        told = looked(settings)
        assert (told.has_members, len(told.members), told.members[0].host) == (True, 1, "127.0.0.1")
    admin_cluster.commit(settings.kafka_bootstrap, settings.app_id, names.changes, 0)
    assert not looked(settings).has_members


def test_a_group_whose_metadata_cannot_be_decoded_is_still_told(kafka_bootstrap: str, connect_url: str) -> None:
    """Kafka Connect's group speaks another protocol than consumers do, and kafka-python raises over it."""
    assert connect_url
    told = looked(load(app_id="nhip-connect", kafka_bootstrap=kafka_bootstrap))
    assert (told.state, told.has_members) == ("Stable", True)
