"""What befalls many feeds at once: a connector that is down, and a monitor that cannot read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from expectations.freshness.terms import DAY_MS, HOUR_MS
from streams.province.calendar import ONE_DAY
from streams.province.plan import ROW_GAP_MS, Course, Delivery, World, by_topic
from streams.province.records import prefix_of
from streams.province.truth import Outage

CONNECTORS_DOWN, OUTAGES_A_YEAR, GONE_A_YEAR = 8, 2, 4
DOWN_FROM_MS, DOWN_UNTIL_MS = 6 * HOUR_MS, 19 * HOUR_MS
CATCH_UP_GAP_MS = 500


class Down(msgspec.Struct, frozen=True):
    """The connector of some topics told nothing from one instant to before another. One that is named is missed: it beats otherwise."""

    topics: Sequence[str]
    from_ms: int
    until_ms: int
    connector: str = ""


def monitor_outages(world: World) -> list[Outage]:
    """Some times, of hours to days, at which the monitor reads nothing: apart from each other, and over before the end."""
    chance = world.chance("outage")
    count = max(1, round(OUTAGES_A_YEAR * (world.end_ms - world.start_ms) / (365 * DAY_MS)))
    part_ms = (world.end_ms - world.start_ms) // count
    found = []
    for n in range(count):
        from_ms = world.start_ms + n * part_ms + chance.randrange(DAY_MS, max(part_ms - 4 * DAY_MS, 2 * DAY_MS))
        found.append(Outage(from_ms, from_ms + chance.randrange(4 * HOUR_MS, 3 * DAY_MS)))
    return found


def connectors_down(world: World) -> list[Down]:
    """Working days on which a topic's connector was down from before the offices opened until the evening, then caught up.

    So short that nothing becomes late by it: a monitor that does not listen to connectors can be fair to it, too.
    """
    chance = world.chance("connector")
    topics = [topic for topic, feeds in by_topic(world.feeds).items() if feeds[0].dataset.terms.due.unit != "hour"]
    found = []
    for topic in chance.sample(sorted(topics), min(CONNECTORS_DOWN, len(topics))):
        calendar = next(feed.calendar for feed in world.feeds if feed.topic == topic)
        at_ms = chance.randrange(world.start_ms + 30 * DAY_MS, world.end_ms - DAY_MS)
        midnight_ms = calendar.midnight_ms(calendar.workdays.next_workday(calendar.day_of(at_ms) + ONE_DAY))
        found.append(Down([topic], midnight_ms + DOWN_FROM_MS, midnight_ms + DOWN_UNTIL_MS))
    return found


def connectors_gone(world: World, outages: Sequence[Outage]) -> list[Down]:
    """Connectors that are down for days, each once over a deadline, apart from the monitor's own outages and over before the end.

    Units become late by it as far as anybody can see: only who misses its heartbeats can be fair to them.
    """
    chance = world.chance("connector", "days")
    of: dict[str, list[str]] = {}
    for topic in sorted(by_topic(world.feeds)):
        of.setdefault(prefix_of(topic), []).append(topic)
    count = max(1, round(GONE_A_YEAR * (world.end_ms - world.start_ms) / (365 * DAY_MS)))
    found = []
    for name in chance.sample(sorted(of), len(of)):
        feed = next(feed for feed in world.feeds if feed.topic in of[name])
        deadlines = [feed.calendar.deadline_ms(period) for period in feed.owed] or [chance.randrange(world.start_ms, world.end_ms)]
        spans = [(at - chance.randrange(DAY_MS, 5 * DAY_MS), at + chance.randrange(DAY_MS, 3 * DAY_MS)) for at in deadlines]
        free = [(a, b) for a, b in spans if world.start_ms + 30 * DAY_MS < a and b < world.end_ms - 5 * DAY_MS and _is_apart(a, b, outages)]
        if free:
            found.append(Down(of[name], *chance.choice(free), name))
    return found[:count]


def _is_apart(from_ms: int, until_ms: int, outages: Sequence[Outage]) -> bool:
    return all(until_ms + DAY_MS < outage.from_ms or outage.until_ms + DAY_MS < from_ms for outage in outages)


def outage_of(world: World, missed: Mapping[str, Sequence[Delivery]], down: Down) -> Outage:
    """What a connector that is gone means: nobody can be judged who may send by it, until the last row that it missed has come.

    A unit may send by any topic of its dataset, so that is every feed of a dataset of which the connector carries a topic.
    """
    feeds = [feed.id for feed in world.feeds if not set(down.topics).isdisjoint(feed.dataset.example_topics)]
    last_ms = [d.at_ms + len(d.rows) * ROW_GAP_MS for deliveries in missed.values() for d in deliveries]
    return Outage(down.from_ms, max(last_ms, default=down.until_ms), down.connector, feeds)


def missed_by(course: Course, down: Down) -> list[Delivery]:
    """What a connector that was down brings afterwards, in order."""
    missed = (d for d in course.deliveries if down.from_ms <= d.at_ms < down.until_ms)
    return [replace(d, at_ms=down.until_ms + n * CATCH_UP_GAP_MS) for n, d in enumerate(missed)]


def caught_up(course: Course, down: Down) -> Course:
    """The same course as a connector tells it that was down."""
    rest = [d for d in course.deliveries if not down.from_ms <= d.at_ms < down.until_ms]
    return replace(course, deliveries=in_order([*missed_by(course, down), *rest]))


def in_order(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Deliveries as they arrive."""
    return sorted(deliveries, key=lambda delivery: delivery.at_ms)


def missed_of(world: World, courses: Mapping[str, Course], down: Down) -> dict[str, list[Delivery]]:
    """By feed, what a connector that was down brings afterwards; of the feeds that had something to tell meanwhile."""
    found = ((feed.id, missed_by(courses[feed.id], down)) for feed in world.feeds if feed.topic in down.topics)
    return {feed: missed for feed, missed in found if missed}
