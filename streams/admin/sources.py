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


def is_source(catalogue: Catalogue, topic: str) -> bool:
    """Whether a worker reads the topic as a source: a contract matches it, or it tells that a connector lives."""
    return catalogue.dataset_of(topic) is not None or topic.startswith(HEARTBEAT_TOPIC)


def sources(catalogue: Catalogue, topics: Iterable[str]) -> Sources:
    """Sort the cluster's topics by the contract that matches them; what matches none is left out."""
    found = Sources({dataset: [] for dataset in catalogue.datasets}, [])
    for topic in sorted(topics):
        dataset = catalogue.dataset_of(topic)
        if dataset is not None:
            found.of_dataset[dataset.id].append(topic)
        elif topic.startswith(HEARTBEAT_TOPIC):
            found.heartbeats.append(topic)
    return found


def internal(names: Names) -> dict[str, str]:
    """The internal topics that a stage reads: stage by topic."""
    return {names.declarations: "declare", names.changes: "observe", names.points: "write_points", names.transitions: "notify"}
