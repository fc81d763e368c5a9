"""`python -m tests.faults.restarts`: the broker restarts while workers join, leave, sleep or crash; how long until all is at rest again."""

from __future__ import annotations

import random
import shutil
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import click

from tests.faults import province
from tests.faults.run import Plan, Run, running
from tests.faults.schedule import SESSION_SECONDS, Fault, Kind

WORKERS, DAYS = 3, 2
EVENTS_BETWEEN = 200
"""Sent before each restart: at rest means that they have been counted."""
LASTS_SECONDS = {Kind.KILL: 0.0, Kind.TERM: 0.0, Kind.LEAVE: 1.5, Kind.JOIN: 10.0, Kind.PAUSE: SESSION_SECONDS + 2}
AWAY_SECONDS = (0.5, 4.0)


def restart(run: Run, chance: random.Random) -> tuple[str, float]:
    """Let one worker move and restart the broker in the middle of it; returns what was done, and the seconds until all was at rest."""
    kind, worker = chance.choice([Kind.KILL, *LASTS_SECONDS]), chance.randrange(WORKERS)
    moves_for = chance.uniform(1.5, 6) if kind is not Kind.PAUSE else chance.uniform(SESSION_SECONDS - 1, 2 * SESSION_SECONDS)
    run.actors.strike(Fault(run.produced, kind, worker, LASTS_SECONDS[kind], 0))
    run.pause(moves_for)
    stop = chance.choice([Kind.BROKER_STOP, Kind.BROKER_KILL])
    run.actors.strike(Fault(run.produced, stop, 0, chance.uniform(*AWAY_SECONDS), 0))
    run.wait_for_broker()
    began = time.monotonic()
    run.wait_for(lambda: run.actors.quiet, "end of the faults")
    run.wait_for(lambda: run.cluster.is_stable(WORKERS), "stable group")
    run.drain_sources()
    return f"{kind} of worker {worker}, {stop} {moves_for:.1f} s later", time.monotonic() - began


@click.command(epilog="Example: python -m tests.faults.restarts --restarts 40")
@click.option("--restarts", default=40, show_default=True, help="how often the broker restarts")
@click.option("--seed", default=1, show_default=True, help="decides who moves when")
@click.option("--patience", default=60.0, show_default=True, help="seconds until all must be at rest again")
def main(restarts: int, seed: int, patience: float) -> None:
    """Exit code 0: after each restart all was at rest within the patience; 1: not."""
    folder, began, chance = Path(mkdtemp(prefix="nhip-restarts-")), time.monotonic(), random.Random(seed)

    def say(text: str) -> None:
        click.echo(f"[{time.monotonic() - began:7.1f} s] {text}", err=True)

    events = restarts * EVENTS_BETWEEN
    rests: list[float] = []
    with running(Plan(seed, events, WORKERS, DAYS, suites=False), folder / "run", say) as run:
        story = province.Story(seed, events, DAYS)
        told = iter([event for day in range(DAYS) for event in story.day(day)])
        run.fleet.start()
        run.wait_for(lambda: run.cluster.is_stable(WORKERS), "stable group")
        for number in range(restarts):
            run.produce(event for event, _ in zip(told, range(EVENTS_BETWEEN), strict=False))
            what, rest = restart(run, chance)
            rests.append(rest)
            say(f"{number + 1} of {restarts}: {what}: at rest after {rest:.1f} s")
        troubles = list(run.fleet.troubles)
    slow = sum(rest > patience for rest in rests)
    for trouble in troubles:
        click.echo(f"  {trouble}")
    if not slow:
        shutil.rmtree(folder)
    else:
        click.echo(f"logs: {folder}")
    click.echo(f"seed {seed} restarts {restarts} slower than {patience:.0f} s {slow} slowest {max(rests):.1f} s")
    sys.exit(1 if slow else 0)


if __name__ == "__main__":
    main()
