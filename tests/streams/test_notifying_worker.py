"""A message that stands aside, in the real worker: others are told meanwhile, and it is sent and logged afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiokafka.partitioner import DefaultPartitioner

from alerts.channel import RetryLater
from alerts.message import Message, Recipient
from alerts.transition import encode
from expectations.catalogue.load import load
from streams import notifying
from streams.app import Nhip
from streams.embedded.broker import PARTITIONS, EmbeddedBroker
from tests.streams.batch_harness import until
from tests.streams.embedded_worker import FOLDER, worker
from tests.streams.notifying_scene import changed

SECONDS = 100


def partition_of(unit: str) -> int:
    """The partition in which a unit's transitions and notices live: as aiokafka's producer has it."""
    return int(DefaultPartitioner()(unit.encode(), list(range(PARTITIONS)), list(range(PARTITIONS))))


FULL = "25486"
OTHER = next(u for u in load(FOLDER).units if u != FULL and partition_of(u) == partition_of(FULL) and u.isdecimal())


class Post:
    """A mail server at which one mailbox is full for its first tries."""

    name = "mail"

    def __init__(self, tries: int) -> None:
        self.left = tries
        self.sent: list[str] = []

    def reaches(self, recipient: Recipient) -> bool:
        return recipient.unit in {FULL, OTHER}

    async def send(self, message: Message, recipient: Recipient) -> None:
        if message.transition is None or message.transition.new != "stale":
            return  # the worker's own: these units have never sent anything
        if recipient.unit == FULL and self.left:
            self.left -= 1
            raise RetryLater("452 mailbox full", 0.1, of_recipient=True)
        self.sent.append(recipient.unit)


@pytest.mark.timeout(3 * SECONDS)
async def test_a_full_mailbox_holds_nobody_up_and_gets_its_message_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "FIRST_ASIDE_SECONDS", 0.5)
    post = Post(tries=4)
    with EmbeddedBroker() as broker:
        async with worker(broker, tmp_path, {"mail": post}) as nhip:
            for unit in (FULL, OTHER):
                value = encode(changed(unit=unit, dataset="bao-tro-xa-hoi", missing=None))
                broker.produce(nhip.names.transitions, unit.encode(), value, partition=partition_of(unit))
            await until(lambda: len(post.sent) >= 2, SECONDS, lambda: (post.sent, nhip.stats.totals))
            assert post.sent == [OTHER, FULL]
            await until(lambda: ("stale", ("mail",), ()) in logged(nhip), SECONDS, lambda: (logged(nhip), nhip.stats.totals))


def logged(nhip: Nhip) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """What the page knows of the messages to the full mailbox's unit."""
    return [(n.stage, n.channels, n.waiting) for n in nhip.board.notices(FULL)]
