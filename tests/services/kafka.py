"""Apache Kafka, one KRaft broker."""

from __future__ import annotations

import base64
import uuid
from pathlib import Path
from typing import ClassVar

from tests.services import maven, ports, process
from tests.services.service import Address, Service

QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
LOGGING = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info")
SETTINGS = """\
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
controller.quorum.voters=1@{host}:{controller_port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=4000
message.max.bytes=12582912
auto.create.topics.enable=false
"""


class Kafka(Service):
    """A broker that clients reach at `bootstrap`; topics are made by those who need them."""

    name = "kafka"
    version = "4.3.0"
    coordinates: ClassVar = ("org.apache.kafka:kafka_2.13:4.3.0", "org.apache.kafka:kafka-tools:4.3.0", "org.slf4j:slf4j-simple:1.7.36")

    def build(self, into: Path) -> None:
        """Fetch the jars."""
        maven.fetch(self.coordinates, into, self.build_log)

    def prepare(self) -> Address:
        """Format an empty log under a new cluster id."""
        port, controller_port = ports.free(2)
        self._settings.write_text(self._plain_settings(port, controller_port))
        self._format()
        return {"port": port, "bootstrap": f"{ports.HOST}:{port}"}

    def _plain_settings(self, port: int, controller_port: int) -> str:
        return SETTINGS.format(host=ports.HOST, port=port, controller_port=controller_port, data=self.home / "data")

    def _format(self, *more: str) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # A leading "-" would read as an option.
        arguments = ("format", "-t", cluster.replace("-", "a"), "-c", str(self._settings), *more)
        process.run(maven.java(self.built / "libs", "kafka.tools.StorageTool", *arguments, options=(*QUICK, *LOGGING)), self.log)

    def command(self) -> list[str]:
        """The broker, with a small heap."""
        return maven.java(self.built / "libs", "kafka.Kafka", str(self._settings), options=("-Xmx512m", "-XX:+UseSerialGC", *LOGGING))

    def is_ready(self, said: str) -> bool:
        """The listener opens before the broker is unfenced; its own word is later and right."""
        return "Kafka Server started" in said and ports.answers(self.address["port"])

    @property
    def _settings(self) -> Path:
        return self.home / "server.properties"
