"""What Nhịp remembers of a feed, and the buckets in which the `feeds` table keeps it."""

from __future__ import annotations

import zlib

import msgspec

from expectations.freshness.ledger import Ledger
from expectations.freshness.verdict import Verdict
from expectations.quality.suite import SuiteState
from streams.feeds.period_quality import PeriodQuality


class Window(msgspec.Struct, array_like=True):
    """Totals of one tumbling window of broker time: events by operation letter, and what the suite found."""

    volume: dict[str, int] = msgspec.field(default_factory=dict)
    quality: SuiteState | None = None


class FeedState(msgspec.Struct, array_like=True):
    """All that is remembered of one feed.

    `seen` holds the highest source offset counted, by source partition (`topic/partition`): a repeated row is skipped.
    `windows` is keyed by the window's start in ms; none opens before `open_from_ms`. `since_ms` is when the present status began,
    `point_ms` the time of the last freshness point. `periods` is what suites found by the rows' own period.
    """

    ledger: Ledger = msgspec.field(default_factory=Ledger)
    heard_ms: int | None = None
    changed_ms: int | None = None
    seen: dict[str, int] = msgspec.field(default_factory=dict)
    windows: dict[int, Window] = msgspec.field(default_factory=dict)
    open_from_ms: int = 0
    verdict: Verdict | None = None
    since_ms: int | None = None
    point_ms: int = 0
    periods: PeriodQuality = msgspec.field(default_factory=PeriodQuality)


Bucket = dict[str, FeedState]

encode_bucket = msgspec.msgpack.Encoder().encode
decode_bucket = msgspec.msgpack.Decoder(Bucket).decode


def bucket_of(feed: str, partitions: int, buckets: int) -> bytes:
    """The table key under which a feed's state lives, within its partition."""
    return b"%d" % (zlib.crc32(feed.encode()) // partitions % buckets)
