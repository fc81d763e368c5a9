"""The whole job of one worker over filled topics, measured from outside: events a second and resident memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import click
from confluent_kafka import Producer
from kafka.admin import KafkaAdminClient, NewTopic

from bench import province
from streams import clock

PARTITIONS = 4
LONGEST_SECONDS = 300


@contextmanager
def topics(bootstrap: str, names: Sequence[str]) -> Iterator[None]:
    """Topics for one run."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in names])
    try:
        yield
    finally:
        admin.delete_topics(list(names))
        admin.close()


def whole_job(bootstrap: str, influx: dict[str, str], feeds: int, events: int, suites: str, *, datasets: int = 1) -> tuple[float, float]:
    """Events a second and resident megabytes of one worker over filled topics; `feeds` are divided among the datasets."""
    run = uuid.uuid4().hex[:8]
    first, folder = f"bench{run}.bao_cao.public.bao_cao", Path(mkdtemp(prefix="nhip-bench-"))
    communes, names = max(1, feeds // datasets), province.names_of(first, datasets)
    province.write_catalogue(folder, communes, first, datasets)
    with topics(bootstrap, names):
        _fill(bootstrap, names, communes, events)
        seconds, rows, resident_bytes = _run_worker(bootstrap, influx, [f"bench-{run}", str(folder), str(events), suites])
    shutil.rmtree(folder)
    return rows / seconds, resident_bytes / 1e6


def _fill(bootstrap: str, names: Sequence[str], communes: int, events: int) -> None:
    """Write events: a round of all communes for one dataset, then for the next."""
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 20, "queue.buffering.max.messages": 2_000_000})
    for n, (key, value, at_ms) in enumerate(province.events(events, communes, clock.now_ms())):
        producer.produce(names[n // communes % len(names)], value, key, timestamp=at_ms)
    producer.flush()


def _run_worker(bootstrap: str, influx: dict[str, str], arguments: list[str]) -> tuple[float, int, int]:
    environment = dict(os.environ)
    if influx:
        environment |= {f"NHIP_INFLUXDB_{name.upper()}": influx[name] for name in ("url", "token", "org", "bucket")}
    command = [sys.executable, "-m", "bench.job", bootstrap, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)  # noqa: S603  our own module
    found = [line.partition("RESULT ")[2].split() for line in done.stdout.splitlines() if "RESULT " in line]
    if not found:
        raise click.ClickException(f"the worker ended without a result:\n{done.stderr[-2000:]}")
    seconds, rows, resident_bytes = found[0]
    return float(seconds), int(rows), int(resident_bytes)
