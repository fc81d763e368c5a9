"""`make faults`: an undisturbed run, a run under faults, and what is different between them."""

from __future__ import annotations

import shutil
import signal
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import click

from tests.faults.outcome import compare
from tests.faults.run import Plan, Ran, Stuck, perform
from tests.faults.schedule import plan as deal
from tests.faults.shrink import shrink

SHOWN = 20


@click.command(epilog="Example: make faults SEED=1 EVENTS=500000 FAULTS=200 WORKERS=3")
@click.option("--seed", default=1, show_default=True, help="decides the story and the faults")
@click.option("--events", default=20_000, show_default=True, help="change events")
@click.option("--faults", default=20, show_default=True, help="how many faults strike")
@click.option("--workers", default=3, show_default=True, help="worker processes; one more joins and leaves")
@click.option("--days", default=0, help="days of the story; by the number of events when not given")
@click.option("--suites/--no-suites", default=True, show_default=True, help="judge rows with the suite")
@click.option("--shrink-runs", default=12, show_default=True, help="runs spent on finding a shorter schedule that still differs")
@click.option("--keep", is_flag=True, help="keep logs and data even when all is well")
def main(seed: int, events: int, faults: int, workers: int, days: int, *, suites: bool, shrink_runs: int, keep: bool) -> None:
    """Show that the points, states, transitions and alerts under faults are those of an undisturbed run.

    Exit code 0: no difference; 1: differences, or the pipeline got stuck.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything that was started is ended
    folder, began = Path(mkdtemp(prefix="nhip-faults-")), time.monotonic()

    def say(text: str) -> None:
        click.echo(f"[{time.monotonic() - began:7.1f} s] {text}", err=True)

    calm = Plan(seed, events, workers, days or min(12, max(3, events // 8_000)), suites=suites)
    disturbed = calm._replace(faults=deal(seed, events, faults, workers))
    try:
        say("an undisturbed run")
        expected = perform(calm, folder / "undisturbed", say)
        say(f"undisturbed: {expected.outcome.summary()}; {expected.seconds:.0f} s")
        say("the same under faults")
        found = perform(disturbed, folder / "disturbed", say)
    except Stuck as error:
        click.echo(f"stuck: {error}")
        sys.exit(1)
    differs = _report(expected, found)
    if differs and shrink_runs:
        _shorten(disturbed, expected, folder, say, shrink_runs)
    if differs or keep:
        click.echo(f"logs and data: {folder}")
    else:
        shutil.rmtree(folder)
    comparison, repeats = compare(expected.outcome, found.outcome), found.outcome.repeats
    click.echo(
        f"seed {seed} events {events} faults {faults} differences {len(comparison.different)} lost {len(comparison.lost)} repeats {repeats}"
    )
    sys.exit(1 if differs else 0)


def _report(expected: Ran, found: Ran) -> bool:
    """Print what was found; whether anything is not as it should be."""
    comparison = compare(expected.outcome, found.outcome)
    click.echo(f"under faults: {found.outcome.summary()}; {found.seconds:.0f} s, undisturbed {expected.seconds:.0f} s")
    click.echo(f"peak memory of a worker: {found.peak_bytes / 1e6:.0f} MB under faults, {expected.peak_bytes / 1e6:.0f} MB undisturbed")
    click.echo(f"workers that ended by themselves and were started again: {found.restarts}")
    click.echo(f"repeated alerts: {found.outcome.repeats}, {len(found.outcome.unexplained)} of them not explained by a fault")
    bad = [*comparison.different, *comparison.lost, *found.troubles, *expected.troubles, *found.outcome.unexplained]
    for line in bad[:SHOWN]:
        click.echo(f"  {line[:400]}")
    if len(bad) > SHOWN:
        click.echo(f"  and {len(bad) - SHOWN} more")
    return bool(bad)


def _shorten(disturbed: Plan, expected: Ran, folder: Path, say: object, most_runs: int) -> None:
    runs = iter(range(most_runs))

    def still_differs(faults: tuple[object, ...]) -> bool | None:
        number = next(runs, None)
        if number is None:
            return None
        click.echo(f"shrinking, run {number + 1} of {most_runs}: {len(faults)} faults", err=True)
        try:
            found = perform(disturbed._replace(faults=faults), folder / f"shrink-{number}", lambda _: None)  # type: ignore[arg-type]
        except Stuck:
            return True
        comparison = compare(expected.outcome, found.outcome)
        return bool(comparison.different or comparison.lost or found.troubles)

    del say
    click.echo("a shorter schedule that still differs:")
    for fault in shrink(disturbed.faults, still_differs):
        click.echo(f"  {fault}")


if __name__ == "__main__":
    main()
