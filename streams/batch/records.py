"""A record of a batch: what agents read, and nothing else.

aiokafka makes a dataclass with eleven members of every record, two objects for the garbage collector: most of what fetching costs. The
results that wait in its fetcher are therefore told, for batch topics only, to make `Record` instead.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import msgspec
from aiokafka.consumer.fetcher import FetchResult


class Record(msgspec.Struct, frozen=True, gc=False):
    """A fetched record; `timestamp` is the broker's, in milliseconds. Headers are left out: nobody reads them."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


class Results(OrderedDict[Any, Any]):
    """The fetcher's results by partition, in the order in which they came; those of batch topics yield `Record`."""

    def __init__(self, is_batch: Callable[[str], bool]) -> None:
        super().__init__()
        self._is_batch = is_batch

    def __setitem__(self, tp: Any, result: Any) -> None:
        """Keep a result (or an error) until it is polled."""
        if self._is_batch(tp.topic) and isinstance(result, FetchResult):
            result._partition_records._consumer_record = _record  # noqa: SLF001  called for each record when it is polled
        super().__setitem__(tp, result)


def _record(tp: Any, record: Any) -> Record:
    return Record(tp.topic, tp.partition, record.offset, record.timestamp, record.key, record.value)
