"""The schema that marks a topic as batch-native."""

from __future__ import annotations

from typing import Any

import faust


class BatchSchema(faust.Schema):  # type: ignore[misc]  # faust publishes no types
    """Nothing is decoded: the event's value is the list of records as fetched. `buffer` batches wait for the agent at most."""

    def __init__(self, buffer: int = 4) -> None:
        super().__init__()
        self.buffer = buffer

    def compile(self, app: Any, **_kwargs: Any) -> Any:
        """Return Faust's decode function for one message."""

        async def decode(message: Any, *, propagate: bool = False) -> Any:  # noqa: ARG001  Faust names it
            event = app.create_event(None, message.value, None, message)
            message.slot.carried_by(event)  # the fetch loop keeps the message itself until the next one
            return event

        return decode
