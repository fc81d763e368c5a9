"""Where the feeds of one partition stand: each on its seat, its state packed as the table keeps it until something happens to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import msgspec

from expectations.catalogue.load import Catalogue
from expectations.catalogue.units import Dataset
from expectations.freshness.declarations import Declaration, join
from expectations.freshness.declared import Declared, fold
from expectations.freshness.schedule import Schedule
from expectations.freshness.verdict import Verdict
from streams.changes.wire import partition_of
from streams.feeds.state import FeedState, bucket_of, decode_state, encode_bucket, encode_state, unpack_bucket

Load = Callable[[bytes], bytes | None]
NO_WINDOWS: frozenset[int] = frozenset()
MOST_UNPACKED = 4_096
"""Seats of a partition that stay unpacked: some 10 kB each."""


class Seat:
    """One feed, with all that is asked of it at every batch; and what happened to it since it was last packed.

    `windows` are the starts (ms) of the windows that were touched, `periods` those of which rows were; `judged`
    says that a suite saw rows; `reconsider` says that its verdict may have changed; `doubtful`,
    that its verdict is another than fresh. `state` is unpacked when it is asked for: a feed that nothing happens to is its bytes, `packed`.
    `declared` is what applies of its declarations.
    """

    __slots__ = (
        "_declared",
        "_state",
        "dataset",
        "doubtful",
        "feed",
        "judged",
        "key",
        "packed",
        "periods",
        "reconsider",
        "schedule",
        "unit",
        "windows",
    )

    def __init__(self, feed: str, unit: str, dataset: Dataset, schedule: Schedule, key: bytes) -> None:
        self.feed, self.unit, self.dataset, self.schedule, self.key = feed, unit, dataset, schedule, key
        self.windows: Iterable[int] = NO_WINDOWS
        self.periods: frozenset[int] = NO_WINDOWS
        self.reconsider = self.doubtful = self.judged = False
        self.packed = b""
        self._state: FeedState | None = None
        self._declared: Declared | None = None

    @property
    def declared(self) -> Declared:
        """What applies of the feed's declarations; worked out when it is first asked for."""
        if self._declared is None:
            self._declared = fold(self.schedule, self.state.declarations)
        return self._declared

    def declare(self, declarations: Iterable[Declaration]) -> bool:
        """Remember declarations; return whether any of them was new."""
        known = self.state.declarations
        self.state.declarations = join(known, declarations)
        if self.state.declarations is known:
            return False
        self._declared = None
        return True

    @property
    def state(self) -> FeedState:
        """What is remembered of the feed. Changes to it are kept by `pack`, and lost by `forget`."""
        if self._state is None:
            self._state = decode_state(self.packed) if self.packed else FeedState()
        return self._state

    def pack(self) -> None:
        """Take over into `packed` what happened to the state."""
        if self._state is not None:
            self.packed = encode_state(self._state)

    def load(self, packed: bytes) -> None:
        """Take the state as the table keeps it."""
        self.packed, self._state, self._declared = packed, None, None

    def forget(self) -> None:
        """Let go of the unpacked state, to which nothing has happened since it was packed."""
        self._state = None

    def put_away(self) -> None:
        """Keep the state as bytes only."""
        self.pack()
        self.forget()


class Shelf:
    """The seats of one partition. `load` reads a bucket from the table: bytes, or None when there is none."""

    def __init__(self, catalogue: Catalogue, partition: int, partitions: int, buckets: int, load: Load) -> None:
        self._catalogue, self._partitions, self._bucket_count, self._load = catalogue, partitions, buckets, load
        self._buckets: dict[bytes, list[Seat]] = {}
        self._unseated: dict[bytes, dict[str, bytes]] = defaultdict(dict)
        """States that the table keeps of feeds that the catalogue owes no more, by bucket."""
        self._seats: dict[str, Seat] = {}
        self._busy: dict[str, Seat] = {}
        """Those that stay unpacked, the longest at rest first."""
        for unit, dataset in catalogue.feeds():
            feed = f"{unit}/{dataset}"
            if partition_of(feed, partitions) == partition:
                self._place(feed, unit, dataset)

    def __iter__(self) -> Iterator[Seat]:
        """Every feed that the catalogue places in this partition."""
        return iter(self._seats.values())

    def __getitem__(self, feed: str) -> Seat:
        """The seat of a feed; made when the catalogue owes it no more but rows of it were still on their way."""
        seat = self._seats.get(feed)
        if seat is None:
            unit, _, dataset = feed.partition("/")
            seat = self._place(feed, unit, dataset)
        return seat

    def rest(self, seat: Seat) -> None:
        """Pack a seat. It stays unpacked as well while it is among the busiest: most feeds of a batch were in the one before."""
        seat.pack()
        self._busy.pop(seat.feed, None)
        self._busy[seat.feed] = seat
        if len(self._busy) > MOST_UNPACKED:
            self._busy.pop(next(iter(self._busy))).put_away()

    def verdicts(self) -> Iterator[tuple[str, Verdict]]:
        """Yield every feed that has been judged, with what was said of it."""
        for seat in self:
            verdict = seat.state.verdict
            if seat.feed not in self._busy:
                seat.put_away()
            if verdict is not None:
                yield seat.feed, verdict

    def encoded(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Buckets as the table keeps them."""
        return {key: self._encoded(key) for key in keys}

    def _encoded(self, key: bytes) -> bytes:
        packed = self._unseated[key] | {seat.feed: seat.packed for seat in self._buckets[key]}
        return encode_bucket({feed: msgspec.Raw(state) for feed, state in packed.items() if state})

    def _place(self, feed: str, unit: str, dataset: str) -> Seat:
        key = bucket_of(feed, self._partitions, self._bucket_count)
        if key not in self._buckets:
            stored = self._load(key)
            self._buckets[key] = []
            self._unseated[key] = {of: bytes(state) for of, state in unpack_bucket(stored).items()} if stored else {}
        seats = self._buckets[key]
        schedule = self._catalogue.schedule_of(unit, dataset)
        seat = Seat(feed, unit, self._catalogue.datasets[dataset], schedule, seats[0].key if seats else key)
        seat.load(self._unseated[key].pop(feed, b""))
        seats.append(seat)
        self._seats[feed] = seat
        return seat
