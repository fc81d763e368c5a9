"""Which topics of the cluster carry the changes of which dataset, by the contracts' patterns."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from expectations.catalogue.load import Catalogue
from streams.changes.envelope import HEARTBEAT_TOPIC
from streams.topics import Names


class Sources(msgspec.Struct, frozen=True):
    """Source topics by dataset (of every dataset, also one without a topic) and the connectors' heartbeats, in order of name."""

    of_dataset: dict[str, list[str]]
    heartbeats: list[str]

    @property
    def topics(self) -> list[str]:
        """Every topic that a worker reads as a source."""
        return sorted({name for names in self.of_dataset.values() for name in names} | set(self.heartbeats))

    @property
    def silent(self) -> list[str]:
        """Datasets that no topic matches."""
        return [dataset for dataset, names in self.of_dataset.items() if not names]


def sources(catalogue: Catalogue, topics: Iterable[str]) -> Sources:
    """Sort the cluster's topics by the contract that matches them; what matches none is left out.

    So are the heartbeats of a connector of whose topics none is matched: they could prove nothing alive.
    """
    found = Sources({dataset: [] for dataset in catalogue.datasets}, [])
    beating = []
    for topic in sorted(topics):
        dataset = catalogue.dataset_of(topic)
        if dataset is not None:
            found.of_dataset[dataset.id].append(topic)
        elif topic.startswith(HEARTBEAT_TOPIC):
            beating.append(topic)
    matched = tuple(name for names in found.of_dataset.values() for name in names)
    found.heartbeats.extend(topic for topic in beating if _is_fed_by(matched, topic.removeprefix(HEARTBEAT_TOPIC)))
    return found


def _is_fed_by(topics: Iterable[str], connector: str) -> bool:
    return any(topic.startswith(f"{connector}.") for topic in topics)


def internal(names: Names) -> dict[str, str]:
    """The internal topics that a stage reads: stage by topic."""
    return {names.changes: "observe", names.points: "write_points", names.transitions: "notify"}
