"""Tables whose writes can be waited for, and whose disk never claims to know what another worker wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

import faust


class Durable(Protocol):
    """What a checkpoint needs of a table."""

    def get(self, key: bytes) -> bytes | None:
        """Return a value, None when there is none."""

    async def write(self, values: Mapping[bytes, bytes]) -> None:
        """Set values; return when they are durable."""


class DurableTable(faust.Table):  # type: ignore[misc]  # faust publishes no types
    """A Faust table with `write`.

    Stock Faust queues a change for the changelog and goes on: its flush before a commit gives up after 0.1 s, so offsets may be committed
    before the state that they stand for is in Kafka.
    """

    _sent: list[Any] | None = None
    """The changes of the `write` that is queueing its own."""

    async def write(self, values: Mapping[bytes, bytes]) -> None:
        """Set values; return when the changelog has them. Raises what Kafka answers. From within an agent only."""
        sent: list[Any] = []
        self._sent = sent
        try:
            for key, value in values.items():  # nothing is awaited in here: all that is sent meanwhile is ours
                self[key] = value
        finally:
            self._sent = None
        await asyncio.gather(*sent)

    def send_changelog(self, *args: Any, **kwargs: Any) -> Any:
        """Queue a change for the changelog."""
        sent = super().send_changelog(*args, **kwargs)
        if self._sent is not None:
            self._sent.append(sent)
        return sent

    def _on_changelog_sent(self, fut: Any) -> None:
        """Note how far this disk knows the changelog, but never over a gap: a record between was another worker's, and must be read."""
        sent = fut.result()
        known = self.data.persisted_offset(sent.topic_partition)
        if sent.offset == (-1 if known is None else known) + 1:
            super()._on_changelog_sent(fut)
