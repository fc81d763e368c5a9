"""`nhip demo`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from streams import clock
from streams.board.forms import Forms
from streams.cli import Exit, UserError, common

if TYPE_CHECKING:
    from alerts.words import Language
    from expectations.catalogue.load import Catalogue
    from streams.app import Nhip
    from streams.demo.report import Report

STEPS = {
    "produced": "Replaying the scenario",
    "started": "Starting the worker",
    "routed": "Routing change events",
    "judged": "Judging feeds, checking rows",
    "stored": "Storing points, sending alerts",
    "shown": "Showing it on the page",
}


class Bars:
    """A progress bar a step; a step that begins ends the one before it."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=console)
        self._tasks: dict[str, TaskID] = {}
        self.progress.start()

    def tell(self, step: str, done: int, total: int) -> None:
        """Show how much of a step is done."""
        if step not in self._tasks:
            self._tasks[step] = self.progress.add_task(STEPS[step], total=total)
        self.progress.update(self._tasks[step], completed=done, total=total)


class Shown:
    """What a demo shows at the terminal, and the file it writes."""

    def __init__(self, console: Console, catalogue: Catalogue, file: Path | None, *, stays: bool) -> None:
        self.bars = Bars(console)
        self._console, self._catalogue, self._file, self._stays = console, catalogue, file, stays

    def ready(self, nhip: Nhip, report: Report) -> None:
        """Tell what a settled demo has found."""
        from streams.demo.report import as_json  # noqa: PLC0415  Faust takes a second to import: not for --help
        from streams.demo.summary import show  # noqa: PLC0415  as above

        self.bars.progress.stop()
        forms = Forms(nhip.settings.language or self._catalogue.language, self._catalogue.timezone)
        show(self._console, report, self._catalogue, forms, nhip, stays=self._stays)
        if self._file is not None:
            self._file.write_text(json.dumps(as_json(report, forms), ensure_ascii=False, indent=1), encoding="utf-8")


def _must_be_writable(file: Path) -> None:
    """Find out now, not after a minute, that the report cannot be written."""
    try:
        file.touch()
    except OSError as error:
        raise UserError(f"--report {file}: cannot be written ({error.strerror}); name a file in a folder that exists") from None


@click.command("demo", epilog="Examples: nhip demo; nhip demo --once --report demo.json")
@click.option("--once", is_flag=True, help="end by itself when everything has settled")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="write verdicts, alerts and counts to this file as JSON")
@click.option("--seed", default=1, show_default=True, help="another number, another scenario")
@click.option("--port", type=click.IntRange(0, 65_535), help="port of the page; 6066, or a free one when that is taken, if not given")
@click.option("--lang", type=click.Choice(["vi", "en"]), help="language of messages and page; the catalogue's own if not given")
@click.option("--suites/--no-suites", default=True, show_default=True, help="run the Great Expectations suites")
@click.option("--timeout", default=180.0, show_default=True, metavar="SECONDS", help="give up when it has not settled by then")
@click.pass_context
def command(
    ctx: click.Context, *, once: bool, report: Path | None, seed: int, port: int | None, lang: Language | None, suites: bool, timeout: float
) -> None:
    """Show everything on this machine: an embedded broker, the real worker and its page, and a bundled scenario with many troubles.

    Nothing else is needed and nothing leaves the machine; state is kept in NHIP_DATA_DIR/demo and wiped at each start.
    Exit code 0: it ran; 1: it did not settle in time; 2: a setting or demo.yaml is wrong.
    """
    give_up_seconds = clock.monotonic_seconds() + timeout
    console = Console(highlight=False)
    console.print("[bold]Nhịp[/]: an embedded broker, the real worker, a bundled scenario. Ctrl-C ends it.")
    chosen = common.catalogue()
    from streams.demo.play import PlayError  # noqa: PLC0415  Faust takes a second to import: not for --help
    from streams.demo.run import Wishes, demo  # noqa: PLC0415  as above
    from streams.running import RunError  # noqa: PLC0415  as above

    if report is not None:
        _must_be_writable(report)
    shown = Shown(console, chosen, report, stays=not once)
    wishes = Wishes(seed, port, lang, once, suites, give_up_seconds)
    try:
        trouble = demo(chosen, wishes, shown.bars.tell, shown.ready)
    except (RunError, PlayError) as error:
        raise UserError(str(error)) from None
    except KeyboardInterrupt:
        trouble = ""
    finally:
        shown.bars.progress.stop()
    if trouble:
        click.echo(f"nhip: {trouble}", err=True)
        ctx.exit(Exit.FAILED)
    console.print("Ended; nothing is left running.")
