"""`python -m bench.growth`: how the cost of one worker grows with feeds, with events and with datasets, three sizes each."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from bench.__main__ import RUNNING
from bench.whole import whole_job

FEEDS, EVENTS, DATASETS = (1_000, 10_000, 30_000), (100_000, 200_000, 400_000), (1, 10, 50)
console = Console(width=110, highlight=False)


@click.command(epilog="Example: make services && python -m bench.growth --scale 0.5")
@click.option("--kafka", help="host:port of a broker; that of `make services` when not given")
@click.option("--scale", default=1.0, show_default=True, help="share of the events, for a quicker look")
def main(kafka: str | None, scale: float) -> None:
    """Measure one worker at three sizes of each; suites are off, they have a table of their own."""
    running = json.loads(RUNNING.read_text()) if RUNNING.exists() else {}
    bootstrap, influx = kafka or running.get("kafka", {}).get("bootstrap"), running.get("influxdb", {})
    if not bootstrap:
        raise click.ClickException("no broker: run `make services` first, or give --kafka host:port")
    middle = (FEEDS[0], EVENTS[1], DATASETS[0])
    sizes = [(feeds, *middle[1:]) for feeds in FEEDS]
    sizes += [(middle[0], events, middle[2]) for events in EVENTS if events != middle[1]]
    sizes += [(*middle[:2], datasets) for datasets in DATASETS if datasets != middle[2]]
    table = Table("feeds", "events", "datasets", "events/s", "MB", title="one worker process, suites off")
    megabytes: dict[int, float] = {}
    for feeds, events, datasets in sizes:
        amount = int(events * scale)
        with console.status(f"{feeds:,} feeds, {amount:,} events, {datasets} datasets"):
            rate, resident = whole_job(bootstrap, influx, feeds, amount, "off", datasets=datasets)
        if (events, datasets) == middle[1:]:
            megabytes[feeds] = resident
        table.add_row(f"{feeds:,}", f"{amount:,}", f"{datasets:,}", f"{rate:,.0f}", f"{resident:.0f}")
    console.print(table)
    grown = (megabytes[FEEDS[-1]] - megabytes[FEEDS[0]]) / (FEEDS[-1] - FEEDS[0]) * 10_000
    console.print(f"memory: {grown:.0f} MB for each 10,000 feeds more; points go to {'InfluxDB' if influx else 'the embedded store'}")


if __name__ == "__main__":
    main()
