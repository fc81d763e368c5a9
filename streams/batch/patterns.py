"""Topics by pattern: those that appear on the cluster later are read without a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import Any


class TopicWatcher:
    """Adds every topic of the cluster that `choose` picks from all of them to what the agent of `seed` reads.

    `seed` is the agent's topic, made by `batch_topic(app)` with no name or with some; the agent may not be isolated by
    partition, and the app must read at least one topic from the start. Call `refresh` from a timer. A new topic is read
    after `settle_seconds` and one rebalance, which topics that appear together share. A topic that is deleted stays
    subscribed until the worker starts again.
    """

    def __init__(self, app: Any, seed: Any, choose: Callable[[AbstractSet[str]], Iterable[str]], settle_seconds: float = 1.0) -> None:
        self._app = app
        self._seed = seed
        self._choose = choose
        self._added: dict[str, Any] = {}
        self.looked = False  # at least one look has been taken, so `topics` is what the cluster has
        app.topics._resubscribe_sleep_lock_seconds = settle_seconds  # noqa: SLF001  45 s otherwise, and no setting

    @property
    def topics(self) -> frozenset[str]:
        """Names of all topics that the agent reads by now."""
        return frozenset(self._added) | frozenset(self._seed.topics)

    async def refresh(self) -> set[str]:
        """Look at the cluster once and return the names added now; none while the group rebalances or the agent starts."""
        queue = self._queue()
        if queue is None or self._app.rebalancing:
            return set()
        self._ask_again()
        chosen = set(self._choose(await self._app.consumer.cluster_topics()))
        self.looked = True
        new = chosen - self._added.keys() - set(self._seed.topics)
        for name in new:
            topic = self._app.topic(name, schema=self._seed.schema).clone_using_queue(queue)
            self._added[name] = topic
            self._app.topics.add(topic)
        return new

    def _queue(self) -> Any:
        """Return the queue that the running agent reads, None before it runs."""
        return next((channel.queue for channel in self._app.topics if channel.schema is self._seed.schema), None)

    def _ask_again(self) -> None:
        """Faust forgets a change of topics that falls into a rebalance."""
        for name in self._added.keys() - self._app.consumer.subscribed:
            self._app.topics.discard(self._added[name])
            self._app.topics.add(self._added[name])
