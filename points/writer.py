"""Points on their way to a store: at least once, in order, one request in flight.

Kafka is the buffer, so there is none here: `write` returns when the store has everything, and only then may the caller
acknowledge what the lines came from. A caller that is told WriterStopped or NotOurs, or is killed, acknowledges nothing and loses nothing.

A point replaces an older one of the same tags and time, so who has lost a partition must write none of it after its new owner has: every
request asks first whether the lines are still ours to write, and `rest` waits for the one that is on its way.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

import msgspec

from points.store import PointStore, Refused, StoreError, StoreMisconfigured, StoreUnavailable, requests

log = logging.getLogger(__name__)

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60.0
MISCONFIGURED_WAIT_SECONDS = 30.0
LONGEST_ASKED_WAIT_SECONDS = 600.0
"""A server's Retry-After is honoured up to this."""


Answer = TypeVar("Answer")
Ours = Callable[[], Awaitable[bool]]


class WriterStopped(Exception):  # noqa: N818  an instruction to the caller, not a failure
    """The writer was stopped before the store had the lines: do not acknowledge them."""


class NotOurs(Exception):  # noqa: N818  an instruction to the caller, not a failure
    """The lines became another worker's to write before the store had them: do not acknowledge them."""


async def always() -> bool:
    """Lines that nobody else writes."""
    return True


class Counters(msgspec.Struct):
    """What the writer did since it began. `problem` is the present trouble in words, None when there is none."""

    written: int = 0
    refused: int = 0
    writes: int = 0
    retries: int = 0
    write_ms: int = 0
    last_success_ms: int | None = None
    down_since_ms: int | None = None
    problem: str | None = None


def wait_seconds(error: StoreError, failures: int, chance: float) -> float:
    """How long to wait after the `failures`-th failure in a row (from 1); `chance` in [0, 1) spreads workers apart.

    Half of an exponential step is certain, half is chance. A wrong setting is tried slowly; a server that asks for more is given it.
    """
    if isinstance(error, StoreMisconfigured):
        return MISCONFIGURED_WAIT_SECONDS * (0.5 + chance / 2)
    step = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** min(failures - 1, 16))
    asked = error.retry_after_seconds if isinstance(error, StoreUnavailable) else None
    return max(step * (0.5 + chance / 2), min(asked or 0.0, LONGEST_ASKED_WAIT_SECONDS))


class PointWriter:
    """Writes batches of lines to a store from its own thread, again and again until each is stored.

    `now_ms` tells the time for counters; `sleep` waits between tries; `chance` gives numbers in [0, 1).
    """

    def __init__(
        self,
        store: PointStore,
        now_ms: Callable[[], int],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.counters = Counters()
        self._store = store
        self._now_ms = now_ms
        self._sleep = sleep
        self._chance = chance
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="points")
        self._turn = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._in_flight: Future[list[Refused]] | None = None

    async def write(self, lines: Sequence[bytes], ours: Ours = always) -> list[Refused]:
        """Return when the store has all lines but those it will never take; these are returned.

        Callers wait their turn. `ours` is asked before every request, and may take its time. Raise WriterStopped when the writer is
        stopped first, NotOurs when the lines are not ours any more.
        """
        async with self._turn:
            return [refused for request in requests(lines) for refused in await self._insist(request, ours)]

    async def rest(self, seconds: float) -> None:
        """Wait until no request is on its way, at most so long. Who was cancelled leaves one behind."""
        if self._in_flight is not None:
            await asyncio.to_thread(wait, [self._in_flight], seconds)

    async def stop(self) -> None:
        """Let the request in flight end, wake every waiting caller with WriterStopped, and close the store."""
        self._stopping.set()
        async with self._turn:
            await asyncio.to_thread(self._thread.shutdown)
            await asyncio.to_thread(self._store.close)

    async def _insist(self, lines: Sequence[bytes], ours: Ours) -> list[Refused]:
        failures = 0
        while await self._unless_stopped(ours()):
            try:
                return await self._try(lines)
            except StoreError as error:
                failures += 1
                self._failed(error)
                await self._unless_stopped(self._sleep(wait_seconds(error, failures, self._chance())))
        raise NotOurs

    async def _try(self, lines: Sequence[bytes]) -> list[Refused]:
        began_ms = self._now_ms()
        self._in_flight = self._thread.submit(self._store.write, lines)
        refused = await asyncio.wrap_future(self._in_flight)
        self._succeeded(len(lines) - len(refused), len(refused), self._now_ms() - began_ms)
        return refused

    def _succeeded(self, written: int, refused: int, took_ms: int) -> None:
        counters = self.counters
        counters.written += written
        counters.refused += refused
        counters.writes += 1
        counters.write_ms += took_ms
        counters.last_success_ms = self._now_ms()
        if counters.down_since_ms is not None:
            log.warning("points are stored again after %.0f s", (counters.last_success_ms - counters.down_since_ms) / 1000)
            counters.down_since_ms = counters.problem = None

    def _failed(self, error: StoreError) -> None:
        """Count, and say once what the trouble is: not again for every try, but again when it is another kind."""
        counters = self.counters
        counters.retries += 1
        if counters.down_since_ms is None:
            counters.down_since_ms = self._now_ms()
            log.warning("points cannot be stored, trying on; nothing is lost: %s", error)
        elif isinstance(error, StoreMisconfigured) and counters.problem != str(error):
            log.error("points cannot be stored until this is mended: %s", error)
        counters.problem = str(error)

    async def _unless_stopped(self, awaited: Awaitable[Answer]) -> Answer:
        """Wait for an answer, but no longer than until the writer is stopped: raise WriterStopped then."""
        answer, stopped = asyncio.ensure_future(awaited), asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({answer, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if self._stopping.is_set():
                raise WriterStopped
            return answer.result()
        finally:
            answer.cancel()
            stopped.cancel()
