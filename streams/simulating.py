"""Replay what happened under two catalogues: which verdicts and which alerts differ. Pure: time passes in the ticks that are told."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Literal, NamedTuple

import msgspec

from alerts.decide import should_notify
from alerts.transition import Transition
from expectations.catalogue.load import Catalogue
from expectations.freshness.verdict import Verdict
from streams.changes.envelope import HEARTBEAT_TOPIC
from streams.changes.wire import Stated
from streams.feeds.state import FeedState
from streams.heartbeats import NO_BEATS, Heartbeats
from streams.offline import RULES, Fetched, Offline, partitions_of

Told = Mapping[str, object]


class Message(NamedTuple):
    """What a unit is told once: of this dataset, for this incident, at this stage."""

    unit: str
    dataset: str
    incident: str
    stage: str


class Stretch(NamedTuple):
    """The time that is replayed. The last tick is at `until_ms` itself."""

    begin_ms: int
    until_ms: int
    tick_ms: int

    def ticks(self) -> Sequence[int]:
        """The instants of the ticks."""
        return [*range(self.begin_ms, self.until_ms, self.tick_ms), self.until_ms]


class Run(NamedTuple):
    """What was said under one catalogue: the verdicts at the end, and every alert."""

    verdicts: Mapping[str, Verdict]
    alerts: Mapping[Message, Transition]


class Difference(msgspec.Struct, frozen=True):
    """A verdict at the end, or an alert, that is not the same; None: there is none. `at_ms` is the earlier instant of the two."""

    unit: str
    dataset: str
    what: Literal["alert", "verdict"]
    at_ms: int
    before: Told | None
    after: Told | None


class Arrival(NamedTuple):
    """A record, and the instant at which it can be read: not before those that lie ahead of it in its partition."""

    read_ms: int
    record: Fetched


class Past(NamedTuple):
    """What is replayed: records in the order of their reading, what was declared, and the states with which the replay begins, by feed."""

    arrivals: Sequence[Arrival] = ()
    stated: Sequence[Stated] = ()
    kept: Mapping[str, FeedState] = MappingProxyType({})


def stated_of(states: Mapping[str, FeedState]) -> list[Stated]:
    """Return what was ever declared, as the states of feeds remember it, in the order in which it was."""
    found = [Stated(feed, [declaration]) for feed, state in states.items() for declaration in state.declarations.values()]
    return sorted(found, key=lambda stated: stated.declarations[0].made_ms)


def arrivals_of(records: Iterable[Fetched], until_ms: int) -> list[Arrival]:
    """Return what had happened by `until_ms`, as it is read; the order of `records` does not matter."""
    happened = sorted((r for r in records if r.timestamp <= until_ms), key=lambda r: (r.topic, r.partition, r.offset))
    found: list[Arrival] = []
    for _, partition in groupby(happened, key=lambda r: (r.topic, r.partition)):
        read_ms = 0
        for record in partition:
            read_ms = max(read_ms, record.timestamp)
            found.append(Arrival(read_ms, record))
    return sorted(found, key=lambda arrival: arrival.read_ms)


def run(catalogue: Catalogue, past: Past, stretch: Stretch, tell: Callable[[int], None] = lambda _: None) -> Run:
    """Replay under one catalogue, all that arrived or was declared by a tick before it. `tell` hears how many ticks are done."""
    worker = Offline(catalogue, partitions_of(arrival.record for arrival in past.arrivals), past.kept)
    had: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    alerts: dict[Message, Transition] = {}
    coming, stated, heard = deque(past.arrivals), deque(past.stated), Heartbeats(RULES.connector_ms)
    for n, tick_ms in enumerate(stretch.ticks(), 1):
        came: list[Fetched] = []
        while coming and coming[0].read_ms <= tick_ms:
            record = coming.popleft().record
            came.append(record)
            if record.topic.startswith(HEARTBEAT_TOPIC):
                heard.note((record.topic, record.partition), record.timestamp)
        worker.read(came, tick_ms)
        while stated and stated[0].declarations[0].made_ms <= tick_ms:
            worker.state(stated.popleft())
        # After the last record nobody knows whether connectors beat.
        for transition in worker.tick(tick_ms, tick_ms, heard.told(tick_ms) if coming else NO_BEATS):
            message = Message(transition.unit, transition.dataset, transition.incident, transition.new)
            if should_notify(transition, had[message.unit]).notify:
                had[message.unit].add(message[1:])
                alerts[message] = transition
        tell(n)
    return Run(worker.verdicts(), alerts)


def differences(before: Run, after: Run, from_ms: int, until_ms: int) -> list[Difference]:
    """Return what differs, by feed and time. Alerts that both runs had sent before `from_ms` are left out."""
    found = [*_alerts(before.alerts, after.alerts, from_ms), *_verdicts(before.verdicts, after.verdicts, until_ms)]
    return sorted(found, key=lambda d: (d.unit, d.dataset, d.what, d.at_ms))


def _alerts(before: Mapping[Message, Transition], after: Mapping[Message, Transition], from_ms: int) -> Iterable[Difference]:
    for message in before.keys() | after.keys():
        pair = before.get(message), after.get(message)
        sent = [transition for transition in pair if transition is not None]
        old, new = (None if transition is None else alert_told(transition) for transition in pair)
        if old != new and max(transition.noticed_ms for transition in sent) >= from_ms:
            yield Difference(message.unit, message.dataset, "alert", min(transition.at_ms for transition in sent), old, new)


def _verdicts(before: Mapping[str, Verdict], after: Mapping[str, Verdict], until_ms: int) -> Iterable[Difference]:
    for feed in before.keys() | after.keys():
        old, new = (None if verdict is None else verdict_told(verdict) for verdict in (before.get(feed), after.get(feed)))
        if old != new:
            unit, dataset = feed.split("/", 1)
            yield Difference(unit, dataset, "verdict", until_ms, old, new)


def verdict_told(verdict: Verdict) -> Told:
    """What is told of a verdict."""
    return {
        "verdict": str(verdict.status),
        "reason": str(verdict.reason),
        "data_through": verdict.data_through,
        "expected_through": verdict.expected_through,
        "periods_behind": verdict.periods_behind,
        "holes": list(verdict.holes),
    }


def alert_told(transition: Transition) -> Told:
    """What is compared of an alert: its stage, why, for which period, and when that happened. A tick's own instant is not."""
    return {"verdict": transition.new, "reason": transition.reason, "missing": transition.missing, "at_ms": transition.at_ms}
