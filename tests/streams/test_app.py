"""What a worker's parts are wired to before it runs."""

from __future__ import annotations

from pathlib import Path

from expectations.catalogue.load import load
from points.embedded import EmbeddedStore
from streams import settings
from streams.app import Nhip


def test_a_worker_reads_the_sources_that_exist_from_its_first_join_on_and_no_other_topic(tmp_path: Path) -> None:
    """Each topic found later costs the group a rebalance."""
    chosen = settings.load(data_dir=tmp_path, points="embedded", page_port=0, suites=False)
    catalogue = load(chosen.catalogue)
    dataset = catalogue.datasets["ho-tich"]
    of_a_contract = next(topic for topic in dataset.example_topics if catalogue.dataset_of(topic) is dataset)
    connector = of_a_contract.partition(".")[0]
    its_heartbeat, anothers = f"__debezium-heartbeat.{connector}", "__debezium-heartbeat.somebody"
    there = ["nhip.changes", of_a_contract, "somebody.elses", its_heartbeat, anothers]
    nhip = Nhip(chosen, catalogue, EmbeddedStore(tmp_path / "points.sqlite"), {}, there)
    try:
        assert sorted(nhip.sources.topics) == [its_heartbeat, of_a_contract]
    finally:
        nhip.close()
