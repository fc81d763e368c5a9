"""NOTIFY: one message a unit, incident and stage; logged after the send; a channel that is away loses nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from alerts.channel import Permanent, RetryLater
from alerts.transition import Transition
from streams.operations import CALM_MS, OPERATIONS, decode_desk
from tests.streams.changes_province import NOW
from tests.streams.notifying_scene import AWAY, STALE, Desk, Folder, Office, changed, naps, report

__all__ = ["naps"]


class TestOperations:
    """The monitor's own troubles are one message to operations, and none to units."""

    async def test_a_trouble_is_told_once_and_its_end_once(self) -> None:
        desk, folder = Desk(), Folder()
        office = Office(desk, folder)
        for n in range(3):
            assert (await report(office, NOW + n * 30_000, AWAY)).acked
        await report(office, NOW + 60_000 + CALM_MS)
        await report(office, NOW + 90_000 + CALM_MS)
        assert [m.subject for m in desk.sent] == [
            "Sự cố giám sát: kho số liệu (InfluxDB) không ghi được",
            "Đã khắc phục: kho số liệu (InfluxDB) không ghi được",
        ]
        assert folder.sent == []

    async def test_a_message_that_was_not_sent_is_not_logged_and_the_batch_stays_unacked(self) -> None:
        desk = Desk(RetryLater("away"))
        office = Office(desk, stopping=True)
        assert not (await report(office, NOW, AWAY)).acked
        assert office.table == {}

    async def test_a_quiet_report_writes_nothing(self) -> None:
        office = Office(Desk())
        assert (await report(office, NOW)).acked
        assert office.table == {}

    async def test_what_operations_know_outlives_a_restart(self) -> None:
        office = Office(Desk())
        await report(office, NOW, AWAY)
        assert list(decode_desk(office.table[OPERATIONS.encode()]).open) == ["store"]


async def test_a_unit_is_told_and_the_notice_is_logged() -> None:
    folder = Folder()
    office = Office(folder)
    batch = await office.work(STALE)
    assert batch.acked
    assert "tháng 12/2024" in folder.sent[0].text
    assert [(n.stage, n.incident, n.channels) for n in office.log.notices] == [("stale", "2025-01", ("folder0",))]


async def test_a_repeated_transition_is_not_told_again() -> None:
    """A crash after the log was written replays the batch."""
    folder = Folder()
    office = Office(folder)
    await office.work(STALE)
    await office.work(STALE)
    assert len(folder.sent) == 1


@pytest.mark.parametrize(
    ("second", "messages"),
    [
        (changed(new="late"), 2),
        (changed(incident="2025-05"), 2),
        (changed(old="unknown"), 1),
        (changed(new="fresh"), 1),
        (changed(new="unknown"), 1),
    ],
    ids=["another stage", "another incident", "back from unknown", "resolved", "monitor behind"],
)
async def test_what_comes_next_is_told_only_when_it_is_news(second: Transition, messages: int) -> None:
    folder = Folder()
    office = Office(folder)
    await office.work(STALE, second)
    assert len(folder.sent) == messages


async def test_a_channel_that_is_away_is_tried_until_it_takes_the_message(naps: list[float]) -> None:
    folder = Folder(RetryLater("down", 3.0), RetryLater("down", 0.0))
    batch = await Office(folder).work(STALE)
    assert (len(folder.sent), batch.acked, naps) == (1, True, [3.0, 2.0])


async def test_a_message_that_no_channel_takes_holds_nobody_up() -> None:
    folder, other = Folder(Permanent("no such mailbox")), Folder()
    office = Office(folder, other)
    batch = await office.work(STALE)
    assert batch.acked
    assert [n.channels for n in office.log.notices] == [("folder1",)]
    assert office.stats.totals["notify.unsent"] == 1


async def test_a_stop_before_the_send_leaves_the_batch_unacked() -> None:
    folder = Folder()
    office = Office(folder, stopping=True)
    batch = await office.work(STALE)
    assert (batch.acked, folder.sent, office.table) == (False, [], {})


@pytest.mark.parametrize("kept", [49, 50, 51])
async def test_the_log_is_bounded(kept: int) -> None:
    office = Office(Folder())
    incidents: Sequence[Transition] = [changed(incident=str(n)) for n in range(kept)]
    await office.work(*incidents)
    assert [n.incident for n in office.log.notices] == [str(n) for n in range(max(0, kept - 50), kept)]


class TestAnothers:
    """A worker that lost the group and does not know it yet reads on; the new owner tells the same units."""

    async def test_what_is_anothers_is_not_told_and_not_acked(self) -> None:
        folder = Folder()
        office = Office(folder, ours_for=0)
        batch = await office.work(STALE)
        assert (folder.sent, office.table, batch.acked) == ([], {}, False)

    async def test_what_became_anothers_while_the_channel_was_away_is_left_to_it(self, naps: list[float]) -> None:
        folder = Folder(RetryLater("away", 0.0), RetryLater("away", 0.0))
        office = Office(folder, ours_for=1)
        batch = await office.work(STALE)
        assert (folder.sent, len(folder.failures), office.table, batch.acked) == ([], 1, {}, False)
        assert naps == [1.0]

    async def test_what_is_told_before_is_logged_and_the_rest_is_left(self) -> None:
        folder = Folder()
        office = Office(folder, ours_for=1)
        batch = await office.work(STALE, changed(id="y", incident="2025-02"))
        assert ([len(folder.sent), len(office.log.notices)], batch.acked) == ([1, 1], False)

    async def test_news_for_operations_are_left_to_it_too(self) -> None:
        desk = Desk()
        office = Office(desk, ours_for=0)
        batch = await report(office, NOW, AWAY)
        assert (desk.sent, office.table, batch.acked) == ([], {}, False)
