"""`nhip simulate`: what another catalogue would have said, of files of change events, of topics, or of the ledger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from expectations.catalogue.load import Catalogue
from streams import clock
from streams.cli import UserError, common, simulate_sources
from streams.cli.answers import local, span_ms, table
from streams.cli.answers import since as since_instant
from streams.cli.judge import instant_ms
from streams.cli.progress import bar
from streams.simulating import Difference, Past, Run, Stretch, Told, arrivals_of, differences, run, stated_of

MOST_TICKS = 100_000


@click.command(
    "simulate",
    epilog="Examples: nhip simulate events.jsonl --catalogue changed/ --until 2025-10-15T08:00; "
    "nhip simulate --kafka --since 2025-07-01 --catalogue changed/; nhip simulate --ledger --catalogue changed/ --until 2026-12-31",
)
@click.argument("events", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--kafka", is_flag=True, help="replay the source topics instead of files, and what was declared; read only")
@click.option("--topic", "topics", multiple=True, help="with --kafka: only this source topic; more than one may be named")
@click.option("--since", help="with --kafka: what came from this instant on: 2025-07-01, 90d [default: all that is kept]")
@click.option("--ledger", is_flag=True, help="replay nothing: begin with the states that the worker keeps, now, and let time pass")
@click.option("--catalogue", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), help="the changed province's folder")
@click.option("--known-on", "known_on", type=click.DateTime(["%Y-%m-%d"]), help="change: the calendar as it was known on this day")
@click.option("--from", "from_", help="alerts from this instant on; what came before is replayed and not compared [default: all]")
@click.option("--until", help="the last instant, of which verdicts are compared [default: of the last record; with --ledger now]")
@click.option("--tick", default="1d", show_default=True, help="how often time passes: 90m, 12h, 7d")
@click.option("--json", "wants_json", is_flag=True, help="one JSON object a line and difference")
def command(
    events: tuple[Path, ...],
    *,
    kafka: bool,
    topics: tuple[str, ...],
    since: str | None,
    ledger: bool,
    folder: Path | None,
    known_on: datetime | None,
    from_: str | None,
    until: str | None,
    tick: str,
    wants_json: bool,
) -> None:
    """Replay events under the present catalogue and a changed one; tell which verdicts and alerts differ. Nothing is written anywhere.

    Events are files, one record a line as `nhip judge` reads them, the source topics (--kafka), or none, on top of what the worker knows
    (--ledger). The last line counts the differences; with --json it goes to standard error. Exit code 0, whether or not there are any.
    """
    if folder is None and known_on is None:
        raise UserError("nothing is changed: name a changed catalogue with --catalogue DIR, or a day of the calendar with --known-on DAY")
    if [bool(events), kafka, ledger].count(True) != 1:
        raise UserError("name what is replayed, one of: files of events, --kafka, --ledger")
    if not kafka and (topics or since):
        raise UserError("--topic and --since go with --kafka")
    present, changed = common.catalogue(), common.catalogue(folder)
    if known_on is not None:
        changed = changed.as_known_on(known_on.date())
    from_ms, until_ms = (None if t is None else instant_ms(t, present, o) for t, o in ((from_, "--from"), (until, "--until")))
    tick_ms, now_ms = span_ms(tick, "--tick"), clock.now_ms()
    if ledger:
        stretch, past = _stretch([now_ms], from_ms, until_ms, tick_ms), Past(kept=simulate_sources.ledger())
    else:
        since_ms = None if since is None else since_instant(since, present.timezone, now_ms)
        records = simulate_sources.of_topics((present, changed), topics, since_ms) if kafka else simulate_sources.of_files(events)
        stretch = _stretch([record.timestamp for record in records], from_ms, until_ms, tick_ms)
        past = Past(arrivals_of(records, stretch.until_ms), stated_of(simulate_sources.declared()) if kafka else ())
    found = _compared(present, changed, past, stretch, stretch.begin_ms if from_ms is None else from_ms)
    _show(found, present, wants_json=wants_json)


def _stretch(times: Sequence[int], from_ms: int | None, until_ms: int | None, tick_ms: int) -> Stretch:
    """From the first record, or earlier when asked, to the last one, or when asked."""
    if not times:
        raise UserError("there is no record to replay: the files or topics are empty")
    begin_ms = min(times) if from_ms is None else min(from_ms, *times)
    until_ms = max(times) if until_ms is None else until_ms
    if until_ms < (begin_ms if from_ms is None else from_ms):
        raise UserError("--until is before " + ("the first record, or now" if from_ms is None else "--from"))
    if (until_ms - begin_ms) // tick_ms > MOST_TICKS:
        raise UserError(f"more than {MOST_TICKS} ticks from the first record to the last instant: name --until, or a longer --tick")
    return Stretch(begin_ms, until_ms, tick_ms)


def _compared(present: Catalogue, changed: Catalogue, past: Past, stretch: Stretch, from_ms: int) -> list[Difference]:
    ticks = len(stretch.ticks())
    runs: list[Run] = []
    with bar("Replaying", 2 * ticks) as tell:
        for catalogue in (present, changed):
            runs.append(run(catalogue, past, stretch, lambda done: tell(done + len(runs) * ticks)))
    before, after = runs
    return differences(before, after, from_ms, stretch.until_ms)


def _show(found: Sequence[Difference], catalogue: Catalogue, *, wants_json: bool) -> None:
    zone = catalogue.timezone
    if wants_json:
        for d in found:
            line = {"unit": d.unit, "dataset": d.dataset, "what": d.what, "at": local(d.at_ms, zone)}
            click.echo(json.dumps(line | {"before": _dated(d.before, catalogue), "after": _dated(d.after, catalogue)}, ensure_ascii=False))
    elif found:
        rows = ((d.unit, d.dataset, d.what, local(d.at_ms, zone), _text(d.before, catalogue), _text(d.after, catalogue)) for d in found)
        table(("UNIT", "DATASET", "WHAT", "WHEN", "BEFORE", "AFTER"), rows)
    verdicts = sum(d.what == "verdict" for d in found)
    click.echo(f"{verdicts} verdicts and {len(found) - verdicts} alerts differ", err=wants_json)


def _dated(told: Told | None, catalogue: Catalogue) -> dict[str, object] | None:
    """With instants as the province's time."""
    if told is None:
        return None
    return {k.removesuffix("_ms"): local(v, catalogue.timezone) if k == "at_ms" and isinstance(v, int) else v for k, v in told.items()}


def _text(told: Told | None, catalogue: Catalogue) -> str | None:
    """One cell: the verdict and its reason, then whatever else there is to tell."""
    shown = _dated(told, catalogue)
    if shown is None:
        return None
    rest = [f"{name} {_value(value)}" for name, value in shown.items() if name not in {"verdict", "reason"} and value not in (None, [], 0)]
    return ", ".join([f"{shown['verdict']} ({shown['reason']})", *rest])


def _value(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)
