"""The feeds of a scenario, and the times at which it plays."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from expectations.catalogue.load import Catalogue
from expectations.catalogue.units import Dataset
from expectations.freshness.schedule import Schedule
from streams.demo.play import Form, Play

GO_LIVE_HOUR_MS = 3_600_000
MOST_TOPICS = 2


class Feed(msgspec.Struct, frozen=True):
    """One feed as the scenario plays it: the topic that carries it, and the form of its records."""

    unit: str
    dataset: Dataset
    schedule: Schedule
    topic: str
    form: Form

    @property
    def id(self) -> str:
        """The feed's id, `unit/dataset`."""
        return f"{self.unit}/{self.dataset.id}"


class Stage(msgspec.Struct, frozen=True):
    """Where and when the scenario plays. The same stage gives the same scenario. `old_codes` are codes out of use, by today's unit."""

    catalogue: Catalogue
    play: Play
    old_codes: Mapping[str, tuple[str, ...]]
    seed: int
    now_ms: int

    def today(self, feed: Feed) -> date:
        """The province's day at the end of the scenario."""
        return feed.schedule.day_of(self.now_ms)

    def go_live_ms(self, feed: Feed) -> int:
        """The instant at which the feed's connector began with its snapshot: at night, so that it falls into one window."""
        return feed.schedule.midnight_ms(self.today(feed) - timedelta(days=self.play.live_days)) + GO_LIVE_HOUR_MS

    def draw(self, *what: object) -> int:
        """A number from 0 to 2**32-1 that depends on the seed and on what it is drawn for, and on nothing else."""
        return zlib.crc32("|".join(map(str, (self.seed, *what))).encode())

    def share(self, *what: object) -> float:
        """A number from 0 to less than 1, drawn in the same way."""
        return self.draw(*what) / 2**32


def feeds_of(catalogue: Catalogue, play: Play) -> list[Feed]:
    """Every feed of the catalogue. A feed has one topic; former provinces keep the systems, and so the topics, that they had."""
    topics = {dataset.id: topics_of(catalogue, dataset) for dataset in catalogue.datasets.values()}
    sides = sorted({unit.former_province for unit in catalogue.units.values()})
    found = []
    for unit, name in catalogue.feeds():
        side = sides.index(catalogue.units[unit].former_province)
        topic = topics[name][side % len(topics[name])]
        form = play.forms.get(name, "postgres")
        found.append(Feed(unit, catalogue.datasets[name], catalogue.schedule_of(unit, name), topic, form))
    return found


def topics_of(catalogue: Catalogue, dataset: Dataset) -> list[str]:
    """Up to two topics of a dataset: those that its contract gives as examples."""
    topics = [topic for topic in dataset.example_topics if catalogue.dataset_of(topic) is dataset]
    return topics[:MOST_TOPICS]
