"""What aiokafka 0.14 gives up: a look at the cluster that no broker answered is not repeated for five minutes.

A worker that starts while its broker restarts joins the group with nothing known of the topics. As the group's leader it then assigns no
partition to anybody, and all workers stand still until something makes it look again.
"""

from __future__ import annotations

import asyncio
from typing import Any

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
