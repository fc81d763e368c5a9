"""`python -m tests.faults.scale`: the same story told to 1, 2 and 4 workers gives the same output; what they take, and how fast."""

from __future__ import annotations

import shutil
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

import click

from tests.faults import province
from tests.faults.outcome import Outcome, compare
from tests.faults.run import Plan, Say, running


class Carried(NamedTuple):
    """What workers made of a story. The seconds are those in which events were produced and counted, not those of waiting for a day."""

    outcome: Outcome
    seconds: float
    peak_bytes: tuple[int, ...]


def carry(plan: Plan, folder: Path, say: Say) -> Carried:
    """Tell a story and measure how long the events of its days take."""
    seconds = 0.0
    with running(plan, folder, say) as run:
        story = province.Story(plan.seed, plan.events, plan.stages)
        run.fleet.start()
        for stage in range(plan.stages):
            events = list(story.day(stage))
            run.clock.set(province.now_ms(stage))
            run.wait_for(partial(run.judged, stage), f"judgement of day {stage}")
            run.drain()
            began = time.monotonic()
            run.produce(events)
            run.drain_sources()
            seconds += time.monotonic() - began
            run.settle()
        run.finish()
        peaks = tuple(run.fleet.peak_bytes[worker.name] for worker in run.fleet.regulars)
        return Carried(run.collect(), seconds, peaks)


@click.command(epilog="Example: python -m tests.faults.scale --events 200000 --workers 1,2,4")
@click.option("--events", default=200_000, show_default=True, help="change events")
@click.option("--workers", default="1,2,4", show_default=True, help="how many workers, one run each")
@click.option("--days", default=3, show_default=True, help="days of the story")
@click.option("--seed", default=1, show_default=True, help="decides the story")
@click.option("--suites/--no-suites", default=False, show_default=True, help="judge rows with the suite")
def main(events: int, workers: str, days: int, seed: int, *, suites: bool) -> None:
    """Compare outputs of different numbers of workers, value by value. Exit code 0: the same; 1: not."""
    folder, began = Path(mkdtemp(prefix="nhip-scale-")), time.monotonic()

    def say(text: str) -> None:
        click.echo(f"[{time.monotonic() - began:7.1f} s] {text}", err=True)

    runs: dict[int, Carried] = {}
    for count in [int(n) for n in workers.split(",")]:
        say(f"{count} workers")
        runs[count] = carry(Plan(seed, events, count, days, suites=suites), folder / str(count), say)
    first, *_ = runs.values()
    differs = 0
    click.echo("workers | events/s | events/s a worker | MB a worker, peak | differences | lost")
    for count, carried in runs.items():
        comparison = compare(first.outcome, carried.outcome)
        differs += len(comparison.different) + len(comparison.lost)
        rate, memory = events / carried.seconds, " ".join(f"{peak / 1e6:.0f}" for peak in carried.peak_bytes)
        click.echo(f"{count} | {rate:,.0f} | {rate / count:,.0f} | {memory} | {len(comparison.different)} | {len(comparison.lost)}")
        for line in [*comparison.different, *comparison.lost][:10]:
            click.echo(f"  {line[:300]}")
    click.echo(f"compared: {first.outcome.summary()}")
    shutil.rmtree(folder)
    sys.exit(1 if differs else 0)


if __name__ == "__main__":
    main()
