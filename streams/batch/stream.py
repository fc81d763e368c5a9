"""What an agent writes: a batch topic, and the loop over its batches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from typing import Any

from faust.exceptions import ImproperlyConfigured

from streams.batch.consumer import BatchConsumer
from streams.batch.schema import BatchSchema

_LOOK_SECONDS = 0.05
_NEVER_FULL = 1_000_000  # the schema's buffer holds fetching back; a full queue would block the fetch loop for every topic


def batch_topic(app: Any, *names: str, buffer: int = 4, **options: Any) -> Any:
    """Return a topic whose events are fetched batches; fetching pauses while `buffer` of them wait for the agent.

    With no name its agent gets nothing until a TopicWatcher adds topics. Options are those of `app.topic`.
    """
    topic = app.topic(*names, schema=BatchSchema(buffer), **options)
    topic.maxsize = _NEVER_FULL  # app.topic(maxsize=...) drops the argument in 0.15.3
    return topic


async def batches(stream: Any) -> AsyncIterator[Any]:
    """Yield the stream's batches, gapless by partition: `event.value` is a list of `Record`.

    The agent acks each one (`event.ack()`) when its effects are durable. If the agent raises, Faust starts it again, and it
    first gets every batch again that it had not acked.

    Raises ImproperlyConfigured if the app's broker is not a `batch://` one or two agents read the topic.
    """
    consumer = stream.app.consumer
    if not isinstance(consumer, BatchConsumer):
        raise ImproperlyConfigured(f"batches() needs broker='batch://host:port', not {stream.app.conf.broker}")
    await _end_former_run(stream)
    stream.enable_acks = False
    consumer.redeliver(stream.channel)
    async for _ in stream:
        event = stream.current_event
        if event.message.refcount > 1:
            raise ImproperlyConfigured(f"two agents read {event.message.topic}: give the second an app, and so a group, of its own")
        if consumer.admit(event.message):
            yield event


async def _end_former_run(stream: Any) -> None:
    """Finish what an agent that raised left behind: closed later by the garbage collector it would stop this run's stream."""
    for iterator in list(stream._active_agens):  # noqa: SLF001  kept by Faust for this purpose
        with suppress(RuntimeError):  # it is running: not a former one
            await iterator.aclose()
    stream.app.topics.add(stream.channel)  # an isolated agent's end takes its channel out


def ack_all(events: Iterable[Any]) -> None:
    """Ack every batch, for agents that hold several until one checkpoint."""
    for event in events:
        event.ack()


def still_ours(event: Any) -> bool:
    """Whether an ack of this batch would count: not once its partition was repositioned or given to another worker."""
    held: bool = event.app.consumer.holds(event.message)
    return held


async def surely_ours(event: Any) -> bool:
    """Whether nobody else can have this batch's partition. Waits while the group may have replaced this worker and not told it yet.

    A worker that is to end does not wait: what it cannot know to be its own it leaves.

    A process that was stopped for longer than the session time-out knows nothing of what happened meanwhile; its clock does.
    """
    consumer = event.app.consumer
    while still_ours(event) and consumer.may_be_replaced:  # silence grows by time alone: nothing could set an event
        if event.app.should_stop:
            return False
        await asyncio.sleep(_LOOK_SECONDS)
    return still_ours(event)
