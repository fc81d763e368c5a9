"""The overview: how many feeds have which status, who is behind and since when, how each dataset fares, and the grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from alerts.words import CADENCES, REASONS
from expectations.catalogue.units import Dataset
from streams.board import grid
from streams.board.choices import NEVER, OVERDUE, STATUSES, Choices, read
from streams.board.frame import Site
from streams.board.reasons import through
from streams.board.text import sentence_case
from streams.board.view import FeedView

ROWS_SHOWN = 12
NEVER_SHOWN = 6


class Tile(msgspec.Struct, frozen=True):
    """How many feeds have a status."""

    status: str
    word: str
    count: str
    href: str
    chosen: bool


class Behind(msgspec.Struct, frozen=True):
    """A feed that is overdue, and since which deadline."""

    status: str
    word: str
    unit: str
    dataset: str
    href: str
    through: str
    reason: str
    behind: str
    deadline: str
    overdue: str


def context(site: Site, feeds: Sequence[FeedView]) -> dict[str, Any]:
    """Everything that the overview shows."""
    choices = read(site.query, site.catalogue)
    counts = Counter(site.status(feed) for feed in feeds)
    overdue = sorted(
        (feed for feed in feeds if site.status(feed) in OVERDUE), key=partial(_by_periods, site) if _wants_periods(site) else _by_deadline
    )
    never = [feed for feed in overdue if site.status(feed) == NEVER]
    datasets = [site.catalogue.datasets[dataset] for dataset in dict.fromkeys(feed.dataset for feed in feeds)]
    groups = grid.groups(site, feeds, choices)
    return {
        "headline": _headline(site, counts),
        "scope": site.t["grid_count"].format(units=len({feed.unit for feed in feeds}), feeds=site.forms.count(len(feeds))),
        "tiles": [_tile(site, status, counts[status], choices) for status in STATUSES],
        **_behind(site, [feed for feed in overdue if site.status(feed) != NEVER]),
        **_never(site, never),
        "bars": [_bar(site, dataset, feeds) for dataset in datasets],
        "kept": [(name, site.query[name]) for name in ("lang", "refresh", "order", "all") if name in site.query],
        "query": choices.query,
        "datasets": [{"id": d.id, "name": site.name(d), "chosen": d.id == choices.dataset} for d in datasets],
        "clear_href": site.here(q=None, verdict=None, dataset=None) if choices.any else None,
        "groups": groups,
        "grid_count": grid.count(site, groups),
    }


def _wants_periods(site: Site) -> bool:
    return site.query.get("order") == "periods"


def _by_deadline(feed: FeedView) -> tuple[int, int]:
    """Longest overdue first: the one order that is fair between daily and yearly datasets."""
    verdict = feed.verdict
    return (0, 0) if verdict is None else (verdict.deadline_ms or 0, -verdict.periods_behind)


def _by_periods(site: Site, feed: FeedView) -> tuple[int, int]:
    return -site.periods_behind(feed), _by_deadline(feed)[0]


def _headline(site: Site, counts: Counter[str]) -> str:
    """What a wall screen's tab or a phone's list of tabs should say."""
    worst = [f"{counts[status]} {site.word(status)}" for status in OVERDUE if counts[status]]
    return " · ".join(worst) or site.t["overview"]


def _tile(site: Site, status: str, count: int, choices: Choices) -> Tile:
    chosen = choices.verdict == status
    href = site.here(verdict=None if chosen else status) + "#grid"
    return Tile(status, site.word(status), site.forms.count(count), href, chosen)


def _behind(site: Site, overdue: Sequence[FeedView]) -> dict[str, Any]:
    """The list of who is overdue: the first of them, or all."""
    by_periods, everything = _wants_periods(site), "all" in site.query
    long = len(overdue) > ROWS_SHOWN
    return {
        "behind": [_behind_row(site, feed) for feed in (overdue if everything else overdue[:ROWS_SHOWN])],
        "order_note": site.t["behind_note_periods" if by_periods else "behind_note"],
        "order_other": site.t["order_overdue" if by_periods else "order_periods"],
        "order_href": site.here(order=None if by_periods else "periods"),
        "more_href": site.here(all=None if everything else "1") if long else None,
        "more_text": site.t["show_fewer"] if everything else site.t["show_all"].format(count=site.forms.count(len(overdue))),
    }


def _never(site: Site, never: Sequence[FeedView]) -> dict[str, Any]:
    """The first of those that never had data, and where the others are."""
    return {
        "never_title": sentence_case(site.word(NEVER)),
        "never": [_behind_row(site, feed) for feed in never[:NEVER_SHOWN]],
        "never_href": site.here(verdict=NEVER) + "#grid" if len(never) > NEVER_SHOWN else None,
        "never_text": site.t["show_all"].format(count=site.forms.count(len(never))),
    }


def _behind_row(site: Site, feed: FeedView) -> Behind:
    verdict, status = feed.verdict, site.status(feed)
    return Behind(
        status=status,
        word=site.word(status),
        unit=site.name(site.catalogue.units[feed.unit]),
        dataset=site.name(site.catalogue.datasets[feed.dataset]),
        href=site.feed_href(feed.unit, feed.dataset),
        through=through(site.forms, None if verdict is None else verdict.data_through),
        reason="" if verdict is None else REASONS[str(verdict.reason)].of(site.language),
        behind=site.behind(feed),
        deadline="" if verdict is None else site.forms.limit(verdict.deadline_ms),
        overdue="" if verdict is None else site.t["overdue"].format(age=site.forms.age(verdict.deadline_ms, site.now_ms)),
    )


def _bar(site: Site, dataset: Dataset, feeds: Sequence[FeedView]) -> dict[str, Any]:
    counts = Counter(site.status(feed) for feed in feeds if feed.dataset == dataset.id)
    parts, start = [], 0
    for status in STATUSES:
        if counts[status]:
            parts.append({"status": status, "word": site.word(status), "count": counts[status], "start": start})
            start += counts[status]
    cadence = CADENCES[str(dataset.terms.cadence)].of(site.language)
    return {"name": site.name(dataset), "href": site.here(dataset=dataset.id) + "#grid", "cadence": cadence, "total": start, "parts": parts}
