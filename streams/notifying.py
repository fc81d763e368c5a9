"""NOTIFY at its edge: a transition becomes at most one message a unit, incident and stage; logged after the send.

Who may have lost the partition to another worker sends nothing before it knows: the other one tells, and the unit would hear it twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping
from typing import Any

from alerts.channel import Channel
from alerts.decide import should_notify
from alerts.message import Message, Recipient
from alerts.transition import Transition, decode
from streams import clock
from streams.courier import Courier, Delivery, MaySend
from streams.notices import Notice, NoticeLog, decode_log, encode_log
from streams.operations import OPERATIONS, Desk, News, decode_desk, decode_report, encode_desk, take
from streams.stats import Stats

log = logging.getLogger(__name__)

FIRST_ASIDE_SECONDS = 60.0
LONGEST_ASIDE_SECONDS = 1800.0
ASIDE_SECONDS = 86_400.0
"""For how long a message is tried that stands aside: a mailbox that takes nothing for a day is not read either."""
MOST_ASIDE = 1_000
"""Messages that stand aside at most; past that many they hold up the others again, in Kafka."""

Table = MutableMapping[bytes, bytes]
Compose = Callable[[Transition], tuple[Message, Recipient]]
ComposeNews = Callable[[News], tuple[Message, Recipient]]


class Notifier:
    """Decides, composes, sends and logs. A table maps a unit to its notification log.

    `spawn` runs something beside the agent; `ours` says whether a batch is surely nobody else's by now, and may take its time.
    """

    def __init__(
        self,
        compose: Compose,
        compose_news: ComposeNews,
        channels: Mapping[str, Channel],
        stats: Stats,
        *,
        stopping: Callable[[], bool],
        spawn: Callable[[Coroutine[Any, Any, None]], Any],
        ours: Callable[[Any], Awaitable[bool]],
    ) -> None:
        self._compose, self._compose_news, self._stats = compose, compose_news, stats
        self._courier = Courier(channels, stats)
        self._stopping, self._spawn, self._ours = stopping, spawn, ours
        self._aside = 0

    async def work(self, batch: Any, table: Table) -> None:
        """Tell units of the transitions in a batch and ack it, later if some stand aside; leave it when it is to stop, or another's."""
        aside: list[Transition] = []
        may_send = self._may_send(batch)
        for record in batch.value:
            if record.key == OPERATIONS.encode():
                told = await self._report(record.value, table, may_send)
            else:
                told = await self._tell(decode(record.value), table, may_send, aside)
            if not told:
                return
        if aside:
            self._aside += len(aside)
            self._stats.gauge("notify", aside=self._aside)
            self._spawn(self._finish(batch, table, aside))
        else:
            batch.ack()

    def _may_send(self, batch: Any) -> MaySend:
        async def may_send() -> bool:
            return not self._stopping() and await self._ours(batch)

        return may_send

    async def _report(self, value: bytes, table: Table, may_send: MaySend) -> bool:
        """Tell operations of the monitor's own troubles, and log it; False when that may not be sent any more."""
        key = OPERATIONS.encode()
        stored = table.get(key)
        desk, news = take(decode_desk(stored) if stored else Desk(), decode_report(value))
        for one in news:
            message, recipient = self._compose_news(one)
            delivery = await self._courier.deliver(message, recipient, may_send)
            if delivery.left and not delivery.took:
                return False
            if delivery.waiting and not delivery.took:
                log.error("operations could not be told: %s", message.subject)
                self._stats.add("notify", unsent=1)
                continue
            self._stats.add("notify", sent=1)
            log.warning("told operations: %s", message.subject)
        encoded = encode_desk(desk)
        if encoded != stored and (news or desk.open):
            table[key] = encoded
        return True

    async def _tell(self, change: Transition, table: Table, may_send: MaySend, aside: list[Transition]) -> bool:
        """Send one transition's message if it is due and log it; False when that may not be sent any more."""
        told = _log_of(change, table)
        if not should_notify(change, told.told()).notify:
            return True
        begun = told.begun(change)
        message, recipient = self._compose(change)
        may_wait = self._aside + len(aside) < MOST_ASIDE
        delivery = await self._courier.deliver(message, recipient, may_send, begun.waiting if begun else (), aside=may_wait)
        self._log(change, message, delivery, table)
        if delivery.waiting:
            aside.append(change)
        return not delivery.left

    async def _finish(self, batch: Any, table: Table, aside: list[Transition]) -> None:
        """Try again what stands aside, with growing pauses, until each is sent or given up; then ack its batch."""
        pause, until = FIRST_ASIDE_SECONDS, clock.monotonic_seconds() + ASIDE_SECONDS
        may_send = self._may_send(batch)
        try:
            while aside:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_ASIDE_SECONDS)
                last = clock.monotonic_seconds() >= until
                for change in list(aside):
                    delivery = await self._again(change, table, may_send, last=last)
                    if delivery.left:
                        return  # whoever reads it next sends the rest
                    if not delivery.waiting:
                        aside.remove(change)
                        self._aside -= 1
            batch.ack()
        finally:
            self._aside -= len(aside)
            self._stats.gauge("notify", aside=self._aside)

    async def _again(self, change: Transition, table: Table, may_send: MaySend, *, last: bool) -> Delivery:
        """Try once more the channels that have not taken a message; at the `last` try those that still do not are given up."""
        message, recipient = self._compose(change)
        begun = _log_of(change, table).begun(change)
        delivery = await self._courier.once(message, recipient, may_send, begun.waiting if begun else ())
        if last and delivery.waiting and not delivery.left:
            log.error("the message to %s is given up: %s did not take it for a day", change.unit, ", ".join(delivery.waiting))
            self._stats.add("notify", unsent=len(delivery.waiting))
            delivery = Delivery(delivery.took)
        self._log(change, message, delivery, table)
        return delivery

    def _log(self, change: Transition, message: Message, delivery: Delivery, table: Table) -> None:
        """Remember what was sent. Nothing is awaited between reading the log and writing it: others may be writing it, too."""
        told = _log_of(change, table)
        begun = told.begun(change)
        took = (*(begun.channels if begun else ()), *delivery.took)
        if not took and delivery.waiting:
            return  # nobody has it yet
        told.put(_notice(change, message, Delivery(took, delivery.waiting), begun.sent_ms if begun else clock.now_ms()))
        table[change.unit.encode()] = encode_log(told)
        if not begun:
            self._stats.add("notify", sent=1)
            log.info("told %s: %s %s, current to %s", change.unit, change.dataset, change.new, change.data_through)


def _log_of(change: Transition, table: Table) -> NoticeLog:
    stored = table.get(change.unit.encode())
    return decode_log(stored) if stored else NoticeLog()


def _notice(change: Transition, message: Message, delivery: Delivery, sent_ms: int) -> Notice:
    return Notice(
        unit=change.unit,
        dataset=change.dataset,
        incident=change.incident,
        stage=change.new,
        transition=change.id,
        subject=message.subject,
        text=message.text,
        sent_ms=sent_ms,
        channels=delivery.took,
        waiting=delivery.waiting,
    )
