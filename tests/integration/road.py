"""The whole road of one test: databases, connectors, Kafka, a worker, InfluxDB and mail, all under names of its own."""

from __future__ import annotations

import email
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient

from expectations.catalogue.load import Catalogue
from streams.topics import Names
from tests.integration.road_offsets import wait_for_records, wait_until_committed
from tests.integration.road_province import TOPICS
from tests.integration.road_tables import TABLES, is_read, rows_of
from tests.integration.road_worker import WorkerProcess
from tests.services.clients import Database, Influx, eventually, own_database
from tests.services.debezium import connector

DEPARTMENT = "dept"


@dataclass(frozen=True)
class Services:
    """Where the real services are."""

    kafka: str
    connect: str
    postgres: Database
    influx: Influx
    mail: dict[str, Any]


@dataclass(frozen=True)
class Road:
    """What a test drives and looks at."""

    token: str
    services: Services
    catalogue: Catalogue
    worker: WorkerProcess
    databases: dict[str, Database] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        """The worker's own topics."""
        return Names.of(self.token)

    def topic(self, dataset: str, department: str = DEPARTMENT) -> str:
        """Where the change events of a dataset are."""
        return f"{self.token}.{department}.{TOPICS[dataset]}"

    @contextmanager
    def source(self, dataset: str, *statements: str, department: str = DEPARTMENT) -> Iterator[Database]:
        """A database with the dataset's table, filled by the statements; its rows are in Kafka, where its changes will follow."""
        prefix, schema, table = self.topic(dataset, department).rsplit(".", 2)
        with own_database(self.services.postgres) as database:
            database.execute(TABLES[dataset], *statements)
            with connector(self.services.connect, database, prefix, f"{schema}.{table}"):
                self.databases[f"{department}/{dataset}"] = database
                wait_for_records(self.services.kafka, self.topic(dataset, department), rows_of(database, table))
                yield database
            eventually(lambda: not is_read(database), "end of the replication slot")

    def database(self, dataset: str) -> Database:
        """The database of a dataset's first source."""
        return self.databases[f"{DEPARTMENT}/{dataset}"]

    def wait_until_drained(self) -> None:
        """Wait until all that the sources sent so far has become points and messages."""
        sources = [topic for topic in self.all_topics() if topic.startswith(f"{self.token}.") and ".public." in topic]
        for topics in (sources, [self.names.changes], [self.names.points, self.names.transitions]):
            wait_until_committed(self.services.kafka, self.token, topics)

    def all_topics(self) -> list[str]:
        """The topics of this road, its connectors' heartbeats among them."""
        with closing(KafkaAdminClient(bootstrap_servers=self.services.kafka)) as admin:
            return [name for name in admin.list_topics() if self.token in name]

    def total(self, field_name: str, measurement: str, unit: str, dataset: str, more: str = "") -> int:
        """The sum of a field over all windows, found by InfluxQL; 0 when there is no point."""
        where = f"unit = '{unit}' and dataset = '{dataset}'{more}"
        rows = self.services.influx.select(f'select sum("{field_name}") as n from "{measurement}" where {where}')  # noqa: S608  our own values
        return int(float(rows[0]["n"])) if rows else 0

    def freshness(self) -> dict[tuple[str, str], dict[str, str]]:
        """The last freshness point of every feed, found by InfluxQL."""
        fields = "status, reason, data_through, expected_through, periods_behind, status_code"
        rows = self.services.influx.select(f"select {fields} from freshness group by unit, dataset order by time desc limit 1")  # noqa: S608
        return {(tags["unit"], tags["dataset"]): row for tags, row in _tagged(rows)}

    def settled_freshness(self) -> dict[tuple[str, str], dict[str, str]]:
        """The freshness points once there is one of every feed and none says that the monitor is behind."""

        def settled() -> dict[tuple[str, str], dict[str, str]] | None:
            found = self.freshness()
            return found if len(found) == self.feeds and all(p["status"] != "unknown" for p in found.values()) else None

        return eventually(settled, "verdict on every feed")

    @property
    def feeds(self) -> int:
        """How many feeds there are."""
        return sum(1 for _ in self.catalogue.feeds())

    def checks(self, unit: str, dataset: str, field_name: str = "evaluated") -> dict[tuple[str, str], int]:
        """The sum of a field of every check of a feed's suite, by check and dimension."""
        where = f"unit = '{unit}' and dataset = '{dataset}'"
        query = f'select sum("{field_name}") as n from quality where {where} group by "check", dimension'  # noqa: S608  our own values
        return {(tags["check"], tags["dimension"]): int(float(row["n"])) for tags, row in _tagged(self.services.influx.select(query))}

    def letters(self) -> list[EmailMessage]:
        """What this road's worker has mailed, in the mail server's maildir."""
        files = sorted(Path(self.services.mail["maildir"], "new").iterdir(), key=lambda file: file.stat().st_mtime_ns)
        found = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [message for message in found if message["From"].addresses[0].addr_spec == self.sender]

    def letters_to(self, unit: str, *, at_least: int = 1) -> list[EmailMessage]:
        """The letters to a unit's address, once there are so many."""
        address = self.catalogue.units[unit].email

        def arrived() -> list[EmailMessage] | None:
            found = [letter for letter in self.letters() if letter["To"].addresses[0].addr_spec == address]
            return found if len(found) >= at_least else None

        return eventually(arrived, f"letter to {address}")

    @property
    def sender(self) -> str:
        """Whom this road's mail comes from."""
        return sender_of(self.token)

    def delete_topic(self, topic: str) -> None:
        """Delete a topic, as an administrator might."""
        with closing(KafkaAdminClient(bootstrap_servers=self.services.kafka)) as admin:
            admin.delete_topics([topic])

    def remove(self) -> None:
        """Delete the topics and the group."""
        with closing(KafkaAdminClient(bootstrap_servers=self.services.kafka)) as admin:
            admin.delete_topics(self.all_topics())
            admin.delete_groups([self.token])


def _tagged(rows: list[dict[str, str]]) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Each row with its tags."""
    return ((dict(tag.split("=", 1) for tag in row["tags"].split(",")), row) for row in rows)


def sender_of(token: str) -> str:
    """The sender's address of one road."""
    return f"{token}@nhip.example"


def settings_of(services: Services, token: str, catalogue: Path, port: int) -> dict[str, str]:
    """The worker's environment: the real addresses, and a hurry where the defaults are for calm days."""
    influx = services.influx
    return {
        "NHIP_APP_ID": token,
        "NHIP_CATALOGUE": str(catalogue),
        "NHIP_KAFKA_BOOTSTRAP": services.kafka,
        "NHIP_INFLUXDB_URL": influx.url,
        "NHIP_INFLUXDB_ORG": influx.org,
        "NHIP_INFLUXDB_BUCKET": influx.bucket,
        "NHIP_INFLUXDB_TOKEN": influx.token,
        "NHIP_SMTP_HOST": str(services.mail["host"]),
        "NHIP_SMTP_PORT": str(services.mail["port"]),
        "NHIP_MAIL_FROM": sender_of(token),
        "NHIP_PAGE_PORT": str(port),
        "NHIP_TICK_SECONDS": "1",
        "NHIP_TOPIC_REFRESH_SECONDS": "1",
        "NHIP_SESSION_TIMEOUT_SECONDS": "6",
    }


@contextmanager
def removed_at_the_end(road: Road) -> Iterator[ExitStack]:
    """A place for a road's sources; afterwards the worker is stopped and nothing of it is left."""
    try:
        with ExitStack() as sources:
            yield sources
            road.worker.stop()
    finally:
        road.worker.stop()
        road.remove()
