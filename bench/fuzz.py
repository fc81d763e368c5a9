"""`python -m bench.fuzz`: hostile records through ROUTE, the wire, the suites and OBSERVE. No crash, each counted once, memory bounded.

Canaries stand for personal values: they may appear in nothing that leaves, that is points, transitions and quarantine.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import mkdtemp

import click

from alerts import transition
from bench import province
from bench.hostile import CANARIES, Fuzzed, Hostile
from expectations.catalogue.load import Catalogue, load
from streams import clock
from streams.beat import memory_bytes
from streams.changes import quarantine, wire
from streams.changes.route import Router
from streams.feeds.observe import Observer, Outputs
from streams.feeds.rules import Rules
from streams.suites import Suites

TOPIC = "fuzz.bao_cao.public.bao_cao"
BATCH = 500
CHECKPOINT_BATCHES = 40
UNKNOWN_TOPICS = 100_000
PERSONAL = "      - {name: ho_ten, logicalType: string, physicalType: text, classification: personal}\nslaProperties:"


class Found(Exception):  # noqa: N818  what the fuzzer found
    """A promise that was broken."""


def write_catalogue(folder: Path, feeds: int) -> Catalogue:
    """The province of the bench with a personal column."""
    province.write_catalogue(folder, feeds, TOPIC)
    contract = folder / "contracts" / "bao-cao.yaml"
    contract.write_text(contract.read_text().replace("slaProperties:", PERSONAL, 1))
    return load(folder)


class Fuzz:
    """The pure road of one partition, and what came out of it."""

    def __init__(self, catalogue: Catalogue, *, suites: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.outputs: Counter[str] = Counter()
        self.series: set[bytes] = set()
        self._suites = Suites(catalogue) if suites else None
        self._router = Router(catalogue, 1, suites=suites)
        checks = self._suites.checks if self._suites else {}
        self._table: dict[bytes, bytes] = {}
        self._observer = Observer(catalogue, Rules(partitions=1, buckets=16), 0, self._table.get, checks)

    def route(self, topic: str, records: list[Fuzzed], now_ms: int) -> None:
        """Route one batch and count it; raises Found when a record is not counted exactly once or a canary gets out."""
        routed = self._router.route(topic, records, now_ms)
        if routed.counts.total() != len(records):
            raise Found(f"{len(records)} records, {routed.counts.total()} counted: {routed.counts}")
        self.counts.update(routed.counts)
        self.outputs["quarantined"] += len(routed.quarantined)
        _no_canary(map(quarantine.encode, routed.quarantined), "quarantine")
        for changes in routed.messages.values():
            for value in wire.parts(changes, 900_000):
                self._observer.take(wire.decode(value))

    def checkpoint(self, now_ms: int) -> None:
        """Let time pass, judge, and look at everything that would leave."""
        self._observer.take(wire.Tick(now_ms, {TOPIC: [now_ms]}))
        if self._suites is not None:
            for feed, start_ms, found in asyncio.run(self._suites.judge_many(self._observer.rows_to_judge())):
                self._observer.add_quality(feed, start_ms, found)
        else:
            self._observer.rows_to_judge()
        self._look(self._observer.outputs())
        self._observer.written()

    def _look(self, out: Outputs) -> None:
        _no_canary(out.points, "points")
        _no_canary(map(transition.encode, out.transitions), "transitions")
        self._table.update(out.buckets)
        self.series.update(point.split(b" ", 1)[0] for point in out.points)
        self.outputs.update(points=len(out.points), transitions=len(out.transitions), rows=out.rows)


def _no_canary(values: Iterable[bytes], where: str) -> None:
    for value in values:
        shown = [canary for canary in CANARIES if canary.encode() in value]
        if shown:
            raise Found(f"{where} shows {shown}: {value[:300]!r}")


def run(catalogue: Catalogue, hostile: Hostile, events: int, now_ms: int, *, suites: bool, progress: bool) -> tuple[Fuzz, list[int]]:
    """Fuzz with so many events; return what came out and the resident memory (bytes) at every tenth of the way."""
    fuzz, memory = Fuzz(catalogue, suites=suites), list[int]()
    batches = -(-events // BATCH)
    for n in range(batches):
        records = list(hostile.records(min(BATCH, events - n * BATCH)))
        # One batch in ten comes by topics that no contract knows.
        topic = f"unknown.{n}" if n % 10 == 9 else TOPIC
        fuzz.route(topic, records, now_ms)
        if n % CHECKPOINT_BATCHES == CHECKPOINT_BATCHES - 1 or n == batches - 1:
            fuzz.checkpoint(now_ms)
        if (n + 1) * 10 // batches > n * 10 // batches:
            memory.append(memory_bytes())
            if progress:
                click.echo(f"{(n + 1) * BATCH:,} events, {memory[-1] / 1e6:.0f} MB", err=True)
    return fuzz, memory


def unknown_topics(fuzz: Fuzz, hostile: Hostile, now_ms: int) -> int:
    """One record on each of many topics that no contract knows; how much memory that cost (bytes)."""
    before, records = memory_bytes(), list(hostile.records(1))
    for n in range(UNKNOWN_TOPICS):
        fuzz.route(f"nobody.{n}.public.knows", records, now_ms)
    return memory_bytes() - before


@click.command(epilog="Example: python -m bench.fuzz --events 1000000 --seed 7")
@click.option("--events", default=1_000_000, show_default=True, help="hostile records")
@click.option("--seed", default=1, show_default=True, help="decides them")
@click.option("--feeds", default=100, show_default=True, help="communes of the province")
@click.option("--suites/--no-suites", default=True, show_default=True, help="judge the rows that get so far with Great Expectations")
def main(events: int, seed: int, feeds: int, *, suites: bool) -> None:
    """Fuzz and print figures. Exit code 0: nothing found; 1: a promise was broken."""
    folder, now_ms = Path(mkdtemp(prefix="nhip-fuzz-")), clock.now_ms()
    began = clock.monotonic_seconds()
    hostile = Hostile(seed, feeds, now_ms)
    try:
        fuzz, memory = run(write_catalogue(folder, feeds), hostile, events, now_ms, suites=suites, progress=True)
        topics_bytes = unknown_topics(fuzz, hostile, now_ms)
    except Found as error:
        click.echo(f"found: {error}")
        sys.exit(1)
    finally:
        shutil.rmtree(folder)
    for reason, count in fuzz.counts.most_common():
        click.echo(f"{count:>12,}  {reason}")
    click.echo(", ".join(f"{count:,} {name}" for name, count in sorted(fuzz.outputs.items())) + f", {len(fuzz.series):,} series")
    click.echo(f"memory at each tenth, MB: {' '.join(f'{m / 1e6:.0f}' for m in memory)}")
    click.echo(f"memory for {UNKNOWN_TOPICS:,} unknown topics, MB: {topics_bytes / 1e6:+.0f}")
    seconds = clock.monotonic_seconds() - began
    click.echo(f"seed {seed} events {events} crashes 0 uncounted 0 canaries seen 0; {events / seconds:,.0f} events/s with making them")


if __name__ == "__main__":
    main()
