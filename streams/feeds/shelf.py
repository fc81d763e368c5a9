"""Where the feeds of one partition stand: each on its seat, with its state shared with the bucket in which the table keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from expectations.catalogue.load import Catalogue
from expectations.catalogue.units import Dataset
from expectations.freshness.schedule import Schedule
from streams.changes.wire import partition_of
from streams.feeds.state import Bucket, FeedState, bucket_of, decode_bucket, encode_bucket

Load = Callable[[bytes], bytes | None]


class Seat:
    """One feed, with all that is asked of it at every batch; and what happened to it since the last checkpoint.

    `windows` are the starts (ms) of the windows that were touched, `periods` those of which rows were; `judged` says that a suite saw
    rows, `reconsider` that its verdict may have changed.
    """

    __slots__ = ("dataset", "feed", "judged", "key", "periods", "reconsider", "schedule", "state", "unit", "windows")

    def __init__(self, feed: str, dataset: Dataset, schedule: Schedule, key: bytes, state: FeedState) -> None:
        self.feed, self.dataset, self.schedule, self.key, self.state = feed, dataset, schedule, key, state
        self.unit = feed.partition("/")[0]
        self.windows: set[int] = set()
        self.periods: set[int] = set()
        self.reconsider = self.judged = False


class Shelf:
    """The seats of one partition. `load` reads a bucket from the table: bytes, or None when there is none."""

    def __init__(self, catalogue: Catalogue, partition: int, partitions: int, buckets: int, load: Load) -> None:
        self._catalogue, self._partitions, self._bucket_count, self._load = catalogue, partitions, buckets, load
        self._buckets: dict[bytes, Bucket] = {}
        owed = (f"{unit}/{dataset}" for unit, dataset in catalogue.feeds())
        self._seats = {feed: self._place(feed) for feed in owed if partition_of(feed, partitions) == partition}

    def __iter__(self) -> Iterator[Seat]:
        """Every feed that the catalogue places in this partition."""
        return iter(self._seats.values())

    def __getitem__(self, feed: str) -> Seat:
        """The seat of a feed; made when the catalogue owes it no more but rows of it were still on their way."""
        seat = self._seats.get(feed)
        if seat is None:
            seat = self._seats[feed] = self._place(feed)
        return seat

    def encoded(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Buckets as the table keeps them."""
        return {key: encode_bucket(self._buckets[key]) for key in keys}

    def _place(self, feed: str) -> Seat:
        dataset = feed.partition("/")[2]
        key = bucket_of(feed, self._partitions, self._bucket_count)
        if key not in self._buckets:
            stored = self._load(key)
            self._buckets[key] = decode_bucket(stored) if stored else {}
        state = self._buckets[key].setdefault(feed, FeedState())
        return Seat(feed, self._catalogue.datasets[dataset], self._catalogue.schedules[dataset], key, state)
