"""`nhip declare`: a statement about one feed's obligation, checked, signed and sent."""

from __future__ import annotations

from collections.abc import Callable

import click

from expectations.freshness.declarations import Kind
from streams import settings
from streams.cli import Group, UserError, common
from streams.cli.declare_made import declare, span
from streams.declarations.signing import unit_key

Command = Callable[..., None]


def _options(command: Command) -> Command:
    """What every declaration is given."""
    for option in (
        click.option("--json", "wants_json", is_flag=True, help="the declaration's id and its record as JSON"),
        click.option("--dry-run", is_flag=True, help="check and sign it, send nothing"),
        click.option(
            "--by",
            "declarer",
            type=click.Choice(["unit", "administrator"]),
            help="who declares; without it the administrator when its key is set, else the unit",
        ),
        click.option("--why", required=True, help="the reason, one line that everybody may read: no names, no numbers of citizens"),
    ):
        command = option(command)
    return command


def _feed(command: Command) -> Command:
    return click.argument("feed", metavar="UNIT/DATASET")(command)


def _periods(command: Command) -> Command:
    return click.argument("periods", metavar="PERIOD[..PERIOD]")(command)


@click.group(
    "declare",
    cls=Group,
    epilog="Examples: nhip declare nil 25486/bao-tro-xa-hoi 2025-10 --why 'Không có hộ phát sinh'; "
    "nhip declare extend 25486/bao-tro-xa-hoi 2025-10 --until 2025-11-30 --why 'Chuyển đổi hệ thống'",
)
def command() -> None:
    """State something about a feed, or grant something to its unit.

    A unit declares for itself with its key (NHIP_DECLARATION_KEY_FILE): nil, ack, promise, and revoke what it declared. The administrator
    (NHIP_DECLARATION_ADMIN_KEY_FILE) declares for anyone, and alone: extend, waive, suspend. Again the same changes nothing.
    """


@command.command("nil", epilog="Example: nhip declare nil 25486/bao-tro-xa-hoi 2025-10 --why 'Không có hộ phát sinh'")
@_feed
@_periods
@_options
def nil(feed: str, periods: str, **given: object) -> None:
    """Declare that there is nothing to report for a period, where the contract allows it (`nilReturn`)."""
    declare(Kind.NIL, feed, given, **span(periods))


@command.command("extend", epilog="Example: nhip declare extend 25486/bao-tro-xa-hoi 2025-10 --until 2025-11-30 --why 'Mất điện diện rộng'")
@_feed
@click.argument("periods", metavar="[PERIOD[..PERIOD]]", default="")
@click.option("--until", required=True, help="the last day on which the data are in time: 2025-11-30")
@_options
def extend(feed: str, periods: str, until: str, **given: object) -> None:
    """Grant a later deadline for a period; for a continuous dataset without one."""
    declare(Kind.EXTEND, feed, given, until=until, **span(periods))


@command.command("waive", epilog="Example: nhip declare waive 25486/bao-tro-xa-hoi 2025-07..2025-08 --why 'Sắp xếp đơn vị hành chính'")
@_feed
@_periods
@_options
def waive(feed: str, periods: str, **given: object) -> None:
    """Grant that a period is not owed."""
    declare(Kind.WAIVE, feed, given, **span(periods))


@command.command("ack", epilog="Example: nhip declare ack 25486/bao-tro-xa-hoi 2025-01 --why 'Đã giao cán bộ xử lý'")
@_feed
@_periods
@_options
def ack(feed: str, periods: str, **given: object) -> None:
    """Acknowledge the alert about a missing period; of a continuous dataset name the instant at which the data stopped."""
    declare(Kind.ACK, feed, given, **span(periods))


@command.command(
    "promise", epilog="Example: nhip declare promise 25486/bao-tro-xa-hoi 2025-01..2025-09 --until 2025-11-14 --why 'Đang nhập bù'"
)
@_feed
@_periods
@click.option("--until", required=True, help="the day by whose end the data will be there: 2025-11-14")
@_options
def promise(feed: str, periods: str, until: str, **given: object) -> None:
    """Promise missing data by a day. Alerts about them are held until then, and begin anew when it has passed in vain."""
    declare(Kind.PROMISE, feed, given, until=until, **span(periods))


@command.command(
    "suspend", epilog="Example: nhip declare suspend 25486/bao-tro-xa-hoi --since 2025-11-01 --until 2025-12-31 --why 'Nâng cấp phần mềm'"
)
@_feed
@click.option("--since", default="", help="the first day; from now on when not given")
@click.option("--until", default="", help="the last day; until it is revoked when not given")
@_options
def suspend(feed: str, since: str, until: str, **given: object) -> None:
    """Let the obligation rest. Periods that fall due meanwhile are not owed afterwards."""
    declare(Kind.SUSPEND, feed, given, since=since, until=until)


@command.command("revoke", epilog="Example: nhip declare revoke 25486/bao-tro-xa-hoi 0123456789abcdef0123456789abcdef --why 'Nhầm kỳ'")
@_feed
@click.argument("target", metavar="ID")
@_options
def revoke(feed: str, target: str, **given: object) -> None:
    """Take a declaration back, for good; ID is what `nhip declare` printed and `nhip why` shows."""
    declare(Kind.REVOKE, feed, given, target=target)


@command.command("key", epilog="Example: nhip declare key 25486 > 25486.key")
@click.argument("unit", metavar="UNIT")
def key(unit: str) -> None:
    """Print a unit's key, to be handed to the unit. Needs the master secret (NHIP_DECLARATION_MASTER_FILE)."""
    if unit not in common.catalogue().units:
        raise UserError(f"the catalogue has no unit {unit!r}; write its code or slug, such as 25486")
    master = settings.load().declaration_master
    if master is None:
        raise UserError("NHIP_DECLARATION_MASTER_FILE: set it to the file of the workers' master secret")
    click.echo(unit_key(master.get_secret_value(), unit))
