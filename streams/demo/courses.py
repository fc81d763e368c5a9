"""Courses that go wrong: each takes an orderly unit's deliveries and returns what the troubled unit delivers instead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from expectations.freshness import periods
from expectations.freshness.schedule import DAY_MS, HOUR_MS
from streams.demo.course import SOON_MS, as_connected, last_ended, office_instants, periodic
from streams.demo.moves import Delivery
from streams.demo.stage import Feed, Stage

FUTURE = date(2052, 12, 1)
FEW_PERIODS = 5
FEW_DAYS = 20
PERCENT_OF_SLICES = 43
UPDATED_AT_MS = 7 * HOUR_MS
LOOKED_AT_MS = 2 * HOUR_MS

Deliveries = list[Delivery]


def silent(feed: Feed, stage: Stage, _: Deliveries) -> Deliveries:
    """Deliver in time up to the day on which everything stopped, then nothing: the system was never connected again."""
    return until_stopped(feed, stage)


def stuck(feed: Feed, stage: Stage, _: Deliveries) -> Deliveries:
    """Have data up to the same day, and touch the last of them every day since."""
    old = as_connected(feed, stage, until_stopped(feed, stage))
    touched = [Delivery(old[-1].period, at_ms, "u", old[-1].rows[:1]) for at_ms in every_day(feed, stage, UPDATED_AT_MS)]
    return old + touched


def until_stopped(feed: Feed, stage: Stage) -> Deliveries:
    """The deliveries, at their own times, of all that had ended on the last day of data."""
    last_day = stage.play.stopped_on
    if feed.schedule.continuous:
        instants = office_instants(feed, stage, last_day - timedelta(days=FEW_DAYS), last_day)
        return [Delivery(at, at + SOON_MS, "c", range(1)) for at in instants]
    last = last_ended(feed.schedule, last_day)
    first = min(feed.schedule.first_required, last - FEW_PERIODS)
    return [delivery for delivery in periodic(feed, stage, first) if delivery.period <= last]


def late(feed: Feed, stage: Stage, given: Deliveries) -> Deliveries:
    """Leave out what was due last, and everything after it."""
    return through(feed, stage, given, missing=1)


def hole(feed: Feed, stage: Stage, given: Deliveries) -> Deliveries:
    """Leave out one period between others."""
    gap = expected(feed, stage) - 2
    return [delivery for delivery in given if delivery.period != gap]


def partial(feed: Feed, stage: Stage, given: Deliveries) -> Deliveries:
    """Deliver the last period due in part: some slices, or one row where several are asked for."""
    last = given[expected(feed, stage) - given[0].period]
    slices = len(feed.dataset.terms.slices)
    rows = range(max(1, slices * PERCENT_OF_SLICES // 100))
    return [*through(feed, stage, given, missing=1), Delivery(last.period, last.at_ms, last.op, rows)]


def never(_: Feed, __: Stage, ___: Deliveries) -> Deliveries:
    """Deliver nothing at all."""
    return []


def only_deletes(feed: Feed, stage: Stage, given: Deliveries) -> Deliveries:
    """Delete a row every day and send none."""
    times = every_day(feed, stage, UPDATED_AT_MS)
    return [Delivery(was.period, at_ms, "d", was.rows[:1]) for was, at_ms in zip(given, times, strict=False)]


def future_typo(feed: Feed, stage: Stage, given: Deliveries) -> Deliveries:
    """Deliver the last period due with a year that has not come yet."""
    terms = feed.dataset.terms
    period = periods.ordinal(terms.cadence, FUTURE, terms.month_starts_on)
    return mistyped(feed, stage, given, period, "")


def zero_date(feed: Feed, stage: Stage, given: Deliveries) -> Deliveries:
    """Deliver the last period due with a date of zeros."""
    return mistyped(feed, stage, given, expected(feed, stage), "zero_date")


def mistyped(feed: Feed, stage: Stage, given: Deliveries, period: int, twist: str) -> Deliveries:
    """Deliver all but the last period due, and that one under a wrong name."""
    kept = through(feed, stage, given, missing=1)
    return [*kept, Delivery(period, given[len(kept)].at_ms, given[len(kept)].op, range(1), twist)]


def reread(feed: Feed, stage: Stage, given: Deliveries) -> Deliveries:
    """Stop two periods ago, and have everything read again in a second snapshot last night."""
    kept = through(feed, stage, given, missing=2)
    again_ms = every_day(feed, stage, LOOKED_AT_MS)[-1]
    return kept + [Delivery(d.period, again_ms + n, "r", d.rows) for n, d in enumerate(kept)]


def expected(feed: Feed, stage: Stage) -> int:
    """The last period that is late when missing. Raises ValueError before the first deadline."""
    found = feed.schedule.expected_through(stage.now_ms)
    if found is None:
        raise ValueError(f"{feed.id}: nothing has been due yet")
    return found


def through(feed: Feed, stage: Stage, given: Deliveries, *, missing: int) -> Deliveries:
    """Only the deliveries before the last `missing` periods that are due by now (continuous: before it was too late)."""
    last = expected(feed, stage) - (0 if feed.schedule.continuous else missing)
    return [delivery for delivery in given if delivery.period <= last]


def every_day(feed: Feed, stage: Stage, at_ms: int) -> list[int]:
    """An instant of every day since the connector went live, up to now."""
    return list(_every_day(stage.go_live_ms(feed), feed.schedule.midnight_ms(stage.today(feed)) + at_ms, stage))


def _every_day(live_ms: int, today_ms: int, stage: Stage) -> Iterator[int]:
    first_ms = today_ms - (stage.play.live_days - 1) * DAY_MS
    return (at for at in range(first_ms, stage.now_ms + 1, DAY_MS) if at > live_ms)
