"""The channels of batch topics that agents read, and which of their partitions have enough waiting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from streams.batch.schema import BatchSchema


def of(app: Any) -> list[Any]:
    """Return the app's channels of batch topics."""
    return [channel for channel in app.topics if isinstance(channel.schema, BatchSchema)]


def sharing(app: Any, channel: Any) -> list[Any]:
    """Return the channels that fill the same queue as this one, itself among them."""
    return [other for other in of(app) if other.queue is channel.queue]


def served(channels: Iterable[Any], tps: Iterable[Any]) -> set[Any]:
    """Return those of the partitions that the channels serve; an isolated agent's channel has its own, another all of its topics'."""
    return {
        tp
        for channel in channels
        for tp in tps
        if tp.topic in channel.topics and (channel.active_partitions is None or tp in channel.active_partitions)
    }


def full(app: Any, tps: Iterable[Any]) -> set[Any]:
    """Return those of the partitions whose agent has a full buffer waiting."""
    waiting = [channel for channel in of(app) if channel.queue.qsize() >= channel.schema.buffer]
    return served(waiting, tps) if waiting else set()
