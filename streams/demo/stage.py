"""Where and when the scenario plays: a world of the simulator that ends at the present."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import msgspec
from msgspec.structs import replace

from expectations.catalogue.load import Catalogue
from expectations.freshness.terms import HOUR_MS
from streams.demo.play import FILE, Play, PlayError
from streams.province.calendar import ONE_DAY, Calendar, NotSimulated, Period
from streams.province.plan import Feed, World, world_of

FEW_DAYS = 150
"""How long before it stopped a feed has data at least."""


class Stage(msgspec.Struct, frozen=True):
    """A play and its world, whose connectors went live at its start. The same stage gives the same scenario."""

    play: Play
    world: World

    @property
    def now_ms(self) -> int:
        """The last instant that is played."""
        return self.world.end_ms - 1

    def chance(self, feed: Feed) -> Random:
        """Chance that decides what a feed sends."""
        return self.world.chance(feed.id)

    def turn(self, feed: Feed) -> int:
        """Which of the examples of its contract a feed begins with."""
        return zlib.crc32(f"{self.world.seed}|{feed.id}".encode())

    def due(self, feed: Feed) -> list[Period]:
        """The periods of a feed that are late by now if they are missing."""
        return [period for period in feed.owed if feed.calendar.deadline_ms(period) <= self.now_ms]


def stage_of(folder: Path, catalogue: Catalogue, play: Play, seed: int, now_ms: int) -> Stage:
    """The stage of a province's folder. Connectors went live at night, so that the snapshot falls into few windows. Raises PlayError."""
    today = datetime.fromtimestamp(now_ms // 1000, catalogue.timezone).date()
    live = today - timedelta(days=play.live_days)
    try:
        world = world_of(folder, seed, live, today + ONE_DAY, volume=0)
    except NotSimulated as error:
        raise PlayError(f"{FILE}: the catalogue cannot be played: {error}") from None
    feeds = [replace(feed, form=play.forms.get(feed.dataset.id, "postgres")) for feed in world.feeds]
    return Stage(play, replace(world, feeds=feeds, start_ms=world.start_ms + HOUR_MS, end_ms=now_ms + 1))


def as_it_was(feed: Feed, stage: Stage) -> Feed:
    """The feed on the day on which it stopped: with everything owed that had ended by then, whenever the contract begins to ask."""
    stopped_on = stage.play.stopped_on
    terms = replace(feed.dataset.terms, first_due=min(feed.dataset.terms.first_due, stopped_on - timedelta(days=FEW_DAYS)))
    calendar = Calendar(terms, feed.calendar.workdays, feed.calendar.zone)
    owed = [] if calendar.continuous else [p for p in calendar.required(stopped_on) if p.end <= stopped_on + ONE_DAY]
    return replace(feed, dataset=replace(feed.dataset, terms=terms), calendar=calendar, owed=owed)
