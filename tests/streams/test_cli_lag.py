"""`nhip lag` as a person sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from streams.admin.lag import GroupLag, Lag, Member
from streams.cli import Exit
from streams.cli.lag import as_json, sentences
from streams.settings import load
from streams.topics import Names, ensure
from tests.services.clients import unique
from tests.streams import admin_cluster
from tests.streams.admin_cluster import nhip
from tests.streams.kafka_topics import removed

READ = Lag("route", "snv.a", 0, 5, 0, 7, 2, 0)
LOST = Lag("notify", "nhip.transitions", 0, 2, 4, 9, 5, 2)


@pytest.fixture
def app_id(kafka_bootstrap: str) -> Iterator[str]:
    """An application of the test's own whose internal topics exist."""
    chosen = unique("lag")
    ensure(load(app_id=chosen, kafka_bootstrap=kafka_bootstrap, partitions=1))
    yield chosen
    removed(kafka_bootstrap, chosen)


def group(*partitions: Lag, state: str = "Stable", members: tuple[Member, ...] = (Member("faust", "10.0.0.7"),)) -> GroupLag:
    return GroupLag("nhip", state, members, partitions)


def test_totals_are_by_stage_and_every_stage_has_one() -> None:
    assert group(READ, LOST, READ).stages() == {"route": 4, "declare": 0, "observe": 0, "write_points": 0, "notify": 5}


def test_who_reads_is_told() -> None:
    assert list(sentences(group(READ))) == ["group nhip: Stable, members: 1, on 10.0.0.7"]


@pytest.mark.parametrize("state", ["Empty", "Dead"])
def test_a_group_without_members_is_told_with_what_to_do(state: str) -> None:
    (said,) = sentences(group(READ, state=state, members=()))
    assert ("no members" in said, "nhip worker" in said) == (True, True)


def test_a_group_whose_members_cannot_be_read_is_not_called_empty() -> None:
    assert list(sentences(group(READ, members=()))) == ["group nhip: Stable"]


def test_expired_records_are_told_with_what_to_do() -> None:
    assert any(said.startswith("2 records were deleted by retention") for said in sentences(group(READ, LOST)))


def test_json_tells_everything() -> None:
    told = as_json(group(READ, LOST))
    assert (told["has_members"], told["expired"], told["stages"]) == (
        True,
        2,
        {"route": 2, "declare": 0, "observe": 0, "write_points": 0, "notify": 5},
    )


def test_without_a_worker_the_answer_is_the_same_and_exit_code_0(kafka_bootstrap: str, app_id: str) -> None:
    points = Names.of(app_id).points
    admin_cluster.put(kafka_bootstrap, points, [b"x"] * 1_234)
    result = nhip(kafka_bootstrap, app_id, "lag", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["has_members"], told["stages"]["write_points"]) == (Exit.OK, False, 1_234)


def test_only_what_is_behind(kafka_bootstrap: str, app_id: str) -> None:
    names = Names.of(app_id)
    admin_cluster.put(kafka_bootstrap, names.points, [b"x"])
    shown = nhip(kafka_bootstrap, app_id, "lag", "--behind").stdout
    assert (names.points in shown, names.changes in shown) == (True, False)
    assert names.changes in nhip(kafka_bootstrap, app_id, "lag").stdout


def test_records_that_expired_unread_are_bad_news(kafka_bootstrap: str, app_id: str) -> None:
    transitions = Names.of(app_id).transitions
    admin_cluster.put(kafka_bootstrap, transitions, [b"x"] * 3)
    admin_cluster.commit(kafka_bootstrap, app_id, transitions, 1)
    admin_cluster.expire(kafka_bootstrap, transitions, 1)
    assert nhip(kafka_bootstrap, app_id, "lag").exit_code == Exit.OK
    admin_cluster.expire(kafka_bootstrap, transitions, 2)
    assert nhip(kafka_bootstrap, app_id, "lag").exit_code == Exit.FAILED


def test_without_kafka_there_is_one_message_and_no_stack_trace() -> None:
    result = nhip("127.0.0.1:1", "nhip", "lag")
    assert (result.exit_code, result.stdout) == (Exit.FAILED, "")
    assert result.stderr == "nhip: Kafka at 127.0.0.1:1 does not answer: start it, or set NHIP_KAFKA_BOOTSTRAP\n"
