"""What a unit without trouble delivers: every period in office hours of a working day before it is due, in plausible volumes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from msgspec.structs import replace

from expectations.freshness.terms import DAY_MS, HOUR_MS
from streams.province.calendar import ONE_DAY, Period
from streams.province.plan import Delivery, Feed, World, needed

OFFICE_OPENS_MS, OFFICE_MS = 7 * HOUR_MS + HOUR_MS // 2, 9 * HOUR_MS
SNAPSHOT_MS = 30 * 60_000
READING_MS = 30 * 60_000
"""How often a station that is read around the clock sends a value."""
UPDATED_SHARE, DELETED_SHARE = 0.05, 0.01
MOST_EVENTS_A_DAY = 3
KEPT_DAYS = 20
"""How much of a continuous dataset the first snapshot holds."""


def orderly(feed: Feed, world: World, chance: Random) -> list[Delivery]:
    """What the unit sends between the world's start and its end; whatever is older comes in the connector's first snapshot."""
    return connected(sent(feed, world, chance), world.start_ms)


def sent(feed: Feed, world: World, chance: Random) -> list[Delivery]:
    """All that the unit has entered up to the world's end, each at its own time, and the changes since the world's start."""
    made = _continuous(feed, world, chance) if feed.calendar.continuous else _periodic(feed, world, chance)
    given = sorted(made, key=lambda d: d.at_ms)
    return given + list(_changes([d for d in given if d.at_ms >= world.start_ms], chance))


def connected(given: list[Delivery], live_ms: int) -> list[Delivery]:
    """The same as a connector tells it that went live at an instant: first, in one snapshot, the rows that were there by then."""
    old = [d for d in given if d.at_ms < live_ms and d.op == "c"]
    snapshot = [replace(d, at_ms=live_ms + n * SNAPSHOT_MS // len(old), op="r") for n, d in enumerate(old)]
    return snapshot + [d for d in given if d.at_ms >= live_ms]


def office_ms(feed: Feed, day: date, chance: Random) -> int:
    """An instant in the office hours of a day."""
    return feed.calendar.midnight_ms(day) + OFFICE_OPENS_MS + chance.randrange(OFFICE_MS)


def next_office_ms(feed: Feed, at_ms: int, chance: Random) -> int:
    """An instant in the office hours of the first working day after the day of an instant."""
    calendar = feed.calendar
    return office_ms(feed, calendar.workdays.next_workday(calendar.day_of(at_ms) + ONE_DAY), chance)


def _periodic(feed: Feed, world: World, chance: Random) -> Iterator[Delivery]:
    """A unit has its habit: it delivers early or late within the time that it has, more or fewer rows."""
    habit, size = chance.random(), chance.lognormvariate(0, 0.6)
    arrivals = sorted((_arrival_ms(feed, period, habit, chance), period.first, period) for period in feed.owed)
    for at_ms, _, period in arrivals:
        if at_ms >= world.end_ms:
            break
        rows = needed(feed) + int(chance.random() * size * (4 if needed(feed) < 50 else 20) * world.volume)
        cut = chance.randrange(1, rows) if rows > 1 and chance.random() < 0.3 else 0
        if cut:  # a part of the rows was ready some hours before the rest
            yield Delivery(at_ms - chance.randrange(60_000, OFFICE_MS // 3), period, range(cut))
        yield Delivery(at_ms, period, range(cut, rows))


def _arrival_ms(feed: Feed, period: Period, habit: float, chance: Random) -> int:
    """In office hours of a working day after the period has ended and not after its due day."""
    due = feed.calendar.due_day(period)
    days = [period.end + timedelta(days=n) for n in range((due - period.end).days + 1)]
    worked = [day for day in days if feed.calendar.workdays.is_workday(day)] or [due]
    share = min(0.999, max(0.0, habit + chance.uniform(-0.25, 0.25)))
    return office_ms(feed, worked[int(share * len(worked))], chance)


def _continuous(feed: Feed, world: World, chance: Random) -> Iterator[Delivery]:
    calendar, due = feed.calendar, feed.dataset.terms.due
    first = max(calendar.day_of(world.start_ms) - timedelta(days=KEPT_DAYS), feed.dataset.terms.first_due - timedelta(days=5))
    if due.unit == "hour":
        for at in range(calendar.midnight_ms(first), world.end_ms, min(READING_MS, due.count * HOUR_MS // 3)):
            yield carrying(feed, at, at + chance.randrange(5_000, 60_000))
        return
    size = chance.uniform(1, MOST_EVENTS_A_DAY) * world.volume
    for n in range((calendar.day_of(world.end_ms) - first).days):
        day = first + timedelta(days=n)
        if due.unit == "workingDay" and not calendar.workdays.is_workday(day):
            continue
        for at in sorted(office_ms(feed, day, chance) for _ in range(max(1, round(chance.gauss(size, 1))))):
            yield carrying(feed, at, at + chance.randrange(20_000, HOUR_MS))


def carrying(feed: Feed, instant_ms: int, at_ms: int) -> Delivery:
    """One row of a continuous dataset: the instant that it carries, and when it arrives."""
    day = feed.calendar.day_of(instant_ms)
    return Delivery(at_ms, Period("", day, day + ONE_DAY, instant_ms), range(1))


def _changes(given: list[Delivery], chance: Random) -> Iterator[Delivery]:
    """The ordinary corrections of rows that were sent: some are changed in the days after, a few deleted."""
    for delivery in given:
        drawn = chance.random()
        if drawn < UPDATED_SHARE:
            at_ms = delivery.at_ms + chance.randrange(HOUR_MS, 3 * DAY_MS)
            yield Delivery(at_ms, delivery.period, delivery.rows[:1], "d" if drawn < DELETED_SHARE and len(delivery.rows) > 1 else "u")
