"""What a unit declares about a period that does not come in time."""

from __future__ import annotations

from random import Random

from expectations.freshness.terms import HOUR_MS
from streams.province.calendar import ONE_DAY
from streams.province.plan import Declared, Feed
from streams.province.troubles import Onset


def nothing_to_report(_: Feed, onset: Onset, chance: Random) -> list[Declared]:
    """A nil return, some hours or days before the deadline."""
    return [Declared("nil_return", onset.period.name, onset.deadline_ms - chance.randrange(1, 60) * HOUR_MS)]


def granted(feed: Feed, onset: Onset, chance: Random) -> list[Declared]:
    """An extension to the end of the day after the one on which the period does come, granted before the deadline."""
    calendar = feed.calendar
    at_ms = onset.deadline_ms - chance.randrange(1, 60) * HOUR_MS
    return [Declared("extension", onset.period.name, at_ms, calendar.midnight_ms(calendar.day_of(onset.mended_ms) + 2 * ONE_DAY))]
