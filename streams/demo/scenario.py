"""The bundled scenario: what all departments of a province have sent by now, in the order in which the broker got it.

Pure: the same stage gives the same records. Nothing here knows a province; who is in which trouble is the play's to say.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from streams.demo.casting import Cast, cast
from streams.demo.course import orderly
from streams.demo.moves import Delivery, Move, moves_of
from streams.demo.records import key_of, value_of
from streams.demo.rows import Rows
from streams.demo.stage import Feed, Stage, feeds_of
from streams.demo.troubles import TROUBLES
from streams.demo.twists import OTHERS, TWISTS, UNKNOWN_UNIT

MINUTE_MS = 60_000


class Planned(msgspec.Struct, frozen=True):
    """One record to produce."""

    topic: str
    key: bytes | None
    value: bytes | None
    timestamp_ms: int


class Scenario:
    """Everything that happens on a stage. `cast` says which feeds are in which troubles; iterating yields the records in time order."""

    def __init__(self, stage: Stage) -> None:
        """Plan everything. Raises PlayError when the play does not fit the catalogue."""
        self.feeds = feeds_of(stage.catalogue, stage.play)
        self.cast: Cast = cast(stage, self.feeds)
        self._stage = stage
        self._moves = sorted(self._planned(), key=lambda move: move.at_ms)
        self._rows: dict[str, Rows] = {}

    def __len__(self) -> int:
        return len(self._moves)

    def __iter__(self) -> Iterator[Planned]:
        return map(self._written, self._moves)

    @property
    def topics(self) -> list[str]:
        """The topics of the feeds, whether anything is sent on them or not."""
        return sorted({feed.topic for feed in self.feeds})

    def _planned(self) -> Iterator[Move]:
        for feed in self.feeds:
            troubles = [TROUBLES[name] for name in self.cast.get(feed.id, ())]
            given = orderly(feed, self._stage)
            for trouble in troubles:
                if trouble.course is not None:
                    given = trouble.course(feed, self._stage, given)
            for trouble in troubles:
                if trouble.twist:
                    given = [msgspec.structs.replace(delivery, twist=delivery.twist or trouble.twist) for delivery in given]
            yield from self._moves_of(feed, given)
            for trouble in troubles:
                if trouble.addition is not None:
                    yield from trouble.addition(feed, self._stage, given)

    def _moves_of(self, feed: Feed, given: list[Delivery]) -> Iterator[Move]:
        return (move for delivery in given for move in moves_of(feed, delivery) if move.at_ms <= self._stage.now_ms)

    def _written(self, move: Move) -> Planned:
        rows = self._rows_of(move.feed)
        key = rows.key_of(move)
        written_key = key_of(move, key)
        if not move.op:
            topic, odd_key, odd_value = OTHERS[move.twist](move, written_key)
            return Planned(topic, odd_key, odd_value, move.at_ms)
        row = rows.row(move, self._code(move, rows))
        twist = TWISTS.get(move.twist)
        if twist is not None:
            row = twist(row, move.feed.dataset, rows.fixed, move.at_ms // MINUTE_MS)
        return Planned(move.feed.topic, written_key, value_of(move, row, key), move.at_ms)

    def _rows_of(self, feed: Feed) -> Rows:
        name = feed.dataset.id
        if name not in self._rows:
            self._rows[name] = Rows(feed, self._stage)
        return self._rows[name]

    def _code(self, move: Move, rows: Rows) -> str:
        """What the unit column says: the unit's own code, unless the twist is just that."""
        if move.twist == "unknown_unit":
            return UNKNOWN_UNIT
        if move.twist == "old_code":
            return rows.old_code(move)
        return move.feed.unit
