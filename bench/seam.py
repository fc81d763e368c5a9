"""How fast the batch seam is: events a second beside stock Faust and beside raw aiokafka, on the same broker in the same run.

`python -m bench.seam HOST:PORT` prints the dict that `measure` returns. Each contender reads the same topic from its start with an
agent that does nothing; rounds are interleaved, so what else the machine does hits all of them, and medians are compared. A round to
warm up goes before and is not counted.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import uuid
from collections.abc import Callable, Coroutine, Iterable
from itertools import repeat
from tempfile import TemporaryDirectory
from typing import Any

import faust
import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition
from confluent_kafka import Producer
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from streams import clock
from streams.batch import app_settings, batch_topic, batches

PARTITIONS = 4
EVENTS = 400_000
VALUE = json.dumps({"op": "u", "ts_ms": 1_760_000_000_000, "after": {"xa": "25747", "ky": "2025-10", "noi_dung": "x" * 280}}).encode()

Contender = Callable[[str, str, int], Coroutine[Any, Any, float]]


class Stopwatch:
    """Counts events and notes when the first and the last of them came."""

    def __init__(self, events: int) -> None:
        self._left = events
        self._first: tuple[float, int] | None = None
        self.done = asyncio.Event()
        self.rate = 0.0

    def add(self, events: int) -> None:
        """Count some; the first lot starts the watch and is not counted in the rate."""
        now = clock.monotonic_seconds()
        self._left -= events
        if self._first is None:
            self._first = now, self._left
        elif self._left <= 0 and not self.done.is_set():
            self.rate = self._first[1] / (now - self._first[0])
            self.done.set()


async def stock(bootstrap: str, topic: str, events: int) -> float:
    """Events a second of a stock Faust agent that does nothing."""
    return await _worker(f"kafka://{bootstrap}", topic, events)


async def seam(bootstrap: str, topic: str, events: int) -> float:
    """Events a second of an agent on the seam that does nothing but ack."""
    return await _worker(f"batch://{bootstrap}", topic, events)


async def _worker(broker: str, topic: str, events: int) -> float:
    with TemporaryDirectory(prefix="nhip-bench-") as folder:
        return await _measured(broker, topic, events, folder)


async def _measured(broker: str, topic: str, events: int, folder: str) -> float:
    name = f"bench-{uuid.uuid4().hex}"
    app = faust.App(name, broker=broker, topic_allow_declare=False, store="memory://", datadir=folder, **app_settings())
    watch = Stopwatch(events)
    agent, source = _agents(app, topic, watch)[broker.startswith("batch")]
    app.agent(source, name="agent")(agent)
    app.finalize()
    app.web.init_server()
    async with app:
        await asyncio.wait_for(watch.done.wait(), 120)
    return watch.rate


def _agents(app: Any, topic: str, watch: Stopwatch) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    async def by_event(stream: Any) -> None:
        async for _ in stream:
            watch.add(1)

    async def by_batch(stream: Any) -> None:
        async for batch in batches(stream):
            watch.add(len(batch.value))
            batch.ack()

    return (by_event, app.topic(topic, value_type=bytes, value_serializer="raw")), (by_batch, batch_topic(app, topic))


async def aiokafka(bootstrap: str, topic: str, events: int) -> float:
    """Events a second of aiokafka's getmany in a loop, without a group and without commits."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, auto_offset_reset="earliest", max_partition_fetch_bytes=app_settings()["consumer_max_fetch_size"]
    )
    await consumer.start()
    watch = Stopwatch(events)
    consumer.assign([TopicPartition(topic, partition) for partition in range(PARTITIONS)])
    while not watch.done.is_set():
        polled = await consumer.getmany(timeout_ms=1000, max_records=app_settings()["broker_max_poll_records"])
        watch.add(sum(map(len, polled.values())))
    await consumer.stop()
    return watch.rate


def fill(bootstrap: str, topic: str, values: Iterable[bytes | None]) -> int:
    """Write values, round all partitions; returns how many there were."""
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 20, "queue.buffering.max.messages": 2_000_000})
    events = 0
    for events, value in enumerate(values, 1):
        producer.produce(topic, value, partition=events % PARTITIONS)
        if not events % 10_000:
            producer.poll(0)
    producer.flush()
    return events


def measure(bootstrap: str, topic: str, values: Iterable[bytes | None], stock_events: int = 30_000, rounds: int = 3) -> dict[str, Any]:
    """Fill `topic`, which must exist with 4 partitions and be empty; return medians, all rounds and the two ratios that matter."""
    events = fill(bootstrap, topic, values)
    contenders: dict[str, tuple[Contender, int]] = {
        "stock": (stock, stock_events),
        "seam": (seam, events),
        "aiokafka": (aiokafka, events),
    }
    rates: dict[str, list[int]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, (contender, count) in contenders.items():
            rate = round(uvloop.run(contender(bootstrap, topic, count)))
            if number:  # in the first round the broker reads its files and Python its modules
                rates[name].append(rate)
    medians = {name: statistics.median(several) for name, several in rates.items()}
    return {
        "events_per_second": medians,
        "rounds": rates,
        "seam_to_stock_ratio": round(medians["seam"] / medians["stock"], 1),
        "seam_to_aiokafka_ratio": round(medians["seam"] / medians["aiokafka"], 2),
    }


def main() -> None:
    """Make a topic on the broker named on the command line, measure, and print."""
    bootstrap, topic = sys.argv[1], f"bench-{uuid.uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(topic, num_partitions=PARTITIONS, replication_factor=1)])
    sys.stdout.write(json.dumps(measure(bootstrap, topic, repeat(VALUE, EVENTS)), indent=2) + "\n")
    admin.delete_topics([topic])


if __name__ == "__main__":
    main()
