"""Small worlds for the tests of the made-up province: some communes and all departments, half a year that holds a Tet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from msgspec.structs import replace

from expectations.catalogue.draft import read
from expectations.catalogue.load import Catalogue
from expectations.freshness.terms import Terms
from streams.province.plan import Feed, World, world_of
from streams.settings import HERE

FOLDER = HERE / "expectations" / "tay-ninh"
START, END = date(2025, 9, 1), date(2026, 3, 1)
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
TICK_MS = 6 * HOUR_MS


def whole_world(seed: int = 1) -> World:
    return world_of(FOLDER, seed, START, END)


def small_world(seed: int = 1) -> World:
    """An eighth of the communes, and all departments."""
    world = whole_world(seed)
    communes = sorted({feed.unit for feed in world.feeds if feed.unit.isdigit()})[::8]
    return replace(world, feeds=[feed for feed in world.feeds if feed.unit in communes or not feed.unit.isdigit()])


def catalogue_of(world: World, change: Callable[[Terms], Terms] = lambda terms: terms) -> Catalogue:
    """The example catalogue of a world's feeds, with its terms or with other ones."""
    draft = read(FOLDER)
    assert draft.province is not None
    datasets = {
        d.id: replace(d, terms=change(d.terms), units=tuple(feed.unit for feed in world.feeds if feed.dataset.id == d.id))
        for d in draft.datasets.values()
    }
    return Catalogue(replace(draft, datasets=datasets), draft.province)


def feed_of(dataset: str, unit: str = "25486") -> Feed:
    world = whole_world()
    return next(feed for feed in world.feeds if feed.dataset.id == dataset and feed.unit in {unit, feed.dataset.fixed_unit})
