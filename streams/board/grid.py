"""The grid of the overview: a row a unit, a column a dataset; departments and communes apart, since they owe different datasets."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from alerts.forms import is_instant
from alerts.letters import sort_key
from expectations.catalogue.units import Dataset, Unit
from streams.board.choices import Choices
from streams.board.frame import Site
from streams.board.reasons import sentence
from streams.board.text import sentence_case
from streams.board.view import FeedView

GROUPS = (("department", "departments"), ("commune", "communes"))
"""Kinds of unit in the order in which they are shown, and the text that names them."""
NAME_PREFIX = "CSDL "
"""Every other column would begin with it."""


class Cell(msgspec.Struct, frozen=True):
    """A feed in two lines. `match` is False when the filter picks another feed of the same unit.

    The lines are how far the data reach (after a `prefix` that only wide screens show) over status and age of the last signal; a feed
    without any data has its status above.
    """

    status: str
    dataset: str
    href: str
    prefix: str
    above: str
    below: str
    title: str
    match: bool


class Row(msgspec.Struct, frozen=True):
    """A unit; a cell is None where it owes nothing. `in_time` says how many of its feeds are fresh."""

    name: str
    href: str
    cells: list[Cell | None]
    in_time: str


class Column(msgspec.Struct, frozen=True):
    """A dataset."""

    name: str
    href: str


class Group(msgspec.Struct, frozen=True):
    """Units of one kind and the datasets that they owe."""

    name: str
    columns: list[Column]
    rows: list[Row]


def groups(site: Site, feeds: Sequence[FeedView], choices: Choices) -> list[Group]:
    """Return the grid as far as the reader picks it; a group without rows is left out."""
    found = []
    for kind, title in GROUPS:
        members = [feed for feed in feeds if site.catalogue.units[feed.unit].kind == kind and choices.dataset in ("", feed.dataset)]
        datasets = [site.catalogue.datasets[dataset] for dataset in dict.fromkeys(feed.dataset for feed in members)]
        rows = _rows(site, members, datasets, choices)
        if rows:
            found.append(Group(f"{site.t[title]} ({len(rows)})", [_column(site, dataset) for dataset in datasets], rows))
    return found


def count(site: Site, shown: Sequence[Group]) -> str:
    """Say how many units and feeds are picked."""
    rows = [row for group in shown for row in group.rows]
    cells = sum(cell is not None and cell.match for row in rows for cell in row.cells)
    return site.t["grid_count"].format(units=len(rows), feeds=site.forms.count(cells))


def _rows(site: Site, feeds: Sequence[FeedView], datasets: Sequence[Dataset], choices: Choices) -> list[Row]:
    """Units with at least one feed that is picked, in alphabetical order: a unit keeps its place on the wall."""
    by_unit: dict[str, dict[str, FeedView]] = {}
    for feed in feeds:
        by_unit.setdefault(feed.unit, {})[feed.dataset] = feed
    units = sorted((site.catalogue.units[unit] for unit in by_unit), key=lambda unit: sort_key(site.name(unit)))
    return [_row(site, unit, by_unit[unit.id], datasets, choices) for unit in units if _is_picked(site, unit, by_unit[unit.id], choices)]


def _is_picked(site: Site, unit: Unit, owed: dict[str, FeedView], choices: Choices) -> bool:
    return choices.has_unit(unit) and any(choices.has(feed.dataset, site.status(feed)) for feed in owed.values())


def _row(site: Site, unit: Unit, owed: dict[str, FeedView], datasets: Sequence[Dataset], choices: Choices) -> Row:
    fresh = sum(site.status(feed) == "fresh" for feed in owed.values())
    cells = [_cell(site, owed[dataset.id], choices) if dataset.id in owed else None for dataset in datasets]
    return Row(site.name(unit), site.unit_href(unit.id), cells, f"{fresh} {site.word('fresh')}" if fresh else "")


def _column(site: Site, dataset: Dataset) -> Column:
    name = site.name(dataset).removeprefix(NAME_PREFIX)
    return Column(sentence_case(name), site.here(dataset=dataset.id) + "#grid")


def _cell(site: Site, feed: FeedView, choices: Choices) -> Cell:
    status = site.status(feed)
    through = None if feed.verdict is None else feed.verdict.data_through
    age = site.forms.age(feed.heard_ms, site.now_ms)
    name = site.name(site.catalogue.datasets[feed.dataset])
    return Cell(
        status=status,
        dataset=name,
        href=site.feed_href(feed.unit, feed.dataset),
        prefix=site.t["through_prefix"] if through is not None and not is_instant(through) else "",
        above=site.forms.short_period(through) if through else site.word(status),
        below=" · ".join(part for part in (site.word(status) if through else "", age or site.t["heard_never"]) if part),
        title=f"{name}: {site.word(status)}. {sentence(site.forms, feed)}",
        match=choices.has(feed.dataset, status),
    )
