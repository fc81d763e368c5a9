"""The bundled scenario: what all departments of a province have sent by now, in the order in which the broker got it.

Pure: the same stage gives the same records. Nothing here knows a province; who is in which trouble is the play's to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from streams.demo.casting import Cast, cast
from streams.demo.stage import Stage
from streams.demo.troubles import TROUBLES
from streams.demo.twists import OddRows
from streams.province.orderly import connected, sent
from streams.province.outages import in_order
from streams.province.plan import Course, Delivery, Feed
from streams.province.rows import Record, count, written


class Scenario:
    """Everything that happens on a stage. `cast` says which feeds are in which troubles; iterating yields the records in time order."""

    def __init__(self, stage: Stage) -> None:
        """Plan everything. Raises PlayError when the play does not fit the catalogue."""
        self.feeds, self._stage = stage.world.feeds, stage
        self.cast: Cast = cast(stage)
        self._courses = {feed.id: Course(in_order(self._sent(feed))) for feed in self.feeds}

    @property
    def about(self) -> int:
        """About how many records there are."""
        return count(self._courses)

    def __iter__(self) -> Iterator[Record]:
        makers = [OddRows(feed, n, self._stage.turn(feed)) for n, feed in enumerate(self.feeds, 1)]
        return written(self._stage.world, self._courses, makers)

    @property
    def topics(self) -> list[str]:
        """The topics of the feeds, whether anything is sent on them or not."""
        return sorted({feed.topic for feed in self.feeds})

    def _sent(self, feed: Feed) -> list[Delivery]:
        """What a feed sends: an orderly course or the one of its trouble, as its connector tells it, twisted, and more beside it."""
        stage, chance = self._stage, self._stage.chance(feed)
        troubles = [TROUBLES[name] for name in self.cast.get(feed.id, ())]
        given = sent(feed, stage.world, chance)
        for trouble in troubles:
            if trouble.course is not None:
                given = trouble.course(feed, stage, given, chance)
        if all(trouble.connected for trouble in troubles):
            given = connected(given, stage.world.start_ms)
        for trouble in troubles:
            if trouble.twist:
                given = [replace(delivery, twist=delivery.twist or trouble.twist) for delivery in given]
        return given + [more for trouble in troubles if trouble.addition for more in trouble.addition(stage, given)]
