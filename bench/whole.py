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
from kafka.admin import KafkaAdminClient, NewTopic

from bench import province
from expectations.catalogue.load import load
from streams.province import writer

PARTITIONS = 4
LONGEST_SECONDS = 300


@contextmanager
def topics(bootstrap: str, names: Sequence[str]) -> Iterator[None]:
    """Topics for one run."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    kept = {"retention.ms": "-1"}  # the events are older than Kafka keeps them
    admin.create_topics([NewTopic(name, PARTITIONS, 1, topic_configs=kept) for name in names])
    try:
        yield
    finally:
        admin.delete_topics(list(names))
        admin.close()


def whole_job(bootstrap: str, influx: dict[str, str], feeds: int, events: int, suites: str, *, datasets: int = 1) -> tuple[float, float]:
    """Events a second and resident megabytes of one worker over filled topics; `feeds` are divided among the datasets."""
    run = uuid.uuid4().hex[:8]
    first, folder = f"bench{run}.bao_cao.public.bao_cao", Path(mkdtemp(prefix="nhip-bench-"))
    province.write_catalogue(folder, max(1, feeds // datasets), first, datasets)
    with topics(bootstrap, province.names_of(first, datasets)):
        writer.produce(bootstrap, province.events(folder, events), lambda _: None)
        rows = province.rows_of(load(folder), province.events(folder, events))
        seconds, read, resident_bytes = _run_worker(bootstrap, influx, [f"bench-{run}", str(folder), f"{events}/{rows}", suites])
    shutil.rmtree(folder)
    return read / seconds, resident_bytes / 1e6


def _run_worker(bootstrap: str, influx: dict[str, str], arguments: list[str]) -> tuple[float, int, int]:
    environment = dict(os.environ)
    if influx:
        environment |= {f"NHIP_INFLUXDB_{name.upper()}": influx[name] for name in ("url", "token", "org", "bucket")}
    command = [sys.executable, "-m", "bench.job", bootstrap, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)  # noqa: S603  our own module
    found = [line.partition("RESULT ")[2].split() for line in done.stdout.splitlines() if "RESULT " in line]
    if not found:
        raise click.ClickException(f"the worker ended without a result:\n{done.stderr[-2000:]}")
    seconds, read, resident_bytes = found[0]
    return float(seconds), int(read), int(resident_bytes)
