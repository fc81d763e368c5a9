"""What the demo has found, for people at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from alerts.words import REASONS, STATUSES, Language
from expectations.catalogue.load import Catalogue
from expectations.freshness.verdict import BEHIND, Verdict
from streams.board.choices import STATUSES as WORST_FIRST
from streams.board.forms import Forms
from streams.board.view import FeedView
from streams.cli.common import STYLES
from streams.demo.report import Report

SHOWN = 10
Late = tuple[FeedView, Verdict]


def worst(feeds: Sequence[FeedView]) -> list[tuple[FeedView, Verdict, int]]:
    """Each unit that is behind once, longest overdue first: the feed that missed its deadline first, and how many are behind."""
    behind = sorted(_behind(feeds), key=lambda one: one[1].deadline_ms or 0)
    many = Counter(feed.unit for feed, _ in behind)
    first: dict[str, Late] = {}
    for feed, verdict in behind:
        first.setdefault(feed.unit, (feed, verdict))
    return [(feed, verdict, many[unit]) for unit, (feed, verdict) in first.items()]


def _behind(feeds: Sequence[FeedView]) -> Iterator[Late]:
    return ((feed, feed.verdict) for feed in feeds if feed.verdict is not None and feed.verdict.status in BEHIND)


def show(console: Console, report: Report, catalogue: Catalogue, forms: Forms, *, outbox: Path, page: str) -> None:
    """Print everything: who is behind, alerts, rows set aside, points, and where the page is."""
    listed = worst(report.feeds)
    title = f"Behind: {len(listed)} units, the longest overdue first" + (f" ({SHOWN} shown)" if len(listed) > SHOWN else "")
    console.print(Group(Text(), Text(title, style="bold"), _table(listed[:SHOWN], catalogue, forms)))
    console.print(Group(Text(), *_figures(report, forms.language, outbox, page)))


def _table(listed: Sequence[tuple[FeedView, Verdict, int]], catalogue: Catalogue, forms: Forms) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("UNIT", "DATASET", "VERDICT", "CURRENT TO", "EXPECTED"):
        table.add_column(heading)
    table.add_column("BEHIND", justify="right")
    for feed, verdict, many in listed:
        unit, dataset = catalogue.units[feed.unit], catalogue.datasets[feed.dataset]
        name, of = (unit.name_en, dataset.name_en) if forms.english else (unit.name_vi, dataset.name_vi)
        more = f" +{many - 1}" if many > 1 else ""
        table.add_row(f"{name} {unit.id if unit.kind == 'commune' else ''}", of + more, _verdict(verdict, forms), *_periods(verdict, forms))
    return table


def _verdict(verdict: Verdict, forms: Forms) -> Text:
    status, reason = STATUSES[verdict.status].of(forms.language), REASONS[verdict.reason].of(forms.language)
    same = verdict.status == "never"  # its reason says it already
    return Text(reason if same else f"{status}: {reason}", style=STYLES[verdict.status])


def _periods(verdict: Verdict, forms: Forms) -> tuple[str, str, str]:
    return forms.short_period(verdict.data_through), forms.short_period(verdict.expected_through), str(verdict.periods_behind)


def _figures(report: Report, language: Language, outbox: Path, page: str) -> Iterator[RenderableType]:
    statuses = Counter(str(feed.verdict.status) for feed in report.feeds if feed.verdict is not None)
    told = {notice.unit for notice in report.notices}
    verdicts = {STATUSES[name].of(language): statuses[name] for name in WORST_FIRST}
    yield _line("Feeds", f"{len(report.feeds)}: {_counts(verdicts)}")
    yield _line("Alerts", f"{len(report.notices)} sent to {len(told)} units; their texts are in {outbox}")
    yield _line("Set aside", f"{sum(report.quarantined.values())} records: {_counts(report.quarantined)}")
    yield _line("Points", f"{sum(report.points.values())}: {_counts(report.points)}")
    yield _line("Page", page, "bold cyan")


def _line(heading: str, text: str, style: str = "") -> Text:
    return Text.assemble((f"{heading:<10}", "bold"), (text, style))


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items() if n) or "none"
