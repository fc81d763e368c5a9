"""What befalls many feeds at once: a connector that is down, and a monitor that cannot read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from expectations.freshness.terms import DAY_MS, HOUR_MS
from streams.province.calendar import ONE_DAY
from streams.province.plan import Course, Delivery, Feed, World, by_topic
from streams.province.truth import Outage

CONNECTORS_DOWN, OUTAGES_A_YEAR = 8, 2
DOWN_FROM_MS, DOWN_UNTIL_MS = 6 * HOUR_MS, 19 * HOUR_MS
CATCH_UP_GAP_MS = 500


class Down(msgspec.Struct, frozen=True):
    """A topic's connector told nothing from one instant to before another."""

    topic: str
    from_ms: int
    until_ms: int


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
        found.append(Down(topic, midnight_ms + DOWN_FROM_MS, midnight_ms + DOWN_UNTIL_MS))
    return found


def caught_up(course: Course, down: Down) -> Course:
    """The same course as a connector tells it that was down: what it missed comes afterwards, in order."""
    missed = [d for d in course.deliveries if down.from_ms <= d.at_ms < down.until_ms]
    if not missed:
        return course
    later = iter([replace(d, at_ms=down.until_ms + n * CATCH_UP_GAP_MS) for n, d in enumerate(missed)])
    moved = [next(later) if down.from_ms <= d.at_ms < down.until_ms else d for d in course.deliveries]
    return replace(course, deliveries=in_order(moved))


def in_order(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Deliveries as they arrive."""
    return sorted(deliveries, key=lambda delivery: delivery.at_ms)


def affected(world: World, courses: Mapping[str, Course], down: Down) -> list[Feed]:
    """The feeds of a topic that had something to tell while its connector was down."""
    return [
        feed
        for feed in world.feeds
        if feed.topic == down.topic and any(down.from_ms <= d.at_ms < down.until_ms for d in courses[feed.id].deliveries)
    ]
