"""`nhip suite new`: a first suite out of what sample events look like."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from expectations.profiling import proposal
from streams.changes.quarantine import safe_name
from streams.cli import UserError, common, sample_events
from streams.cli.sample_events import Source
from streams.cli.suite_files import dataset_of

FEW_ROWS = 100
"""Below so many rows a profile is told to be thin."""


@click.command("new", epilog="Example: nhip suite new ho-tich --events events.jsonl --out suites/ho-tich.json")
@click.argument("dataset")
@sample_events.options
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="write the suite there; never over a file that exists")
def command(dataset: str, source: Source, out: Path | None) -> None:
    """Write a first suite out of what sample events look like, in Great Expectations' own JSON.

    It is cautious: what all of the sample shows, with room. No value of a personal column is shown. Read it, make it stricter, and see
    with `nhip suite try` what it says.
    """
    if out is not None and out.exists():
        raise UserError(f"{out} exists: name another file, or remove it first")
    catalogue = common.catalogue()
    of = dataset_of(catalogue, dataset)
    found = sample_events.samples(catalogue, of, source)
    profile = proposal.Profile(of)
    for sample in found.rows:
        profile.add(sample.row)
    units = len({sample.feed for sample in found.rows})
    suite = proposal.suite(profile, [of.name_vi, f"proposed from {profile.rows:,} rows of {units:,} units"])
    if not suite["expectations"]:
        raise UserError(f"{profile.rows:,} rows are too few to say anything: a column needs {proposal.ENOUGH_VALUES} values")
    _write(json.dumps(suite, ensure_ascii=False, indent=2), out)
    for line in _remarks(profile, suite, out, source):
        click.echo(line, err=True)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text)
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text + "\n")
    except OSError as error:
        raise UserError(f"{out} cannot be written: {error.strerror}") from None


def _remarks(profile: proposal.Profile, suite: Mapping[str, Any], out: Path | None, source: sample_events.Source) -> Iterator[str]:
    said = {one["kwargs"]["column"] for one in suite["expectations"]}
    yield f"{len(suite['expectations'])} expectations on {len(said)} of {len(profile.columns)} columns, from {profile.rows:,} rows"
    if profile.rows < FEW_ROWS:
        yield f"fewer than {FEW_ROWS} rows are a thin sample: give more events"
    if silent := [name for name in profile.columns if name not in said]:
        yield f"nothing is said of {', '.join(silent)}: too few values, or nothing that all have in common"
    if profile.unknown:
        yield f"not in the contract, and not looked at: {', '.join(sorted(map(safe_name, profile.unknown)))}"
    name = str(out or f"suites/{profile.dataset.id}.json")
    again = [
        word for option, said in (("--events", source.events), ("--topic", source.topics)) for one in said for word in (option, str(one))
    ]
    yield f"see what it says: {shlex.join(['nhip', 'suite', 'try', name, '--dataset', profile.dataset.id, *again])}"
    yield "then put it into the catalogue's folder suites/ and name it in the contract (property suite)"
