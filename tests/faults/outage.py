"""`python -m tests.faults.outage`: InfluxDB and the mail server away for an hour's worth of events, then back.

The hour is counted in events, not waited for: everything that would come in it comes while they are away, as fast as the workers take it.
Printed: the memory of the workers before and at its peak, that time went on and nobody rebalanced, how long the backlog took to drain,
and how many points and alerts are missing or different from those of a run in which nothing was away.
"""

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
from tests.faults.run import Plan, Run, Say, perform, running
from tests.faults.schedule import Kind

LONGEST_DRAIN_SECONDS = 600.0


class Measured(NamedTuple):
    """What an outage cost."""

    outcome: Outcome
    before_bytes: int
    peak_bytes: int
    taken_seconds: float
    waiting_points: int
    waiting_alerts: int
    drain_seconds: float
    rebalances: int
    troubles: tuple[str, ...]


def endure(plan: Plan, folder: Path, say: Say) -> Measured:
    """Tell the first day in peace and the rest while InfluxDB and mail are away; bring them back and wait for the backlog."""
    with running(plan, folder, say) as run:
        story = province.Story(plan.seed, plan.events, plan.stages)
        run.fleet.start()
        run.tell_day(story, 0)
        before, rebalanced = max(run.fleet.peak_bytes.values()), _rebalances(run)
        run.fleet.peak_bytes.clear()
        run.proxy.trouble = Kind.INFLUX_DOWN
        run.mail.stop()
        began = time.monotonic()
        for stage in range(1, plan.stages):
            _tell_day_in_vain(run, story, stage)
        taken = time.monotonic() - began
        waiting = run.cluster.waiting([run.names.points]), run.cluster.waiting([run.names.transitions])
        say(f"{run.produced:,} events taken while InfluxDB and mail are away; they come back")
        began = time.monotonic()
        run.proxy.trouble = None
        run.mail.start()
        run.drain(LONGEST_DRAIN_SECONDS)
        drained = time.monotonic() - began
        run.finish()
        rebalances = _rebalances(run) - rebalanced
        peak = max(run.fleet.peak_bytes.values())
        return Measured(run.collect(), before, peak, taken, *waiting, drained, rebalances, tuple(run.fleet.troubles))


def _tell_day_in_vain(run: Run, story: province.Story, stage: int) -> None:
    """Tell a day of which nobody can store the points: it has to be counted and judged all the same."""
    run.clock.set(province.now_ms(stage))
    run.wait_for(partial(run.judged, stage), f"judgement of day {stage} while InfluxDB is away")
    run.produce(story.day(stage))
    run.drain_sources()


def _rebalances(run: Run) -> int:
    """How often a worker was told that the group rebalances."""
    return sum(worker.log.read_text().count("because it is rebalancing") for worker in run.fleet.regulars)


@click.command(epilog="Example: python -m tests.faults.outage --events 360000 --workers 2")
@click.option("--events", default=360_000, show_default=True, help="change events: an hour at a hundred a second")
@click.option("--workers", default=2, show_default=True, help="worker processes")
@click.option("--days", default=4, show_default=True, help="days of the story, all but the first of them in the outage")
@click.option("--seed", default=1, show_default=True, help="decides the story")
@click.option("--suites/--no-suites", default=False, show_default=True, help="judge rows with the suite")
def main(events: int, workers: int, days: int, seed: int, *, suites: bool) -> None:
    """Measure an outage. Exit code 0: nothing lost and nothing different; 1: something was."""
    folder, began = Path(mkdtemp(prefix="nhip-outage-")), time.monotonic()

    def say(text: str) -> None:
        click.echo(f"[{time.monotonic() - began:7.1f} s] {text}", err=True)

    plan = Plan(seed, events, workers, days, suites=suites)
    expected = perform(plan, folder / "undisturbed", say).outcome
    found = endure(plan, folder / "outage", say)
    comparison = compare(expected, found.outcome)
    click.echo(f"memory of the largest worker: {found.before_bytes / 1e6:.0f} MB before, {found.peak_bytes / 1e6:.0f} MB at its peak")
    click.echo(f"events taken during the outage: {events - events // days:,} in {found.taken_seconds:.0f} s")
    click.echo(f"records waiting at its end: {found.waiting_points:,} of points, {found.waiting_alerts:,} of transitions")
    click.echo(f"backlog drained in {found.drain_seconds:.1f} s; rebalances meanwhile: {found.rebalances}")
    for line in [*comparison.different, *comparison.lost, *found.troubles][:20]:
        click.echo(f"  {line[:400]}")
    lost, alerts, repeats = len(comparison.lost), len(found.outcome.alerts), found.outcome.repeats
    click.echo(f"seed {seed} events {events} differences {len(comparison.different)} lost {lost} alerts {alerts} repeats {repeats}")
    shutil.rmtree(folder)
    sys.exit(1 if comparison.different or comparison.lost or found.troubles else 0)


if __name__ == "__main__":
    main()
