"""`nhip why`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import click
from rich.console import Console
from rich.markup import escape

from streams.cli import UserError, common


@click.command("why", epilog="Examples: nhip why 25486/ho-ngheo; nhip why 25486/ho-ngheo --lang en; nhip why 25486/ho-ngheo --json")
@click.argument("feed", metavar="UNIT/DATASET")
@click.option("--lang", type=click.Choice(["vi", "en"]), help="the language of the explanation; the province's when not given")
@click.option("--json", "wants_json", is_flag=True, help="everything as JSON")
@click.option("--url", help="a worker's page; NHIP_PAGE_URL, or NHIP_PAGE_HOST and NHIP_PAGE_PORT, when not given")
def command(feed: str, *, lang: str | None, wants_json: bool, url: str | None) -> None:
    """Explain one feed's verdict: the periods, rows, calendar days and rules behind it, what comes next, and what its unit was told."""
    unit, slash, dataset = feed.partition("/")
    if not (unit and slash and dataset) or "/" in dataset:
        raise UserError(f"{feed!r} is no feed: write UNIT/DATASET, as `nhip status` lists them")
    told = common.fetch(f"/api/feeds/{quote(unit)}/{quote(dataset)}" + (f"?lang={lang}" if lang else ""), page_url=url)
    if wants_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in explain(told):
        console.print(line)


def explain(told: dict[str, Any]) -> Iterator[str]:
    """What the API tells of a feed, for reading (rich markup): its names, its verdict in the code's words, then every step."""
    style = common.STYLES.get(told["verdict"], "")
    verdict = f"[{style}]{told['verdict']}[/]" if style else told["verdict"]
    yield f"[bold]{told['unit']}/{told['dataset']}[/] {verdict} ({told['reason'] or 'not judged yet'})"
    yield f"  {escape(told['title'])}"
    for part in told["derivation"]:
        yield f"[bold]{escape(part['title'])}[/]"
        for line in part["lines"]:
            yield f"  {escape(line)}"
