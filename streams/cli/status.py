"""`nhip status`."""

from __future__ import annotations

import json

import click

from streams.cli import common

WORST_FIRST = ("stale", "never", "late", "unknown", "due", "fresh", "suspended")


@click.command("status", epilog="Examples: nhip status; nhip status --json; nhip status --all --url http://nhip.example:6066")
@click.option("--json", "wants_json", is_flag=True, help="the list as JSON")
@click.option("--all", "wants_all", is_flag=True, help="fresh feeds too")
@click.option("--url", help="a worker's page; NHIP_PAGE_URL, or NHIP_PAGE_HOST and NHIP_PAGE_PORT, when not given")
def command(*, wants_json: bool, wants_all: bool, url: str | None) -> None:
    """Say who is behind and by how much, worst first, as a running worker knows it."""
    feeds = common.fetch("/api/feeds", page_url=url)
    if wants_json:
        click.echo(json.dumps(feeds, ensure_ascii=False, indent=1))
        return
    shown = [f for f in feeds if wants_all or f["verdict"] != "fresh"]
    shown.sort(key=lambda f: (WORST_FIRST.index(f["verdict"]), -f["periods_behind"], f["unit"], f["dataset"]))
    common.feeds_table(shown)
    counts = ", ".join(f"{n} {name}" for name in WORST_FIRST if (n := sum(f["verdict"] == name for f in feeds)))
    click.echo(f"{len(feeds)} feed{'s' if len(feeds) != 1 else ''}: {counts}")
    if shown:
        click.echo(f"why: nhip why {shown[0]['unit']}/{shown[0]['dataset']}" + (f" --url {url}" if url else ""))
