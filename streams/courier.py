"""One message through all channels that reach its recipient, and what to do about those that do not take it.

A channel that is away holds everything up, so that messages wait in Kafka and not in memory; but one mailbox that is full, or a webhook
that is down while the mail went out, must not keep others from being told: what is left of such a message stands aside.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from alerts.channel import Channel, Permanent, RetryLater
from alerts.message import Message, Recipient
from streams.stats import Stats

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
TRIES = 3
"""How often a message is tried that one recipient's server does not take, before it stands aside."""


class Delivery(NamedTuple):
    """Names of the channels that took a message, and of those that may take it later."""

    took: tuple[str, ...]
    waiting: tuple[str, ...] = ()


class Courier:
    """Sends by the channels of a worker."""

    def __init__(self, channels: Mapping[str, Channel], stats: Stats, stopping: Callable[[], bool]) -> None:
        self._channels, self._stats, self._stopping = channels, stats, stopping

    async def deliver(self, message: Message, recipient: Recipient, names: Iterable[str] = (), *, aside: bool = True) -> Delivery | None:
        """Send by the channels named (all that reach, when none is), until each has taken or refused the message, or it may stand aside.

        None when asked to stop before any took it.
        """
        waiting, took = self._reaching(recipient, names), list[str]()
        pause, tries = FIRST_PAUSE_SECONDS, 0
        while waiting and not self._stopping():
            delivery, troubles = await self._attempt(message, recipient, waiting)
            took += delivery.took
            waiting = list(delivery.waiting)
            tries += 1
            if not waiting or (aside and (took or (tries >= TRIES and all(trouble.of_recipient for trouble in troubles)))):
                break
            await asyncio.sleep(max([pause, *(trouble.retry_after_seconds for trouble in troubles)]))
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        return None if waiting and not took and self._stopping() else Delivery(tuple(took), tuple(waiting))

    async def once(self, message: Message, recipient: Recipient, names: Iterable[str] = ()) -> Delivery:
        """Try each of the channels once."""
        delivery, _ = await self._attempt(message, recipient, self._reaching(recipient, names))
        return delivery

    def _reaching(self, recipient: Recipient, names: Iterable[str]) -> list[str]:
        return [name for name in names or self._channels if name in self._channels and self._channels[name].reaches(recipient)]

    async def _attempt(self, message: Message, recipient: Recipient, names: Iterable[str]) -> tuple[Delivery, list[RetryLater]]:
        """Try each channel once; return what came of it, and why those that wait did not take the message."""
        took, waiting, troubles = [], [], []
        for name in names:
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
