"""`nhip doctor`."""

from __future__ import annotations

import click
from rich.console import Console
from rich.markup import escape

from streams import settings
from streams.cli import Exit
from streams.doctor import Finding, examine

MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "trouble": "[red]✗[/]"}


@click.command("doctor", epilog="Example: NHIP_KAFKA_BOOTSTRAP=kafka:9092 nhip doctor")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Check every connection and setting, and say how to mend what is wrong. Changes nothing.

    Exit code 0: all well; 1: something is in trouble.
    """
    console = Console(highlight=False, soft_wrap=True)
    found: list[Finding] = []
    for finding in examine(settings.load()):
        found.append(finding)
        console.print(f"{MARKS[finding.state]} [bold]{finding.what}[/]: {escape(finding.says)}")
        if finding.mend:
            console.print(f"    → {escape(finding.mend)}")
    ctx.exit(Exit.FAILED if any(f.state == "trouble" for f in found) else Exit.OK)
