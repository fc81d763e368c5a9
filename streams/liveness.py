"""A worker that is alive but reads nothing is ended, so that a supervisor starts it again and others take its work.

The decision is a fold of looks. Time is counted awake: a process that was paused comes back and is given its time. Nothing is lost by
the end: what was not acked is read again. Reading nothing is normal where there is nothing to read, where a store is away and the
agents have enough, and where Kafka is away: the fetch loop comes round in the first two, and Kafka answers no question in the third.

A worker that was asked to end, and whose end hangs, is ended, too.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from typing import Any

import msgspec

from streams import clock
from streams.exits import Exit
from streams.stacks import waits

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
ASK_SECONDS = 20.0
"""How often Kafka is asked something, and the time that it is given to answer."""
UNANSWERED_SECONDS = 90.0
"""After so long without an answer Kafka counts as away, and the time begins anew once it is back."""
PULSE_SECONDS = 0.5
ENDING_SECONDS = 45.0
"""So long may the end take that was asked for: less than supervisors wait. Leaving the group while its coordinator is away may hang."""


class Signs(msgspec.Struct):
    """When, in monotonic seconds, the event loop and the fetch loop last came round, and Kafka last answered."""

    looped: float
    fetched: float
    answered: float


class Watch(msgspec.Struct, frozen=True):
    """What earlier looks found: for how many seconds awake each sign has been missing."""

    looked: float
    still_loop: float = 0.0
    still_fetch: float = 0.0
    unanswered: float = 0.0
    ending: float = 0.0


def look(watch: Watch, signs: Signs, now: float, *, ending: bool = False) -> Watch:
    """Look once more; `ending` says whether the worker is to end. Between two looks at most two intervals count: the rest was a pause."""
    awake = min(now - watch.looked, 2 * LOOK_SECONDS)

    def still(sign: float, before: float) -> float:
        return 0.0 if sign >= watch.looked else before + awake

    unanswered = still(signs.answered, watch.unanswered)
    away = unanswered > UNANSWERED_SECONDS
    return Watch(
        looked=now,
        still_loop=still(signs.looped, watch.still_loop),
        still_fetch=0.0 if away else still(signs.fetched, watch.still_fetch),
        unanswered=unanswered,
        ending=watch.ending + awake if ending else 0.0,
    )


def trouble(watch: Watch, most_seconds: float) -> str:
    """Why the worker has to end; "" while it lives."""
    if watch.still_loop >= most_seconds:
        return f"the event loop has stood still for {watch.still_loop:.0f} s"
    if watch.still_fetch >= most_seconds:
        return f"nothing has been fetched for {watch.still_fetch:.0f} s although Kafka answers"
    return ""


class Liveness:
    """Watches one worker from a thread of its own, which also sees an event loop that hangs. `end` is given the exit code."""

    def __init__(self, app: Any, most_seconds: float, end: Callable[[int], None] = os._exit) -> None:
        now = clock.monotonic_seconds()
        self._app, self._most_seconds, self._end = app, most_seconds, end
        self.signs = Signs(looped=now, fetched=now, answered=now)
        self.longest_lag_seconds = 0.0
        self.over = threading.Event()

    async def pulse(self) -> None:
        """Beat with the event loop until the worker stops; note how late it comes round, and whether Kafka answers.

        The thread watches on until the process is gone: a stop that hangs is no life either.
        """
        threading.Thread(target=self._watch, name="nhip-liveness", daemon=True).start()
        asking = asyncio.create_task(self._ask())
        try:
            while not self._app.should_stop:
                begun = clock.monotonic_seconds()
                await asyncio.sleep(PULSE_SECONDS)
                self.signs.looped = clock.monotonic_seconds()
                self.signs.fetched = self._app.consumer.last_fetch_monotonic
                self.longest_lag_seconds = max(self.longest_lag_seconds, self.signs.looped - begun - PULSE_SECONDS)
        finally:
            asking.cancel()

    def take_longest_lag_seconds(self) -> float:
        """The longest hold-up of the event loop since this was last asked."""
        lag, self.longest_lag_seconds = self.longest_lag_seconds, 0.0
        return lag

    async def _ask(self) -> None:
        while True:
            try:
                async with asyncio.timeout(ASK_SECONDS):
                    await self._app.consumer.cluster_topics()
                self.signs.answered = clock.monotonic_seconds()
            except Exception as error:  # noqa: BLE001  whatever keeps the answer away, there is none: the consumer may not even be there yet
                log.debug("Kafka did not answer the liveness check: %r", error)
            await asyncio.sleep(ASK_SECONDS)

    def _watch(self) -> None:
        watch = Watch(clock.monotonic_seconds())
        while not self.over.wait(LOOK_SECONDS):
            watch = look(watch, self.signs, clock.monotonic_seconds(), ending=bool(self._app.should_stop))
            if watch.ending >= ENDING_SECONDS:
                log.warning("the end has taken %.0f s: the worker goes without leaving the group. Nothing is lost", watch.ending)
                self._leave(Exit.FAILED if self._app.crashed else Exit.OK)
                return
            if why := trouble(watch, self._most_seconds):
                log.critical("the worker ends: it lives, but %s. Nothing is lost; start it again", why)
                self._leave(Exit.STALLED)
                return

    def _leave(self, code: int) -> None:
        """End the process; its log says first what everything in it was waiting for."""
        for line in waits(self._app):
            log.warning("waiting: %s", line)
        logging.shutdown()
        self._end(code)
