"""A worker to be killed: ROUTE regroups source batches by feed, OBSERVE counts feeds in a table, totals go to a topic.

Run by test_batch_crash.py as `python -m tests.streams.batch_worker`, configured by the environment.
"""

from __future__ import annotations

import asyncio
import os
import sys
import zlib
from typing import Any

import faust
import msgspec

from streams.batch import ack_all, app_settings, batch_topic, batches

PARTITIONS, BUCKETS, MOST_HELD = 4, 8, 16
EFFECT_SECONDS = 0.1
"""Outputs take their time, so that a kill finds batches that were shown and are not done."""
GROUP = os.environ.get("GROUP", "none")
SETTINGS = app_settings() | {
    "broker_commit_interval": 0.1,  # whatever may be committed too early is
    "broker_max_poll_records": 100,  # many batches: more that can go wrong
    "broker_session_timeout": 6.0,
    "broker_rebalance_timeout": 6.0,
    "broker_heartbeat_interval": 1.0,
    "broker_request_timeout": 20.0,
}

app = faust.App(
    GROUP,
    broker=f"batch://{os.environ.get('BROKER', 'none:1')}",
    store="rocksdb://",
    datadir=os.environ.get("DATA", "none"),
    topic_partitions=PARTITIONS,
    topic_replication_factor=1,
    topic_allow_declare=os.environ.get("DECLARE") == "1",
    **SETTINGS,
)
raw = {"key_type": bytes, "key_serializer": "raw", "value_type": bytes, "value_serializer": "raw", "partitions": PARTITIONS}
source = batch_topic(app, f"{GROUP}-source")
changes = batch_topic(app, f"{GROUP}-changes", buffer=16)
changes_out, totals_out = app.topic(f"{GROUP}-changes", **raw), app.topic(f"{GROUP}-totals", **raw)
feeds = app.Table("feeds", partitions=PARTITIONS, key_type=bytes, value_type=bytes)  # a bucket of feeds' totals


class Total(msgspec.Struct):
    """One feed's count and sum, and the highest offset counted from each source partition."""

    count: int = 0
    sum: int = 0
    seen: dict[int, int] = msgspec.field(default_factory=dict)

    def add(self, origin: int, rows: list[tuple[int, int]]) -> None:
        """Count the rows that were not counted before; right only because each session reads gaplessly."""
        for offset, value in rows:
            if offset > self.seen.get(origin, -1):
                self.count, self.sum, self.seen[origin] = self.count + 1, self.sum + value, offset


Bucket = dict[str, Total]
pack = msgspec.msgpack.encode
read_rows = msgspec.msgpack.Decoder(tuple[int, dict[str, list[tuple[int, int]]]]).decode
read_bucket = msgspec.msgpack.Decoder(Bucket).decode


def home(feed: str) -> tuple[int, bytes]:
    """The partition and the bucket where a feed's total lives."""
    mark = zlib.crc32(feed.encode())
    return mark % PARTITIONS, b"%d" % (mark // PARTITIONS % BUCKETS)


async def send_all(topic: Any, values: dict[int, bytes]) -> None:
    """Send one record a partition; return when the broker has them all."""
    for sent in [await topic.send(key=b"", value=value, partition=partition) for partition, value in values.items()]:
        await sent


@app.agent(source)  # type: ignore[untyped-decorator]  # faust publishes no types
async def route(stream: Any) -> None:
    """Regroup rows by the partition of their feed; each keeps its source offset."""
    async for batch in batches(stream):
        packs: list[dict[str, list[tuple[int, int]]]] = [{} for _ in range(PARTITIONS)]
        for record in batch.value:
            feed, value = record.value.decode().split()
            packs[home(feed)[0]].setdefault(feed, []).append((record.offset, int(value)))
        await send_all(changes_out, {target: pack((batch.message.partition, rows)) for target, rows in enumerate(packs) if rows})
        batch.ack()


class Checkpoint:
    """What one partition's batches changed since the state was written last."""

    def __init__(self) -> None:
        self.buckets: dict[bytes, Bucket] = {}
        self.touched: set[str] = set()
        self.held: list[Any] = []

    def add(self, batch: Any) -> None:
        """Count a batch and hold its ack."""
        for record in batch.value:
            origin, by_feed = read_rows(record.value)
            for feed, rows in by_feed.items():
                self.bucket(home(feed)[1]).setdefault(feed, Total()).add(origin, rows)
                self.touched.add(feed)
        self.held.append(batch)

    def bucket(self, name: bytes) -> Bucket:
        """The bucket as counted so far."""
        if name not in self.buckets:
            stored = feeds.get(name)
            self.buckets[name] = read_bucket(stored) if stored else {}
        return self.buckets[name]

    async def write(self) -> None:
        """Outputs acknowledged, then state written, then batches acked: a crash anywhere repeats and never loses."""
        await asyncio.sleep(EFFECT_SECONDS)
        lines: dict[int, list[str]] = {}
        for feed in self.touched:
            partition, bucket = home(feed)
            total = self.buckets[bucket][feed]
            lines.setdefault(partition, []).append(f"{feed} {total.count} {total.sum}")
        await send_all(totals_out, {partition: "\n".join(several).encode() for partition, several in lines.items()})
        for name in {home(feed)[1] for feed in self.touched}:
            feeds[name] = pack(self.buckets[name])
        ack_all(self.held)


@app.agent(changes, isolated_partitions=True)  # type: ignore[untyped-decorator]  # faust publishes no types
async def observe(stream: Any) -> None:
    """Count, and write a checkpoint when nothing waits or enough is held."""
    checkpoint = Checkpoint()
    async for batch in batches(stream):
        checkpoint.add(batch)
        if len(checkpoint.held) >= MOST_HELD or stream.channel.queue.empty():
            await checkpoint.write()
            checkpoint = Checkpoint()


if __name__ == "__main__":
    sys.argv = ["faust", "worker", "-l", "warn", "--without-web"]
    app.main()
