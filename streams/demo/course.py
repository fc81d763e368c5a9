"""The course of a feed: which periods its unit delivers, and when. The orderly one here; troubles.py says how it goes wrong.

Whatever was there when the connector went live arrives in its snapshot (`r`); everything later arrives on its own (`c`).
"""

from __future__ import annotations

from datetime import date, timedelta

from expectations.freshness import periods
from expectations.freshness.schedule import DAY_MS, HOUR_MS, Schedule
from streams.demo.moves import Delivery, rows_wanted
from streams.demo.stage import Feed, Stage

SNAPSHOT_MS = 50 * 60_000
EARLIEST_SHARE, SHARES = 0.1, 0.6
"""A unit delivers between 10 % and 70 % of the time that it has between a period's end and its due instant."""
QUICK_DAYS = 3
OFFICE_OPENS_MS, OFFICE_MS = 8 * HOUR_MS, 8 * HOUR_MS
SOON_MS = 20_000
"""A row of a continuous dataset is heard so soon after its instant."""


def orderly(feed: Feed, stage: Stage) -> list[Delivery]:
    """What a unit without any trouble has delivered by now: every period from the first required one on, each before it is due."""
    found = continuous(feed, stage) if feed.schedule.continuous else periodic(feed, stage)
    return as_connected(feed, stage, found)


def as_connected(feed: Feed, stage: Stage, deliveries: list[Delivery]) -> list[Delivery]:
    """The same deliveries as a connector tells them that went live some days ago: the old ones in one snapshot."""
    live_ms = stage.go_live_ms(feed)
    old = sum(delivery.at_ms < live_ms for delivery in deliveries)
    return [Delivery(d.period, live_ms + n * SNAPSHOT_MS // old, "r", d.rows, d.twist) if n < old else d for n, d in enumerate(deliveries)]


def periodic(feed: Feed, stage: Stage, first: int | None = None) -> list[Delivery]:
    """Every period from `first` (the first required one) on that has arrived by now, at its own time."""
    period = feed.schedule.first_required if first is None else first
    found = []
    while (at_ms := arrival_ms(feed, stage, period)) <= stage.now_ms:
        found.append(Delivery(period, at_ms, "c", rows_wanted(feed)))
        period += 1
    return found


def arrival_ms(feed: Feed, stage: Stage, period: int) -> int:
    """When an orderly unit delivers a period: after its end, before it is due."""
    schedule = feed.schedule
    end_ms, due_ms = schedule.midnight_ms(schedule.end_day(period)), schedule.due_at_ms(period)
    return end_ms + int((due_ms - end_ms) * (EARLIEST_SHARE + SHARES * stage.share(feed.id, "arrival", period)))


def continuous(feed: Feed, stage: Stage) -> list[Delivery]:
    """Instants since some time before the connector went live: every few minutes for a quick dataset, one a working day for a slow one."""
    due = feed.dataset.terms.due
    age_ms = due.count * (HOUR_MS if due.unit == "hour" else DAY_MS)
    if age_ms < QUICK_DAYS * DAY_MS:
        start_ms, step_ms = stage.now_ms - QUICK_DAYS * DAY_MS, max(age_ms // 4, 60_000)
        instants = [at + int(step_ms * stage.share(feed.id, at) / 2) for at in range(start_ms, stage.now_ms, step_ms)]
    else:
        today = stage.today(feed)
        instants = office_instants(feed, stage, today - timedelta(days=2 * stage.play.live_days), today)
    return [Delivery(at, at + SOON_MS, "c", range(1)) for at in instants if at + SOON_MS <= stage.now_ms]


def office_instants(feed: Feed, stage: Stage, first: date, last: date) -> list[int]:
    """One instant in office hours of every day, of working days only where the contract counts those."""
    schedule = feed.schedule
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if feed.dataset.terms.due.unit == "workingDay":
        days = [day for day in days if schedule.workdays.is_workday(day)]
    return [schedule.midnight_ms(day) + OFFICE_OPENS_MS + int(OFFICE_MS * stage.share(feed.id, day)) for day in days]


def last_ended(schedule: Schedule, day: date) -> int:
    """The last period that had ended when `day` was over."""
    terms = schedule.terms
    period = schedule.ordinal_of(day)
    over = periods.end_day(terms.cadence, period, terms.month_starts_on) <= day + timedelta(days=1)
    return period if over else period - 1
