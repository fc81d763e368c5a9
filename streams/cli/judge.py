"""`nhip judge`: what Nhịp says of files of change events. The same router and observer as the worker's, without a broker."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from expectations.catalogue.load import Catalogue
from expectations.freshness.verdict import Verdict
from streams.changes.shapes import LATEST_MS
from streams.cli import UserError, common
from streams.cli.event_files import read
from streams.offline import Fetched, Offline, partitions_of
from streams.simulating import verdict_told

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def judge_records(catalogue: Catalogue, records: Iterable[Fetched], now_ms: int) -> tuple[dict[str, Verdict], Counter[str]]:
    """Every feed's verdict at `now_ms`, and what the router counted by kind and reason."""
    worker = judged(catalogue, records, now_ms)
    return worker.verdicts(), +worker.counts


def judged(catalogue: Catalogue, records: Iterable[Fetched], now_ms: int) -> Offline:
    """A worker that has read the records and heard that it is `now_ms`.

    Order and repeats do not matter: each partition is read in offset order, as from Kafka, and an offset counts once.
    A record of after `now_ms` has not happened yet and is left out.
    """
    ordered = sorted(records, key=lambda r: (r.topic, r.partition, r.offset))
    happened = [r for r in ordered if r.timestamp <= now_ms]
    worker = Offline(catalogue, partitions_of(ordered))
    worker.read(happened, now_ms)
    worker.tick(now_ms, now_ms)
    worker.counts["after_now"] = len(ordered) - len(happened)
    return worker


def as_json(feed: str, verdict: Verdict) -> dict[str, object]:
    """One feed's line."""
    unit, dataset = feed.split("/", 1)
    return {"unit": unit, "dataset": dataset, **verdict_told(verdict)}


@click.command("judge", epilog="Example: nhip judge events.jsonl --now 2025-10-15T08:00:00+07:00 --json")
@click.argument("events", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--now", "now", required=True, help="the instant of judgement: 2025-10-15T08:00:00+07:00, or a local time of the province")
@click.option("--known-on", "known_on", type=click.DateTime(["%Y-%m-%d"]), help="with the calendar as it was known on this day")
@click.option("--json", "wants_json", is_flag=True, help="one JSON object a line and feed")
@click.option("--heard", is_flag=True, help="only feeds that the files mention")
def command(events: tuple[Path, ...], now: str, known_on: datetime | None, *, wants_json: bool, heard: bool) -> None:
    """Say what Nhịp thinks of files of change events at one instant. No broker needed.

    One record a line: {"topic", "partition", "offset", "timestamp_ms", "key", "value"}. Every feed of the catalogue has a line,
    also those of which nothing was heard.
    """
    catalogue = common.catalogue()
    if known_on is not None:
        catalogue = catalogue.as_known_on(known_on.date())
    now_ms = instant_ms(now, catalogue, "--now")
    worker = judged(catalogue, read(events), now_ms)
    shown = {feed: verdict for feed, verdict in sorted(worker.verdicts().items()) if not heard or feed in worker.heard}
    if wants_json:
        for feed, verdict in shown.items():
            click.echo(json.dumps(as_json(feed, verdict), ensure_ascii=False))
    else:
        common.feeds_table(as_json(feed, verdict) for feed, verdict in shown.items())
    click.echo("records: " + ", ".join(f"{n} {name}" for name, n in sorted((+worker.counts).items())), err=True)


def instant_ms(text: str, catalogue: Catalogue, option: str) -> int:
    """`text` as epoch milliseconds; without a zone it is the province's local time."""
    try:
        at = datetime.fromisoformat(text)
        found = ((at if at.tzinfo else at.replace(tzinfo=catalogue.timezone)) - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        raise UserError(f"{option}: {text!r} is not an instant; write it like 2025-10-15T08:00:00+07:00") from None
    if not 0 <= found < LATEST_MS:
        raise UserError(f"{option}: {text} is not between 1970 and 2199")
    return found
