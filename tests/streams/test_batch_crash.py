"""Workers are killed over and over while events arrive; every feed's count and sum are exact all the same."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from streams.embedded.broker import PARTITIONS
from tests.streams.batch_harness import Broker, RealBroker, any_broker, unique

Totals = dict[str, tuple[int, int]]
EVENTS_PER_SECOND, EVENTS_PER_BURST = 1000, 100


@pytest.fixture
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """The broker that the test's parameter names."""
    with any_broker(request) as running:
        yield running


@dataclass
class Fleet:
    """Workers of one group, each with a disk of its own that outlives it."""

    group: str
    broker: Broker
    home: Path
    running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, number: int) -> None:
        """Start a worker, again after a kill."""
        environment = os.environ | {
            "GROUP": self.group,
            "BROKER": self.broker.bootstrap,
            "DATA": str(self.home / f"disk{number}"),
            "DECLARE": "1" if isinstance(self.broker, RealBroker) else "0",
        }
        with (self.home / f"worker{number}.log").open("ab") as log:
            command = [sys.executable, "-m", "tests.streams.batch_worker"]
            self.running[number] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def kill(self, number: int) -> None:
        """SIGKILL one and start it again."""
        self.running[number].kill()
        self.running[number].wait()
        self.start(number)

    def said(self) -> str:
        """The end of what the workers logged."""
        return "\n".join(path.read_text(errors="replace")[-1500:] for path in sorted(self.home.glob("*.log")))


@contextmanager
def fleet(group: str, broker: Broker, home: Path, workers: int) -> Iterator[Fleet]:
    """Run workers, and end them with SIGTERM: one that hangs fails."""
    these = Fleet(group, broker, home)
    for number in range(workers):
        these.start(number)
    try:
        yield these
        for process in these.running.values():
            process.terminate()
        for process in these.running.values():
            process.wait(30)
    finally:
        for process in these.running.values():
            process.kill()


class Load:
    """Events of random feeds to all partitions, written at a steady pace beside the test until it is told to stop."""

    def __init__(self, broker: Broker, topic: str, chance: random.Random) -> None:
        self.totals: Totals = {}
        self._broker, self._topic, self._chance = broker, topic, chance
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._broker.flush()

    def _run(self) -> None:
        while not self._stopping.wait(EVENTS_PER_BURST / EVENTS_PER_SECOND):
            for number in range(EVENTS_PER_BURST):
                self._write(number % PARTITIONS)

    def _write(self, partition: int) -> None:
        feed, value = f"feed{self._chance.randrange(200)}", self._chance.randrange(1000)
        count, total = self.totals.get(feed, (0, 0))
        self.totals[feed] = count + 1, total + value
        self._broker.produce(self._topic, None, f"{feed} {value}".encode(), partition=partition)


class Reader:
    """Reads the totals as anyone downstream would: the last value of a feed is the one with the most events."""

    def __init__(self, broker: Broker, topic: str) -> None:
        self._consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": unique("reader"), "enable.auto.commit": False})
        self._consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in range(PARTITIONS)])
        self.totals: Totals = {}

    def read_until(self, enough: Callable[[], bool], seconds: float) -> None:
        """Read into `totals` until it is enough, at most so long."""
        end = time.monotonic() + seconds
        while not enough() and time.monotonic() < end:
            for message in self._consumer.consume(100, timeout=0.2):
                for line in (message.value() or b"").decode().splitlines() if message.error() is None else ():
                    feed, count, total = line.split()
                    self.totals[feed] = max(self.totals.get(feed, (0, 0)), (int(count), int(total)))


@pytest.mark.timeout(480)
@pytest.mark.parametrize(
    ("broker", "workers", "kills"),
    [
        pytest.param("embedded", 1, 2, id="embedded, 1 worker, 2 kills"),
        pytest.param("kafka", 2, 12, id="kafka, 2 workers, 12 kills", marks=pytest.mark.services),
        pytest.param("kafka", 3, 12, id="kafka, 3 workers, 12 kills", marks=pytest.mark.services),
    ],
    indirect=["broker"],
)
def test_totals_are_exact_however_often_workers_are_killed(broker: Broker, workers: int, kills: int, tmp_path: Path) -> None:
    chance, group = random.Random(20250701), unique("crash")
    broker.create(f"{group}-source", f"{group}-changes", f"{group}-totals")
    with fleet(group, broker, tmp_path, workers) as these:
        reader = Reader(broker, f"{group}-totals")
        with Load(broker, f"{group}-source", chance) as load:
            reader.read_until(lambda: bool(reader.totals), 90)
            for _ in range(kills):
                reader.read_until(lambda: False, chance.uniform(0.5, 7.0))  # strike in the middle of whatever goes on
                these.kill(chance.randrange(workers))
        reader.read_until(lambda: reader.totals == load.totals, 180)
        wrong = {feed: (reader.totals.get(feed), must) for feed, must in load.totals.items() if reader.totals.get(feed) != must}
        assert load.totals
        assert not wrong, these.said()
