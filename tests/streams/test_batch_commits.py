"""A coordinator that cannot tell yet where to go on is asked again: its silence is no answer."""

from __future__ import annotations

from typing import Any

import pytest
from aiokafka import TopicPartition, errors
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.protocol.commit import OffsetFetchResponse_v1, OffsetFetchResponse_v3

from streams.batch.commits import heed_errors

OURS = TopicPartition("changes", 2)
TOLD = ("changes", [(2, 4017, "", 0)])
LOADING = OffsetFetchResponse_v3(0, [], errors.GroupLoadInProgressError.errno)
MOVED = OffsetFetchResponse_v3(0, [], errors.NotCoordinatorForGroupError.errno)
REFUSED = OffsetFetchResponse_v3(0, [], errors.GroupAuthorizationFailedError.errno)
COMMITTED = OffsetFetchResponse_v3(0, [TOLD], 0)
NEVER = OffsetFetchResponse_v3(0, [("changes", [(2, -1, "", 0)])], 0)


class Coordinator(GroupCoordinator):  # type: ignore[misc]  # aiokafka publishes no types
    """aiokafka's own, whose broker gives the answers of a test in turn."""

    def __init__(self, *answers: Any) -> None:
        self.group_id, self._retry_backoff_ms = "nhip", 1
        self.answers, self.deaths = list(answers), 0

    async def ensure_coordinator_known(self) -> None:
        """It is known."""

    def coordinator_dead(self) -> None:
        self.deaths += 1

    async def _send_req(self, _: Any) -> Any:
        return self.answers.pop(0)


async def commit(coordinator: Coordinator) -> int | None:
    found = await coordinator.fetch_committed_offsets([OURS])
    return found[OURS].offset if OURS in found else None


async def test_aiokafka_alone_takes_a_group_that_is_loading_for_one_without_a_commit() -> None:
    """When this fails, it has been mended there, and ours can go."""
    assert await commit(Coordinator(LOADING, COMMITTED)) is None


@pytest.mark.parametrize(("answers", "deaths"), [([LOADING, LOADING], 0), ([MOVED], 1), ([LOADING, MOVED], 1), ([], 0)])
async def test_a_commit_is_found_once_the_coordinator_can_tell(answers: list[Any], deaths: int) -> None:
    coordinator = Coordinator(*answers, COMMITTED)
    heed_errors(coordinator)
    assert (await commit(coordinator), coordinator.deaths) == (4017, deaths)


async def test_a_partition_without_a_commit_has_none() -> None:
    coordinator = Coordinator(LOADING, NEVER)
    heed_errors(coordinator)
    assert await commit(coordinator) is None


async def test_an_error_that_does_not_pass_is_raised() -> None:
    coordinator = Coordinator(REFUSED)
    heed_errors(coordinator)
    with pytest.raises(errors.GroupAuthorizationFailedError):
        await commit(coordinator)


async def test_an_answer_of_an_old_broker_has_no_error_of_its_own() -> None:
    coordinator = Coordinator(OffsetFetchResponse_v1([TOLD]))
    heed_errors(coordinator)
    assert await commit(coordinator) == 4017
