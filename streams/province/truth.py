"""The truth beside the events: for every feed that is in trouble, when a fair observer must accuse it and what its data reach then.

Worked out from what was sent and what the contract says, and from nothing else. A feed is to be accused at every instant at which the
deadline of a required period has passed and the period is not complete: half open, from the deadline to the arrival of the last row
that was missing. Nobody is to be accused while the monitor itself could not read; all that the truth does not name is innocent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from expectations.freshness.terms import DAY_MS
from streams.province.plan import ROW_GAP_MS, Course, Declared, Delivery, Feed, slices_needed


class Span(msgspec.Struct, frozen=True):
    """A feed is to be accused from `from_ms` to before `until_ms`. `data_through`: from which instant its data reach which period."""

    from_ms: int
    until_ms: int
    data_through: list[tuple[int, str | None]]


class Trouble(msgspec.Struct, frozen=True):
    """What befell a feed (`feed` is empty when it befell the monitor). Without spans nobody is to be accused of it."""

    feed: str
    kind: str
    accuse: list[Span] = []
    declared: list[Declared] = []


class Outage(msgspec.Struct, frozen=True):
    """From `from_ms` to `until_ms` nobody of `feeds` (empty: of all) is to be accused: what they sent cannot be read.

    The monitor read nothing; or a `connector` was down and without heartbeats, and then caught up. Operations are to be told once.
    """

    from_ms: int
    until_ms: int
    connector: str = ""
    feeds: list[str] = []

    def touches(self, feed: str) -> bool:
        """Whether what a feed sends cannot be read."""
        return not self.feeds or feed in self.feeds


class Truth(msgspec.Struct, frozen=True):
    """The truth of one province. `feeds` are all of them; instants are milliseconds since the epoch."""

    seed: int
    start_ms: int
    end_ms: int
    feeds: list[str]
    troubles: list[Trouble]
    outages: list[Outage]


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Truth).decode

Reach = list[tuple[int, str | None]]


def spans_of(feed: Feed, course: Course, start_ms: int, end_ms: int) -> list[Span]:
    """When the feed is to be accused between two instants. The course's deliveries are in the order of their arrival."""
    late, reach = _by_age(feed, course, end_ms) if feed.calendar.continuous else _by_period(feed, course, end_ms)
    clipped = ((max(a, start_ms), min(b, end_ms)) for a, b in _joined(late))
    return [Span(a, b, list(_reached(reach, a, b))) for a, b in clipped if a < b]


def without(spans: Iterable[Span], outages: Sequence[Outage]) -> list[Span]:
    """The spans without the times at which the monitor could not read."""
    rest = list(spans)
    for outage in outages:
        cut: list[Span] = []
        for span in rest:
            before = (span.from_ms, min(span.until_ms, outage.from_ms))
            after = (max(span.from_ms, outage.until_ms), span.until_ms)
            cut += [Span(a, b, list(_reached(span.data_through, a, b))) for a, b in (before, after) if a < b]
        rest = cut
    return rest


def _by_period(feed: Feed, course: Course, end_ms: int) -> tuple[list[tuple[int, int]], Reach]:
    complete = dict(_completed(feed, course.deliveries))
    deadlines = {period.name: feed.calendar.deadline_ms(period) for period in feed.owed}
    for declared in course.declared:
        if declared.kind == "nil_return":
            complete[declared.period] = min(declared.at_ms, complete.get(declared.period, end_ms))
        else:
            deadlines[declared.period] = max(declared.until_ms, deadlines[declared.period])
    late = ((at_ms, complete.get(name, end_ms)) for name, at_ms in deadlines.items())
    return sorted((a, b) for a, b in late if a < b), list(_reach(feed, complete))


def _completed(feed: Feed, deliveries: Iterable[Delivery]) -> Iterator[tuple[str, int]]:
    """When each period first had the rows and the slices that its contract asks for."""
    rows: dict[str, set[int]] = {}
    done: set[str] = set()
    for delivery in deliveries:
        name = delivery.period.name
        if name in done or not _counts(feed, delivery):
            continue
        seen = rows.setdefault(name, set())
        for n, row in enumerate(delivery.rows):
            seen.add(row)
            if _is_enough(feed, seen):
                done.add(name)
                yield name, delivery.at_ms + n * ROW_GAP_MS
                break


def _is_enough(feed: Feed, rows: set[int]) -> bool:
    terms = feed.dataset.terms
    slices = len(terms.slices)
    return len(rows) >= terms.min_rows and (not slices or len({row % slices for row in rows}) >= slices_needed(feed))


def _counts(feed: Feed, delivery: Delivery) -> bool:
    """Whether rows say anything for their period: not when deleted, when nobody knows whose they are, or when it has not begun."""
    if delivery.op == "d" or delivery.twist == "split_code":
        return False
    begins_ms = delivery.period.at_ms if feed.calendar.continuous else feed.calendar.midnight_ms(delivery.period.first)
    return begins_ms <= delivery.at_ms + DAY_MS


def _reach(feed: Feed, complete: Mapping[str, int]) -> Iterator[tuple[int, str | None]]:
    """From which instant the data reach which period: the last one complete without a gap since the first that is owed.

    While not even that is complete, the last complete one before it.
    """
    names = [period.name for period in feed.owed]
    done: set[str] = set()
    reached = 0
    earlier: str | None = None
    for name, at_ms in sorted(complete.items(), key=lambda item: item[1]):
        done.add(name)
        if name < names[0]:  # names of one cadence are in the order of time
            earlier = max(name, earlier or name)
        while reached < len(names) and names[reached] in done:
            reached += 1
        yield at_ms, names[reached - 1] if reached else earlier


def _by_age(feed: Feed, course: Course, end_ms: int) -> tuple[list[tuple[int, int]], Reach]:
    """The same of a continuous feed: late whenever its newest row is too old, but not before anything was due."""
    calendar = feed.calendar
    first_ms = calendar.over_ms(feed.dataset.terms.first_due)
    late: list[tuple[int, int]] = []
    reach: Reach = []
    newest, late_from_ms = -1, first_ms
    for delivery in course.deliveries:
        instant_ms = delivery.period.at_ms
        if instant_ms <= newest or not _counts(feed, delivery):
            continue
        if late_from_ms < delivery.at_ms:
            late.append((late_from_ms, delivery.at_ms))
            reach.append((late_from_ms, _minute(feed, newest)))
        newest, late_from_ms = instant_ms, max(first_ms, calendar.late_ms(instant_ms), delivery.at_ms)
    if late_from_ms < end_ms:
        late.append((late_from_ms, end_ms))
        reach.append((late_from_ms, _minute(feed, newest)))
    return late, reach


def _minute(feed: Feed, at_ms: int) -> str | None:
    return None if at_ms < 0 else datetime.fromtimestamp(at_ms // 1000, feed.calendar.zone).isoformat(timespec="minutes")


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, with those that touch or overlap as one."""
    joined: list[tuple[int, int]] = []
    for a, b in spans:
        if joined and a <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
        else:
            joined.append((a, b))
    return joined


def _reached(reach: Reach, from_ms: int, until_ms: int) -> Iterator[tuple[int, str | None]]:
    """What the data reach at `from_ms`, and every change of it before `until_ms`."""
    reached = next((period for at_ms, period in reversed(reach) if at_ms <= from_ms), None)
    yield from_ms, reached
    for at_ms, period in reach:
        if from_ms < at_ms < until_ms and period != reached:
            reached = period
            yield at_ms, period
