"""`python -m bench.quality`: rows a second that suites judge, with one call to Great Expectations a feed, and with one for all feeds."""

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
    """Measure both ways on the same rows and fail when their states differ."""
    table = Table("feeds", "rows", "call a feed, rows/s", "one call, rows/s", "call a feed, s", "one call, s", "x", title="4 checks")
    for count in [int(n) for n in feeds.split(",")]:
        alone, all_at_once = asyncio.run(_measure(count, rows, rounds))
        total = count * rows
        shown = [f"{count:,}", f"{total:,}", f"{total / alone:,.0f}", f"{total / all_at_once:,.0f}"]
        table.add_row(*shown, f"{alone:.2f}", f"{all_at_once:.2f}", f"{alone / all_at_once:.0f}")
    console.print(table)


async def _measure(feeds: int, rows: int, rounds: int) -> tuple[float, float]:
    """Median seconds of both ways."""
    folder = Path(mkdtemp(prefix="nhip-bench-"))
    province.write_catalogue(folder, feeds, TOPIC)
    suites = Suites(load(folder))
    shutil.rmtree(folder)
    wanted = _wanted(feeds, rows)
    await together(suites, wanted[:1])  # Great Expectations is imported
    taken: dict[Way, list[float]] = {one_by_one: [], together: []}
    for _ in range(rounds):
        found = [await _timed(way, suites, wanted, seconds) for way, seconds in taken.items()]
        if found[0] != found[1]:
            raise click.ClickException("one call for all feeds found something else than a call for each")
    suites.close()
    return statistics.median(taken[one_by_one]), statistics.median(taken[together])


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
