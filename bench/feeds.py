"""`make bench-feeds`: what a feed costs that nothing happens to. Memory of many feeds, and the CPU time of a tick at which nothing is due.

No broker: OBSERVE's core alone, with states decoded from the table as after a start, each with two years of complete periods and a verdict.
"""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime
from multiprocessing import get_context
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import click
import msgspec
from rich.console import Console
from rich.table import Table

from expectations.catalogue.draft import Draft
from expectations.catalogue.load import Catalogue
from expectations.catalogue.province import Contact, Province
from expectations.catalogue.units import Column, Dataset, Unit
from expectations.freshness.periods import Cadence
from expectations.freshness.terms import Due, Span, Terms
from streams.beat import memory_bytes
from streams.changes.wire import Changes, Row, Tick
from streams.feeds.observe import Observer
from streams.feeds.rules import Rules
from streams.feeds.state import bucket_of

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DATASETS = 100
TICKS = 200
SECOND_MS = 1_000
MONTHS = 24
RULES = Rules(partitions=1, buckets=4_096)
NOW_MS = int(datetime(2026, 3, 18, 9, 0, 1, tzinfo=ZONE).timestamp()) * 1000
"""On a Wednesday between a deadline and the next due day."""
ALL_READ = 2**53
console = Console(width=110, highlight=False)


class Kind(NamedTuple):
    """A kind of feed: its terms, how many complete periods it has of how many rows each, and how many rows of the one that runs."""

    name: str
    terms: Terms
    periods: int
    rows: int = 1
    begun: int = 0


def monthly(**changed: Any) -> Terms:
    """Due on the 5th with two working days of grace."""
    return msgspec.structs.replace(Terms(Cadence.MONTHLY, Due("dayOfMonth", 5), Span(2, "workingDay"), date(2024, 2, 1)), **changed)


SLICES = tuple(f"{25_459 + 3 * n}" for n in range(96))
DAILY = Terms(Cadence.DAILY, Due("after", 1, "day"), Span(1, "day"), date(2024, 3, 18))
PLAIN = Kind(f"{MONTHS} complete months", monthly(), MONTHS)
KINDS = (
    PLAIN,
    Kind("730 complete days", DAILY, 729),
    Kind(f"{MONTHS} months of 96 slices, 41 of the next", monthly(slices=SLICES, slice_quorum=0.9), MONTHS, 96, 41),
    Kind(f"{MONTHS} months of 20 rows, 19 of the next", monthly(min_rows=20), MONTHS, 20, 19),
    Kind(f"{MONTHS} months, measured by usual volume", monthly(usual_share=0.5), MONTHS, 80),
)


def province(feeds: int, terms: Terms) -> Catalogue:
    """A catalogue that owes so many feeds: units × DATASETS."""
    units = [f"{n:07d}" for n in range(max(1, feeds // DATASETS))]
    datasets = {}
    for n in range(min(DATASETS, feeds)):
        name = f"bo-du-lieu-{n}"
        columns = {"xa": Column("xa", "string", None, personal=False), "ky": Column("ky", "string", None, personal=False)}
        datasets[name] = Dataset(
            id=name, name_vi=name, name_en=name, owner="so", topics=f"db\\.public\\.t{n}", unit_column="xa", fixed_unit=None,
            period_column="ky", slice_column=None, columns=columns, personal=frozenset(), terms=terms, units=tuple(units),
            suspended=frozenset(), suite=None, version="1", blocking=frozenset(),
        )  # fmt: skip
    communes = {code: Unit(code, "commune", code, code, code, None, None, "", "", "", "") for code in units}
    bench = Province("bench", "Thử", "Bench", ZONE, "vi", 1, Contact("", "", "", ""))
    return Catalogue(Draft(bench, communes, [], [], datasets, []), bench)


def state_of_one(kind: Kind) -> msgspec.Raw:
    """The state of a feed of a kind with a verdict, as the table keeps it."""
    catalogue = province(1, kind.terms)
    feed = next(f"{unit}/{dataset}" for unit, dataset in catalogue.feeds())
    alone = Observer(catalogue, RULES, 0, lambda _: None)
    first = catalogue.schedules[feed.partition("/")[2]].first_required
    slices: list[str | None] = [*sorted(kind.terms.slices)] or [None]
    delivered = [
        Row(
            n, "c", NOW_MS - SECOND_MS, NOW_MS - 2 * SECOND_MS, first + n // kind.rows,
            (n * 0x9E3779B97F4A7C15) % 2**64 or 1, slices[n % kind.rows % len(slices)],
        )
        for n in range(kind.periods * kind.rows + kind.begun)
    ]  # fmt: skip
    alone.take(Changes("db.public.t0", 0, {feed: delivered}))
    alone.take(Tick(NOW_MS, {"db.public.t0": [ALL_READ]}))
    buckets = alone.outputs().buckets
    key = bucket_of(feed, RULES.partitions, RULES.buckets)
    return msgspec.msgpack.decode(buckets[key], type=dict[str, msgspec.Raw])[feed]


@click.command(epilog="Example: make bench-feeds ARGS='--feeds 100000'")
@click.option("--feeds", default=1_000_000, show_default=True, help="how many feeds of the first kind one partition holds")
@click.option("--others", default=20_000, show_default=True, help="how many of each other kind, in runs of their own")
def main(feeds: int, others: int) -> None:
    """Print what a feed weighs and what a quiet tick costs."""
    table = Table("feeds", "state", "bytes a feed, stored", "bytes a feed, in memory", "quiet tick, ms of CPU")
    for kind in KINDS:
        count = feeds if kind is PLAIN else others
        # A process of its own: memory that another run gave back would hide what this one takes.
        with console.status(f"{count:,} feeds, {kind.name}"), ProcessPoolExecutor(1, get_context("spawn")) as process:
            stored, resident, quiet_ms = process.submit(measure, count, kind).result()
        table.add_row(f"{count:,}", kind.name, f"{stored:,}", f"{resident:,.0f}", f"{quiet_ms:.3f}")
    console.print(table)


def measure(feeds: int, kind: Kind) -> tuple[int, float, float]:
    """Bytes of a feed as stored, resident bytes a feed, and the median CPU milliseconds of a tick at which nothing is due."""
    catalogue = province(feeds, kind.terms)
    one = state_of_one(kind)
    named: dict[bytes, list[str]] = defaultdict(list)
    for unit, dataset in catalogue.feeds():
        named[bucket_of(f"{unit}/{dataset}", RULES.partitions, RULES.buckets)].append(f"{unit}/{dataset}")

    def load(key: bytes) -> bytes:
        return msgspec.msgpack.encode(dict.fromkeys(named.pop(key), one))

    gc.collect()
    before = memory_bytes()
    observer = Observer(catalogue, RULES, 0, load)
    gc.collect()
    resident = (memory_bytes() - before) / feeds
    gc.freeze()
    observer.take(Tick(NOW_MS, {"db.public.t0": [ALL_READ]}))  # the first tick looks at every feed, as after a start
    observer.written()
    took_ms = []
    for n in range(1, TICKS + 1):
        began = time.process_time_ns()
        observer.take(Tick(NOW_MS + n * SECOND_MS, {"db.public.t0": [ALL_READ]}))
        out = observer.outputs()
        observer.written()
        took_ms.append((time.process_time_ns() - began) / 1e6)
        if out.rows or out.points or out.transitions:
            raise click.ClickException("a tick was not quiet: something was due")
    return len(one), resident, median(took_ms)


if __name__ == "__main__":
    main()
