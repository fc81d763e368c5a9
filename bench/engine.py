"""`python -m bench.engine`: a compiled suite of eight expectations against Great Expectations on the same rows, in one run."""

from __future__ import annotations

import gc
import random
import statistics
from collections.abc import Callable, Sequence
from time import process_time
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from expectations.engine import great
from expectations.engine.formats import COUNTS_ONLY, parse
from expectations.engine.given import Given
from expectations.engine.suite import CompiledSuite, compilation

console = Console(width=110, highlight=False)
FORM = "SUMMARY"
WANTED = {10: 2_000, 1_000: 80, 10_000: 10}
"""By rows, how many times faster than Great Expectations the compiled suite must be."""

FEEDS = 2_000
"""Feeds that have one row each: a second of a province."""

Row = dict[str, Any]

EXPECTATIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("expect_column_values_to_not_be_null", {"column": "ma_ho_so"}),
    ("expect_column_values_to_be_unique", {"column": "ma_ho_so"}),
    ("expect_column_values_to_be_in_set", {"column": "trang_thai", "value_set": ["moi", "dang_xu_ly", "xong"], "mostly": 0.95}),
    ("expect_column_values_to_be_between", {"column": "so_tien", "min_value": 0, "max_value": 1_000_000, "mostly": 0.9}),
    ("expect_column_values_to_match_regex", {"column": "ma_xa", "regex": r"^\d{5}$"}),
    ("expect_column_value_lengths_to_be_between", {"column": "ho_ten", "min_value": 2, "max_value": 60}),
    ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "den", "column_B": "tu", "or_equal": True}),
    ("expect_table_row_count_to_be_between", {"min_value": 1, "max_value": 1_000_000}),
)


def rows_of(count: int) -> list[Row]:
    """Rows of which about one in a hundred breaks each check."""
    chance = random.Random(7)  # noqa: S311  the same rows every run
    return [_row(chance, number) for number in range(count)]


def _row(chance: random.Random, number: int) -> Row:
    bad = [chance.random() < 0.01 for _ in range(5)]
    start = chance.randint(0, 1000)
    return {
        "ma_ho_so": None if bad[0] else f"HS{number:07d}",
        "trang_thai": "hỏng" if bad[1] else chance.choice(("moi", "dang_xu_ly", "xong")),
        "so_tien": -1 if bad[2] else chance.randint(0, 999_999),
        "ma_xa": "1234" if bad[3] else f"{chance.randint(25_500, 25_595):05d}",
        "ho_ten": "Nguyễn Văn " + chr(65 + number % 26),
        "tu": start,
        "den": start + (-1 if bad[4] else chance.randint(0, 30)),
    }


@click.command(epilog="Example: python -m bench.engine --rows 10,1000 --rounds 9")
@click.option("--rows", default="1,10,100,1000,10000", show_default=True, help="how many rows a call judges, one line each")
@click.option("--rounds", default=7, show_default=True, help="interleaved rounds; medians are shown")
def main(rows: str, rounds: int) -> None:
    """Measure both on the same rows, in seconds of the processor, so that a busy machine measures the same; fail when results differ."""
    table = Table(
        "rows", "Great Expectations, CPU ms", "compiled, CPU ms", "x", "wanted", "us a row", title=f"{len(EXPECTATIONS)} expectations"
    )
    for count in [int(n) for n in rows.split(",")]:
        theirs, ours = _measure(rows_of(count), rounds)
        wanted = f"≥ {WANTED[count]:,}" if count in WANTED else ""
        shown = [f"{count:,}", f"{theirs * 1e3:.1f}", f"{ours * 1e3:.4f}", f"{theirs / ours:,.0f}", wanted, f"{ours / count * 1e6:.2f}"]
        table.add_row(*shown)
    console.print(table)
    seconds = _feeds_seconds(FEEDS, rounds)
    console.print(f"{FEEDS:,} feeds with a row each, judged apart: {seconds * 1e3:.0f} ms, {seconds:.1%} of a second of one core")
    console.print("Great Expectations: DataFrame(rows, dtype=object), get_batch, Batch.validate; compiled: columns, states and results")


def _feeds_seconds(feeds: int, rounds: int) -> float:
    """Median seconds to judge one row of each feed apart, from columns to counts that are added to those of its window."""
    form = COUNTS_ONLY
    suite = CompiledSuite([compilation(name, kwargs, form) for name, kwargs in EXPECTATIONS if name.startswith("expect_column")])
    windows = [[row] for row in rows_of(feeds)]
    before = [suite.of_rows(rows) for rows in windows]

    def judge() -> None:
        for rows, state in zip(windows, before, strict=True):
            suite.merge(state, suite.of_rows(rows))

    return statistics.median(_timed(judge, 1) for _ in range(rounds))


def _measure(rows: Sequence[Row], rounds: int) -> tuple[float, float]:
    """Median seconds of Great Expectations and of the compiled suite."""
    suite = great.as_object({"name": "bench", "expectations": [{"type": name, "kwargs": kwargs} for name, kwargs in EXPECTATIONS]})
    form = parse(FORM)
    if form is None:
        raise click.ClickException(f"{FORM} does not compile")
    compiled = CompiledSuite([compilation(one.type, one.kwargs, form) for one in suite.expectation_configurations])
    calls = max(1, 30_000 // len(rows))

    def judge() -> list[Any]:
        return compiled.results(compiled.of_rows(rows), form)

    def ask() -> Any:
        return great.ask(Given(rows).frame(), suite, FORM, None)

    _compare(judge(), ask())
    gc.freeze()  # Great Expectations' hundred thousands of objects are not to be looked through while either is measured
    taken: list[tuple[float, float]] = [(_timed(ask, 1), _timed(judge, calls)) for _ in range(rounds)]
    return statistics.median(one for one, _ in taken), statistics.median(other for _, other in taken)


def _compare(ours: list[Any], report: Any) -> None:
    theirs = {result.expectation_config.type: result for result in report.results}
    for (name, _), outcome in zip(EXPECTATIONS, ours, strict=True):
        if (
            not isinstance(outcome, dict)
            or outcome["success"] != theirs[name].success
            or outcome["result"].keys() != theirs[name].result.keys()
        ):
            raise click.ClickException(f"{name}: {outcome} is not what Great Expectations says: {theirs[name].result}")


def _timed(call: Callable[[], Any], times: int) -> float:
    started = process_time()
    for _ in range(times):
        call()
    return (process_time() - started) / times


if __name__ == "__main__":
    main()
