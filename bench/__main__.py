"""`make bench`: stock Faust, the seam, raw aiokafka and the whole job on one real broker, in one run. Ratios, not promises of speed."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table

from bench import province, seam
from bench.whole import PARTITIONS, topics, whole_job

RUNNING = Path(".services/running.json")
SUITES_EVENTS = 20_000
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
    sizes = [int(n) for n in feeds.split(",")]
    table = Table(
        "what", "events/s", "x stock", "x aiokafka", "MB", title=f"{events:,} events, {PARTITIONS} partitions, one worker process"
    )
    with console.status("stock Faust, the seam and aiokafka, doing nothing"):
        base = _doing_nothing(bootstrap, sizes[0], rounds)
    for name, label in (("stock", "stock Faust, doing nothing"), ("seam", "the seam, doing nothing"), ("aiokafka", "raw aiokafka")):
        _add(table, label, base[name], base, "")
    influx = running.get("influxdb", {})
    for count in sizes:
        for suites, amount in (("off", events), ("on", min(events, SUITES_EVENTS))):
            with console.status(f"the whole job, {count:,} feeds, suites {suites}"):
                rate, megabytes = whole_job(bootstrap, influx, count, amount, suites)
            _add(table, f"the whole job, {count:,} feeds, suites {suites}", rate, base, f"{megabytes:.0f}")
    console.print(table)
    console.print(f"points go to {'InfluxDB' if influx else 'the embedded store'}; memory is the worker's resident set at the end")


def _add(table: Table, label: str, rate: float, base: dict[str, float], megabytes: str) -> None:
    table.add_row(label, f"{rate:,.0f}", f"{rate / base['stock']:.1f}", f"{rate / base['aiokafka']:.2f}", megabytes)


def _doing_nothing(bootstrap: str, feeds: int, rounds: int) -> dict[str, float]:
    """They read what the whole job reads at the fewest feeds."""
    topic = f"bench{uuid.uuid4().hex[:8]}.bao_cao.public.bao_cao"
    with topics(bootstrap, [topic]), TemporaryDirectory(prefix="nhip-bench-") as folder:
        province.write_catalogue(Path(folder), feeds, topic)
        values = (record.value for record in province.events(Path(folder), seam.EVENTS))
        rates: dict[str, float] = seam.measure(bootstrap, topic, values, rounds=rounds)["events_per_second"]
    return rates


if __name__ == "__main__":
    main()
