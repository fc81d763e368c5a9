"""A declaration is made: written as Nhịp writes it, checked as a worker will check it, signed and sent."""

from __future__ import annotations

import json
import logging

import click
import msgspec
from pydantic import SecretStr

from expectations.catalogue.load import Catalogue
from expectations.freshness.declarations import ADMINISTRATOR, Declaration, Kind, identity
from streams import clock, settings
from streams.cli import UserError, common
from streams.cli.answers import asking
from streams.declarations.admission import refuse
from streams.declarations.sending import NoTopic, send
from streams.declarations.signing import Signed, encode, sign, unit_key
from streams.settings import Settings


def span(periods: str) -> dict[str, str]:
    """The first and the last period of what a person wrote; the last is empty when it is the first."""
    first, dots, last = periods.partition("..")
    if dots and not (first and last):
        raise UserError(f"{periods!r}: write one period (2025-10), or the first and the last (2025-07..2025-09)")
    return {"first": first, "last": last if last != first else ""}


def declare(kind: Kind, feed: str, given: dict[str, object], **said: str) -> None:
    """Make the declaration, check it as a worker will, sign and send it."""
    known, chosen, now_ms = common.catalogue(), settings.load(), clock.now_ms()
    by, secret = _declarer(chosen, feed, given["declarer"])
    declaration = _canonical(known, Declaration(kind, feed, by, now_ms, str(given["why"]).strip(), **said))
    refusal = refuse(declaration, now_ms, known)
    if refusal is not None:
        raise UserError(f"{refusal.detail} ({refusal.problem})")
    signed = sign(declaration, secret)
    if not given["dry_run"]:
        with asking():
            _send(chosen, signed)
    name = identity(declaration)
    if given["wants_json"]:
        click.echo(json.dumps({"id": name, "sent": not given["dry_run"], "record": json.loads(encode(signed))}, ensure_ascii=False))
        return
    click.echo(f"{'checked, not sent' if given['dry_run'] else 'declared'}: {kind} {feed} as {name}")
    if not given["dry_run"]:
        # The key is checked by the workers only: they know the master secret that all keys come from.
        click.echo(f"is it let in? nhip why {feed}; one that is refused is in nhip quarantine list", err=True)
    if kind is not Kind.REVOKE:
        click.echo(f"to take it back: nhip declare revoke {feed} {name} --why …", err=True)


def _send(chosen: Settings, signed: Signed) -> None:
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # its errors are told in one message
    try:
        send(chosen, signed)
    except NoTopic as error:
        raise UserError(str(error)) from None


def _canonical(known: Catalogue, made: Declaration) -> Declaration:
    """Periods as Nhịp writes them, whichever way a person wrote them; what is no period is left for the check to tell."""
    schedule = known.schedules.get(made.feed.partition("/")[2])
    if schedule is None:
        return made

    def text(written: str) -> str:
        try:
            return schedule.text(schedule.parse(written)) if written else ""
        except ValueError:
            return written

    return msgspec.structs.replace(made, first=text(made.first), last=text(made.last))


def _declarer(chosen: Settings, feed: str, asked: object) -> tuple[str, str]:
    """Who declares, and the key. A unit's key is its own, or derived where the master secret is."""
    unit = feed.partition("/")[0]
    own = chosen.declaration_key
    if own is None and chosen.declaration_master is not None:
        own = SecretStr(unit_key(chosen.declaration_master.get_secret_value(), unit))
    admin = chosen.declaration_admin_key
    if asked != "unit" and admin is not None:
        return ADMINISTRATOR, admin.get_secret_value()
    if asked == "administrator":
        raise UserError("NHIP_DECLARATION_ADMIN_KEY_FILE: set it to the file of the administrator's key")
    if own is None:
        raise UserError(
            "no key to sign with: set NHIP_DECLARATION_KEY_FILE to the file of your unit's key (`nhip declare key UNIT` prints it)"
        )
    return unit, own.get_secret_value()
