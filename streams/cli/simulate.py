"""`nhip simulate`: what another catalogue would have said of files of change events."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from expectations.catalogue.load import Catalogue
from streams.cli import UserError, common
from streams.cli.answers import local, span_ms, table
from streams.cli.event_files import read
from streams.cli.judge import instant_ms
from streams.cli.progress import bar
from streams.offline import Fetched
from streams.simulating import Difference, Run, Stretch, Told, arrivals_of, differences, run

MOST_TICKS = 100_000


@click.command(
    "simulate",
    epilog="Examples: nhip simulate events.jsonl --catalogue changed/ --until 2025-10-15T08:00; "
    "nhip simulate events.jsonl --known-on 2026-08-20 --json",
)
@click.argument("events", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--catalogue", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), help="the changed province's folder")
@click.option("--known-on", "known_on", type=click.DateTime(["%Y-%m-%d"]), help="change: the calendar as it was known on this day")
@click.option("--from", "since", help="alerts from this instant on; what came before is replayed and not compared [default: all]")
@click.option("--until", help="the last instant, of which verdicts are compared [default: of the last record]")
@click.option("--tick", default="1d", show_default=True, help="how often time passes: 90m, 12h, 7d")
@click.option("--json", "wants_json", is_flag=True, help="one JSON object a line and difference")
def command(
    events: tuple[Path, ...],
    *,
    folder: Path | None,
    known_on: datetime | None,
    since: str | None,
    until: str | None,
    tick: str,
    wants_json: bool,
) -> None:
    """Replay files of change events under the present catalogue and a changed one; tell which verdicts and alerts differ. No broker needed.

    One record a line, as `nhip judge` reads them. The last line counts the differences; with --json it goes to standard error.
    Exit code 0, whether or not there are any.
    """
    if folder is None and known_on is None:
        raise UserError("nothing is changed: name a changed catalogue with --catalogue DIR, or a day of the calendar with --known-on DAY")
    present, changed = common.catalogue(), common.catalogue(folder)
    if known_on is not None:
        changed = changed.as_known_on(known_on.date())
    from_ms, until_ms = (None if t is None else instant_ms(t, present, o) for t, o in ((since, "--from"), (until, "--until")))
    records = list(read(events))
    stretch = _stretch(records, from_ms, until_ms, span_ms(tick, "--tick"))
    found = _compared(present, changed, records, stretch, stretch.begin_ms if from_ms is None else from_ms)
    _show(found, present, wants_json=wants_json)


def _stretch(records: Sequence[Fetched], from_ms: int | None, until_ms: int | None, tick_ms: int) -> Stretch:
    """From the first record, or earlier when asked, to the last one, or when asked."""
    times = [record.timestamp for record in records]
    if not times:
        raise UserError("the files hold no record: there is nothing to replay")
    begin_ms = min(times) if from_ms is None else min(from_ms, *times)
    until_ms = max(times) if until_ms is None else until_ms
    if until_ms < (begin_ms if from_ms is None else from_ms):
        raise UserError("--until is before " + ("the first record" if from_ms is None else "--from"))
    if (until_ms - begin_ms) // tick_ms > MOST_TICKS:
        raise UserError(f"more than {MOST_TICKS} ticks from the first record to the last instant: name --until, or a longer --tick")
    return Stretch(begin_ms, until_ms, tick_ms)


def _compared(present: Catalogue, changed: Catalogue, records: Sequence[Fetched], stretch: Stretch, from_ms: int) -> list[Difference]:
    arrivals, ticks = arrivals_of(records, stretch.until_ms), len(stretch.ticks())
    runs: list[Run] = []
    with bar("Replaying", 2 * ticks) as tell:
        for catalogue in (present, changed):
            runs.append(run(catalogue, arrivals, stretch, lambda done: tell(done + len(runs) * ticks)))
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
