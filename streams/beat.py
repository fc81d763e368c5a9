"""The worker's own clockwork: ticks, new topics, its own figures. All of it small, none of it in the way of batches."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiokafka.errors import KafkaError

from streams import clock
from streams.admin.sources import sources
from streams.batch.patterns import TopicWatcher
from streams.batch.slots import Partition
from streams.changes import wire
from streams.operations import OPERATIONS, encode_report
from streams.outlet import Outgoing, chunks
from streams.pulse import PROBE, Self, audible, skew_ms
from streams.ticks import Progress, Vanished

if TYPE_CHECKING:
    from streams.app import Nhip

FIRST_LOOK_SECONDS = 0.2

log = logging.getLogger(__name__)


class Beat:
    """Timers of one worker."""

    REPORT_SECONDS = 30.0

    def __init__(self, nhip: Nhip) -> None:
        self._nhip = nhip
        self._progress = Progress()
        self._vanished = Vanished()
        self._retries = 0
        self._probing = True
        self._worker = f"{socket.gethostname()}-{os.getpid()}"
        self._self = Self(self._worker, nhip.settings.monitor_tolerance_seconds * 1000)
        self._watcher = TopicWatcher(nhip.app, nhip.sources, lambda there: sources(nhip.catalogue, there).topics)

    async def watch_topics(self) -> None:
        """Read topics as they appear, until the worker stops. The first look is taken at once."""
        app = self._nhip.app
        while not app.should_stop:
            try:
                await self._look()
            except KafkaError as error:
                log.warning("cannot look for topics (%s); trying on", error.__class__.__name__)
            await app.sleep(self._nhip.settings.topic_refresh_seconds if self._watcher.looked else FIRST_LOOK_SECONDS)

    async def _look(self) -> None:
        new = await self._watcher.refresh()
        if new:
            log.info("now reading %s", ", ".join(sorted(new)))
        self._nhip.router.know(self._watcher.topics)
        if self._watcher.looked:
            self._self.without_topic = bool(sources(self._nhip.catalogue, self._watcher.topics).silent)
            self._vanished.note(self._watcher.topics, await self._nhip.app.consumer.cluster_topics())

    async def tick(self) -> None:
        """Let time pass. A tick that Kafka does not take is left out: without ticks nobody is accused."""
        if self._nhip.app.rebalancing or not self._watcher.looked:
            return
        began_ms = clock.now_ms()
        try:
            acknowledged = await self._tick(began_ms)
        except KafkaError as error:
            self._self.pulse.refused()
            log.warning("time stands still: Kafka does not answer (%s); trying on", error.__class__.__name__)
        else:
            ended_ms = clock.now_ms()
            self._self.pulse.taken(began_ms, ended_ms)
            self._self.skew_ms = skew_ms(acknowledged, began_ms, ended_ms)
            if not self._self.may_tell_the_time:
                log.warning("this machine's clock is %d s off the broker's: it lets no time pass", (self._self.skew_ms or 0) // 1000)

    async def _tick(self, now_ms: int) -> Sequence[Any]:
        """Tell every partition of `changes` the present, and how far this worker has routed its sources.

        A worker whose clock is not known to be right, or is known to be wrong, tells no time: it sends a record that changes nothing,
        whose stamp tells more.
        """
        if self._probing or not self._self.may_tell_the_time:
            self._probing = False
            return await self._nhip.outlet.send([Outgoing(self._nhip.names.changes, wire.encode(PROBE), 0)])
        consumer = self._nhip.app.consumer
        topics = self._watcher.topics
        mine = [tp for tp in consumer.assignment() if tp.topic in topics - self._vanished.missing]
        ends = {(tp.topic, tp.partition): end for tp, end in (await consumer.highwaters(*mine)).items()} if mine else {}
        routed = {source: consumer.tracker.settled(Partition(*source)) for source in ends}
        self._progress.note(now_ms, ends, routed)
        watched, settings = self._self, self._nhip.settings
        watched.behind_ms = self._progress.behind_ms(now_ms)
        self._nhip.stats.gauge("route", lag=self._progress.lag(ends, routed), behind_ms=watched.behind_ms)
        # A topic whose partitions are not known yet counts as one that nobody has read.
        counts = {topic: consumer.topic_partitions(topic) or 1 for topic in topics} | dict.fromkeys(self._vanished.topics, 0)
        heartbeats, tolerance_ms = self._nhip.route.heartbeats, settings.connector_tolerance_seconds * 1000
        watched.listen(heartbeats.last, audible(ends, self._progress.at_end, heartbeats.last, counts), now_ms, tolerance_ms)
        message = wire.encode(self._progress.tick(now_ms, counts, heartbeats.told(now_ms), watched.pulse.cap_ms(now_ms)))
        partitions = range(settings.partitions)
        acknowledged = await self._nhip.outlet.send([Outgoing(self._nhip.names.changes, message, p) for p in partitions])
        self._nhip.board.tick(now_ms)
        return acknowledged

    async def report(self) -> None:
        """Send the worker's own figures as points, and its troubles to NOTIFY, which tells operations."""
        nhip = self._nhip
        counters = nhip.app.consumer.counters
        lag_ms = nhip.liveness.take_longest_lag_seconds() * 1000
        nhip.stats.gauge("worker", memory_bytes=memory_bytes(), rewinds=counters.rewinds, loop_lag_ms=lag_ms)
        writes = nhip.writer.counters
        nhip.stats.add("write_points", retries=writes.retries - self._retries)
        self._retries = writes.retries
        nhip.stats.gauge("write_points", sink_down=writes.down_since_ms is not None)
        now_ms = clock.now_ms()
        lines = nhip.stats.take(self._worker, now_ms)
        told = encode_report(self._self.report(now_ms, writes.down_since_ms))
        points = [Outgoing(nhip.names.points, value, 0) for value in chunks(lines)]
        await nhip.outlet.send([*points, Outgoing(nhip.names.transitions, told, key=OPERATIONS.encode())])


def memory_bytes() -> int:
    """Resident memory; 0 where the system does not tell."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if status.exists() else 0
