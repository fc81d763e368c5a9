"""`nhip check catalogue`."""

from __future__ import annotations

from pathlib import Path

import click

from expectations.catalogue.check import check, format_mistakes
from streams import settings
from streams.cli import Exit, Group


@click.group("check", cls=Group, epilog="Example: nhip check catalogue path/to/province")
def command() -> None:
    """Check what people write: the catalogue."""


@command.command("catalogue", epilog="Examples: nhip check catalogue; nhip check catalogue path/to/province")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.pass_context
def catalogue(ctx: click.Context, folder: Path | None) -> None:
    """List every mistake of a catalogue at once: file, path, what is wrong, what is allowed.

    FOLDER is NHIP_CATALOGUE when not given. Exit code 0: no mistake; 1: mistakes found.
    """
    folder = folder or settings.load().catalogue
    mistakes = check(folder)
    click.echo(format_mistakes(mistakes) if mistakes else f"{folder}: no mistakes")
    ctx.exit(Exit.FAILED if mistakes else Exit.OK)
