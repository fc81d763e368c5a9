"""`nhip lag`."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import msgspec

from streams import settings
from streams.admin import clients, lag
from streams.cli import Exit, common
from streams.cli.answers import asking, bold, table

NUMBERS = frozenset({"PARTITION", "COMMITTED", "END", "LAG", "EXPIRED", "RECORDS WAITING"})


@click.command("lag", epilog="Examples: nhip lag; nhip lag --behind; nhip lag --json")
@click.option("--behind", is_flag=True, help="only partitions where records wait")
@click.option("--json", "wants_json", is_flag=True, help="everything as JSON")
@click.pass_context
def command(ctx: click.Context, *, behind: bool, wants_json: bool) -> None:
    """Say how many records wait at each stage, by topic and partition. Asks Kafka, so it works without a running worker.

    COMMITTED is what the workers have finished, END what the topic holds. EXPIRED records were deleted by retention before anybody read
    them. Exit code 0: nothing is lost; 1: records have expired unread, or Kafka is out of reach.
    """
    chosen, catalogue = settings.load(), common.catalogue()
    with asking(), clients.admin(chosen) as client:
        told = lag.look(client, catalogue, chosen.app_id)
    if wants_json:
        click.echo(json.dumps(as_json(told), ensure_ascii=False, indent=1))
    else:
        shown = [one for one in told.partitions if one.lag or one.expired or not behind]
        rows = ((o.stage, o.topic, o.partition, o.committed, o.end, o.lag, o.expired or None) for o in shown)
        table(("STAGE", "TOPIC", "PARTITION", "COMMITTED", "END", "LAG", "EXPIRED"), rows, right=NUMBERS)
        click.echo(bold("totals"))
        table(("STAGE", "RECORDS WAITING"), told.stages().items(), right=NUMBERS)
        for line in sentences(told):
            click.echo(line)
    ctx.exit(Exit.FAILED if told.expired else Exit.OK)


def sentences(told: lag.GroupLag) -> Iterator[str]:
    """Who reads, and what is wrong."""
    if told.has_members:
        hosts = ", ".join(sorted({member.host for member in told.members}))
        yield f"group {told.group}: {told.state}" + (f", members: {len(told.members)}, on {hosts}" if told.members else "")
    else:
        yield f"group {told.group} has no members: no worker is running. Start one with `nhip worker`"
    if told.partitions and all(one.committed is None for one in told.partitions):
        yield "nothing has been committed yet: a worker will begin with the oldest records. Is NHIP_APP_ID right?"
    if not any(one.stage == "route" for one in told.partitions):
        yield "no source topic matches a contract: see `nhip topics`"
    if told.expired:
        yield (
            f"{told.expired:,} records were deleted by retention before a worker read them: have Debezium take a new snapshot of"
            " these tables, and raise retention.ms of their topics"
        )


def as_json(told: lag.GroupLag) -> dict[str, object]:
    """Everything that the command found."""
    return {
        "group": told.group,
        "state": told.state,
        "has_members": told.has_members,
        "members": [msgspec.to_builtins(member) for member in told.members],
        "stages": told.stages(),
        "expired": told.expired,
        "partitions": [msgspec.to_builtins(one) for one in told.partitions],
    }
