"""What a run left behind, in a form that can be compared value by value.

Left out because it says when something was noticed or how it was batched, not what is so: `noticed_ms` of transitions, the `pipeline`
measurement, the order of records, and the repeats of at-least-once topics (a repeat with other content is a difference).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from points.influx import InfluxStore
from streams.feeds.state import FeedState
from tests.faults.actors import Actors
from tests.faults.letters import Letter
from tests.faults.schedule import SESSION_SECONDS, Fault

MEASUREMENTS = ("freshness", "quality", "volume", "transitions")
OPERATIONS = "bench@bench.example"
NOTICED = frozenset({"noticed_ms"})
Values = dict[str, Any]


class Outcome(NamedTuple):
    """Points, states, transitions, quarantined records and alerts by their identity; and which alerts came more than once."""

    points: Values
    states: Values
    transitions: Values
    quarantine: Values
    alerts: Values
    repeats: int
    unexplained: tuple[str, ...]

    @property
    def parts(self) -> dict[str, Values]:
        """What is compared."""
        names = ("points", "states", "transitions", "quarantine", "alerts")
        return {name: getattr(self, name) for name in names}

    def summary(self) -> str:
        """How much there is of each."""
        return ", ".join(f"{len(found):,} {name}" for name, found in self.parts.items())


class Comparison(NamedTuple):
    """How a run differs from an undisturbed one: each as one line of text."""

    different: tuple[str, ...]
    lost: tuple[str, ...]


def compare(undisturbed: Outcome, disturbed: Outcome) -> Comparison:
    """Return what has another value or should not be there, and what is missing."""
    different, lost = list[str](), list[str]()
    for name, expected in undisturbed.parts.items():
        found = disturbed.parts[name]
        lost += [f"{name} {key}: missing" for key in expected.keys() - found.keys()]
        different += [f"{name} {key}: should not be there: {found[key]}" for key in found.keys() - expected.keys()]
        both = expected.keys() & found.keys()
        different += [f"{name} {key}: {_first(expected[key], found[key])}" for key in both if expected[key] != found[key]]
    return Comparison(tuple(sorted(different)), tuple(sorted(lost)))


def _first(expected: Any, found: Any) -> str:
    """Where two values differ, as text."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        names = sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))
        return "; ".join(f"{name} is {found.get(name)!r}, should be {expected.get(name)!r}" for name in names)
    return f"is {found!r}, should be {expected!r}"


def points_of(store: InfluxStore) -> Values:
    """Every point of the catalogue's measurements, by measurement, tags and time."""
    found: Values = {}
    for measurement in MEASUREMENTS:
        for point in store.read(measurement):
            tags = ",".join(f"{name}={value}" for name, value in sorted(point.tags.items()))
            found[f"{measurement},{tags}@{point.time_ms}"] = {n: v for n, v in point.fields.items() if n not in NOTICED}
    return found


def states_of(states: Mapping[str, FeedState]) -> Values:
    """Every feed's state: ledger, clocks, offsets seen, open windows, verdict."""
    return {feed: {name: msgspec.to_builtins(getattr(state, name)) for name in state.__struct_fields__} for feed, state in states.items()}


def transitions_of(values: Sequence[bytes]) -> Values:
    """Every transition by its id; two of one id that differ are kept apart. What workers report of themselves is left out."""
    transitions = [one for value in values if "id" in (one := msgspec.json.decode(value))]
    return _by_identity(transitions, lambda one: str(one["id"]))


def quarantine_of(values: Sequence[bytes]) -> Values:
    """Every quarantined record by where it is in Kafka; a refused point by its line."""
    records = [msgspec.json.decode(line) for value in values for line in value.split(b"\n") if line]
    return _by_identity(records, lambda one: f"{one.get('topic', 'point')}/{one.get('partition', '')}/{one.get('offset', one.get('line'))}")


def alerts_of(letters: Sequence[Letter]) -> Values:
    """Every alert to a unit by its Message-ID. What operations are told of the monitor itself tells of the run, as workers' reports do."""
    told = [{"id": one.identity, "subject": one.subject, "text": one.text} for one in letters if OPERATIONS not in one.to]
    return _by_identity(told, lambda one: str(one["id"]))


def repeats_of(letters: Sequence[Letter], actors: Actors) -> tuple[int, tuple[str, ...]]:
    """How many letters came again, and those of them that no fault explains.

    A letter comes again when the worker that sent it was ended, or lost its partitions, before its log of it was committed; or when the
    mail server's answer was lost. So some fault lies between the letter and its repeat, or shortly before.
    """
    before: dict[str, float] = {}
    unexplained = []
    for letter in letters:
        since = before.get(letter.identity)
        if since is not None and not _any_within(actors.log, since - SESSION_SECONDS, letter.at_seconds):
            unexplained.append(f"{letter.identity} again after {letter.at_seconds - since:.1f} s")
        before[letter.identity] = letter.at_seconds
    return sum(n - 1 for n in Counter(letter.identity for letter in letters).values()), tuple(unexplained)


def _any_within(log: Sequence[tuple[float, float, Fault]], since: float, until: float) -> bool:
    return any(begun <= until and ended + SESSION_SECONDS >= since for begun, ended, _ in log)


def _by_identity(records: Sequence[Mapping[str, Any]], identity: Any) -> Values:
    found: Values = {}
    for record in records:
        told = {name: value for name, value in record.items() if name not in NOTICED}
        key = identity(record)
        while key in found and found[key] != told:
            key += " (again, and different)"
        found[key] = told
    return found
