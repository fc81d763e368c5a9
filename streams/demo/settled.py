"""When has the worker settled? Answered by facts: offsets that were acked, states that the page shows. Nothing is guessed from time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from faust.types import TP

from expectations.freshness.verdict import Verdict
from streams import clock
from streams.app import Nhip
from streams.batch.slots import Partition
from streams.feeds.state import decode_bucket
from streams.notices import Notice, decode_log

LOOK_SECONDS = 0.2


class NotSettled(Exception):  # noqa: N818  named by what is so
    """The worker did not settle in time. The message says how far it came."""


class Settling:
    """The road from produced records to a page that shows their verdicts, one fact after the other.

    `tell` hears how much of each step is done: its name, done, of how many.
    """

    def __init__(self, nhip: Nhip, produced: int, tell: Callable[[str, int, int], None], give_up_seconds: float) -> None:
        self._nhip, self._produced, self._tell, self._give_up_seconds = nhip, produced, tell, give_up_seconds
        self._step = "started"

    async def settle(self) -> None:
        """Wait until everything produced is routed, judged, stored and shown. Raises NotSettled (monotonic `give_up_seconds`)."""
        nhip = self._nhip
        await self._until("started", self._started)
        await self._until("routed", self._routed)
        routed_ms = clock.now_ms()
        # Only a tick that left after everything was routed finds every feed as it is.
        await self._until("judged", lambda: self._ticked(routed_ms))
        await self._acked("judged", [nhip.names.changes])
        await self._acked("stored", [nhip.names.points, nhip.names.transitions])
        await self._until("shown", self._shown)

    async def _until(self, step: str, reached: Callable[[], Awaitable[bool]]) -> None:
        self._step = step
        while not await reached():
            if clock.monotonic_seconds() > self._give_up_seconds:
                raise NotSettled(self._how_far())
            await self._nhip.app.sleep(LOOK_SECONDS)

    async def _started(self) -> bool:
        """Whether the worker reads: it has joined its group twice by then, for its own topics and for the sources."""
        reads = self._nhip.stats.totals["route.records"] > 0
        self._tell("started", int(reads), 1)
        return reads

    async def _routed(self) -> bool:
        done = self._nhip.stats.totals["route.records"]
        self._tell("routed", done, self._produced)
        return done >= self._produced

    async def _ticked(self, after_ms: int) -> bool:
        return (self._nhip.board.as_of_ms or 0) > after_ms

    async def _acked(self, step: str, topics: Iterable[str]) -> None:
        """Wait until the agents have acked everything that the topics hold now."""
        consumer: Any = self._nhip.app.consumer
        partitions = [TP(topic, n) for topic in topics for n in range(self._nhip.settings.partitions)]
        ends = {Partition(*tp): end or 0 for tp, end in (await consumer.highwaters(*partitions)).items()}

        async def acked() -> bool:
            done = {tp: consumer.tracker.settled(tp) for tp in ends}
            self._tell(step, sum(min(done[tp] or 0, end) for tp, end in ends.items()), sum(ends.values()))
            return all((done[tp] or 0) >= end for tp, end in ends.items())

        await self._until(step, acked)

    async def _shown(self) -> bool:
        """Whether the page shows what the tables hold: every verdict, every notice."""
        nhip = self._nhip
        stored, sent = stored_verdicts(nhip), stored_notices(nhip)
        seen = {f"{view.unit}/{view.dataset}": view.verdict for view in nhip.board.feeds()}
        right = sum(seen[feed] == verdict for feed, verdict in stored.items())
        self._tell("shown", right, len(seen))
        units = {notice.unit for notice in sent}
        return right == len(seen) and sum(len(nhip.board.notices(unit)) for unit in units) == len(sent)

    def _how_far(self) -> str:
        totals = self._nhip.stats.totals
        return (
            f"not {self._step} in time: {self._produced} records produced, {totals['route.records']} routed, "
            f"{totals['observe.rows']} counted, {totals['write_points.points']} points stored, {totals['notify.sent']} alerts sent; "
            "give it longer with --timeout SECONDS, or look at the warnings above"
        )


def stored_verdicts(nhip: Nhip) -> dict[str, Verdict]:
    """The verdict of every judged feed in the worker's table."""
    buckets = [decode_bucket(value) for value in nhip.feeds.values()]
    return {feed: state.verdict for bucket in buckets for feed, state in bucket.items() if state.verdict is not None}


def stored_notices(nhip: Nhip) -> list[Notice]:
    """Every notice in the worker's table."""
    return [notice for value in nhip.notified.values() for notice in decode_log(value).notices]
