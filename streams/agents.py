"""The five agents. Each reads a batch, lets a core decide, performs, and acks: the order is the promise.

What cannot be mended by trying again here (Kafka refuses, a bug) ends the worker: its batch was not acked, so nothing is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from streams.batch.stream import batches

log = logging.getLogger(__name__)

Work = Callable[[Any], Awaitable[None]]


async def each(stream: Any, work: Work) -> None:
    """Give every batch of `stream` to `work`, which acks it; an error ends the worker with the batch unacked. The app is an EndingApp."""
    app = stream.app
    async for batch in batches(stream):
        if app.should_stop:
            continue  # its table may be gone already; the next worker reads it again
        with app.underway.one():
            try:
                await work(batch)
            except Exception as error:
                log.exception("the worker ends: a batch of %s could not be processed", batch.message.topic)
                await app.crash(error)
                raise
