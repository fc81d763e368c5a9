"""What is played, before anything is written: the feeds, the span of time, and deliveries: rows of one period that arrive together."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from expectations.catalogue.calendar import Calendars
from expectations.catalogue.draft import read
from expectations.catalogue.mistakes import CatalogueError, in_order
from expectations.catalogue.units import Dataset
from expectations.freshness.terms import HOUR_MS
from expectations.freshness.workdays import Workdays
from streams.province.calendar import Calendar, NotSimulated, Period

ROW_GAP_MS = 250
FORMS = ("postgres", "postgres", "mysql", "flat", "cloudevents", "schema")
"""How connectors write their records (records.py); plain PostgreSQL is the most frequent."""

Op = Literal["c", "u", "r", "d"]


class Delivery(msgspec.Struct, frozen=True):
    """Rows of one period that arrive together. `at_ms` is when the first can be read; the broker's timestamp is `lag_ms` before it.

    `meant` is the period whose rows they are, where `period` is what somebody wrote by mistake. `twist` is what is odd about them:
    `old_code` and `split_code` here, and whatever else who writes the rows knows.
    """

    at_ms: int
    period: Period
    rows: range
    op: Op = "c"
    twist: str = ""
    lag_ms: int = 0
    meant: Period | None = None


class Declared(msgspec.Struct, frozen=True):
    """A unit's declaration about one period: nothing to report, or it comes until an instant (`until_ms`) later than its deadline."""

    kind: Literal["nil_return", "extension"]
    period: str
    at_ms: int
    until_ms: int = 0


class Course(msgspec.Struct, frozen=True):
    """All that one feed sends and declares."""

    deliveries: list[Delivery]
    declared: list[Declared] = []


class Feed(msgspec.Struct, frozen=True):
    """One obligation. `owed` are its required periods (none when continuous); `old_codes` mean its unit, `split_codes` nobody alone."""

    unit: str
    dataset: Dataset
    calendar: Calendar
    topic: str
    form: str
    owed: Sequence[Period]
    old_codes: Sequence[str]
    split_codes: Sequence[str]

    @property
    def id(self) -> str:
        """The feed's id, `unit/dataset`."""
        return f"{self.unit}/{self.dataset.id}"


class World(msgspec.Struct, frozen=True):
    """The feeds, from when until when they are played, and the seed of everything that chance decides.

    `volume` is how many times the usual rows they send beyond what makes their periods complete.
    """

    feeds: Sequence[Feed]
    seed: int
    start_ms: int
    end_ms: int
    volume: float = 1.0

    @property
    def live_ms(self) -> int:
        """The instant from which the monitor judges: the connectors' first snapshots have been read."""
        return self.start_ms + HOUR_MS

    def chance(self, *what: object) -> Random:
        """Chance that depends on the seed and on what it decides, and on nothing else."""
        return Random("|".join(map(str, (self.seed, *what))))  # noqa: S311  seeded chance is not a secret


def world_of(folder: Path, seed: int, start: date, end: date, volume: float = 1.0) -> World:
    """The world of a province's folder, from the first day to the last. Raises CatalogueError, NotSimulated."""
    draft = read(folder)
    if draft.mistakes or draft.province is None:
        raise CatalogueError(in_order(draft.mistakes))
    workdays, zone = Calendars(draft.workdays).common, draft.province.timezone
    whole: dict[str, list[str]] = {}
    split: dict[str, list[str]] = {}
    for old in draft.old_codes:
        if old.code not in draft.units:  # a code that is in use again means its present unit
            (whole if old.whole else split).setdefault(old.successor, []).append(old.code)
    feeds = []
    sides = sorted({unit.former_province for unit in draft.units.values()})
    for dataset in draft.datasets.values():
        calendar, owed = _asked_for(dataset, workdays, zone, end)
        for unit in dataset.units:
            if unit in dataset.suspended:
                continue
            if not dataset.example_topics:
                raise NotSimulated(f"{dataset.id}: its contract names no exampleTopics to send to")
            topic = dataset.example_topics[sides.index(draft.units[unit].former_province) % len(dataset.example_topics)]
            form = FORMS[zlib.crc32(f"{seed}|{topic}".encode()) % len(FORMS)]
            codes = (whole.get(unit, ()), split.get(unit, ())) if dataset.unit_column else ((), ())
            feeds.append(Feed(unit, dataset, calendar, topic, form, owed, *codes))
    midnight_ms = feeds[0].calendar.midnight_ms
    return World(feeds, seed, midnight_ms(start), midnight_ms(end), volume)


def _asked_for(dataset: Dataset, workdays: Workdays, zone: ZoneInfo, end: date) -> tuple[Calendar, list[Period]]:
    """The calendar of a dataset and the periods owed up to a day. Raises NotSimulated, which names the dataset."""
    try:
        calendar = Calendar(dataset.terms, workdays, zone)
        return calendar, [] if calendar.continuous else calendar.required(end)
    except NotSimulated as error:
        raise NotSimulated(f"{dataset.id}: {error}") from None


def needed(feed: Feed) -> int:
    """How many rows make a period complete: the least number of them, and the quorum of the slices."""
    terms = feed.dataset.terms
    return max(1, terms.min_rows, slices_needed(feed))


def slices_needed(feed: Feed) -> int:
    """How many different slices make a period complete. The tolerance is for binary fractions."""
    terms = feed.dataset.terms
    return math.ceil(terms.slice_quorum * len(terms.slices) - 1e-9)


def by_topic(feeds: Sequence[Feed]) -> Mapping[str, list[Feed]]:
    """The feeds of every topic."""
    found: dict[str, list[Feed]] = {}
    for feed in feeds:
        found.setdefault(feed.topic, []).append(feed)
    return found
