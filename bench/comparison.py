"""`make province`: Nhịp and the rules of others over the same made-up years of a province. Rewrites the tables of docs/comparison.md."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from functools import partial
from statistics import median

import click
import msgspec

from bench.settings_of_others import Rule, first_deadline_ms, settings_of, sights_of
from expectations.catalogue.load import load
from streams import settings
from streams.province import truth as truths
from streams.province.history import History, history_of
from streams.province.kinds import KINDS
from streams.province.plan import world_of
from streams.province.rows import records
from streams.province.score import Accusation, Score, accusations_of, score
from streams.province.trial import KNOWS, alerts_of, sitting_of, transitions_of

PAGE = settings.HERE / "docs" / "comparison.md"
BEGIN, END = "<!-- tables: begin -->\n", "<!-- tables: end -->"
START = date(2024, 7, 1)
TICK_MS = 6 * 3_600_000
TICKS_A_DAY = 4
RULES = {
    "nhip": "Nhịp",
    "soda": "`now − max(period)`, Soda",
    "healthchecks": "cron + grace, healthchecks",
    "dagster": "cron window, Dagster",
    "deadman": "deadman, InfluxDB",
}


class Tally(msgspec.Struct):
    """How a rule did: by kind of trouble the accusations made and missed, those made at the first tick or the next, and false ones."""

    made: Counter[str] = msgspec.field(default_factory=Counter)
    in_time: Counter[str] = msgspec.field(default_factory=Counter)
    missed: Counter[str] = msgspec.field(default_factory=Counter)
    wrong: Counter[str] = msgspec.field(default_factory=Counter)
    delays_ticks: list[int] = msgspec.field(default_factory=list)

    @property
    def mistakes(self) -> int:
        """What a setting is chosen by: the fewest missed and false accusations together."""
        return self.missed.total() + self.wrong.total()

    def add(self, other: Tally) -> None:
        """Add what another one counted."""
        self.made += other.made
        self.in_time += other.in_time
        self.missed += other.missed
        self.wrong += other.wrong
        self.delays_ticks = self.delays_ticks + other.delays_ticks


Tallies = dict[tuple[str, int, str], Tally]
"""By rule, number of its setting, and dataset."""


def judged(seed: int, days: int) -> tuple[str, bool, Tallies]:
    """One seed: Nhịp's line, whether it was right throughout, and how every rule did in every setting."""
    folder = settings.load().catalogue
    history = history_of(world_of(folder, seed, START, START + timedelta(days=days)), KNOWS)
    truth = truths.decode(truths.encode(history.truth))
    sitting = sitting_of(history, TICK_MS)
    transitions = transitions_of(load(folder), records(history), sitting, lambda _: None)
    ours = score(truth, accusations_of(transitions, truth.end_ms), TICK_MS, alerts_of(sitting))
    found: Tallies = {}
    _count(found, "nhip", 0, ours)
    for (rule, number), accusations in _accusations(history).items():
        _count(found, rule, number, score(truth, accusations, TICK_MS))
    return ours.line(), ours.perfect, found


def _accusations(history: History) -> dict[tuple[str, int], list[Accusation]]:
    """What each rule of others would have said in each of its settings."""
    world = history.world
    known: dict[str, Mapping[str, list[Rule]]] = {}
    found: dict[tuple[str, int], list[Accusation]] = {}
    for feed in world.feeds:
        if feed.dataset.id not in known:
            known[feed.dataset.id] = settings_of(feed, world)
        sights, start_ms = sights_of(feed, history), first_deadline_ms(feed, world)
        for rule, choices in known[feed.dataset.id].items():
            for number, accused in enumerate(choices):
                made = found.setdefault((rule, number), [])
                made += (Accusation(feed.id, a, b) for a, b in accused(sights, start_ms, world.end_ms))
    return found


def _count(found: Tallies, rule: str, number: int, result: Score) -> None:
    def of(feed: str) -> Tally:
        return found.setdefault((rule, number, feed.partition("/")[2]), Tally())

    for made in result.made:
        tally = of(made.feed)
        tally.made[made.kind] += 1
        tally.in_time[made.kind] += made.delay_ticks <= 1
        tally.delays_ticks.append(made.delay_ticks)
    for miss in result.missed:
        of(miss.feed).missed[miss.kind] += 1
    for wrong in result.wrong:
        of(wrong.feed).wrong[wrong.kind] += 1


def best(found: Iterable[Tallies]) -> dict[str, Tally]:
    """By rule the sum over all datasets, each in the setting that makes the fewest mistakes on these very histories."""
    summed: Tallies = {}
    for tallies in found:
        for key, tally in tallies.items():
            summed.setdefault(key, Tally()).add(tally)
    chosen = {rule: Tally() for rule in RULES}
    for rule, dataset in sorted({(rule, dataset) for rule, _, dataset in summed}):
        choices = [tally for (r, _, d), tally in summed.items() if (r, d) == (rule, dataset)]
        chosen[rule].add(min(choices, key=lambda tally: tally.mistakes))
    return chosen


def tables(chosen: Mapping[str, Tally], seeds: int, years: float) -> str:
    """The tables in Markdown, with what made them."""
    return "\n".join([f"{seeds} seeds, {years:g} years each:", "", *_sums(chosen), "", *_kinds(chosen)]) + "\n"


def _sums(chosen: Mapping[str, Tally]) -> Iterator[str]:
    yield "| rule | recall | in time | false accusations | median delay, days |"
    yield "|---|---:|---:|---:|---:|"
    for rule, tally in chosen.items():
        demanded, made = tally.made.total() + tally.missed.total(), tally.made.total()
        days = median(tally.delays_ticks) / TICKS_A_DAY if tally.delays_ticks else 0
        yield (
            f"| {RULES[rule]} | {share(made, demanded)} | {share(tally.in_time.total(), demanded)} | {tally.wrong.total():,} | {days:.1f} |"
        )


def _kinds(chosen: Mapping[str, Tally]) -> Iterator[str]:
    yield "| trouble | " + " | ".join(RULES[rule] for rule in chosen) + " |"
    yield "|---|" + "---:|" * len(chosen)
    for name in [*KINDS, "connector_down", "none"]:
        yield f"| `{name}` | " + " | ".join(_cell(tally, name) for tally in chosen.values()) + " |"


def _cell(tally: Tally, kind: str) -> str:
    """Recall, where somebody is to be accused; and false accusations."""
    demanded = tally.made[kind] + tally.missed[kind]
    wrong = f"{tally.wrong[kind]:,} false" if tally.wrong[kind] else ""
    return ", ".join(filter(None, (share(tally.made[kind], demanded) if demanded else "", wrong))) or "–"


def share(part: int, whole: int) -> str:
    """A percentage, rounded down: only all is 100 %."""
    return f"{part * 1000 // whole / 10:g} %" if whole else "–"


def with_tables(page: str, made: str) -> str:
    """The page with other tables between its marks."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + made + END + rest.partition(END)[2]


@click.command()
@click.option("--seeds", default=20, show_default=True, type=click.IntRange(1), help="how many histories: seeds 1 to N")
@click.option("--years", default=2.0, show_default=True, type=click.FloatRange(0.25), help="how long each lasts")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1), help="how many at a time")
@click.option("--write/--no-write", default=True, show_default=True, help="put the tables into docs/comparison.md")
def main(seeds: int, years: float, jobs: int, *, write: bool) -> None:
    """Score Nhịp and the rules of others on the same histories. Exit code 1 when Nhịp was wrong anywhere."""
    found, perfect = [], True
    with ProcessPoolExecutor(jobs) as pool:
        for line, right, tallies in pool.map(partial(judged, days=round(365.25 * years)), range(1, seeds + 1)):
            click.echo(line)
            found.append(tallies)
            perfect &= right
    made = tables(best(found), seeds, years)
    click.echo(made)
    if write:
        PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")
    sys.exit(0 if perfect else 1)


if __name__ == "__main__":
    main()
