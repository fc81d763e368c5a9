"""Courses that decide a verdict: the simulator's troubles, begun where their story can be told at present, and never made good."""

from __future__ import annotations

from random import Random

from msgspec.structs import replace

from expectations.freshness.terms import DAY_MS, HOUR_MS
from streams.demo.stage import Stage, as_it_was
from streams.province import troubles
from streams.province.calendar import ONE_DAY
from streams.province.orderly import sent
from streams.province.plan import Delivery, Feed
from streams.province.troubles import Onset

PERCENT_IN_PART = 48
LAST_NIGHT_MS = 26 * HOUR_MS
"""The simulator reads everything again at two in the night after a deadline; so long ago, that night has begun by now."""

Deliveries = list[Delivery]


def silent(feed: Feed, stage: Stage, _: Deliveries, chance: Random) -> Deliveries:
    """Enter data up to the day on which everything stopped, then nothing."""
    midnight_ms = feed.calendar.midnight_ms
    stopped_on, world = stage.play.stopped_on, stage.world
    end_ms = midnight_ms(stopped_on + ONE_DAY) if feed.calendar.continuous else world.end_ms
    return sent(as_it_was(feed, stage), replace(world, start_ms=midnight_ms(stopped_on), end_ms=end_ms), chance)


def stuck(feed: Feed, stage: Stage, given: Deliveries, chance: Random) -> Deliveries:
    """Have data up to the same day, and touch the last of them every day since the connector went live."""
    old = silent(feed, stage, given, chance)
    return troubles.stuck(feed, old, _since_live(stage, old), chance)


def only_deletes(feed: Feed, stage: Stage, given: Deliveries, chance: Random) -> Deliveries:
    """Delete a row every day since then and send none."""
    return [d for d in troubles.deletes_only(feed, given, _since_live(stage, given), chance) if d.op == "d"]


def late(feed: Feed, stage: Stage, given: Deliveries, chance: Random) -> Deliveries:
    """Leave out what was due last, and everything after it."""
    return troubles.silent(feed, given, _due(feed, stage, given), chance)


def hole(feed: Feed, stage: Stage, given: Deliveries, chance: Random) -> Deliveries:
    """Leave out one period between others."""
    return troubles.hole(feed, given, _due(feed, stage, given, 3), chance)


def partial(feed: Feed, stage: Stage, given: Deliveries, _: Random) -> Deliveries:
    """Send the last period due in part: some slices, or one row where a few are asked for."""
    onset = _due(feed, stage, given)
    return troubles.in_part(feed, _through(given, onset), onset, PERCENT_IN_PART)


def never(feed: Feed, stage: Stage, given: Deliveries, chance: Random) -> Deliveries:
    """Send nothing at all."""
    return troubles.never(feed, given, _since_live(stage, given), chance)


def future_dated(feed: Feed, stage: Stage, given: Deliveries, chance: Random) -> Deliveries:
    """Send the last period due with a year that has not come yet."""
    onset = _due(feed, stage, given)
    return troubles.future_dated(feed, _through(given, onset), onset, chance)


def zero_date(feed: Feed, stage: Stage, given: Deliveries, _: Random) -> Deliveries:
    """Send the last period due with a date of zeros."""
    onset = _due(feed, stage, given)
    return [replace(d, twist="zero_date") if d.period == onset.period else d for d in _through(given, onset)]


def resnapshot(feed: Feed, stage: Stage, given: Deliveries, chance: Random) -> Deliveries:
    """Stop two periods ago; the connector read everything old again last night."""
    onset = replace(_due(feed, stage, given, 2), deadline_ms=stage.now_ms - LAST_NIGHT_MS)
    return troubles.resnapshot(feed, given, onset, chance)


def _since_live(stage: Stage, given: Deliveries) -> Onset:
    """From when the connector went live until after the present."""
    return Onset(given[-1].period, stage.world.start_ms, stage.world.start_ms, stage.now_ms + DAY_MS)


def _due(feed: Feed, stage: Stage, given: Deliveries, nth: int = 1) -> Onset:
    """At the `nth` last period that is due by now; of a continuous feed where it would be too old by now if nothing had come since."""
    mended_ms = stage.now_ms + DAY_MS
    if feed.calendar.continuous:
        last = next(d for d in reversed(given) if d.op == "c" and feed.calendar.late_ms(d.period.at_ms) <= stage.now_ms)
        return Onset(last.period, last.at_ms, feed.calendar.late_ms(last.period.at_ms), mended_ms)
    period = stage.due(feed)[-nth]
    first_ms = min(d.at_ms for d in given if d.period == period)
    return Onset(period, first_ms - 1, feed.calendar.deadline_ms(period), mended_ms)


def _through(given: Deliveries, onset: Onset) -> Deliveries:
    """What was sent of the onset's period and of those before it."""
    return [d for d in given if d.period.first <= onset.period.first]
