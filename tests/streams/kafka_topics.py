"""Topics of a real broker, for tests that make some and leave none behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from kafka import KafkaAdminClient


@contextmanager
def topic(bootstrap: str, name: str, partitions: int) -> Iterator[None]:
    """A topic, deleted afterwards."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.create_topics({name: {"num_partitions": partitions, "replication_factor": 1}})
        try:
            yield
        finally:
            admin.delete_topics([name])


def partitions_of(bootstrap: str, app_id: str) -> dict[str, int]:
    """The topics of an application id, with their partitions."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        return {t["name"]: len(t["partitions"]) for t in admin.describe_topics() if t["name"].startswith(app_id)}


def removed(bootstrap: str, app_id: str) -> list[str]:
    """Delete the topics of an application id; return their names."""
    names = sorted(partitions_of(bootstrap, app_id))
    if names:
        with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
            admin.delete_topics(names, raise_errors=False)  # the list may lag behind a deletion
    return names
