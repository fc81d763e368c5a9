"""`python -m bench.quality`: rows a second that suites judge: compiled, by Great Expectations a feed a call, and in one call for all."""

from __future__ import annotations

import asyncio
import shutil
import statistics
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import mkdtemp

import click
import msgspec
from rich.console import Console
from rich.table import Table

from bench import province
from expectations.catalogue.load import load
from expectations.quality.great import GreatSuite
from streams import clock
from streams.suites import Found, Suites, Wanted

TOPIC = "bench.quality"
BROKEN_EVERY = 50
"""One row in so many breaks a check: a source that is almost clean."""
console = Console(width=110, highlight=False)

Way = Callable[[Suites, list[Wanted]], Awaitable[list[Found]]]


async def one_by_one(suites: Suites, wanted: list[Wanted]) -> list[Found]:
    """Judge each feed in a call of its own."""
    return [(await suites.judge_many([one]))[0] for one in wanted]


async def together(suites: Suites, wanted: list[Wanted]) -> list[Found]:
    """Judge all feeds as a checkpoint does."""
    return await suites.judge_many(wanted)


@click.command(epilog="Example: python -m bench.quality --feeds 883 --rows 5")
@click.option("--feeds", default="1,100,1000", show_default=True, help="how many feeds a checkpoint has rows of, one line each")
@click.option("--rows", default=20, show_default=True, help="rows of each feed")
@click.option("--rounds", default=3, show_default=True, help="interleaved rounds; medians are shown")
def main(feeds: str, rows: int, rounds: int) -> None:
    """Measure all three on the same rows and fail when their states differ."""
    table = Table(
        "feeds", "rows", "call a feed, rows/s", "one call, rows/s", "compiled, rows/s", "x a call", "x one call", title="4 checks"
    )
    for count in [int(n) for n in feeds.split(",")]:
        alone, all_at_once, compiled = asyncio.run(_measure(count, rows, rounds))
        total = count * rows
        rates = [f"{total / seconds:,.0f}" for seconds in (alone, all_at_once, compiled)]
        table.add_row(f"{count:,}", f"{total:,}", *rates, f"{alone / compiled:,.0f}", f"{all_at_once / compiled:,.1f}")
    console.print(table)


async def _measure(feeds: int, rows: int, rounds: int) -> tuple[float, float, float]:
    """Median seconds of a call a feed, of one call, and compiled."""
    folder = Path(mkdtemp(prefix="nhip-bench-"))
    province.write_catalogue(folder, feeds, TOPIC)
    great, compiled = Suites(load(folder), GreatSuite), Suites(load(folder))
    shutil.rmtree(folder)
    wanted = _wanted(feeds, rows)
    await together(great, wanted[:1])  # Great Expectations is imported
    contenders: list[tuple[Way, Suites, list[float]]] = [(one_by_one, great, []), (together, great, []), (together, compiled, [])]
    for _ in range(rounds):
        found = [await _timed(way, suites, wanted, seconds) for way, suites, seconds in contenders]
        if found[0] != found[1] or found[0] != found[2]:
            raise click.ClickException("a call for each feed, one call for all, and the compiled suite do not find the same")
    great.close()
    compiled.close()
    alone, all_at_once, by_itself = (statistics.median(seconds) for _, _, seconds in contenders)
    return alone, all_at_once, by_itself


async def _timed(way: Way, suites: Suites, wanted: list[Wanted], seconds: list[float]) -> list[Found]:
    started = clock.monotonic_seconds()
    found = await way(suites, wanted)
    seconds.append(clock.monotonic_seconds() - started)
    return found


def _wanted(feeds: int, rows: int) -> list[Wanted]:
    return [(f"{province.FIRST_CODE + feed}/bao-cao", 0, [_row(feed, n) for n in range(rows)]) for feed in range(feeds)]


def _row(feed: int, n: int) -> bytes:
    number = feed + n
    households = -1 if number % BROKEN_EVERY == 0 else number % 900
    return msgspec.json.encode({"ma_xa": f"{province.FIRST_CODE + feed:05d}", "so_ho": households, "so_tien": f"{number}.50"})


if __name__ == "__main__":
    main()
