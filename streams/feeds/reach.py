"""How far the sources of each dataset have been read, and of which feeds that allows to say anything. No clock: time comes with ticks."""

from __future__ import annotations

from expectations.catalogue.load import Catalogue
from expectations.catalogue.units import Dataset
from streams.changes.wire import Tick
from streams.feeds.rules import Rules
from streams.feeds.shelf import Seat
from streams.feeds.watermark import Watermark


class Reach:
    """What the ticks of all workers have told of the sources."""

    def __init__(self, catalogue: Catalogue, rules: Rules) -> None:
        self.now_ms: int | None = None
        self.told_by_ms = 0
        """When every worker must have told how far it has read."""
        self._catalogue, self._rules = catalogue, rules
        self._watermark = Watermark()
        self._sources: tuple[frozenset[str], frozenset[str]] = frozenset(), frozenset()
        """The topics of which too little has been read, and all that there are."""
        self._quiet: dict[str, int] = {}
        self._through_ms: dict[str, int | None] = {}
        self._with_topic: set[str] = set()

    def pass_to(self, tick: Tick) -> bool:
        """Let time pass; return whether it has changed which sources there are, or are read: an accusation needs a read source."""
        now_ms = self.now_ms = max(tick.now_ms, self.now_ms or 0)
        self.told_by_ms = self.told_by_ms or now_ms + self._rules.tolerance_ms + 1
        self._watermark.merge(tick.read_through_ms)
        self._through_ms = {}
        self._quiet = self._watermark.quiet(now_ms, self._rules.connector_ms)
        behind = self._watermark.behind(now_ms, self._rules.tolerance_ms) | self._quiet.keys()
        before, self._sources = self._sources, (behind, frozenset(self._watermark.topics))
        return before != self._sources

    def read_through_ms(self, seat: Seat) -> int | None:
        """Return the instant up to which all topics of a feed's dataset have been read: a unit may begin to send by another at any time.

        None before the first tick, while that is not known of some partition, and for who `cannot_be_heard`.
        """
        if self.now_ms is None:
            return None
        dataset = seat.dataset
        if dataset.id not in self._through_ms:
            self._through_ms[dataset.id] = self._of(dataset, self.now_ms)
        return None if self.cannot_be_heard(seat) else self._through_ms[dataset.id]

    def cannot_be_heard(self, seat: Seat) -> bool:
        """Whether the feed was never heard and no topic of its dataset exists: that is the platform's trouble, not the unit's."""
        return self._rules.needs_topic and seat.dataset.id not in self._with_topic and not seat.state.seen

    def may_be_told(self, read_through_ms: int | None) -> bool:
        """Whether some worker may just not have told yet how far it has read: this partition came to us a moment ago."""
        return read_through_ms is None and (self.now_ms or 0) < self.told_by_ms

    def _of(self, dataset: Dataset, now_ms: int) -> int | None:
        """A topic whose connector is quiet has been read up to the last heartbeat: what came after it is not in Kafka.

        A dataset whose topics are gone was read to its end.
        """
        topics = [topic for topic in self._watermark.topics if self._catalogue.dataset_of(topic) is dataset]
        (self._with_topic.add if topics else self._with_topic.discard)(dataset.id)
        through_ms = self._watermark.of(topics, now_ms)
        beats = [beat_ms for prefix, beat_ms in self._quiet.items() if any(topic.startswith(prefix) for topic in topics)]
        known = through_ms is not None and min(beats, default=0) >= 0
        return min([through_ms or 0, *beats]) if known else None
