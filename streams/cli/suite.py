"""`nhip suite`: write a first suite, try it on events, see what is wrong with it. One file a subcommand."""

from __future__ import annotations

import click

from streams.cli import Group, suite_lint, suite_new, suite_try


@click.group("suite", cls=Group, epilog="Examples: nhip suite new ho-tich --events events.jsonl; nhip suite lint")
def command() -> None:
    """Write a first suite for a dataset, try a suite on events, see what is wrong with one. Nothing is sent or stored anywhere."""


for subcommand in (suite_new.command, suite_try.command, suite_lint.command):
    command.add_command(subcommand)
