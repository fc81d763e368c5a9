"""`make bench`: stock Faust, the seam, raw aiokafka and the whole job on one real broker, in one run. Ratios, not promises of speed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from tempfile import mkdtemp

import click
from confluent_kafka import Producer
from kafka.admin import KafkaAdminClient, NewTopic
from rich.console import Console
from rich.table import Table

from bench import province, seam
from streams import clock

RUNNING = Path(".services/running.json")
PARTITIONS = 4
SUITES_EVENTS = 20_000
LONGEST_SECONDS = 300
console = Console(width=110, highlight=False)


@click.command(epilog="Example: make services && make bench ARGS='--events 100000 --feeds 100,1000'")
@click.option("--kafka", help="host:port of a broker; that of `make services` when not given")
@click.option("--events", default=600_000, show_default=True, help="change events of each run of the whole job")
@click.option("--feeds", default="100,1000,10000", show_default=True, help="how many feeds they are spread over, one run each")
@click.option("--rounds", default=5, show_default=True, help="interleaved rounds of the contenders that do nothing")
def main(kafka: str | None, events: int, feeds: str, rounds: int) -> None:
    """Measure and print ratios to stock Faust doing nothing."""
    running = json.loads(RUNNING.read_text()) if RUNNING.exists() else {}
    bootstrap = kafka or running.get("kafka", {}).get("bootstrap")
    if not bootstrap:
        raise click.ClickException("no broker: run `make services` first, or give --kafka host:port")
    table = Table(
        "what", "events/s", "x stock", "x aiokafka", "MB", title=f"{events:,} events, {PARTITIONS} partitions, one worker process"
    )
    with console.status("stock Faust, the seam and aiokafka, doing nothing"):
        base = _doing_nothing(bootstrap, rounds)
    for name, label in (("stock", "stock Faust, doing nothing"), ("seam", "the seam, doing nothing"), ("aiokafka", "raw aiokafka")):
        _add(table, label, base[name], base, "")
    influx = running.get("influxdb", {})
    for count in [int(n) for n in feeds.split(",")]:
        for suites, amount in (("off", events), ("on", min(events, SUITES_EVENTS))):
            with console.status(f"the whole job, {count:,} feeds, suites {suites}"):
                rate, megabytes = _whole_job(bootstrap, influx, count, amount, suites)
            _add(table, f"the whole job, {count:,} feeds, suites {suites}", rate, base, f"{megabytes:.0f}")
    console.print(table)
    console.print(f"points go to {'InfluxDB' if influx else 'the embedded store'}; memory is the worker's resident set at the end")


def _add(table: Table, label: str, rate: float, base: dict[str, float], megabytes: str) -> None:
    table.add_row(label, f"{rate:,.0f}", f"{rate / base['stock']:.1f}", f"{rate / base['aiokafka']:.2f}", megabytes)


def _doing_nothing(bootstrap: str, rounds: int) -> dict[str, float]:
    topic = f"bench-{uuid.uuid4().hex[:8]}"
    with _topic(bootstrap, topic):
        rates: dict[str, float] = seam.measure(bootstrap, topic, rounds=rounds)["events_per_second"]
    return rates


class _topic:  # noqa: N801  reads as a word of its with statement
    """A topic for one run."""

    def __init__(self, bootstrap: str, name: str) -> None:
        self._bootstrap, self._name = bootstrap, name

    def __enter__(self) -> None:
        self._admin = KafkaAdminClient(bootstrap_servers=self._bootstrap)
        self._admin.create_topics([NewTopic(self._name, PARTITIONS, 1)])

    def __exit__(self, *_: object) -> None:
        self._admin.delete_topics([self._name])
        self._admin.close()


def _whole_job(bootstrap: str, influx: dict[str, str], feeds: int, events: int, suites: str) -> tuple[float, float]:
    """Events a second and resident megabytes of one worker over a filled topic."""
    run = uuid.uuid4().hex[:8]
    topic, folder = f"bench{run}.bao_cao.public.bao_cao", Path(mkdtemp(prefix="nhip-bench-"))
    province.write_catalogue(folder, feeds, topic)
    with _topic(bootstrap, topic):
        _fill(bootstrap, topic, feeds, events)
        said = _run_worker(bootstrap, influx, [f"bench-{run}", str(folder), str(events), suites])
    shutil.rmtree(folder)
    seconds, rows, resident_bytes = said
    return rows / seconds, resident_bytes / 1e6


def _fill(bootstrap: str, topic: str, feeds: int, events: int) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 20, "queue.buffering.max.messages": 2_000_000})
    for key, value, at_ms in province.events(events, feeds, clock.now_ms()):
        producer.produce(topic, value, key, timestamp=at_ms)
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


if __name__ == "__main__":
    main()
