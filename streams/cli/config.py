"""`nhip config`."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
import msgspec

from streams import settings
from streams.admin import origins
from streams.cli import Group, UserError
from streams.cli.answers import printable, table
from streams.settings import SettingsError


@click.group("config", cls=Group, epilog="Example: nhip config show")
def command() -> None:
    """Look at the settings: environment variables, `.env`, files named by `_FILE`."""


@command.command("show", epilog="Examples: nhip config show; nhip config show --changed; nhip config show --json")
@click.option("--changed", is_flag=True, help="only what is not the default")
@click.option("--json", "wants_json", is_flag=True, help="everything as JSON")
def show(*, changed: bool, wants_json: bool) -> None:
    """Show every setting with its value and where that comes from; secrets are hidden. Contacts nobody.

    The environment counts before `.env`, and `.env` before files named by NHIP_…_FILE. NHIP_ variables that are no setting are listed too.
    Exit code 0: the settings are valid; 2: one is wrong.
    """
    chosen = _load()
    found = [one for one in origins.shown(chosen) if not changed or one.origin != origins.DEFAULT]
    misspelt = list(origins.misspelt())
    if wants_json:
        told = {"settings": msgspec.to_builtins(found), "unknown": msgspec.to_builtins(misspelt)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    table(("SETTING", "VALUE", "FROM"), (_row(one) for one in found))
    _warn(misspelt)


def _load() -> settings.Settings:
    try:
        return settings.load()
    except SettingsError as error:
        raise UserError("\n".join((str(error), *origins.where(origins.origins(), str(error))))) from None


def _row(one: origins.Shown) -> tuple[str, str, str]:
    value = "-" if one.value is None else json.dumps(one.value) if isinstance(one.value, bool) else printable(str(one.value))
    also = f"; not used: {', '.join(one.overridden)}" if one.overridden else ""
    return one.variable, value or "(empty)", printable(one.origin) + also


def _warn(misspelt: Sequence[origins.Misspelt]) -> None:
    for one in misspelt:
        name = printable(one.variable)
        if one.origin == origins.DOTENV and one.variable.endswith("_FILE"):
            click.echo(f"nhip: {name} is not read from .env: set it in the environment", err=True)
        else:
            click.echo(f"nhip: {name} ({one.origin}) is no setting of Nhịp; is it misspelt?", err=True)
