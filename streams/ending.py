"""How a worker ends: what its agents work on is finished first, so that what was done is also remembered and acked.

Stock Faust stops the tables and the producer while agents go on: a checkpoint or a letter of that moment is written to neither, and an
unsent record makes the worker end as if it had crashed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import faust

PATIENCE_SECONDS = 10.0
"""What takes longer (a mail server that is away) is left: its batch is not acked, and the next worker reads it again."""


class Underway:
    """The batches that are being worked on now."""

    def __init__(self) -> None:
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count a batch while the block runs."""
        self._count += 1
        self._none.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._none.set()

    async def finished(self, seconds: float) -> None:
        """Wait until there is none, at most so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none.wait(), seconds)


class EndingApp(faust.App):  # type: ignore[misc]  # faust publishes no types
    """A Faust app that finishes before it stops. `let_go` is called first: it ends what would be waited for in vain."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.underway = Underway()
        self.let_go: Callable[[], Awaitable[None]] | None = None

    async def on_stop(self) -> None:
        """Let agents finish what they began; `should_stop` keeps them from beginning anything."""
        if self.let_go is not None:
            await self.let_go()
        await self.underway.finished(PATIENCE_SECONDS)
        await super().on_stop()
