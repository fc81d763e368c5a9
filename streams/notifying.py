"""NOTIFY at its edge: a transition becomes at most one message a unit, incident and stage; logged after the send.

Who may have lost the partition to another worker sends nothing before it knows: the other one tells, and the unit would hear it twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

from alerts.channel import Channel, Permanent, RetryLater
from alerts.decide import should_notify
from alerts.message import Message, Recipient
from alerts.transition import Transition, decode
from streams import clock
from streams.notices import Notice, NoticeLog, decode_log, encode_log
from streams.operations import OPERATIONS, Desk, News, decode_desk, decode_report, encode_desk, take
from streams.stats import Stats

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0

Compose = Callable[[Transition], tuple[Message, Recipient]]
ComposeNews = Callable[[News], tuple[Message, Recipient]]
MaySend = Callable[[], Awaitable[bool]]


class Notifier:
    """Decides, composes, sends and logs. `table` maps a unit to its notification log.

    `ours` says whether a batch is surely nobody else's by now; it is asked before every attempt, and may take its time.
    """

    def __init__(
        self,
        compose: Compose,
        compose_news: ComposeNews,
        channels: Mapping[str, Channel],
        stats: Stats,
        *,
        stopping: Callable[[], bool],
        ours: Callable[[Any], Awaitable[bool]],
    ) -> None:
        self._compose, self._compose_news = compose, compose_news
        self._channels, self._stats, self._stopping, self._ours = channels, stats, stopping, ours

    async def work(self, batch: Any, table: MutableMapping[bytes, bytes]) -> None:
        """Tell units of the transitions in a batch and ack it; leave it unacked when it is to stop, or another's, before all is sent."""

        async def may_send() -> bool:
            return not self._stopping() and await self._ours(batch)

        for record in batch.value:
            report = record.key == OPERATIONS.encode()
            told = self._report(record.value, table, may_send) if report else self._tell(decode(record.value), table, may_send)
            if not await told:
                return
        batch.ack()

    async def _report(self, value: bytes, table: MutableMapping[bytes, bytes], may_send: MaySend) -> bool:
        """Tell operations of the monitor's own troubles, and log it; False when it may not be sent any more."""
        key = OPERATIONS.encode()
        stored = table.get(key)
        desk, news = take(decode_desk(stored) if stored else Desk(), decode_report(value))
        for one in news:
            message, recipient = self._compose_news(one)
            if await self._send(message, recipient, may_send) is None:
                return False
            self._stats.add("notify", sent=1)
            log.warning("told operations: %s", message.subject)
        encoded = encode_desk(desk)
        if encoded != stored and (news or desk.open):
            table[key] = encoded
        return True

    async def _tell(self, change: Transition, table: MutableMapping[bytes, bytes], may_send: MaySend) -> bool:
        """Send one transition's message if it is due and log it; False when it may not be sent any more."""
        key = change.unit.encode()
        stored = table.get(key)
        told = decode_log(stored) if stored else NoticeLog()
        if not should_notify(change, told.told()).notify:
            return True
        message, recipient = self._compose(change)
        sent = await self._send(message, recipient, may_send)
        if sent is None:
            return False
        told.add(_notice(change, message, sent, clock.now_ms()))
        table[key] = encode_log(told)
        self._stats.add("notify", sent=1)
        log.info("told %s: %s %s, current to %s", change.unit, change.dataset, change.new, change.data_through)
        return True

    async def _send(self, message: Message, recipient: Recipient, may_send: MaySend) -> tuple[str, ...] | None:
        """The channels that took the message; None when it may not be sent any more. A channel that is down is tried until it is up."""
        took = []
        for name, channel in self._channels.items():
            if not channel.reaches(recipient):
                continue
            taken = await self._send_by(name, channel, message, recipient, may_send)
            if taken is None:
                return None
            if taken:
                took.append(name)
        return tuple(took)

    async def _send_by(self, name: str, channel: Channel, message: Message, recipient: Recipient, may_send: MaySend) -> bool | None:
        pause = FIRST_PAUSE_SECONDS
        while await may_send():
            try:
                await channel.send(message, recipient)
            except Permanent as error:
                log.error("%s: the message to %s cannot be sent: %s", name, recipient.unit, error)  # noqa: TRY400  the reason is enough
                self._stats.add("notify", unsent=1)
                return False
            except RetryLater as error:
                log.warning("%s is away (%s); the message to %s waits", name, error, recipient.unit)
                self._stats.add("notify", retries=1)
                await asyncio.sleep(max(error.retry_after_seconds, pause))
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            else:
                return True
        return None


def _notice(change: Transition, message: Message, channels: Sequence[str], now_ms: int) -> Notice:
    return Notice(
        unit=change.unit,
        dataset=change.dataset,
        incident=change.incident,
        stage=change.new,
        transition=change.id,
        subject=message.subject,
        text=message.text,
        sent_ms=now_ms,
        channels=tuple(channels),
    )
