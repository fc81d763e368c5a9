"""`nhip topics`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import click
from kafka.admin import KafkaAdminClient

from streams import settings
from streams.admin import clients, cluster
from streams.admin.comparison import Compared
from streams.admin.sources import Sources, sources
from streams.cli import Exit, UserError, common
from streams.cli.answers import asking, bold, table
from streams.topics import TopicError

MARKS = {"ok": "✓", "differs": "✗", "missing": "+"}


@click.command("topics", epilog="Examples: nhip topics; nhip topics --create; nhip topics --json")
@click.option("--create", "creates", is_flag=True, help="create the internal topics that are missing")
@click.option("--json", "wants_json", is_flag=True, help="everything as JSON")
@click.pass_context
def command(ctx: click.Context, *, creates: bool, wants_json: bool) -> None:
    """Compare Nhịp's internal topics with what they should be, and list the source topics that the contracts match.

    Nothing is ever altered or deleted; what to do about a difference is told. Exit code 0: all internal topics are as they should be;
    1: one is missing or differs, or Kafka is out of reach; 2: a setting is wrong.
    """
    chosen, catalogue = settings.load(), common.catalogue()
    created: list[str] = []
    with asking(), clients.admin(chosen) as client:
        compared = cluster.look(client, chosen)
        if creates:
            created = _create(client, compared)
            compared = cluster.look(client, chosen)
        found = sources(catalogue, client.list_topics())
    if wants_json:
        click.echo(json.dumps(as_json(compared, found, created), ensure_ascii=False, indent=1))
    else:
        _show(compared, found, created)
    ctx.exit(Exit.OK if all(one.state == "ok" for one in compared) else Exit.FAILED)


def _create(client: KafkaAdminClient, compared: Sequence[Compared]) -> list[str]:
    try:
        return cluster.create_missing(client, compared)
    except TopicError as error:
        shown = UserError(f"nothing more is created: {error}")
        shown.exit_code = Exit.FAILED
        raise shown from None


def _show(compared: Sequence[Compared], found: Sources, created: Sequence[str]) -> None:
    for name in created:
        click.echo(f"created {name}")
    click.echo(bold("internal topics"))
    table(("", "TOPIC", "PARTITIONS", "REPLICATION", "CONFIG"), (_row(one) for one in compared))
    for line in advice(compared):
        click.echo(line)
    click.echo(bold("source topics"))
    table(("DATASET", "TOPICS"), ((dataset, ", ".join(names)) for dataset, names in found.of_dataset.items() if names))
    if found.heartbeats:
        click.echo(f"heartbeats of connectors: {', '.join(found.heartbeats)}")
    if found.silent:
        click.echo(f"no topic matches the contracts of: {', '.join(found.silent)}")
        click.echo("    → does Debezium capture them, and does the contract's topicPattern match its topic names?")


def _row(one: Compared) -> tuple[str, ...]:
    config = ", ".join(f"{name}={value}" for name, value in one.topic.config.items())
    return MARKS[one.state], one.topic.name, str(one.topic.partitions), str(one.replication), config


def advice(compared: Sequence[Compared]) -> Iterator[str]:
    """What is wrong with the internal topics, line by line, and what to do about it."""
    for one in compared:
        if one.found is None:
            yield f"{one.topic.name} is missing"
        for d in one.differences:
            yield f"{one.topic.name}: {d.what} is {d.found or 'unknown'}, should be {d.wanted}"
            yield f"    → {d.mend}"
    if any(one.found is None for one in compared):
        yield "    → nhip topics --create, or start a worker with NHIP_CREATE_TOPICS=true"


def as_json(compared: Sequence[Compared], found: Sources, created: Sequence[str]) -> dict[str, object]:
    """Everything that the command found."""
    internal = [
        {
            "topic": one.topic.name,
            "state": one.state,
            "wanted": {"partitions": one.topic.partitions, "replication": one.replication, "config": one.topic.config},
            "found": None
            if one.found is None
            else {"partitions": one.found.partitions, "replication": one.found.replication, "config": dict(one.found.config)},
            "differences": [{"what": d.what, "wanted": d.wanted, "found": d.found, "mend": d.mend} for d in one.differences],
        }
        for one in compared
    ]
    return {"internal": internal, "created": list(created), "sources": found.of_dataset, "heartbeats": found.heartbeats}
