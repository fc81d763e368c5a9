"""The consumer's thread: every change of position and every fetch is noted here, in one step with aiokafka's own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka.errors import KafkaError
from faust.transport.drivers import aiokafka
from faust.types import TP

from streams import clock
from streams.batch.commits import heed_errors
from streams.batch.message import Fetch
from streams.batch.records import Results
from streams.batch.restarts import keep_looking
from streams.batch.slots import Partition
from streams.batch.tracker import Tracker

COMMIT_PATIENCE_SECONDS = 3.0
"""After this long without success a commit is looked into."""


class BatchConsumerThread(aiokafka.AIOKafkaConsumerThread):  # type: ignore[misc]  # faust publishes no types
    """Faust's aiokafka thread, which wraps the fetches of batch topics and tells the tracker."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.tracker: Tracker = self.consumer.tracker
        self._starts: dict[Partition, int] = {}  # where a partition without a commit was entered
        self._woken = asyncio.Event()
        self._heard_seconds = clock.monotonic_seconds()

    async def on_start(self) -> None:
        """Make light records of batch topics. Listen to the heartbeats, to errors and to silence: aiokafka passes over what it hears."""
        await super().on_start()
        consumer = self._ensure_consumer()
        consumer._fetcher._records = Results(lambda topic: topic in self.consumer.batch_topics)  # noqa: SLF001  nothing is assigned yet
        coordinator = consumer._coordinator  # noqa: SLF001
        heed_errors(coordinator)
        keep_looking(consumer._client)  # noqa: SLF001
        beat = coordinator._do_heartbeat  # noqa: SLF001

        async def heard_beat() -> bool:
            sent_seconds = clock.monotonic_seconds()  # the coordinator counts from when it gets it: not before this
            taken: bool = await beat()
            if taken:
                self.heard_of(sent_seconds)
            return taken

        coordinator._do_heartbeat = heard_beat  # noqa: SLF001

    def heard_of(self, at_seconds: float) -> None:
        """Note that the coordinator knew this worker as a member at that time (monotonic)."""
        self._heard_seconds = max(self._heard_seconds, at_seconds)

    def silent_seconds(self) -> float:
        """For how long the coordinator may not have heard of this worker."""
        return clock.monotonic_seconds() - self._heard_seconds

    def wake(self) -> None:
        """End a fetch that waits while some partitions were held back; called from the main thread."""
        self.thread_loop.call_soon_threadsafe(self._woken.set)

    def forget(self, tps: Iterable[Any]) -> None:
        """Drop partitions that are no longer ours."""
        for tp in tps:
            self._starts.pop(tp, None)
            self.tracker.forget(tp)

    async def cluster_topics(self) -> set[str]:
        """Return the names of the cluster's topics, asked over the consumer's own connection."""
        return set(await self.call_thread(self._ensure_consumer().topics))

    def topic_partitions(self, topic: str) -> int | None:
        """Return a topic's number of partitions, None while it is not known. Stock Faust asks what only the group's leader is told."""
        return len(self._ensure_consumer().partitions_for_topic(topic) or ()) or None

    async def seek_batches(self, tp: Any, offset: int) -> None:
        """Move a batch partition to an offset as a new session."""
        await self.call_thread(self._enter, tp, offset)

    async def rewind(self, tp: Any) -> None:
        """Fetch again from where the agent must go on, unless a rebalance has repositioned the partition meanwhile."""
        await self.call_thread(self._rewind, tp)

    async def seek_to_committed(self) -> Mapping[Any, int | None]:
        """Enter every assigned partition at its committed offset; return the commits, None where there is none."""
        committed: Mapping[Any, int | None] = await self.call_thread(self._seek_to_committed)
        return committed

    async def _commit(self, offsets: Mapping[Any, int]) -> bool:
        """Commit what is ours; return whether that was done. What was not committed is read again by whoever gets it.

        A rebalance may just have taken everything, and then Faust would crash. A topic may have been deleted, and then aiokafka would
        try for ever and hold up the commits of all others.
        """
        committing = asyncio.ensure_future(self._commit_ours(offsets))
        try:
            while not (await asyncio.wait({committing}, timeout=COMMIT_PATIENCE_SECONDS))[0]:
                there = await self._topics_of(offsets)
                if there < {tp.topic for tp in offsets}:
                    committing.cancel()
                    return await self._commit({tp: offset for tp, offset in offsets.items() if tp.topic in there})
            return committing.result()
        finally:
            committing.cancel()

    async def _commit_ours(self, offsets: Mapping[Any, int]) -> bool:
        if not offsets.keys() & self.assignment():  # nothing is awaited between this look and aiokafka's own
            return False
        return bool(await super()._commit(offsets))

    async def _topics_of(self, tps: Iterable[Any]) -> set[str]:
        """Return those topics of the partitions that the cluster still has; all while it cannot be asked."""
        topics = {tp.topic for tp in tps}
        try:
            return topics & set(await self._ensure_consumer().topics())
        except (KafkaError, OSError):
            return topics

    async def _seek_wait(self, consumer: Any, partitions: Mapping[Any, int]) -> None:
        """Seek those partitions that are still ours: a rebalance may come while tables are recovered, and aiokafka would raise."""
        ours = consumer.assignment()  # nothing is awaited between this look and the seeks
        await super()._seek_wait(consumer, {tp: offset for tp, offset in partitions.items() if tp in ours})

    def _enter(self, tp: Any, offset: int) -> None:
        self._ensure_consumer().seek(tp, offset)
        self.tracker.position(tp, offset)

    def _rewind(self, tp: Any) -> None:
        offset = self.tracker.rewind(tp)
        if offset is not None and tp in self._ensure_consumer().assignment():
            self.log.info("Fetching %s/%s again from %s", tp.topic, tp.partition, offset)
            self._ensure_consumer().seek(tp, offset)

    async def _seek_to_committed(self) -> dict[Any, int | None]:
        consumer = self._ensure_consumer()
        tps, committed = frozenset[Any](), dict[Any, int | None]()
        while tps != consumer.assignment():  # a rebalance may come while we ask
            tps = consumer.assignment()
            committed = await self._look_up(tps)
        for tp, offset in committed.items():  # nothing is awaited from here on: no fetch can slip in between two of these
            if tp.topic in self.consumer.batch_topics:
                self._enter(tp, self._starts[tp] if offset is None else offset)
            elif offset:
                consumer.seek(tp, offset)
        return {TP(tp.topic, tp.partition): offset for tp, offset in committed.items()}

    async def _look_up(self, tps: Iterable[Any]) -> dict[Any, int | None]:
        """Return the commits, and fix where to enter a partition without one: asking again later could skip what is not acked."""
        consumer = self._ensure_consumer()
        committed = dict(zip(tps, await asyncio.gather(*map(consumer.committed, tps)), strict=True))
        new = [tp for tp in tps if committed[tp] is None and tp.topic in self.consumer.batch_topics and tp not in self._starts]
        latest = self.app.conf.consumer_auto_offset_reset == "latest"
        if new:
            self._starts.update(await (consumer.end_offsets(new) if latest else consumer.beginning_offsets(new)))
        return committed

    async def _fetch_records(
        self,
        consumer: Any,
        active_partitions: Any,
        timeout: float | None = None,  # noqa: ASYNC109  Faust's
        max_records: int | None = None,
    ) -> Mapping[Any, list[Any]]:
        polling = super()._fetch_records(consumer, active_partitions, timeout=timeout, max_records=max_records)
        polled = await (self._until_woken(polling) if self.consumer.holds_back else polling)
        return {tp: self._wrap(consumer, tp, records) for tp, records in polled.items()}

    def _wrap(self, consumer: Any, tp: Any, records: list[Any]) -> list[Any]:
        """One pseudo-record for a batch topic, its own records for another."""
        if tp.topic not in self.consumer.batch_topics or not records:
            return records
        state = consumer._subscription.subscription.assignment.state_value(tp)  # noqa: SLF001  its position is behind markers, too
        if state is None:  # given away while a held-back poll was on its way
            return []
        return [Fetch(records, self.tracker.fetched(tp, records[0].offset, state.position))]

    async def _until_woken(self, polling: Any) -> Mapping[Any, list[Any]]:
        poll, woken = asyncio.ensure_future(polling), asyncio.ensure_future(self._woken.wait())
        await asyncio.wait({poll, woken}, return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()
        self._woken.clear()
        if poll.done():
            return poll.result()  # type: ignore[no-any-return]  # faust publishes no types
        poll.cancel()  # it waits for data: nothing has been taken yet
        return {}
