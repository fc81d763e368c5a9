"""`nhip worker`."""

from __future__ import annotations

import re

import click

from streams import settings
from streams.cli import Exit, UserError, common

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _checked(_: click.Context, __: click.Parameter, name: str) -> str:
    """A name is a folder, and a tag of every point about the worker."""
    if not NAME.fullmatch(name):
        raise click.BadParameter("letters, digits, dots, underscores and hyphens, at most 64, such as worker-1")
    return name


@click.command("worker", epilog="Example: NHIP_KAFKA_BOOTSTRAP=kafka:9092 nhip worker --name worker-1")
@click.option(
    "--name", default="worker", show_default=True, callback=_checked, help="this worker's name: its state is kept in NHIP_DATA_DIR/NAME"
)
def command(name: str) -> None:
    """Run a worker until it is stopped: route, observe, write points, notify, serve the page.

    Start as many as you like, each with a name of its own; they share the work. SIGTERM finishes the current batches.
    Exit code 0: stopped; 1: something failed that a restart may mend, and nothing is lost; 2: a setting is wrong; 3: it read nothing for
    NHIP_STALL_SECONDS although Kafka answers, and ended itself, nothing is lost.
    """
    from streams.running import RunError, run  # noqa: PLC0415  Faust takes a second to import: not for --help

    chosen = settings.load()
    for variable in settings.unknown_variables():
        click.echo(f"nhip: {variable} is no setting of Nhịp; is it misspelt?", err=True)
    try:
        run(chosen, common.catalogue(), name)
    except RunError as error:
        shown = UserError(str(error))
        shown.exit_code = Exit.FAILED if error.may_pass else Exit.USAGE
        raise shown from None
