"""`nhip why`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from streams.cli import UserError, common


@click.command("why", epilog="Examples: nhip why 25486/ho-ngheo; nhip why 25486/ho-ngheo --json")
@click.argument("feed", metavar="UNIT/DATASET")
@click.option("--json", "wants_json", is_flag=True, help="everything as JSON")
@click.option("--url", help="a worker's page; NHIP_PAGE_URL, or NHIP_PAGE_HOST and NHIP_PAGE_PORT, when not given")
def command(feed: str, *, wants_json: bool, url: str | None) -> None:
    """Explain one feed's verdict: the periods, rows, calendar days and rules behind it, and what its unit was told."""
    unit, slash, dataset = feed.partition("/")
    if not (unit and slash and dataset) or "/" in dataset:
        raise UserError(f"{feed!r} is no feed: write UNIT/DATASET, as `nhip status` lists them")
    told = common.fetch(f"/api/feeds/{unit}/{dataset}", page_url=url)
    if wants_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for line in explain(told):
        Console(highlight=False).print(line)


def explain(told: dict[str, Any]) -> Iterator[str]:
    """What the API tells of a feed, for reading (rich markup)."""
    style = common.STYLES.get(told["verdict"], "")
    verdict = f"[{style}]{told['verdict']}[/]" if style else told["verdict"]
    yield f"[bold]{told['unit']}/{told['dataset']}[/] {verdict} ({told['reason']})"
    yield f"  {told['dataset_name_vi']} · {told['dataset_name_en']}"
    through, expected = told["data_through"] or "-", told["expected_through"] or "-"
    yield f"  data through {through}, expected through {expected}, {told['periods_behind']} behind"
    yield f"  missing {told['missing'] or '-'}: due {told['due_at'] or '-'}, deadline {told['deadline'] or '-'}"
    yield f"  last heard {told['heard_at'] or 'never'}, last changed {told['changed_at'] or 'never'}, so since {told['since'] or '-'}"
    if told["holes"]:
        yield f"  holes: {', '.join(told['holes'])}" + (" …" if told["hole_count"] > len(told["holes"]) else "")
    yield "[bold]rules[/] " + ", ".join(f"{name}={_plain(value)}" for name, value in told["rules"].items())
    yield "[bold]periods[/]"
    for period in told["periods"]:
        slices = f", slices {period['slices']}/{period['slices_expected']}" if period["slices_expected"] else ""
        heard = f", heard {period['first_heard_at']} to {period['last_heard_at']}" if period["first_heard_at"] else ""
        yield f"  {period['period']}: {period['state']}, rows {period['rows']}{slices}{heard}, due {period['due_at']}"
    for fact in told["facts"]:
        yield "  " + ", ".join(f"{name} {_plain(value)}" for name, value in fact.items())
    if told["declarations"]:
        yield "[bold]declared[/]"
    for said in told["declarations"]:
        about = f"{said['first']}..{said['last']}" if said["first"] else ""
        days = [f"{word} {said[word]}" for word in ("since", "until") if said[word]]
        what = " ".join(part for part in (said["kind"], about, *days) if part)
        yield f"  {said['made_at']} {what} ({said['state']}) by {said['by']}: {escape(said['why'])}"
        yield f"    id {said['id']}"
    if told["notices"]:
        yield "[bold]told[/]"
    for notice in told["notices"]:
        yield f"  {notice['sent_at']} by {', '.join(notice['channels']) or 'no channel'}: {notice['subject']}"


def _plain(value: Any) -> str:
    return " ".join(str(v) for v in value.values()) if isinstance(value, dict) else str(value)
