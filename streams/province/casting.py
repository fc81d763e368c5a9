"""Who is in which trouble, from when until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from random import Random

from expectations.freshness.periods import Cadence
from expectations.freshness.terms import DAY_MS, HOUR_MS
from streams.province.kinds import KINDS, Kind, Need
from streams.province.orderly import next_office_ms
from streams.province.plan import Delivery, Feed, World
from streams.province.troubles import Onset

FEEDS_FOR_A_TROUBLE = 60
"""So many feeds for each that is in a certain kind of trouble: with some twenty kinds a third of the feeds is in some."""
NEVER_MENDED_SHARE = 0.2
LASTS_DAYS = {Cadence.CONTINUOUS: 25, Cadence.DAILY: 15, Cadence.WORKING_DAILY: 15, Cadence.WEEKLY: 30, Cadence.TEN_DAILY: 40}
LASTS_DAYS |= {Cadence.MONTHLY: 75, Cadence.QUARTERLY: 120, Cadence.HALF_YEARLY: 150, Cadence.YEARLY: 150}
SETTLED_DAYS = 20


def cast(world: World, knows: frozenset[Need]) -> Mapping[str, str]:
    """The kind of each feed in trouble, by feed id. A feed has one; each kind that the monitor can be fair to gets its share of feeds."""
    found: dict[str, str] = {}
    for name, kind in KINDS.items():
        if kind.needs is None or kind.needs in knows:
            found |= dict.fromkeys(_chosen(world, name, kind, found), name)
    return found


def _chosen(world: World, name: str, kind: Kind, taken: Mapping[str, str]) -> Iterator[str]:
    """Some feeds that a kind fits, of as many datasets as possible."""
    chance = world.chance("cast", name)
    free: dict[str, list[str]] = {}
    for feed in world.feeds:
        if feed.id not in taken and kind.fits(feed):
            free.setdefault(feed.dataset.id, []).append(feed.id)
    for ids in free.values():
        chance.shuffle(ids)
    ids = [one for row in zip_longest(*free.values()) for one in row if one is not None]
    yield from ids[: max(1, len(world.feeds) // FEEDS_FOR_A_TROUBLE)]


def onset_of(feed: Feed, world: World, given: list[Delivery], chance: Random) -> Onset | None:
    """Where a trouble of this feed begins and ends; None when nothing of it falls into the world's time."""
    if feed.calendar.continuous:
        return _onset_by_age(feed, world, given, chance)
    settled_ms = world.start_ms + SETTLED_DAYS * DAY_MS
    first: dict[str, int] = {}
    for delivery in given:
        if delivery.op == "c":
            first.setdefault(delivery.period.name, delivery.at_ms)
    possible = [p for p in feed.owed if first.get(p.name, 0) > settled_ms and feed.calendar.deadline_ms(p) < world.end_ms - DAY_MS]
    if not possible:
        return None
    period = chance.choice(possible)
    deadline_ms = feed.calendar.deadline_ms(period)
    return Onset(period, first[period.name] - 1, deadline_ms, _mended_ms(feed, world, deadline_ms, chance))


def _onset_by_age(feed: Feed, world: World, given: list[Delivery], chance: Random) -> Onset | None:
    possible = [d for d in given if d.op == "c" and world.start_ms + SETTLED_DAYS * DAY_MS < d.at_ms < world.end_ms - SETTLED_DAYS * DAY_MS]
    if not possible:
        return None
    last = chance.choice(possible)
    deadline_ms = max(feed.calendar.late_ms(last.period.at_ms), feed.calendar.over_ms(feed.dataset.terms.first_due))
    return Onset(last.period, last.at_ms, deadline_ms, _mended_ms(feed, world, deadline_ms, chance))


def _mended_ms(feed: Feed, world: World, deadline_ms: int, chance: Random) -> int:
    """When it is made good: mostly soon, as the cadence goes; sometimes never."""
    if chance.random() < NEVER_MENDED_SHARE:
        return world.end_ms
    by_hour = feed.dataset.terms.due.unit == "hour"
    most_ms = LASTS_DAYS[feed.dataset.terms.cadence] * DAY_MS // (8 if by_hour else 1)
    at_ms = deadline_ms + HOUR_MS + int(most_ms * chance.random() ** 2)
    return at_ms if by_hour else next_office_ms(feed, at_ms, chance)
