"""One run: real Kafka, real InfluxDB behind the proxy, a mail server, workers; a story told day by day while faults strike."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from expectations.catalogue.load import Catalogue
from points.influx import InfluxStore
from streams.topics import Names
from tests.faults import outcome, province, scan
from tests.faults.actors import Actors
from tests.faults.cluster import Cluster
from tests.faults.environment import GROUP, PARTITIONS, TICK_SECONDS, settings_of
from tests.faults.fleet import Fleet
from tests.faults.letters import MailServer
from tests.faults.outcome import Outcome
from tests.faults.proxy import InfluxProxy
from tests.faults.schedule import Fault, Kind
from tests.faults.worker import SharedClock
from tests.services.fleet import Fleet as Services
from tests.services.influxdb import InfluxDB
from tests.services.kafka import Kafka

STUCK_SECONDS = 300.0
POLL_SECONDS = 0.1
Say = Callable[[str], None]


class Plan(NamedTuple):
    """What a run is of."""

    seed: int
    events: int
    workers: int
    stages: int
    faults: tuple[Fault, ...] = ()
    suites: bool = True


class Stuck(Exception):  # noqa: N818  what happened, not what failed
    """The pipeline did not come to rest: that is a finding in itself."""


class Ran(NamedTuple):
    """A finished run."""

    outcome: Outcome
    troubles: tuple[str, ...]
    seconds: float
    peak_bytes: int
    restarts: int


class Run:
    """The parts of a run while it lasts."""

    def __init__(self, plan: Plan, folder: Path, stack: ExitStack, say: Say) -> None:
        self.plan, self._say, self._folder = plan, say, folder
        self.clock = SharedClock(folder / "clock")
        self.clock.set(province.now_ms(0))
        (folder / "catalogue").mkdir()
        self.catalogue: Catalogue = province.write_catalogue(folder / "catalogue")
        cache = Services.of_checkout().services[0].built.parent
        self.broker = Kafka(folder / "kafka", cache, folder)
        self.influx = InfluxDB(folder / "influxdb", cache, folder)
        for service in (self.broker, self.influx):
            service.ensure_built()
            service.start()
            stack.callback(service.kill)
        self.proxy = InfluxProxy(self.influx.address["url"])
        stack.callback(self.proxy.close)
        self.mail = MailServer()
        self.mail.start()
        stack.callback(self.mail.stop)
        self.names = Names.of(GROUP)
        self._make_topics()
        self.fleet = Fleet(folder, settings_of(self, folder), plan.workers)
        stack.callback(self.fleet.close)
        self.actors = Actors(self.fleet, self.broker, self.proxy, self.mail)
        self.cluster = Cluster(self.broker.address["bootstrap"], GROUP)
        stack.callback(self.cluster.close)
        self.producer = self._new_producer()
        self.produced = 0
        self._undelivered: list[str] = []
        self._faults = deque(plan.faults)

    def wait_for(self, holds: Callable[[], bool], what: str, seconds: float = STUCK_SECONDS) -> None:
        """Wait until it holds, undoing faults whose time is over; raises Stuck when that takes too long."""
        stop_at = time.monotonic() + seconds
        while not holds():
            self.actors.poll()
            if time.monotonic() > stop_at:
                raise Stuck(f"{what}: not within {seconds:.0f} s; the logs are in {self._folder}")
            time.sleep(POLL_SECONDS)

    def pause(self, seconds: float) -> None:
        """Let time pass, undoing faults whose time is over."""
        stop_at = time.monotonic() + seconds
        while time.monotonic() < stop_at:
            self.actors.poll()
            time.sleep(POLL_SECONDS)

    def drain(self, seconds: float = STUCK_SECONDS) -> None:
        """Wait until everything that is in Kafka now has become points and messages."""
        self.drain_sources()
        self._drain([self.names.points, self.names.transitions], seconds)

    def drain_sources(self) -> None:
        """Wait until every event that is in Kafka now has been counted."""
        self._drain(list(province.TOPICS.values()))
        self._drain([self.names.changes])

    def _drain(self, topics: list[str], seconds: float = STUCK_SECONDS) -> None:
        while (ends := self.cluster.ends(topics)) is None:
            self.pause(POLL_SECONDS)
        self.wait_for(partial(self.cluster.has_committed, ends), f"commit of {', '.join(topics)}", seconds)

    def settle(self) -> None:
        """Wait until nothing is out of order and everything was judged: two rounds of ticks after the last rebalance."""
        self.wait_for(lambda: self.actors.quiet, "end of the faults")
        self.wait_for(lambda: self.cluster.is_stable(self.plan.workers), "stable group")
        self._say("no fault lasts any more, and the group is stable")
        for _ in range(2):
            self.drain()
            self.pause(2 * TICK_SECONDS + 0.5)
        self.drain()

    def judged(self, stage: int) -> bool:
        """Whether every feed's state was judged at the stage's time."""
        now_ms, schedules = province.now_ms(stage), self.catalogue.schedules
        expected = {d: None if (p := s.passed(now_ms).expected) is None else s.text(p) for d, s in schedules.items()}
        states = self.cluster.states(self.names.feeds)
        verdicts = {feed: state.verdict for feed, state in states.items()}
        return len(verdicts) == sum(1 for _ in self.catalogue.feeds()) and all(
            v is not None and v.expected_through == expected[feed.partition("/")[2]] for feed, v in verdicts.items()
        )

    def tell(self) -> None:
        """Tell the whole story while the faults of the plan strike."""
        story = province.Story(self.plan.seed, self.plan.events, self.plan.stages)
        self.fleet.start()
        for stage in range(self.plan.stages):
            self.tell_day(story, stage)
            left = f"{len(self._faults)} of {len(self.plan.faults)} faults left, {len(self.mail.letters)} letters"
            self._say(f"day {stage + 1} of {self.plan.stages}: {self.produced:,} events, {left}")
        while self._faults:
            self._strike(self._faults.popleft())
        self.finish()

    def finish(self) -> None:
        """Let an hour pass: all feeds are looked at anew, so that old windows close. Runs that are compared end alike."""
        self.clock.set(province.now_ms(self.plan.stages - 1) + 3_600_000)
        self.settle()

    def tell_day(self, story: province.Story, stage: int) -> None:
        """Let a day come, wait until it was judged, tell its events, and wait until all is at rest again."""
        self.clock.set(province.now_ms(stage))
        self.wait_for(partial(self.judged, stage), f"judgement of day {stage}")
        self.drain()
        self.produce(story.day(stage))
        self.settle()

    def produce(self, events: Iterable[province.Event]) -> None:
        """Send events; a fault strikes when its turn has come."""
        for event in events:
            self._produce(event)
            while self._faults and self.produced >= self._faults[0].at_event:
                self._strike(self._faults.popleft())
        self.flush()

    def _strike(self, fault: Fault) -> None:
        """Let a fault strike. While the broker is away the story waits: what its source sends twice would be two events."""
        self._say(str(fault))
        if fault.kind in {Kind.BROKER_STOP, Kind.BROKER_KILL}:
            self.flush()
            self.actors.strike(fault)
            self.wait_for_broker()
        else:
            self.actors.strike(fault)
        self.pause(fault.then_seconds)

    def wait_for_broker(self) -> None:
        """Wait until the broker is there again."""
        self.wait_for(lambda: not self.actors.broker_is_away, "start of the broker")
        self.producer = self._new_producer()

    def flush(self) -> None:
        """Wait until the broker has every event; raises Stuck when it does not take one."""
        left = self.producer.flush(STUCK_SECONDS)
        if left or self._undelivered:
            raise Stuck(f"the broker did not take {left + len(self._undelivered)} events of the story: {self._undelivered[:1]}")

    def _new_producer(self) -> Producer:
        return Producer(
            {
                "bootstrap.servers": self.broker.address["bootstrap"],
                "enable.idempotence": True,
                "linger.ms": 5,
                "queue.buffering.max.messages": 1_000_000,
                "log_level": 0,
            }
        )

    def _delivered(self, error: object, _: object) -> None:
        if error is not None:
            self._undelivered.append(str(error))

    def _produce(self, event: province.Event) -> None:
        while True:
            try:
                self.producer.produce(event.topic, event.value, event.key, event.partition, self._delivered, timestamp=event.at_ms)
                break
            except BufferError:
                self.pause(0.2)
        self.produced += 1
        if not self.produced % 1000:
            self.producer.poll(0)

    def collect(self) -> Outcome:
        """Everything that the run left behind."""
        address = self.influx.address
        store = InfluxStore(address["url"], address["org"], address["bucket"], address["token"])
        try:
            points = outcome.points_of(store)
        finally:
            store.close()
        repeats, unexplained = outcome.repeats_of(self.mail.letters, self.actors)
        return Outcome(
            points=points,
            states=outcome.states_of(self.cluster.states(self.names.feeds)),
            transitions=outcome.transitions_of(self.cluster.values(self.names.transitions)),
            quarantine=outcome.quarantine_of(self.cluster.values(self.names.quarantine)),
            alerts=outcome.alerts_of(self.mail.letters),
            repeats=repeats,
            unexplained=unexplained,
        )

    def _make_topics(self) -> None:
        admin = AdminClient({"bootstrap.servers": self.broker.address["bootstrap"]})
        new = [NewTopic(t, province.SOURCE_PARTITIONS, 1, config={"retention.ms": "-1"}) for t in province.TOPICS.values()]
        # By the broker's own stamps every worker's clock would be wrong: the harness tells the time.
        new.append(NewTopic(self.names.changes, PARTITIONS, 1, config={"message.timestamp.type": "CreateTime"}))
        for made in admin.create_topics(new).values():
            made.result()


@contextmanager
def running(plan: Plan, folder: Path, say: Say) -> Iterator[Run]:
    """A run with everything started; all of it is ended afterwards, and its data and logs stay in `folder`."""
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        yield Run(plan, folder, stack, say)


def perform(plan: Plan, folder: Path, say: Say) -> Ran:
    """Run a plan from beginning to end."""
    began = time.monotonic()
    with running(plan, folder, say) as run:
        run.tell()
        seconds, found, logs = time.monotonic() - began, run.collect(), scan.logs_of(folder)
        seen = scan.sightings(found, logs, scan.pages_of(logs))
    (folder / "outcome.json").write_bytes(msgspec.json.format(msgspec.json.encode(found.parts), indent=1))
    return Ran(found, (*run.fleet.troubles, *seen), seconds, max(run.fleet.peak_bytes.values()), run.fleet.restarts.total())
