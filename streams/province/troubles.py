"""How a feed goes wrong: each takes what an orderly unit sends and returns what the troubled one sends instead. Pure.

`Onset` says where it begins: the period whose deadline is missed (of a continuous feed the instant after which nothing new comes),
that deadline, and the instant at which it is made good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from random import Random

import msgspec
from msgspec.structs import replace

from expectations.freshness.terms import HOUR_MS
from streams.province.calendar import ONE_DAY, Period
from streams.province.plan import Delivery, Feed, needed

Deliveries = list[Delivery]
FUTURE_YEARS = 27
LIVES_AT_MS, NIGHT_MS = 8 * HOUR_MS, 2 * HOUR_MS
MOST_READ_AGAIN = 60
DRIFTS = 6
MINUTE_MS = 60_000


class Onset(msgspec.Struct, frozen=True):
    """Where a trouble begins and ends: see above. `silent_ms` is the last instant before anything of the period was sent."""

    period: Period
    silent_ms: int
    deadline_ms: int
    mended_ms: int


def silent(_: Feed, given: Deliveries, onset: Onset, __: Random) -> Deliveries:
    """Send nothing; then, if it is made good at all, everything at once."""
    held = [d for d in given if onset.silent_ms < d.at_ms < onset.mended_ms]
    return [d for d in given if d.at_ms <= onset.silent_ms or d.at_ms >= onset.mended_ms] + [
        replace(d, at_ms=onset.mended_ms + n * MINUTE_MS) for n, d in enumerate(held)
    ]


def stuck(feed: Feed, given: Deliveries, onset: Onset, chance: Random) -> Deliveries:
    """Send no new period, but changes of old rows every day."""
    return silent(feed, given, onset, chance) + _old_rows_daily(feed, given, onset, "u")


def deletes_only(feed: Feed, given: Deliveries, onset: Onset, chance: Random) -> Deliveries:
    """Delete old rows every day and send nothing else."""
    return silent(feed, given, onset, chance) + _old_rows_daily(feed, given, onset, "d")


def resnapshot(feed: Feed, given: Deliveries, onset: Onset, chance: Random) -> Deliveries:
    """Send nothing new; the connector reads everything old again, in the night after the deadline."""
    night_ms = feed.calendar.midnight_ms(feed.calendar.day_of(onset.deadline_ms) + ONE_DAY) + NIGHT_MS
    old = [d for d in given if d.at_ms <= onset.silent_ms and d.op in {"c", "r"}][-MOST_READ_AGAIN:]
    again = [replace(d, at_ms=night_ms + n * MINUTE_MS // 4, op="r") for n, d in enumerate(old)]
    return silent(feed, given, onset, chance) + again


def never(_: Feed, __: Deliveries, ___: Onset, ____: Random) -> Deliveries:
    """Send nothing at all, ever."""
    return []


def late(_: Feed, given: Deliveries, onset: Onset, __: Random) -> Deliveries:
    """Send one period after its deadline, the others in time."""
    return [replace(d, at_ms=onset.mended_ms + n) if d.period == onset.period else d for n, d in enumerate(given)]


def hole(_: Feed, given: Deliveries, onset: Onset, __: Random) -> Deliveries:
    """Leave one period out for good."""
    return [d for d in given if d.period != onset.period]


def partial(feed: Feed, given: Deliveries, onset: Onset, chance: Random) -> Deliveries:
    """Send a part of a period's rows in time and the rest after the deadline."""
    return in_part(feed, given, onset, chance.randrange(20, 95))


def in_part(feed: Feed, given: Deliveries, onset: Onset, percent: int) -> Deliveries:
    """The same with so much of the rows that make the period complete, but at least one."""
    part, other, at_ms = range(max(1, needed(feed) * percent // 100)), *_taken(given, onset)
    return [*other, Delivery(at_ms, onset.period, part), Delivery(onset.mended_ms, onset.period, range(part.stop, needed(feed)))]


def duplicates(feed: Feed, given: Deliveries, onset: Onset, _: Random) -> Deliveries:
    """Send too few rows of a period, many times over, and the rest after the deadline."""
    few, other, at_ms = range(needed(feed) - 1), *_taken(given, onset)
    again = [Delivery(at_ms + n * MINUTE_MS, onset.period, few) for n in range(6)]
    return [*other, *again, Delivery(onset.mended_ms, onset.period, range(needed(feed)))]


def future_dated(feed: Feed, given: Deliveries, onset: Onset, _: Random) -> Deliveries:
    """Send a period (continuous: what is sent in a whole while) with a year that is far ahead, and correct it later."""
    return _misdated(feed, given, onset, FUTURE_YEARS)


def wrong_year(feed: Feed, given: Deliveries, onset: Onset, _: Random) -> Deliveries:
    """Send it with the year before: what everybody writes in January. Corrected later."""
    return _misdated(feed, given, onset, -1)


def next_period(feed: Feed, given: Deliveries, onset: Onset, _: Random) -> Deliveries:
    """Send a period under the name of the one after it, which has begun by then. Corrected later."""
    following = next(feed.calendar.periods(onset.period.end, onset.period.end + timedelta(days=400)))
    return _corrected(given, onset, {d.period: following for d in given if d.period == onset.period})


def split_codes(_: Feed, given: Deliveries, onset: Onset, __: Random) -> Deliveries:
    """Send a period under the code of a former commune that was split: it may be anybody's. Corrected later."""
    wrong = [replace(d, twist="split_code") if d.period == onset.period else d for d in given]
    return wrong + [replace(d, at_ms=onset.mended_ms + n, op="u") for n, d in enumerate(given) if d.period == onset.period]


def slow_decay(_: Feed, given: Deliveries, onset: Onset, __: Random) -> Deliveries:
    """Send each period a little later than the one before, until the deadlines are missed; then back in time."""
    step_ms = (onset.deadline_ms - onset.silent_ms) // 3
    names = [p.name for p in sorted({d.period for d in given if d.period.first >= onset.period.first}, key=lambda p: p.first)]
    drift = {name: n * step_ms for n, name in enumerate(names[:DRIFTS], 1)}
    return [replace(d, at_ms=d.at_ms + drift.get(d.period.name, 0)) for d in given]


def backfill(_: Feed, given: Deliveries, onset: Onset, __: Random) -> Deliveries:
    """Send nothing for a while, then the oldest first, one delivery after the other over days."""
    held = [d for d in given if onset.silent_ms < d.at_ms < onset.mended_ms]
    until_ms = onset.mended_ms + (onset.mended_ms - onset.silent_ms) // 4
    slow = [replace(d, at_ms=max(d.at_ms, onset.mended_ms + n * (until_ms - onset.mended_ms) // len(held))) for n, d in enumerate(held)]
    return [d for d in given if not onset.silent_ms < d.at_ms < onset.mended_ms] + slow


def early(feed: Feed, given: Deliveries, _: Onset, chance: Random) -> Deliveries:
    """Send every period before it has ended: in the afternoon of its last day."""
    last = {d.period: feed.calendar.midnight_ms(d.period.end - ONE_DAY) + chance.randrange(14, 17) * HOUR_MS for d in given}
    return [d if d.op == "r" else replace(d, at_ms=last[d.period] + n) for n, d in enumerate(given)]


def in_grace(feed: Feed, given: Deliveries, onset: Onset, chance: Random) -> Deliveries:
    """Send one period when it is due already, in the last hours of its grace."""
    due_ms = feed.calendar.midnight_ms(feed.calendar.due_day(onset.period) + ONE_DAY)
    at_ms = onset.deadline_ms - MINUTE_MS - int((onset.deadline_ms - MINUTE_MS - due_ms) * chance.random() ** 2)
    return [replace(d, at_ms=at_ms) if d.period == onset.period else d for d in given]


def resent(_: Feed, given: Deliveries, __: Onset, chance: Random) -> Deliveries:
    """Send now and then the same records twice: hours later, and half a year later."""
    twice = [d for d in given if chance.random() < 0.2]
    return given + [replace(d, at_ms=d.at_ms + chance.choice((3, 24 * 180)) * HOUR_MS) for d in twice]


def out_of_order(_: Feed, given: Deliveries, __: Onset, chance: Random) -> Deliveries:
    """Send the last rows of a period first, changes of older periods between, and timestamps that jump."""
    turned = [replace(d, rows=d.rows[::-1], lag_ms=chance.randrange(30 * MINUTE_MS)) for d in given]
    between = [replace(a, at_ms=max(a.at_ms, b.at_ms - HOUR_MS), rows=a.rows[:1], op="u") for a, b in zip(given, given[3:], strict=False)]
    return turned + between


def clock_ahead(_: Feed, given: Deliveries, __: Onset, chance: Random) -> Deliveries:
    """Send everything in time, through a broker whose clock is hours ahead."""
    ahead_ms = chance.randrange(1, 20) * HOUR_MS
    return [replace(d, lag_ms=-ahead_ms) for d in given]


def old_codes(_: Feed, given: Deliveries, __: Onset, ___: Random) -> Deliveries:
    """Go on writing the code of a former commune that became part of the unit as a whole."""
    return [replace(d, twist="old_code") for d in given]


def older_history(feed: Feed, given: Deliveries, onset: Onset, _: Random) -> Deliveries:
    """Load, on some day, the years before anything was asked for."""
    first = feed.owed[0].first
    older = feed.calendar.periods(first - timedelta(days=900 if (feed.owed[0].end - first).days > 1 else 60), first)
    return given + [Delivery(onset.deadline_ms + n * MINUTE_MS, p, range(needed(feed))) for n, p in enumerate(older)]


def _old_rows_daily(feed: Feed, given: Deliveries, onset: Onset, op: str) -> Deliveries:
    before = [d for d in given if d.at_ms <= onset.silent_ms and d.op in {"c", "r"}][-10:]
    return [
        replace(before[n % len(before)], at_ms=at_ms, rows=before[n % len(before)].rows[:1], op=op)
        for n, at_ms in enumerate(_mornings(feed, onset))
        if before
    ]


def _mornings(feed: Feed, onset: Onset) -> Iterator[int]:
    day, until = feed.calendar.day_of(onset.silent_ms) + ONE_DAY, feed.calendar.day_of(onset.mended_ms)
    for n in range((until - day).days):
        yield feed.calendar.midnight_ms(day + timedelta(days=n)) + LIVES_AT_MS


def _taken(given: Deliveries, onset: Onset) -> tuple[Deliveries, int]:
    """The deliveries of other periods, and when that of the onset's came."""
    return [d for d in given if d.period != onset.period], max(d.at_ms for d in given if d.period == onset.period and d.op == "c")


def _misdated(feed: Feed, given: Deliveries, onset: Onset, years: int) -> Deliveries:
    def is_meant(d: Delivery) -> bool:
        return onset.silent_ms < d.at_ms < onset.mended_ms if feed.calendar.continuous else d.period == onset.period

    return _corrected(given, onset, {d.period: _shifted(feed, d.period, years) for d in given if is_meant(d)})


def _corrected(given: Deliveries, onset: Onset, wrong: Mapping[Period, Period]) -> Deliveries:
    """The deliveries of some periods under other names, and later under their own."""
    sent = [replace(d, period=wrong[d.period], meant=d.period) if d.period in wrong else d for d in given]
    return sent + [replace(d, at_ms=onset.mended_ms + n, op="u") for n, d in enumerate(given) if d.period in wrong]


def _shifted(feed: Feed, period: Period, years: int) -> Period:
    """The same period of another year; the last day of February for one that is not in it."""
    days = timedelta(days=round(365.25 * years))
    if feed.calendar.continuous:
        return replace(period, first=period.first + days, end=period.end + days, at_ms=period.at_ms + days // timedelta(milliseconds=1))
    leap = (period.first.month, period.first.day) == (2, 29)
    first = period.first.replace(year=period.first.year + years, day=28 if leap else period.first.day)
    return next(feed.calendar.periods(first, first + timedelta(days=400)))
