"""The command line: `nhip COMMAND`. One file a command, imported only when it is called."""

from __future__ import annotations

import difflib
import importlib
import sys
from collections.abc import Mapping
from typing import Any

import click

from streams.exits import Exit
from streams.settings import SettingsError

__all__ = ["COMMANDS", "Commands", "Exit", "Group", "UserError", "main"]

COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("streams.cli.demo", "Show everything on this machine: embedded broker, a bundled scenario, the page."),
    "worker": ("streams.cli.worker", "Run a worker: route, observe, write points, notify, serve the page."),
    "status": ("streams.cli.status", "Say who is behind, and by how much."),
    "why": ("streams.cli.why", "Explain one feed's verdict: UNIT/DATASET."),
    "scores": ("streams.cli.scores", "Say how punctual and complete units were over a week, month or quarter."),
    "declare": ("streams.cli.declare", "State a nil return, a promise …; grant an extension, a waiver, a suspension."),
    "judge": ("streams.cli.judge", "Say what Nhịp thinks of files of change events, without a broker."),
    "simulate": ("streams.cli.simulate", "Say which verdicts and alerts another catalogue would have made of files of change events."),
    "province": ("streams.cli.province", "Make up years of a whole province with the truth beside, or score Nhịp on it."),
    "check": ("streams.cli.check", "Check the catalogue: all mistakes at once."),
    "suite": ("streams.cli.suite", "Write a first suite, try it on events, see what is wrong with it."),
    "topics": ("streams.cli.topics", "Compare Nhịp's topics with what they should be; create the missing."),
    "lag": ("streams.cli.lag", "Say how many records wait at each stage."),
    "quarantine": ("streams.cli.quarantine", "List, explain, count and replay the records that could not be used."),
    "replay": ("streams.cli.replay", "Read the sources again from an instant, and count anew."),
    "config": ("streams.cli.config", "Show every setting, its value and where it comes from."),
    "grafana": ("streams.cli.grafana", "Build the dashboards from code, or publish them to Grafana."),
    "doctor": ("streams.cli.doctor", "Check every connection and setting, and say how to mend it."),
}


class UserError(click.ClickException):
    """A mistake that the user can mend. Shown as one message, never as a stack trace."""

    exit_code = Exit.USAGE

    def show(self, file: Any = None) -> None:
        """Print the message on standard error."""
        click.echo(f"nhip: {self.format_message()}", file=file or sys.stderr)


class Commands(click.Group):
    """Finds a command's module when it is called: `nhip --help` imports neither Faust nor Great Expectations."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Commands in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        _line_up_examples(command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; of one that is not there say which was meant."""
        meant = difflib.get_close_matches(args[0], COMMANDS, n=1) if args else []
        if meant and args[0] not in COMMANDS:
            ctx.fail(f"no such command {args[0]!r}: did you mean `nhip {meant[0]}`?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """List the commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a wrong setting is the user's mistake, not a crash."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise UserError(str(error)) from None


def _line_up_examples(command: click.Command) -> None:
    """Give each example a line of its own: click would fill the lines, and break a command that somebody wants to copy."""
    kind, colon, examples = (command.epilog or "").partition(": ")
    if colon and kind in {"Example", "Examples"}:
        first, *others = examples.split("; nhip ")
        command.epilog = "\n".join(["\b", f"{kind}:", f"  {first}", *(f"  nhip {other}" for other in others)])
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _line_up_examples(each)


class Group(click.Group):
    """A command of several: their lines in its help are whole sentences, not cut at the terminal's width."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """List the commands, each with the first sentence of its help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(limit=1_000)) for name, command in sorted(self.commands.items())])


EXAMPLES = """\b
Examples:
  nhip demo                  see it run, on this machine alone
  nhip check catalogue       is the catalogue right?
  nhip status                who is behind?
  nhip why 25459/ho-ngheo    why this verdict?

Exit codes: 0 all well, 1 bad news (mistakes found, something down), 2 the command or a setting is wrong,
3 a worker that read nothing any more ended itself.
"""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}, epilog=EXAMPLES)
@click.version_option("0.1.0", prog_name="nhip")
def main() -> None:
    """Nhịp watches the rhythm of a province's data: through which period every unit's data is current, and who must act."""
