"""`nhip suite lint`: what is wrong with suites, and what compiles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click
import msgspec
from rich.text import Text

from expectations.quality.lint import Lint, Linted, lint
from streams.cli import Exit, UserError, common
from streams.cli.answers import bold, table
from streams.cli.suite_files import Chosen, all_of, chosen


@click.command("lint", epilog="Example: nhip suite lint ho-tich suites/new.json")
@click.argument("suites", nargs=-1, metavar="[SUITE]...")
@click.option("--dataset", help="the dataset of the files, when no contract names them")
@click.option("--json", "wants_json", is_flag=True, help="one JSON object an expectation")
@click.pass_context
def command(ctx: click.Context, suites: tuple[str, ...], dataset: str | None, *, wants_json: bool) -> None:
    """Say what is wrong with suites, and which expectations compile and which fall back to Great Expectations, and why.

    SUITE is a file or a dataset's id; without one, the suites of all contracts. A fallback is no mistake: Great Expectations itself
    judges it, which costs more. Exit code 1: something is wrong.
    """
    catalogue = common.catalogue()
    asked = [chosen(catalogue, said, dataset) for said in suites] or all_of(catalogue)
    if not asked:
        raise UserError("no contract names a suite: `nhip suite new DATASET` writes a first one")
    mistakes = 0
    for one in asked:
        found = lint(_json_of(one), None if one.dataset is None else tuple(one.dataset.columns))
        mistakes += found.count
        if wants_json:
            for line in _json_lines(one, found):
                click.echo(json.dumps(line, ensure_ascii=False))
        else:
            _print(one, found)
    click.echo(f"{mistakes} mistake{'' if mistakes == 1 else 's'}", err=True)
    ctx.exit(Exit.FAILED if mistakes else Exit.OK)


def _json_of(asked: Chosen) -> Any:
    try:
        return msgspec.json.decode(asked.path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{asked.path} cannot be read as JSON ({error.__class__.__name__}): give a suite of Great Expectations") from None


def _json_lines(asked: Chosen, found: Lint) -> Iterator[dict[str, Any]]:
    place: dict[str, Any] = {"suite": str(asked.path), "dataset": None if asked.dataset is None else asked.dataset.id}
    yield from (place | {"number": None, "problems": [problem]} for problem in found.problems)
    yield from (place | msgspec.to_builtins(one) | {"compiles": one.fallback is None} for one in found.expectations)


def _print(asked: Chosen, found: Lint) -> None:
    of = "for no known dataset: columns are not compared" if asked.dataset is None else f"for {asked.dataset.id}"
    compiled = sum(one.fallback is None for one in found.expectations)
    click.echo(bold(str(asked.path)) + f" {of}: {compiled} of {len(found.expectations)} expectations compile")
    for problem in found.problems:
        click.echo(f"  ✗ {problem}")
    if found.expectations:
        table(("#", "TYPE", "COLUMNS", "JUDGED"), map(_row, found.expectations), right=frozenset({"#"}))
    for one in found.expectations:
        for problem in one.problems:
            click.echo(f"  ✗ expectations[{one.number}]: {problem}")


def _row(one: Linted) -> tuple[object, ...]:
    compiled = "compiled, all rows together" if one.whole else "compiled, row by row"
    judged = {None: Text(compiled, style="green"), "": Text("cannot be built", style="red")}.get(one.fallback)
    return one.number, one.type, ", ".join(one.columns), judged or f"by Great Expectations: {one.fallback}"
