"""`nhip province`."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from expectations.catalogue.check import format_mistakes
from expectations.catalogue.load import CatalogueError
from streams import settings
from streams.cli import Exit, UserError, common
from streams.cli.progress import bar

if TYPE_CHECKING:
    from streams.province.history import History
    from streams.province.score import Score

DAYS_A_YEAR = 365.25
HOUR_MS = 3_600_000
MOST_SHOWN = 20


@click.command(
    "province",
    epilog="Examples: nhip province --seed 7 --score; nhip province --seed 7 --out province/; "
    "nhip province --seed 7 --years 0.5 --out province/ --kafka localhost:9092; "
    "nhip province --volume 20 --out load/ --kafka localhost:9092 --rate 5000",
)
@click.option("--seed", default=1, show_default=True, help="another number, another history")
@click.option("--years", default=2.0, show_default=True, type=click.FloatRange(0.25, 10), help="how long it lasts")
@click.option("--start", default="2024-07-01", show_default=True, type=click.DateTime(["%Y-%m-%d"]), help="its first day")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="write events.jsonl and truth.json into this folder")
@click.option(
    "--kafka", metavar="HOST:PORT", help="produce the events to this broker instead of into a file; the truth still goes to --out"
)
@click.option("--rate", type=click.FloatRange(1), metavar="EVENTS", help="with --kafka: so many a second; as fast as it goes if not given")
@click.option(
    "--volume",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0),
    help="how many times the usual rows",
)
@click.option("--score", "scores", is_flag=True, help="run Nhịp over it and compare what it says with the truth")
@click.option("--tick-hours", default=6, show_default=True, type=click.IntRange(1, 24), help="with --score: how often time passes")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    seed: int,
    years: float,
    start: datetime,
    out: Path | None,
    kafka: str | None,
    rate: float | None,
    volume: float,
    scores: bool,
    tick_hours: int,
) -> None:
    """Make up years of change events of a province in many kinds of trouble, with the truth about them beside; or score Nhịp on them.

    With --score the last line is `seed S feeds N troubles N recall R false_accusations N worst_delay_ticks N`.
    Exit code 0: done, and Nhịp was right throughout; 1: it was wrong somewhere, or the broker does not take the events; 2: a mistake in
    the options or the catalogue.
    """
    if out is None and not scores:
        raise UserError("nothing to do: name a folder with --out DIR, or compare Nhịp with the truth by --score")
    if kafka is not None and out is None:
        raise UserError("--kafka needs --out DIR, where the truth about the events is written")
    if rate is not None and kafka is None:
        raise UserError("--rate needs --kafka HOST:PORT: a file is written as fast as it goes")
    if out is not None:
        _make(out)
    history = _history(seed, start, years, volume)
    if out is not None:
        _write(history, out, kafka, rate)
    if scores:
        result = _score(history, tick_hours * HOUR_MS)
        _show(result)
        ctx.exit(Exit.OK if result.perfect else Exit.FAILED)


def _make(out: Path) -> None:
    """Find out now, not after a minute, that the folder cannot be written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"--out {out}: cannot be written ({error.strerror}); name a folder that may be made or written") from None


def _history(seed: int, start: datetime, years: float, volume: float) -> History:
    from streams.province.calendar import NotSimulated  # noqa: PLC0415  as above
    from streams.province.history import history_of  # noqa: PLC0415  not for --help
    from streams.province.plan import world_of  # noqa: PLC0415  as above
    from streams.province.trial import KNOWS  # noqa: PLC0415  as above

    end = start.date() + timedelta(days=round(years * DAYS_A_YEAR))
    try:
        return history_of(world_of(settings.load().catalogue, seed, start.date(), end, volume), KNOWS)
    except CatalogueError as error:
        raise UserError("the catalogue has mistakes\n" + format_mistakes(error.mistakes)) from None
    except NotSimulated as error:
        raise UserError(str(error)) from None


def _write(history: History, out: Path, kafka: str | None, rate: float | None) -> None:
    from streams.province import writer  # noqa: PLC0415  as above
    from streams.province.rows import count, records  # noqa: PLC0415  as above

    try:
        click.echo(f"the truth: {writer.write_truth(out, history.truth)}", err=True)
        with bar("Writing events", count(history.courses)) as tell:
            if kafka is None:
                writer.write_events(out, records(history), tell)
                return
            reached = writer.produce(kafka, records(history), tell, rate or math.inf)
        click.echo(f"sent {reached:,.0f} events a second", err=True)
    except OSError as error:
        raise UserError(f"--out {out}: {error.strerror or error}") from None
    except writer.NotWritten as error:
        shown = UserError(f"--kafka {kafka}: {error}")
        shown.exit_code = Exit.FAILED
        raise shown from None


def _score(history: History, tick_ms: int) -> Score:
    """The truth goes through its own encoding: the scorer sees what is in the file and no more."""
    from streams.province import truth as truths  # noqa: PLC0415  as above
    from streams.province.rows import records  # noqa: PLC0415  as above
    from streams.province.score import accusations_of, score  # noqa: PLC0415  as above
    from streams.province.trial import alerts_of, sitting_of, transitions_of  # noqa: PLC0415  as above

    truth, sitting = truths.decode(truths.encode(history.truth)), sitting_of(history, tick_ms)
    with bar("Running Nhịp", len(sitting.ticks())) as tell:
        transitions = transitions_of(common.catalogue(), records(history), sitting, tell)
    return score(truth, accusations_of(transitions, truth.end_ms), tick_ms, alerts_of(sitting))


def _show(result: Score) -> None:
    for miss in result.missed[:MOST_SHOWN]:
        click.echo(f"missed: {miss.feed} ({miss.kind}), from {miss.from_ms}: {miss.why}")
    for wrong in result.wrong[:MOST_SHOWN]:
        click.echo(f"false: {wrong.feed} ({wrong.kind}), accused from {wrong.from_ms}")
    for wrong_alert in result.told_wrongly:
        click.echo(f"operations: {wrong_alert}")
    click.echo(result.line())
