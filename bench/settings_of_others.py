"""How the rules of others can be set for one dataset: every sensible setting, of which `bench.comparison` takes the best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from bench import others
from bench.others import Sight, Spans
from expectations.freshness.terms import DAY_MS, HOUR_MS
from streams.province.history import History
from streams.province.plan import Feed, World
from streams.province.truth import Outage

Rule = Callable[[Sequence[Sight], int, int], Spans]
"""A rule that is set: sightings, from when, until when."""
SLACKS = (0.0, 0.25)
"""How much earlier than its end, in parts of a period, a delivery may come without being taken for the one before."""
QUANTILES = (0.0, 0.5, 0.9, 1.0)
"""Spans of working days have no one length in calendar time: the least, the usual, nearly the longest and the longest of the years."""


def settings_of(feed: Feed, world: World) -> Mapping[str, list[Rule]]:
    """Every setting of every rule for a feed's dataset, in the same order for all datasets."""
    ends, length_ms = _ends(feed, world)
    graces, ages = _quantiles(_graces(feed, world)), _quantiles(_ages(feed, world))
    cron: list[Rule] = []
    window: list[Rule] = []
    for grace_ms in graces:
        for slack_ms in (int(length_ms * slack) for slack in SLACKS):
            expected, deadlines = [at - slack_ms for at in ends], [at + grace_ms for at in ends]
            cron.append(partial(_healthchecks, expected, grace_ms + slack_ms))
            window.append(partial(_dagster, deadlines, grace_ms + slack_ms))
    return {
        "soda": [partial(_soda, age_ms) for age_ms in ages],
        "healthchecks": cron,
        "dagster": window,
        "deadman": [partial(_deadman, age_ms) for age_ms in ages],
    }


def sights_of(feed: Feed, history: History) -> list[Sight]:
    """What anybody could see of a feed: rows under its own codes, and nothing while nothing could be read."""
    calendar, outages = feed.calendar, [outage for outage in history.truth.outages if not outage.connector]
    return [
        Sight(_seen_ms(d.at_ms, outages), d.op, d.period.at_ms if calendar.continuous else calendar.midnight_ms(d.period.end))
        for d in history.courses[feed.id].deliveries
        if d.twist != "split_code"
    ]


def first_deadline_ms(feed: Feed, world: World) -> int:
    """The instant from which anything can be late: no rule is switched on before it."""
    calendar = feed.calendar
    first = calendar.over_ms(feed.dataset.terms.first_due) if calendar.continuous else calendar.deadline_ms(feed.owed[0])
    return max(world.live_ms, first)


def _soda(age_ms: int, sights: Sequence[Sight], start_ms: int, end_ms: int) -> Spans:
    return others.soda_freshness(sights, age_ms, start_ms, end_ms)


def _healthchecks(ticks_ms: Sequence[int], grace_ms: int, sights: Sequence[Sight], start_ms: int, end_ms: int) -> Spans:
    return others.healthchecks_cron(sights, ticks_ms, grace_ms, start_ms, end_ms)


def _dagster(ticks_ms: Sequence[int], bound_ms: int, sights: Sequence[Sight], start_ms: int, end_ms: int) -> Spans:
    return others.dagster_cron(sights, ticks_ms, bound_ms, start_ms, end_ms)


def _deadman(age_ms: int, sights: Sequence[Sight], start_ms: int, end_ms: int) -> Spans:
    return others.influxdb_deadman(sights, age_ms, start_ms, end_ms)


def _seen_ms(at_ms: int, outages: Sequence[Outage]) -> int:
    return next((outage.until_ms for outage in outages if outage.from_ms < at_ms < outage.until_ms), at_ms)


def _ends(feed: Feed, world: World) -> tuple[list[int], int]:
    """When periods end, and how long one usually is; of a continuous dataset the days, or the hours if its age is of hours."""
    calendar = feed.calendar
    if not calendar.continuous:
        ends = [calendar.midnight_ms(period.end) for period in feed.owed]
        return ends, ends[1] - ends[0]
    step_ms = HOUR_MS if feed.dataset.terms.due.unit == "hour" else DAY_MS
    return list(range(world.start_ms, world.end_ms, step_ms)), step_ms


def _graces(feed: Feed, world: World) -> Iterator[int]:
    """How long after its end a period is late."""
    calendar = feed.calendar
    if calendar.continuous:
        yield from _ages(feed, world)
    else:
        yield from (calendar.deadline_ms(period) - calendar.midnight_ms(period.end) for period in feed.owed)


def _ages(feed: Feed, world: World) -> Iterator[int]:
    """How old the data of a punctual unit may become."""
    calendar = feed.calendar
    if calendar.continuous:
        days = (calendar.day_of(at) for at in range(world.start_ms, world.end_ms, DAY_MS))
        noons = (calendar.midnight_ms(day) + DAY_MS // 2 for day in days if calendar.workdays.is_workday(day))
        yield from (calendar.late_ms(noon) - noon for noon in noons)
    else:
        following = zip(feed.owed, feed.owed[1:], strict=False)
        yield from (calendar.deadline_ms(then) - calendar.midnight_ms(period.end) for period, then in following)


def _quantiles(values: Iterator[int]) -> list[int]:
    ordered = sorted(values)
    return [ordered[round(share * (len(ordered) - 1))] for share in QUANTILES]
