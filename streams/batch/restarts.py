"""What stops aiokafka 0.14 for good when its broker restarts.

A look at the cluster that no broker answers is not repeated for five minutes. A worker that starts meanwhile joins the group with nothing
known of the topics; as the group's leader it assigns no partition to anybody, and all workers stand still.

Writing to a connection that was just closed raises RuntimeError on uvloop, and aiokafka expects OSError only (its issue 1038): the task
that looks at the cluster ends, and whoever waits for it waits for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiokafka import conn
from aiokafka.errors import KafkaConnectionError

AGAIN_SECONDS = 1.0


def keep_looking(client: Any) -> None:
    """Make an aiokafka client look again until it is answered. What it learns then makes the group's leader assign anew."""
    look = client._metadata_update  # noqa: SLF001

    async def look_on(cluster: Any, topics: Any) -> bool:
        updated: bool = await look(cluster, topics)
        if not updated and cluster is client.cluster:  # others ask for a cluster of their own, and see for themselves
            asyncio.get_running_loop().call_later(AGAIN_SECONDS, client.force_metadata_update)
        return updated

    client._metadata_update = look_on  # noqa: SLF001


class Connection(conn.AIOKafkaConnection):  # type: ignore[misc]  # aiokafka publishes no types
    """A connection that is closed and does not know it yet: aiokafka is told so in the words that it expects."""

    def send(self, request: Any, expect_response: bool = True) -> Any:
        """Send a request; raises KafkaConnectionError where the connection is gone."""
        try:
            return super().send(request, expect_response)
        except RuntimeError as error:
            self.close(reason=conn.CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(str(error)) from error


def heed_closed_connections() -> None:
    """Let all of aiokafka's clients make such connections from now on."""
    conn.AIOKafkaConnection = Connection
