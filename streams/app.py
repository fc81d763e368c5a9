"""The composition root: settings and catalogue in; a Faust app with its five agents, its clock and its page out."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from alerts.channel import Channel
from expectations.catalogue.load import Catalogue
from points.store import PointStore
from points.writer import PointWriter
from streams import clock
from streams.admin.sources import sources
from streams.agents import each
from streams.batch.settings import app_settings
from streams.batch.stream import batch_topic, surely_ours
from streams.beat import Beat
from streams.board.view import BoardView
from streams.declarations.signing import keys_of
from streams.declaring import Declare
from streams.ending import EndingApp
from streams.feeds.observe import Observer
from streams.feeds.rules import Rules
from streams.heartbeats import Heartbeats
from streams.letters import Letters
from streams.liveness import Liveness
from streams.notifying import Notifier
from streams.observing import Session
from streams.outlet import Outlet
from streams.page import address, listen, serve
from streams.recovery import PatientTables
from streams.routing import Route, router_of
from streams.security import faust_credentials
from streams.settings import Settings
from streams.stats import Stats
from streams.suites import Suites
from streams.tables import DurableTable
from streams.topics import Names
from streams.writing import WritePoints

log = logging.getLogger(__name__)

BUFFER = 16
"""Fetched batches of an internal topic that wait for its agent: a checkpoint covers up to so many at once."""


class Nhip:
    """One worker's parts, wired. `app` is the Faust app to run; `board` is what its page shows.

    `topics` are those that the cluster has: the sources among them are read from the first join of the group on. One that appears later
    costs a rebalance. Raises PageError when the page's address is taken.
    """

    def __init__(
        self, settings: Settings, catalogue: Catalogue, store: PointStore, channels: Mapping[str, Channel], topics: Iterable[str] = ()
    ) -> None:
        self.settings, self.catalogue, self.store = settings, catalogue, store
        self.names = Names.of(settings.app_id)
        self.stats = Stats()
        self.board = BoardView(catalogue)
        self.door = listen(settings.page_host, settings.page_port)
        self.page_address = address(self.door)
        self.suites = Suites(catalogue) if settings.suites else None
        self.app = _faust_app(settings)
        self.outlet = Outlet(self.app)
        self.writer = PointWriter(store, clock.now_ms)
        self.router = router_of(settings, catalogue)
        self.sources = batch_topic(self.app, *sources(catalogue, topics).topics)
        self.feeds = self._table("feeds")
        self.notified = self._table("notified")
        self.liveness = Liveness(self.app, settings.stall_seconds)
        self._add_agents(channels)
        self._add_timers()

    def close(self) -> None:
        """Let go of what the worker wrote to, once it has ended."""
        self.liveness.over.set()
        if self.suites is not None:
            self.suites.close()
        self.store.close()
        self.door.close()

    def observer(self, partition: int, load: Any) -> Observer:
        """A fresh observer of one partition."""
        s = self.settings
        rules = Rules(
            partitions=s.partitions,
            buckets=s.buckets,
            window_ms=s.window_seconds * 1000,
            tolerance_ms=s.monitor_tolerance_seconds * 1000,
            connector_ms=s.connector_tolerance_seconds * 1000,
        )
        return Observer(self.catalogue, rules, partition, load, self.suites.checks if self.suites else {})

    def _table(self, name: str) -> Any:
        return self.app.Table(name, partitions=self.settings.partitions, key_type=bytes, value_type=bytes)

    def _topic(self, name: str) -> Any:
        return batch_topic(self.app, name, partitions=self.settings.partitions, buffer=BUFFER)

    def _add_agents(self, channels: Mapping[str, Channel]) -> None:
        outlet, names, stats = self.outlet, self.names, self.stats
        heartbeats = Heartbeats(self.settings.connector_tolerance_seconds * 1000)
        router = self.route = Route(self.router, outlet, names, stats, heartbeats)
        points = WritePoints(self.writer, outlet, names, stats, ours=surely_ours)
        declarations = Declare(self.catalogue, keys_of(self.settings), outlet, names, stats, partitions=self.settings.partitions)
        letters = Letters(self.catalogue, self.settings)
        notifier = Notifier(
            letters.compose,
            letters.compose_news,
            channels,
            stats,
            stopping=lambda: bool(self.app.should_stop),
            spawn=self.app.add_future,
            ours=surely_ours,
        )

        async def route(stream: Any) -> None:
            router.queue = stream.channel.queue
            await each(stream, router.work)

        async def declare(stream: Any) -> None:
            await each(stream, declarations.work)

        async def observe(stream: Any) -> None:
            judge = self.suites.judge_many if self.suites else None
            session = Session(self.observer, self.feeds, outlet, names, stats, judge=judge, ours=surely_ours)
            await each(stream, lambda batch: session.add(batch, idle=stream.channel.queue.empty() and not router.busy))

        async def write_points(stream: Any) -> None:
            await each(stream, points.work)

        async def notify(stream: Any) -> None:
            await each(stream, lambda batch: notifier.work(batch, self.notified))

        self.app.agent(self.sources, name="route")(route)
        self.app.agent(self._topic(names.declarations), name="declare")(declare)
        # One actor a partition: its states, and what it writes to the table, stay in that partition.
        self.app.agent(self._topic(names.changes), name="observe", isolated_partitions=True)(observe)
        self.app.agent(self._topic(names.points), name="write_points", isolated_partitions=True)(write_points)
        self.app.agent(self._topic(names.transitions), name="notify", isolated_partitions=True)(notify)

    def _add_timers(self) -> None:
        beat = Beat(self)
        self.app.task(self.liveness.pulse)
        self.app.task(beat.watch_topics)
        self.app.timer(self.settings.tick_seconds, name="tick")(beat.tick)
        self.app.timer(beat.REPORT_SECONDS, name="report")(beat.report)

        async def page() -> None:
            await serve(self)

        self.app.task(page)
        self.app.let_go = self.writer.stop  # a store that is away must not hold up the end: its points wait in Kafka
        self.app.on_partitions_revoked.connect(self._let_points_arrive)

    async def _let_points_arrive(self, *_: Any, **__: Any) -> None:
        """Before the group gives a partition to another: what we wrote of it must not come after what the other writes."""
        await self.writer.rest(self.app.conf.broker_rebalance_timeout / 2)


def _faust_app(settings: Settings) -> EndingApp:
    timeout = settings.session_timeout_seconds
    return EndingApp(
        settings.app_id,
        broker=[f"batch://{address}" for address in settings.kafka_bootstrap.split(",")],
        broker_credentials=faust_credentials(settings),
        store="rocksdb://",
        Table=DurableTable,
        TableManager=PatientTables,
        datadir=str(settings.data_dir),
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication_factor,
        topic_allow_declare=False,  # streams/topics.py creates them with their settings
        broker_session_timeout=timeout,
        broker_heartbeat_interval=min(3.0, timeout / 3),
        broker_rebalance_timeout=max(timeout, 6.0),
        broker_request_timeout=max(timeout * 2, 20.0),
        **app_settings(),
    )
