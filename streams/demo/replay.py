"""A scenario into the embedded broker, before the worker starts: it then finds everything, with the timestamps of its own time."""

from __future__ import annotations

from collections.abc import Callable

from streams.demo.scenario import Scenario
from streams.embedded.broker import EmbeddedBroker
from streams.topics import Names

TOLD_EVERY = 2_000


def replay(scenario: Scenario, broker: EmbeddedBroker, names: Names, tell: Callable[[int], None]) -> None:
    """Produce every record of the scenario; `tell` hears now and then how many have been. All topics exist afterwards.

    Raises TimeoutError or ValueError when the broker does not take them.
    """
    broker.create(
        *scenario.topics, names.changes, names.points, names.transitions, names.quarantine, names.declarations, names.feeds, names.notified
    )
    for n, record in enumerate(scenario):
        broker.produce(record.topic, record.key, record.value, record.timestamp_ms)
        if n % TOLD_EVERY == 0:
            tell(n)
    broker.flush()
    tell(len(scenario))
