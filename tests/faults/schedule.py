"""Which fault strikes when: a pure function of the seed, so that a run can be repeated and a schedule can be shrunk."""

from __future__ import annotations

import random
from enum import StrEnum
from typing import NamedTuple

SESSION_SECONDS = 6.0


class Kind(StrEnum):
    """What can go wrong."""

    KILL = "SIGKILL"
    TERM = "SIGTERM"
    LEAVE = "leave"
    JOIN = "join"
    PAUSE = "pause"
    WIPE = "disk wiped"
    BROKER_STOP = "broker stopped"
    BROKER_KILL = "broker killed"
    CLOCK = "clock step"
    INFLUX_DOWN = "InfluxDB down"
    INFLUX_LOST = "InfluxDB's answers lost"
    INFLUX_SLOW = "InfluxDB slow"
    INFLUX_ERROR = "InfluxDB 5xx"
    INFLUX_BUSY = "InfluxDB 429"
    INFLUX_PARTIAL = "InfluxDB partial writes"
    MAIL_DOWN = "mail server down"
    MAIL_LOST = "mail taken, answer lost"


LASTS_SECONDS = {
    Kind.LEAVE: (1.0, 8.0),
    Kind.JOIN: (8.0, 20.0),
    Kind.PAUSE: (SESSION_SECONDS + 2, SESSION_SECONDS + 8),
    Kind.BROKER_STOP: (0.5, 4.0),
    Kind.BROKER_KILL: (0.5, 4.0),
    Kind.CLOCK: (2.0, 10.0),
    Kind.INFLUX_DOWN: (2.0, 10.0),
    Kind.INFLUX_LOST: (1.0, 6.0),
    Kind.INFLUX_SLOW: (2.0, 10.0),
    Kind.INFLUX_ERROR: (2.0, 10.0),
    Kind.INFLUX_BUSY: (2.0, 6.0),
    Kind.INFLUX_PARTIAL: (2.0, 8.0),
    Kind.MAIL_DOWN: (2.0, 10.0),
    Kind.MAIL_LOST: (2.0, 6.0),
}
"""How long a fault lasts, from and to; one that is not named is over at once."""
DECK = (*Kind, Kind.KILL, Kind.KILL, Kind.KILL, Kind.TERM, Kind.PAUSE, Kind.WIPE, Kind.INFLUX_DOWN, Kind.MAIL_DOWN)
"""Kinds are dealt from shuffled decks: each comes up, and what happens most in life comes up most."""


class Fault(NamedTuple):
    """One fault: it strikes after `at_event` events, hits `worker` where it hits one, and the next waits `then_seconds`."""

    at_event: int
    kind: Kind
    worker: int
    lasts_seconds: float
    then_seconds: float

    def __str__(self) -> str:
        """As a line of a schedule."""
        return f"after {self.at_event:,} events: {self.kind}, worker {self.worker}, {self.lasts_seconds:.1f} s"


def plan(seed: int, events: int, faults: int, workers: int) -> tuple[Fault, ...]:
    """Deal `faults` faults over `events` events, in order."""
    chance = random.Random(seed)
    kinds: list[Kind] = []
    while len(kinds) < faults:
        deck = list(DECK)
        chance.shuffle(deck)
        kinds += deck
    return tuple(_fault(chance, kind, (n + chance.random()) * events / faults, workers) for n, kind in enumerate(kinds[:faults]))


def _fault(chance: random.Random, kind: Kind, at_event: float, workers: int) -> Fault:
    low, high = LASTS_SECONDS.get(kind, (0.0, 0.0))
    return Fault(int(at_event), kind, chance.randrange(workers), chance.uniform(low, high), chance.uniform(0.2, 4.0))
