"""Faust's consumer with one event a fetch, strict commits and back-pressure that holds back one topic, not all.

Hooks of faust-streaming 0.15.3 that this leans on, beside public ones: `_new_offset`, `_to_message`, `_getmany`, `_seek`,
`_read_offset` and `_new_consumer_thread` here, `_fetch_records` in thread.py, and aiokafka's `_do_heartbeat`
and `_fetcher._records` (records.py) there, `_send_req` in commits.py and what restarts.py names. docs/batch-seam.md says why each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from faust.exceptions import ImproperlyConfigured
from faust.transport.drivers import aiokafka

from streams import clock
from streams.batch import channels
from streams.batch.message import BatchMessage, Fetch
from streams.batch.read_offsets import ReadOffsets
from streams.batch.slots import Admission, Counters
from streams.batch.thread import BatchConsumerThread
from streams.batch.tracker import Tracker


class BatchConsumer(aiokafka.Consumer):  # type: ignore[misc]  # faust publishes no types
    """Consumer of batch topics; other topics are served as Faust serves them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.tracker = Tracker()
        self.batch_topics: frozenset[str] = frozenset()
        self.subscribed: frozenset[str] = frozenset()
        self.holds_back = False  # the running fetch leaves out partitions whose agent has enough
        self.last_fetch_monotonic = clock.monotonic_seconds()  # of the last time the fetch loop came round
        self._room = asyncio.Event()
        super().__init__(*args, **kwargs)
        self._read_offset = ReadOffsets(lambda tp: tp.topic in self.batch_topics)

    @property
    def counters(self) -> Counters:
        """What happened since the worker started."""
        return self.tracker.counters

    def admit(self, message: BatchMessage) -> bool:
        """Whether the agent may see this batch now; one behind a hole is fetched again instead."""
        self._room_freed()
        assert message.slot is not None  # noqa: S101  `of` gave it one
        admission = self.tracker.admit(message.tp, message.slot)
        if admission is Admission.HOLE:
            self._rewind([message.tp])
        return admission is Admission.ADMITTED

    def redeliver(self, channel: Any) -> None:
        """Fetch again what a former run of this channel's agent was given and did not ack."""
        read = channels.served(channels.sharing(self.app, channel), self.tracker.partitions())
        self._rewind(filter(self.tracker.redeliver, read))

    def holds(self, message: BatchMessage) -> bool:
        """Whether an ack of this batch would still count: not once its partition was given to another worker."""
        return message.slot is not None and self.tracker.holds(message.tp, message.slot)

    @property
    def may_be_replaced(self) -> bool:
        """Whether the group's coordinator has not heard of this worker for so long that it may have given its partitions away."""
        return self._thread.silent_seconds() >= self.app.conf.broker_session_timeout  # type: ignore[no-any-return]  # faust publishes no types

    async def cluster_topics(self) -> set[str]:
        """Return the names of the cluster's topics, asked over the consumer's own connection."""
        return await self._thread.cluster_topics()  # type: ignore[no-any-return]  # faust publishes no types

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Subscribe. Raises ImproperlyConfigured with no topic at all: the worker would wait for an assignment for ever."""
        if self.app.should_stop:  # agents that stop change the topics; joining the group once more would hang the stop
            return
        self.subscribed = frozenset(topics)
        if not self.subscribed:
            raise ImproperlyConfigured(
                "the app reads no topic yet: besides those that a TopicWatcher finds, let an agent read one that exists"
            )
        self._learn_batch_topics()
        await super().subscribe(self.subscribed)

    async def on_partitions_assigned(self, assigned: set[Any], generation_id: int = 0) -> None:
        """Learn what has become a batch topic meanwhile, and that the coordinator knows us."""
        self._learn_batch_topics()
        self._thread.heard_of(clock.monotonic_seconds())
        await super().on_partitions_assigned(assigned, generation_id)

    async def on_partitions_revoked(self, revoked: set[Any]) -> None:
        """Commit what is acked while it is still ours: stock Faust forgets the acks first. Who hears of it then, holds nothing."""
        await self.maybe_wait_for_commit_to_finish()
        await self.commit()
        self._thread.forget(revoked)
        await super().on_partitions_revoked(revoked)

    async def commit(self, *args: Any, **kwargs: Any) -> bool:
        """Commit the acked prefix of every partition; look for lost tails on the way."""
        if self.flow_active and not self.app.rebalancing and not self.should_stop:
            self._rewind(self.tracker.lost_tails())
        return await super().commit(*args, **kwargs)  # type: ignore[no-any-return]  # faust publishes no types

    def getmany(self, timeout: float) -> Any:
        """Fetch once. Noted here, because a worker whose partitions are all with others comes round without asking Kafka."""
        self.last_fetch_monotonic = clock.monotonic_seconds()
        return super().getmany(timeout)

    def on_buffer_full(self, tp: Any) -> None:
        """Do nothing for a batch topic: `_getmany` holds it back."""
        if tp.topic not in self.batch_topics:
            super().on_buffer_full(tp)

    def highwater(self, tp: Any) -> int | None:
        """Return a partition's end as last fetched; None once it is not ours: Faust asks while it drains what it fetched before."""
        try:
            return super().highwater(tp)  # type: ignore[no-any-return]  # faust publishes no types
        except (AssertionError, AttributeError):  # how aiokafka says "not assigned"; its thread may say so at any time
            return None

    def _learn_batch_topics(self) -> None:
        """Before anything of them is fetched. What is one stays one: a rebalance takes the channels of its agents away for a moment."""
        self.batch_topics |= {name for channel in channels.of(self.app) for name in channel.topics}

    # private hooks
    def _new_consumer_thread(self) -> BatchConsumerThread:
        return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def _to_message(self, tp: Any, record: Any) -> Any:
        if isinstance(record, Fetch):
            return BatchMessage.of(tp, record, self.app.consumer_generation_id)
        return super()._to_message(tp, record)

    def _new_offset(self, tp: Any) -> int | None:
        if tp.topic not in self.batch_topics:
            return super()._new_offset(tp)  # type: ignore[no-any-return]  # faust publishes no types
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self.tracker.release(tp)

    async def _seek(self, partition: Any, offset: int) -> None:
        if partition.topic in self.batch_topics:
            await self._thread.seek_batches(partition, offset)
        else:
            await super()._seek(partition, offset)

    async def _getmany(self, active_partitions: set[Any] | None, timeout: float) -> Mapping[Any, Any]:  # noqa: ASYNC109  Faust's
        full = channels.full(self.app, active_partitions or ())
        self.holds_back = bool(full)
        if active_partitions and full >= active_partitions:  # an empty set would mean all of them
            return await self._wait_for_room(timeout)
        wanted = active_partitions - full if active_partitions and full else active_partitions
        return await super()._getmany(wanted, timeout)  # type: ignore[no-any-return]  # faust publishes no types

    async def _wait_for_room(self, timeout: float) -> Mapping[Any, Any]:  # noqa: ASYNC109  Faust's
        self._room.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._room.wait(), timeout)
        return {}

    def _room_freed(self) -> None:
        if self.holds_back:
            self.holds_back = False
            self._room.set()
            self._thread.wake()

    def _rewind(self, tps: Iterable[Any]) -> None:
        for tp in tps:
            self.add_future(self._thread.rewind(tp))
