"""The read model of the page: the latest state of every feed and the notices of every unit, as the changelog topics tell them."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import msgspec

from expectations.catalogue.load import Catalogue
from expectations.freshness.verdict import Verdict
from streams.feeds.state import Bucket, FeedState, decode_bucket
from streams.notices import Notice, NoticeLog, decode_log

log = logging.getLogger(__name__)


class FeedView(msgspec.Struct, frozen=True):
    """What a list shows of a feed. `verdict` is None while Nhịp has not judged it; instants are epoch ms."""

    unit: str
    dataset: str
    verdict: Verdict | None = None
    heard_ms: int | None = None
    changed_ms: int | None = None
    since_ms: int | None = None


class FeedDetail(msgspec.Struct, frozen=True):
    """A feed with all that Nhịp remembers of it, and the notices its unit had about it, newest first."""

    feed: FeedView
    state: FeedState
    notices: list[Notice]


class BoardView:
    """Latest values win. Values are kept as bytes and decoded when first looked at after a change."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.as_of_ms: int | None = None
        self._fresh: dict[tuple[int, bytes], bytes] = {}
        self._buckets: dict[tuple[int, bytes], Bucket] = {}
        self._home: dict[str, tuple[int, bytes]] = {}
        self._notices: dict[bytes, NoticeLog] = {}

    def tick(self, now_ms: int) -> None:
        """Remember up to when the verdicts have been judged; an older tick changes nothing."""
        self.as_of_ms = max(now_ms, self.as_of_ms or now_ms)

    def update_bucket(self, partition: int, key: bytes, value: bytes | None) -> None:
        """Take the latest value of one bucket of the feeds table; None forgets it."""
        place = partition, key
        if value is not None:
            self._fresh[place] = value
            return
        self._fresh.pop(place, None)
        gone = self._buckets.pop(place, {})
        self._home = {feed: home for feed, home in self._home.items() if feed not in gone or home != place}

    def update_notices(self, key: bytes, value: bytes | None) -> None:
        """Take the latest notice log of one unit; None forgets it. An unreadable one is reported and the one before it stays."""
        if value is None:
            self._notices.pop(key, None)
            return
        try:
            self._notices[key] = decode_log(value)
        except msgspec.DecodeError as error:
            log.warning("the board cannot read the notices %r: %s", key, error)

    def feeds(self) -> list[FeedView]:
        """Every feed that the catalogue owes, in its order, also those of which nothing is known yet."""
        self._decode()
        return [self._view(unit, dataset) for unit, dataset in self.catalogue.feeds()]

    def states(self) -> list[tuple[str, str, FeedState]]:
        """Every feed that the catalogue owes, in its order: unit, dataset and state, an empty one when nothing is known."""
        self._decode()
        return [(unit, dataset, self._state(f"{unit}/{dataset}") or FeedState()) for unit, dataset in self.catalogue.feeds()]

    def feed(self, unit: str, dataset: str) -> FeedDetail | None:
        """One feed with its state (an empty one when nothing is known); None when the catalogue does not owe it."""
        if (unit, dataset) not in set(self.catalogue.feeds()):
            return None
        self._decode()
        state = self._state(f"{unit}/{dataset}") or FeedState()
        notices = [notice for notice in self.notices(unit) if notice.dataset == dataset]
        return FeedDetail(self._view(unit, dataset), state, notices)

    def notices(self, unit: str) -> list[Notice]:
        """What was sent to a unit, newest first."""
        sent = [notice for notice in self._all_notices() if notice.unit == unit]
        return sorted(sent, key=lambda notice: notice.sent_ms, reverse=True)

    def _all_notices(self) -> Iterator[Notice]:
        for known in self._notices.values():
            yield from known.notices

    def _decode(self) -> None:
        fresh, self._fresh = self._fresh, {}
        for place, value in fresh.items():
            try:
                bucket = decode_bucket(value)
            except msgspec.DecodeError as error:
                log.warning("the board cannot read bucket %r: %s", place, error)
                continue
            self._buckets[place] = bucket
            self._home.update(dict.fromkeys(bucket, place))

    def _state(self, feed: str) -> FeedState | None:
        place = self._home.get(feed)
        return None if place is None else self._buckets[place].get(feed)

    def _view(self, unit: str, dataset: str) -> FeedView:
        state = self._state(f"{unit}/{dataset}")
        if state is None:
            return FeedView(unit, dataset)
        return FeedView(unit, dataset, state.verdict, state.heard_ms, state.changed_ms, state.since_ms)
