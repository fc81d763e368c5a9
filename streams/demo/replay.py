"""A scenario into the embedded broker, before the worker starts: it then finds everything, with the timestamps of its own time."""

from __future__ import annotations

from collections.abc import Callable

from streams.demo.scenario import Scenario
from streams.embedded.broker import EmbeddedBroker
from streams.topics import Names

TOLD_EVERY = 2_000


def replay(scenario: Scenario, broker: EmbeddedBroker, names: Names, tell: Callable[[int], None]) -> int:
    """Produce every record of the scenario; `tell` hears now and then how many have been. All topics exist afterwards.

    Returns how many there were. Raises TimeoutError or ValueError when the broker does not take them.
    """
    broker.create(
        *scenario.topics, names.changes, names.points, names.transitions, names.quarantine, names.declarations, names.feeds, names.notified
    )
    produced = 0
    for produced, record in enumerate(scenario, 1):
        broker.produce(record.topic, record.key, record.value, record.timestamp_ms)
        if produced % TOLD_EVERY == 0:
            tell(produced)
    broker.flush()
    tell(produced)
    return produced
