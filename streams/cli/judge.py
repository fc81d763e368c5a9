"""`nhip judge`: what Nhịp says of files of change events. The same router and observer as the worker's, without a broker."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click
import msgspec

from expectations.catalogue.load import Catalogue
from expectations.freshness.verdict import Verdict
from streams.cli import UserError, common
from streams.offline import Fetched, Offline, partitions_of
from streams.simulating import verdict_told

RECORD_HELP = "One record a line: topic, partition, offset, timestamp_ms, key, value"


class Record(msgspec.Struct, frozen=True):
    """One line of an events file: a Kafka record. Objects as key or value are taken as their JSON."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: msgspec.Raw = msgspec.Raw(b"null")
    value: msgspec.Raw = msgspec.Raw(b"null")


def _body(raw: msgspec.Raw) -> bytes | None:
    """Kafka's bytes: None for null; a JSON string is the text itself (any bytes), anything else is its own JSON."""
    text = bytes(raw)
    if text == b"null":
        return None
    return json.loads(text).encode("utf-8", "surrogateescape") if text.startswith(b'"') else text


def read(paths: Sequence[Path]) -> Iterator[Fetched]:
    """Read the records of all files; a malformed line is the user's mistake and named."""
    decode = msgspec.json.Decoder(Record).decode
    for path in paths:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.isspace():
                    continue
                try:
                    r = decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    raise UserError(
                        f"{path}:{number}: {error}. One record a line: topic, partition, offset, timestamp_ms, key, value"
                    ) from None
                yield Fetched(r.topic, r.partition, r.offset, r.timestamp_ms, _body(r.key), _body(r.value))


def judge_records(catalogue: Catalogue, records: Iterable[Fetched], now_ms: int) -> tuple[dict[str, Verdict], Counter[str]]:
    """Every feed's verdict at `now_ms`, and what the router counted by kind and reason.

    Order and repeats do not matter: each partition is read in offset order, as from Kafka, and an offset counts once.
    A record of after `now_ms` has not happened yet and is left out.
    """
    ordered = sorted(records, key=lambda r: (r.topic, r.partition, r.offset))
    happened = [r for r in ordered if r.timestamp <= now_ms]
    worker = Offline(catalogue, partitions_of(ordered))
    worker.read(happened, now_ms)
    worker.tick(now_ms, now_ms)
    worker.counts["after_now"] = len(ordered) - len(happened)
    return worker.verdicts(), +worker.counts


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
    verdicts, counts = judge_records(catalogue, read(events), now_ms)
    shown = {f: v for f, v in sorted(verdicts.items()) if not heard or v.reason != "never_heard"}
    if wants_json:
        for feed, verdict in shown.items():
            click.echo(json.dumps(as_json(feed, verdict), ensure_ascii=False))
    else:
        common.feeds_table(as_json(feed, verdict) for feed, verdict in shown.items())
    click.echo("records: " + ", ".join(f"{n} {name}" for name, n in sorted(counts.items())), err=True)


def instant_ms(text: str, catalogue: Catalogue, option: str) -> int:
    """`text` as epoch milliseconds; without a zone it is the province's local time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"{option}: {text!r} is not an instant; write it like 2025-10-15T08:00:00+07:00") from None
    return int((at if at.tzinfo else at.replace(tzinfo=catalogue.timezone)).timestamp() * 1000)
