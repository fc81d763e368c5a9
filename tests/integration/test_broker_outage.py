"""The only broker dies under a worker and comes back: the worker lives on, and nothing is lost or counted twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from streams import clock
from tests.integration.road_province import DAILY, PUNCTUAL, TOPICS, cut_catalogue
from tests.integration.road_worker import WorkerProcess
from tests.services import ports
from tests.services.clients import eventually
from tests.services.kafka import Kafka

TOKEN = "outage"
TOPIC = f"{TOKEN}.dept.{TOPICS[DAILY]}"
ROWS = 20


@pytest.fixture
def worker(own_kafka: Kafka, tmp_path: Path) -> Iterator[WorkerProcess]:
    """A running worker on a broker of the test's own."""
    (tmp_path / "catalogue").mkdir()
    cut_catalogue(tmp_path / "catalogue", TOKEN)
    with closing(KafkaAdminClient(bootstrap_servers=own_kafka.address["bootstrap"])) as admin:
        admin.create_topics({TOPIC: {"num_partitions": 1, "replication_factor": 1}})
    (port,) = ports.free(1)
    made = WorkerProcess(
        tmp_path,
        {
            "NHIP_CATALOGUE": str(tmp_path / "catalogue"),
            "NHIP_KAFKA_BOOTSTRAP": own_kafka.address["bootstrap"],
            "NHIP_POINTS": "embedded",
            "NHIP_OUTBOX_DIR": str(tmp_path / "outbox"),
            "NHIP_PAGE_PORT": str(port),
            "NHIP_TICK_SECONDS": "1",
            "NHIP_SESSION_TIMEOUT_SECONDS": "6",
        },
    )
    made.start()
    yield made
    made.stop()


def send_rows(broker: Kafka, first: int) -> None:
    with closing(KafkaProducer(bootstrap_servers=broker.address["bootstrap"])) as producer:
        for number in range(first, first + ROWS):
            after = {"id": number, "ma_xa": PUNCTUAL, "ngay": "2026-01-05", "linh_vuc": "Hộ tịch"}
            source = {"connector": "postgresql", "ts_ms": clock.now_ms()}
            event = {"op": "c", "before": None, "after": after, "source": source}
            producer.send(TOPIC, key=b'{"id":%d}' % number, value=json.dumps(event).encode()).get(timeout=30)


def inserts(worker: WorkerProcess) -> int:
    assert worker.is_running, worker.log.read_text()[-4000:]
    return int(worker.api(f"/api/feeds/{PUNCTUAL}/{DAILY}")["volume"].get("c", 0))


def test_a_worker_outlives_its_broker_and_counts_every_row_once(own_kafka: Kafka, worker: WorkerProcess) -> None:
    send_rows(own_kafka, 0)
    eventually(lambda: inserts(worker) == ROWS, "rows before the outage")
    own_kafka.kill()
    eventually(lambda: "time stands still" in worker.log.read_text(), "tick that fails")
    own_kafka.start()
    send_rows(own_kafka, ROWS)
    eventually(lambda: inserts(worker) >= 2 * ROWS, "rows after the outage")
    assert inserts(worker) == 2 * ROWS
    assert worker.terminate() == 0
