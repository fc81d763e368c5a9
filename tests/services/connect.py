"""Kafka Connect with Debezium's PostgreSQL connector: one distributed worker, so that tests add connectors by REST."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from tests.services import maven, ports
from tests.services.kafka import LOGGING, Kafka
from tests.services.service import Address, Service
from tests.services.web import call

KAFKA = Kafka.version
DEBEZIUM = "3.6.3.Final"
SETTINGS = """\
bootstrap.servers={bootstrap}
listeners=http://{host}:{port}
group.id=nhip-connect
config.storage.topic=nhip-connect-configs
config.storage.replication.factor=1
offset.storage.topic=nhip-connect-offsets
offset.storage.replication.factor=1
offset.storage.partitions=1
status.storage.topic=nhip-connect-status
status.storage.replication.factor=1
status.storage.partitions=1
offset.flush.interval.ms=1000
scheduled.rebalance.max.delay.ms=0
key.converter=org.apache.kafka.connect.json.JsonConverter
value.converter=org.apache.kafka.connect.json.JsonConverter
key.converter.schemas.enable=false
value.converter.schemas.enable=false
connector.client.config.override.policy=All
plugin.discovery=service_load
"""


class Connect(Service):
    """A worker at `url`; connectors are created with POST /connectors."""

    name = "connect"
    version = f"{KAFKA}-debezium-{DEBEZIUM}"
    coordinates: ClassVar = (
        f"org.apache.kafka:connect-runtime:{KAFKA}",
        f"io.debezium:debezium-connector-postgres:{DEBEZIUM}",
        "org.slf4j:slf4j-simple:1.7.36",
    )

    def __init__(self, home: Path, cache: Path, logs: Path, kafka: Kafka) -> None:
        super().__init__(home, cache, logs)
        self.kafka = kafka

    def build(self, into: Path) -> None:
        """Fetch the jars."""
        maven.fetch(self.coordinates, into, self.build_log)

    def prepare(self) -> Address:
        """Write the worker's settings; its own topics are on the broker."""
        (port,) = ports.free(1)
        settings = SETTINGS.format(bootstrap=self.kafka.address["bootstrap"], host=ports.HOST, port=port)
        self._settings.write_text(settings)
        return {"port": port, "url": f"http://{ports.HOST}:{port}"}

    def command(self) -> list[str]:
        """The worker, with a small heap."""
        main = "org.apache.kafka.connect.cli.ConnectDistributed"
        return maven.java(self.built / "libs", main, str(self._settings), options=("-Xmx512m", "-XX:+UseSerialGC", *LOGGING))

    def is_ready(self, said: str) -> bool:
        """Whether it lists its connectors: it does once it is a member of its group."""
        del said
        try:
            call("GET", self.address["url"] + "/connectors")
        except (OSError, RuntimeError):
            return False
        return True

    @property
    def _settings(self) -> Path:
        return self.home / "worker.properties"
