"""NOTIFY: a trouble of one recipient, or of one channel of several, holds nobody up and loses nothing."""

from __future__ import annotations

import pytest

from alerts.channel import RetryLater
from streams import notifying
from tests.streams.changes_province import NOW
from tests.streams.notifying_scene import AWAY, STALE, Desk, Folder, Office, changed, naps, report

__all__ = ["naps"]

FULL = RetryLater("452 mailbox full", 0.0, of_recipient=True)


async def test_a_mailbox_that_takes_nothing_for_now_is_tried_three_times_and_then_others_are_told(naps: list[float]) -> None:
    folder = Folder(FULL, FULL, FULL)
    office = Office(folder)
    batch = await office.work(STALE, changed(incident="2025-05"))
    assert [message.transition for message in folder.sent] == [changed(incident="2025-05")]
    assert (naps, batch.acked, [n.incident for n in office.log.notices]) == ([1.0, 2.0], False, ["2025-05"])


async def test_its_message_goes_out_later_and_only_then_is_the_batch_acked(naps: list[float]) -> None:
    folder = Folder(*[FULL] * 5)
    office = Office(folder)
    batch = await office.work(STALE)
    await office.later.pop()
    assert (len(folder.sent), batch.acked, naps[2:]) == (1, True, [60.0, 120.0, 240.0])
    assert [(n.channels, n.waiting) for n in office.log.notices] == [(("folder0",), ())]
    assert office.stats.gauges["notify"]["aside"] == 0


async def test_a_trouble_of_everybody_s_does_not_stand_aside(naps: list[float]) -> None:
    folder = Folder(*[RetryLater("away", 0.0)] * 8)
    batch = await Office(folder).work(STALE)
    assert (len(folder.sent), batch.acked, len(naps)) == (1, True, 8)


async def test_a_channel_that_is_away_keeps_no_message_from_another(naps: list[float]) -> None:
    mail, hook = Folder(), Folder(*[RetryLater("away", 0.0)] * 3)
    office = Office(mail, hook)
    batch = await office.work(STALE, changed(incident="2025-05"))
    assert (len(mail.sent), len(hook.sent), naps, batch.acked) == (2, 0, [], False)
    assert [(n.channels, n.waiting) for n in office.log.notices] == [(("folder0",), ("folder1",))] * 2
    await office.later.pop()
    assert (len(mail.sent), len(hook.sent), batch.acked) == (2, 2, True)
    assert [(set(n.channels), n.waiting) for n in office.log.notices] == [({"folder0", "folder1"}, ())] * 2


async def test_a_restart_sends_only_by_the_channels_that_were_missing(naps: list[float]) -> None:
    mail, hook = Folder(), Folder(RetryLater("away", 0.0))
    office = Office(mail, hook)
    await office.work(STALE)
    office.later.pop().close()
    batch = await office.work(STALE)
    assert (len(mail.sent), len(hook.sent), batch.acked, naps) == (1, 1, True, [])


async def test_what_stands_aside_is_left_to_whoever_has_the_partition_now(naps: list[float]) -> None:
    folder = Folder(*[FULL] * 3)
    office = Office(folder, ours_for=3)
    batch = await office.work(STALE)
    await office.later.pop()
    assert (folder.sent, batch.acked, office.table, naps[2:]) == ([], False, {}, [60.0])


@pytest.mark.parametrize(("tries", "sent"), [(51, 1), (52, 0)], ids=["at the last try", "never"])
async def test_after_a_day_it_is_given_up(naps: list[float], tries: int, sent: int) -> None:
    folder = Folder(*[FULL] * (3 + tries))
    office = Office(folder)
    batch = await office.work(STALE)
    await office.later.pop()
    assert (len(folder.sent), batch.acked, office.stats.totals["notify.unsent"]) == (sent, True, 1 - sent)
    assert sum(naps) >= 86_400


async def test_when_too_many_stand_aside_the_others_wait_too(naps: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "MOST_ASIDE", 1)
    folder = Folder(*[FULL] * 3)
    office = Office(folder)
    await office.work(STALE)
    folder.failures = [FULL] * 4
    batch = await office.work(changed(incident="2025-05"))
    assert (len(folder.sent), batch.acked, len(naps)) == (1, True, 2 + 4)
    office.later.pop().close()


async def test_operations_that_cannot_be_told_hold_up_no_unit(naps: list[float]) -> None:
    desk = Desk(*[FULL] * 3)
    office = Office(desk)
    assert (await report(office, NOW, AWAY)).acked
    assert (office.stats.totals["notify.unsent"], naps) == (1, [1.0, 2.0])
