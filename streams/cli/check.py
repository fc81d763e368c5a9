"""`nhip check catalogue`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from expectations.catalogue.check import check, format_mistakes
from expectations.catalogue.load import load
from expectations.quality.mixed import compiled
from expectations.quality.reading import load as read_suite
from streams import settings
from streams.cli import Exit, Group


@click.group("check", cls=Group, epilog="Example: nhip check catalogue path/to/province")
def command() -> None:
    """Check what people write: the catalogue."""


@command.command("catalogue", epilog="Examples: nhip check catalogue; nhip check catalogue path/to/province")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.pass_context
def catalogue(ctx: click.Context, folder: Path | None) -> None:
    """List every mistake of a catalogue at once: file, path, what is wrong, what is allowed; or how the checks of its suites are judged.

    FOLDER is NHIP_CATALOGUE when not given. Exit code 0: no mistake; 1: mistakes found.
    """
    folder = folder or settings.load().catalogue
    mistakes = check(folder)
    click.echo(format_mistakes(mistakes) if mistakes else f"{folder}: no mistakes")
    for line in () if mistakes else _judged(folder):
        click.echo(line)
    ctx.exit(Exit.FAILED if mistakes else Exit.OK)


def _judged(folder: Path) -> Iterator[str]:
    """How many checks there are of each kind, and by name those that only Great Expectations itself can judge."""
    datasets = [dataset for dataset in load(folder).datasets.values() if dataset.suite is not None]
    checks = {dataset.id: read_suite(Path(dataset.suite or ""), tuple(dataset.columns)) for dataset in datasets}
    every = [check for some in checks.values() for check in some]
    whole = sum(check.whole for check in every)
    yield f"checks: {len(every) - whole} judge row by row, {whole} all rows of a window or period together"
    for dataset, some in checks.items():
        yield from (f"  {dataset}, {c.id}: by Great Expectations itself, row by row" for c in some if not c.whole and compiled(c) is None)
