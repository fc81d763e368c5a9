"""What Nhịp remembers of a feed, and the buckets in which the `feeds` table keeps it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import msgspec

from expectations.freshness.declarations import Declaration
from expectations.freshness.ledger import Ledger
from expectations.freshness.scores import Change
from expectations.freshness.verdict import Clocks, Verdict
from expectations.quality.suite import SuiteState
from streams.changes.refusals import FUTURE, WRONG_CODE
from streams.feeds.period_quality import PeriodQuality
from streams.feeds.table_state import Part

MOST_CORRECTIONS = 24


class Window(msgspec.Struct, array_like=True):
    """Totals of one tumbling window of broker time: events by operation letter, and what the suite found."""

    volume: dict[str, int] = msgspec.field(default_factory=dict)
    quality: SuiteState | None = None


class Refused(msgspec.Struct, array_like=True):
    """Rows of a feed that were set aside for one reason: how many, and when the last one came."""

    rows: int
    last_ms: int


class Correction(msgspec.Struct, array_like=True, frozen=True):
    """`data_through` went back: late rows raised what is usual, a contract changed, a declaration was withdrawn."""

    noticed_ms: int
    was: str
    became: str | None


class FeedState(msgspec.Struct, array_like=True):
    """All that is remembered of one feed.

    `seen` holds the highest source offset counted, by source partition (`topic/partition`): a repeated row is skipped.
    `windows` is keyed by the window's start in ms; none opens before `open_from_ms`. `since_ms` is when the present status began,
    `point_ms` the time of the last freshness point. `counted_ms` is when the last row with a period was heard, `refused` tells of
    rows that were set aside, by `refusals.REFUSED`. `corrections` are the newest: all that ever made `data_through` go back.
    `declarations` are by identity. `periods` is what suites found by the rows' own period. `changes` are those of a quarter between in
    order, behind and neither (punctuality.py). `covered_ms` is when the newest row was heard that made a period complete.
    `table` is what suites found in the rows that are in the table now, by source partition; empty where none are promised.
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
    counted_ms: int | None = None
    refused: dict[str, Refused] = msgspec.field(default_factory=dict)
    corrections: list[Correction] = msgspec.field(default_factory=list)
    declarations: dict[str, Declaration] = msgspec.field(default_factory=dict)
    periods: PeriodQuality = msgspec.field(default_factory=PeriodQuality)
    changes: Sequence[Change] = []
    covered_ms: int | None = None
    table: dict[str, Part] = msgspec.field(default_factory=dict)

    def clocks(self) -> Clocks:
        """When the feed was last heard of, and what came of it."""
        last = {why: refused.last_ms for why, refused in self.refused.items()}
        return Clocks(self.heard_ms, self.changed_ms, self.counted_ms, last.get(FUTURE), last.get(WRONG_CODE))

    def correct(self, was: str | None, became: str | None, noticed_ms: int) -> None:
        """Record that `data_through` went back. Canonical texts of one cadence sort as their periods do."""
        if was is not None and (became is None or became < was):
            self.corrections = [*self.corrections, Correction(noticed_ms, was, became)][-MOST_CORRECTIONS:]


Bucket = dict[str, FeedState]

encode_bucket = encode_state = msgspec.msgpack.Encoder().encode
decode_bucket = msgspec.msgpack.Decoder(Bucket).decode
decode_state = msgspec.msgpack.Decoder(FeedState).decode
unpack_bucket = msgspec.msgpack.Decoder(dict[str, msgspec.Raw]).decode
"""A bucket with its states still encoded."""


def bucket_of(feed: str, partitions: int, buckets: int) -> bytes:
    """The table key under which a feed's state lives, within its partition."""
    return b"%d" % (zlib.crc32(feed.encode()) // partitions % buckets)
