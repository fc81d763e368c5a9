"""One message through all channels that reach its recipient, and what to do about those that do not take it.

A channel that is away holds everything up, so that messages wait in Kafka and not in memory; but one mailbox that is full, or a webhook
that is down while the mail went out, must not keep others from being told: what is left of such a message stands aside.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from alerts.channel import Channel, Permanent, RetryLater
from alerts.message import Message, Recipient
from streams.stats import Stats

log = logging.getLogger(__name__)

MaySend = Callable[[], Awaitable[bool]]

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
TRIES = 3
"""How often a message is tried that one recipient's server does not take, before it stands aside."""


class Delivery(NamedTuple):
    """Names of the channels that took a message, and of those that may take it later.

    `left` says that the rest was left to whoever reads it next: the worker ends, or the partition may be another's.
    """

    took: tuple[str, ...]
    waiting: tuple[str, ...] = ()
    left: bool = False


class Courier:
    """Sends by the channels of a worker. Before every attempt it asks whether it still may, which may take its time."""

    def __init__(self, channels: Mapping[str, Channel], stats: Stats) -> None:
        self._channels, self._stats = channels, stats

    async def deliver(
        self, message: Message, recipient: Recipient, may_send: MaySend, names: Iterable[str] = (), *, aside: bool = True
    ) -> Delivery:
        """Send by the channels named (all that reach, when none is), until each has taken or refused the message, or it may stand aside."""
        waiting, took = self._reaching(recipient, names), list[str]()
        pause, tries = FIRST_PAUSE_SECONDS, 0
        while waiting:
            delivery, troubles = await self._attempt(message, recipient, may_send, waiting)
            took += delivery.took
            waiting = list(delivery.waiting)
            tries += 1
            if delivery.left:
                return Delivery(tuple(took), tuple(waiting), left=True)
            if not waiting or (aside and (took or (tries >= TRIES and all(trouble.of_recipient for trouble in troubles)))):
                break
            await asyncio.sleep(max([pause, *(trouble.retry_after_seconds for trouble in troubles)]))
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        return Delivery(tuple(took), tuple(waiting))

    async def once(self, message: Message, recipient: Recipient, may_send: MaySend, names: Iterable[str] = ()) -> Delivery:
        """Try each of the channels once."""
        delivery, _ = await self._attempt(message, recipient, may_send, self._reaching(recipient, names))
        return delivery

    def _reaching(self, recipient: Recipient, names: Iterable[str]) -> list[str]:
        return [name for name in names or self._channels if name in self._channels and self._channels[name].reaches(recipient)]

    async def _attempt(
        self, message: Message, recipient: Recipient, may_send: MaySend, names: Sequence[str]
    ) -> tuple[Delivery, list[RetryLater]]:
        """Try each channel once; return what came of it, and why those that wait did not take the message."""
        took, waiting, troubles = list[str](), list[str](), list[RetryLater]()
        for n, name in enumerate(names):
            if not await may_send():
                return Delivery(tuple(took), (*waiting, *names[n:]), left=True), troubles
            try:
                await self._channels[name].send(message, recipient)
            except Permanent as error:
                log.error("%s: the message to %s cannot be sent: %s", name, recipient.unit, error)  # noqa: TRY400  the reason is enough
                self._stats.add("notify", unsent=1)
            except RetryLater as error:
                log.warning("%s did not take the message to %s, which waits: %s", name, recipient.unit, error)
                self._stats.add("notify", retries=1)
                waiting.append(name)
                troubles.append(error)
            else:
                took.append(name)
        return Delivery(tuple(took), tuple(waiting)), troubles
