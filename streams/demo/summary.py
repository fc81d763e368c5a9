"""What the demo has found, for people at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from expectations.catalogue.load import Catalogue
from expectations.freshness.verdict import BEHIND, Status, Verdict
from streams.app import Nhip
from streams.board.choices import STATUSES as WORST_FIRST
from streams.board.forms import Forms
from streams.board.view import FeedView
from streams.cli.common import STYLES
from streams.demo.report import Report
from streams.demo.run import USUAL_PORT

SHOWN = 10
PERIODS = {
    "continuous": "age limit",
    "daily": "day",
    "workingDaily": "working day",
    "weekly": "week",
    "tenDaily": "span of ten days",
    "monthly": "month",
    "quarterly": "quarter",
    "halfYearly": "half-year",
    "yearly": "year",
}
Late = tuple[FeedView, Verdict]


def worst(feeds: Sequence[FeedView]) -> list[Late]:
    """Each unit that is behind once, with the feed that missed its deadline first; longest overdue first."""
    first: dict[str, Late] = {}
    for feed, verdict in sorted(behind(feeds), key=lambda one: one[1].deadline_ms or 0):
        first.setdefault(feed.unit, (feed, verdict))
    return list(first.values())


def behind(feeds: Sequence[FeedView]) -> list[Late]:
    """The feeds that are late, stale or never reported."""
    return [(feed, feed.verdict) for feed in feeds if feed.verdict is not None and feed.verdict.status in BEHIND]


def show(console: Console, report: Report, catalogue: Catalogue, forms: Forms, nhip: Nhip, *, stays: bool) -> None:
    """Print everything: who is behind (each unit's longest overdue feed), alerts, records set aside, points; the page if it stays."""
    listed = worst(report.feeds)
    title = f"Behind: {len(listed)} units with {len(behind(report.feeds))} feeds"
    title += f"; the {SHOWN} longest overdue:" if len(listed) > SHOWN else ", the longest overdue first:"
    console.print(Group(Text(), Text(title, style="bold"), _table(listed[:SHOWN], catalogue, forms)))
    console.print(Group(Text(), *_figures(report, nhip), *(_page(nhip) if stays else ())))


def _table(listed: Sequence[Late], catalogue: Catalogue, forms: Forms) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, expand=True)
    for heading, ratio in (("UNIT", None), ("DATASET", 1), ("VERDICT", None), ("CURRENT TO", None)):
        table.add_column(heading, no_wrap=True, overflow="ellipsis", ratio=ratio)
    table.add_column("BEHIND", justify="right", no_wrap=True)
    for feed, verdict in listed:
        unit, dataset = catalogue.units[feed.unit], catalogue.datasets[feed.dataset]
        name, of = (unit.name_en, dataset.name_en) if forms.english else (unit.name_vi, dataset.name_vi)
        named = f"{unit.id} {name}" if unit.kind == "commune" else name
        why = "" if verdict.status is Status.NEVER else f" ({verdict.reason})"
        told = Text(f"{verdict.status}{why}", style=STYLES[verdict.status])
        how_far = _periods(verdict.periods_behind, PERIODS[dataset.terms.cadence])
        table.add_row(named, of, told, forms.short_period(verdict.data_through), how_far)
    return table


def _figures(report: Report, nhip: Nhip) -> Iterator[RenderableType]:
    statuses = Counter(str(feed.verdict.status) for feed in report.feeds if feed.verdict is not None)
    told = {notice.unit for notice in report.notices}
    yield _line("Feeds", f"{len(report.feeds)}: {_counts({name: statuses[name] for name in WORST_FIRST})}")
    yield _line("Alerts", f"{len(report.notices)} sent to {len(told)} units; their texts are in {nhip.settings.outbox_dir}")
    yield _line("Set aside", f"{sum(report.quarantined.values())} records: {_counts(report.quarantined)}")
    yield _line("Points", f"{sum(report.points.values())}: {_counts(report.points)}")


def _page(nhip: Nhip) -> Iterator[RenderableType]:
    yield _line("Page", nhip.page_address, "bold cyan")
    if nhip.settings.page_port != USUAL_PORT:
        yield _line("", f"(the usual port, {USUAL_PORT}, is taken, or another was asked for)")


def _line(heading: str, text: str, style: str = "") -> Text:
    return Text.assemble((f"{heading:<10}", "bold"), (text, style))


def _periods(count: int, name: str) -> str:
    noun, of, rest = name.partition(" of ")
    return f"{count} {noun}{'' if count == 1 else 's'}{of}{rest}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items() if n) or "none"
