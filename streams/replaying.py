"""`nhip replay` at its edge: sources read again by the worker's own rules, and what was found sent to OBSERVE as recounts.

Nothing is sent before everything has been read; every recount replaces or joins, so it may be interrupted and made again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from expectations.quality.suite import SuiteState
from streams import clock
from streams.admin.reading import fetches
from streams.admin.replay import Span
from streams.changes.route import Router
from streams.changes.wire import partition_of
from streams.feeds.counting import Slot
from streams.feeds.recount import Recounting
from streams.outlet import CHUNK_BYTES

ROWS_AT_ONCE = 5_000
"""Rows that suites judge in one call: a call costs tens of milliseconds whatever it is given."""

Judge = Callable[[Iterable[tuple[str, Slot, Sequence[bytes]]]], Awaitable[list[tuple[str, Slot, SuiteState]]]]


def read_again(
    consumer: KafkaConsumer, router: Router, recounting: Recounting, spans: Sequence[Span], judge: Judge | None
) -> Iterator[tuple[int, Counter[str]]]:
    """Count the records of `spans`; yields after every fetch how many were read, and how many of these could not be used, by reason.

    Raises RecountTooLarge, KafkaTrouble.
    """
    with asyncio.Runner() as runner:
        for span in spans:
            for records in fetches(consumer, TopicPartition(span.topic, span.partition), span.begin, span.end):
                routed = router.route(span.topic, records, clock.now_ms())
                for changes in routed.messages.values():
                    recounting.add(changes)
                if judge is not None and recounting.waiting >= ROWS_AT_ONCE:
                    runner.run(_judged(recounting, judge))
                yield len(records), Counter(str(one.reason) for one in routed.quarantined)
        if judge is not None:
            runner.run(_judged(recounting, judge))


async def _judged(recounting: Recounting, judge: Judge) -> None:
    for feed, slot, found in await judge(recounting.rows_to_judge()):
        recounting.add_quality(feed, slot, found)


def send(producer: KafkaProducer, topic: str, partitions: int, recounting: Recounting) -> int:
    """Send every recount to where its feed's state lives; returns how many records there were, once Kafka has all of them."""
    sent = [producer.send(topic, value, partition=partition_of(feed, partitions)) for feed, value in recounting.recounts(CHUNK_BYTES)]
    producer.flush()
    for one in sent:
        one.get()  # raises what Kafka refused
    return len(sent)
