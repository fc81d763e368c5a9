"""The URL scheme `batch://`: Faust's aiokafka transport with our consumer."""

from __future__ import annotations

from faust.transport.drivers import TRANSPORTS, aiokafka

from streams.batch.consumer import BatchConsumer


class Transport(aiokafka.Transport):  # type: ignore[misc]  # faust publishes no types
    """What `faust.App(broker="batch://host:port")` makes."""

    Consumer = BatchConsumer


TRANSPORTS.aliases["batch"] = "streams.batch.transport:Transport"
