"""The history of a province: what every feed sends, and the truth about it. The same seed gives the same history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from streams.province.casting import cast, onset_of
from streams.province.kinds import KINDS, Need
from streams.province.orderly import orderly
from streams.province.outages import Down, caught_up, connectors_down, connectors_gone, in_order, missed_of, monitor_outages, outage_of
from streams.province.plan import Course, Feed, World
from streams.province.truth import Outage, Trouble, Truth, spans_of, without


class History(msgspec.Struct, frozen=True):
    """A world, what its feeds send (by feed id, in the order of arrival), the truth, and the connectors that were gone for days."""

    world: World
    courses: Mapping[str, Course]
    truth: Truth
    gone: Sequence[Down] = ()


def history_of(world: World, knows: frozenset[Need] = frozenset()) -> History:
    """Play a world. `knows` is what the monitor can be told beyond change events: kinds that need more are left out."""
    kinds = dict(cast(world, knows))
    courses: dict[str, Course] = {}
    for feed in world.feeds:
        course = _course(feed, world, kinds.get(feed.id))
        if course is None:  # nothing of the trouble would fall into the world's time
            del kinds[feed.id]
            course = _course(feed, world, None)
        courses[feed.id] = course or Course([])
    ours = monitor_outages(world)
    gone = connectors_gone(world, ours) if "heartbeats" in knows else []
    down: dict[str, str] = {}
    outages = list(ours)
    for one in [*connectors_down(world), *gone]:
        missed = missed_of(world, courses, one)
        down |= dict.fromkeys(missed, "connector_down")
        courses |= {feed: caught_up(courses[feed], one) for feed in missed}
        if one.connector:
            outages.append(outage_of(world, missed, one))
    troubles = [*_troubles(world, courses, down | kinds, outages)]
    troubles += [Trouble("", "our_outage") for _ in ours]
    truth = Truth(world.seed, world.start_ms, world.end_ms, [feed.id for feed in world.feeds], troubles, outages)
    return History(world, courses, truth, gone)


def _course(feed: Feed, world: World, kind_name: str | None) -> Course | None:
    """What a feed sends and declares; None when it cannot be in that trouble here."""
    chance = world.chance(feed.id)
    given = orderly(feed, world, chance)
    course = Course(given)
    if kind_name is not None:
        kind = KINDS[kind_name]
        onset = onset_of(feed, world, given, chance)
        if onset is None:
            return None
        course = Course(kind.change(feed, given, onset, chance), kind.declare(feed, onset, chance) if kind.declare else [])
    deliveries = [replace(d, at_ms=max(d.at_ms, world.start_ms)) for d in course.deliveries if d.at_ms < world.end_ms]
    return replace(course, deliveries=in_order(deliveries))


def _troubles(world: World, courses: Mapping[str, Course], kinds: Mapping[str, str], outages: list[Outage]) -> list[Trouble]:
    """What is to be said of every feed. A feed without a trouble that the contract accuses all the same would be a mistake of ours."""
    found = []
    for feed in world.feeds:
        course = courses[feed.id]
        connectors = [outage for outage in outages if outage.feeds and outage.touches(feed.id)]
        spans = without(spans_of(feed, course, world.live_ms, world.end_ms), connectors)
        name = kinds.get(feed.id)
        kind = KINDS.get(name or "")
        if spans and (kind is None or not kind.accuses):
            raise ValueError(f"{feed.id} shall be in good order ({name or 'no trouble'}), yet is late from {spans[0].from_ms}")
        if name is not None:
            found.append(Trouble(feed.id, name, without(spans, [o for o in outages if not o.feeds]), course.declared))
    return found
