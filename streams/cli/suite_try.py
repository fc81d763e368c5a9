"""`nhip suite try`: what a suite would have said of sample events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

import click
import msgspec

from expectations.catalogue.units import Dataset
from expectations.quality.mixed import MixedSuite
from expectations.quality.reading import SuiteError, load
from expectations.quality.suite import Check, CheckResult, Suite, SuiteState
from streams import settings
from streams.cli import Exit, UserError, common, sample_events
from streams.cli.answers import bold, local, printable, table
from streams.cli.sample_events import Source
from streams.cli.suite_files import Chosen, chosen
from streams.suite import trial
from streams.suite.trial import Example, Slot

TITLES = ("CHECK", "ROWS", "NULL", "UNEXPECTED", "ERRORS", "ABSENT", "MEET IT", "NEEDED", "OUTCOME")
NUMBERS = frozenset(TITLES[1:8])
OUTCOMES = {True: "holds", False: "fails", None: "no verdict"}


@click.command("try", epilog="Example: nhip suite try ho-tich --events events.jsonl --by-unit --all")
@click.argument("suite")
@sample_events.options
@click.option("--dataset", help="the dataset of the file's rows, when no contract names the file")
@click.option("--by-unit", is_flag=True, help="each unit by itself, as a worker judges")
@click.option("--all", "wants_all", is_flag=True, help="also windows in which a check holds")
@click.option(
    "--examples", "most", type=click.IntRange(0, 20), default=3, show_default=True, help="rows shown of each check that they break"
)
@click.option("--json", "wants_json", is_flag=True, help="one JSON object a window and check, then one a check with examples")
@click.pass_context
def command(
    ctx: click.Context, suite: str, source: Source, dataset: str | None, *, most: int, by_unit: bool, wants_all: bool, wants_json: bool
) -> None:
    """Say what a suite would have said of sample events, window by window, with masked examples of the rows that break it.

    SUITE is a file, or a dataset's id for the suite of its contract. Windows are those of NHIP_WINDOW_SECONDS, by the broker's time.
    Exit code 1: a check does not hold in all rows together.
    """
    catalogue = common.catalogue()
    of, judged = _suite(chosen(catalogue, suite, dataset))
    rows = sample_events.samples(catalogue, of, source).rows
    click.echo(f"judging {len(rows):,} rows by {len(judged.checks)} checks", err=True)
    states = trial.windows(judged, rows, settings.load().window_seconds * 1000, by_feed=by_unit)
    whole = judged.result(trial.total(states))
    broken = trial.examples(of, judged, whole, rows, most)
    if wants_json:
        for line in _json_lines(judged, states, whole, broken, catalogue.timezone):
            click.echo(json.dumps(line, ensure_ascii=False))
    else:
        _print_windows(judged, states, catalogue.timezone, by_unit=by_unit, wants_all=wants_all)
        _print_whole(judged.checks, whole, broken)
    ctx.exit(Exit.FAILED if any(found.success is False for found in whole) else Exit.OK)


def _suite(asked: Chosen) -> tuple[Dataset, Suite]:
    if asked.dataset is None:
        raise UserError(f"{asked.path} is named by no contract: say --dataset")
    try:
        return asked.dataset, MixedSuite(load(asked.path, asked.dataset.columns, asked.dataset.personal))
    except SuiteError as error:
        raise UserError(f"{asked.path} cannot be used for {asked.dataset.id}; `nhip suite lint` says more\n{error}") from None


def _json_lines(
    suite: Suite, states: Mapping[Slot, SuiteState], whole: Sequence[CheckResult], broken: Mapping[str, list[Example]], zone: tzinfo
) -> Iterator[dict[str, Any]]:
    for slot, state in states.items():
        place = {"window": local(slot.start_ms, zone), "feed": slot.feed or None}
        yield from (place | msgspec.to_builtins(found) for found in suite.result(state))
    for found in whole:
        yield {"window": None, "feed": None} | msgspec.to_builtins(found) | {"examples": msgspec.to_builtins(broken.get(found.check, []))}


def _print_windows(suite: Suite, states: Mapping[Slot, SuiteState], zone: tzinfo, *, by_unit: bool, wants_all: bool) -> None:
    click.echo(bold("windows") + ("" if wants_all else " in which a check does not hold"))
    rows = [
        (local(slot.start_ms, zone), *((slot.feed,) if by_unit else ()), *_cells(check, found))
        for slot, state in states.items()
        for check, found in zip(suite.checks, suite.result(state), strict=True)
        if wants_all or found.success is not True
    ]
    if rows:
        table(("WINDOW", *(("FEED",) if by_unit else ()), *TITLES), rows, right=NUMBERS)
    else:
        click.echo("none")


def _print_whole(checks: Sequence[Check], whole: Sequence[CheckResult], broken: Mapping[str, list[Example]]) -> None:
    click.echo(bold("all rows together"))
    table(TITLES, [_cells(check, found) for check, found in zip(checks, whole, strict=True)], right=NUMBERS)
    if broken:
        click.echo(bold("examples, masked"))
    for check, some in broken.items():
        for one in some:
            values = printable(json.dumps(one.values, ensure_ascii=False))
            click.echo(f"{check}: {one.problem}: {values} of {one.feed} at {one.place}")


def _cells(check: Check, found: CheckResult) -> tuple[object, ...]:
    counts = (found.evaluated, found.missing, found.unexpected, found.errors, found.absent)
    return (check.id, *counts, _percent(found.ratio), _percent(check.mostly), OUTCOMES[found.success])


def _percent(ratio: float | None) -> str | None:
    """A share that is not whole is never shown as 100 %."""
    return None if ratio is None else f"{int(ratio * 10_000) / 100:.2f} %"
