"""Compare what was said of the feeds with the truth. Knows the truth file and transitions, and nothing else.

Everything is measured in ticks, the instants at which anything can be said: tick n is `n * tick_ms` after the start. An accusation that
is due at an instant is in time at the first tick at or after it, and one that was withdrawn has to be gone at the first tick after that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from alerts.transition import Transition
from streams.province.truth import Outage, Span, Truth

ACCUSES = frozenset({"late", "stale", "never"})


class Accusation(msgspec.Struct, frozen=True):
    """A feed was said to be behind from one instant to before another. `said`: when, and what its data were said to reach."""

    feed: str
    from_ms: int
    until_ms: int
    said: list[tuple[int, str | None]] = []


class Miss(msgspec.Struct, frozen=True):
    """An accusation that was demanded and not made, or not rightly."""

    feed: str
    kind: str
    from_ms: int
    why: str


class Wrong(msgspec.Struct, frozen=True):
    """A feed that stood accused, from an instant on, while it was innocent at some tick."""

    feed: str
    kind: str
    from_ms: int


class Alert(msgspec.Struct, frozen=True):
    """Operations were told that a connector, or the monitor itself (""), was in trouble from one instant to before another."""

    about: str
    from_ms: int
    until_ms: int


class Made(msgspec.Struct, frozen=True):
    """An accusation that was demanded and made, and how many ticks late."""

    feed: str
    kind: str
    delay_ticks: int


class Score(msgspec.Struct, frozen=True):
    """How an observer did."""

    seed: int
    feeds: int
    troubles: int
    made: list[Made]
    missed: list[Miss]
    wrong: list[Wrong]
    told_wrongly: list[str] = []
    """What operations were not told once of each outage, and of nothing else; in words."""

    @property
    def recall(self) -> float:
        """The share of demanded accusations that were made, rightly."""
        demanded = len(self.made) + len(self.missed)
        return len(self.made) / demanded if demanded else 1.0

    @property
    def worst_delay_ticks(self) -> int:
        """The delay of the latest accusation."""
        return max((made.delay_ticks for made in self.made), default=0)

    @property
    def perfect(self) -> bool:
        """Nothing missed, nobody accused falsely, no accusation more than one tick late, and operations told of every outage once."""
        return not (self.missed or self.wrong or self.told_wrongly) and self.worst_delay_ticks <= 1

    def line(self) -> str:
        """The score in one line. The recall is rounded down: 1.0000 is all of them."""
        return (
            f"seed {self.seed} feeds {self.feeds} troubles {self.troubles} recall {int(self.recall * 10_000) / 10_000:.4f} "
            f"false_accusations {len(self.wrong)} worst_delay_ticks {self.worst_delay_ticks}"
        )


def accusations_of(transitions: Iterable[Transition], end_ms: int) -> list[Accusation]:
    """The times at which feeds stood accused, from the transitions in the order in which they were noticed."""
    found: list[Accusation] = []
    open_: dict[str, list[tuple[int, str | None]]] = {}
    for t in transitions:
        feed = f"{t.unit}/{t.dataset}"
        if t.new in ACCUSES:
            open_.setdefault(feed, []).append((t.noticed_ms, t.data_through))
        elif said := open_.pop(feed, None):
            found.append(Accusation(feed, said[0][0], t.noticed_ms, said))
    return found + [Accusation(feed, said[0][0], end_ms, said) for feed, said in open_.items()]


def score(truth: Truth, accusations: Sequence[Accusation], tick_ms: int, alerts: Sequence[Alert] | None = None) -> Score:
    """Score an observer. An accusation that names a wrong data_through does not count as made. None: it tells operations nothing."""
    spans = {trouble.feed: (trouble.kind, trouble.accuse) for trouble in truth.troubles if trouble.feed}
    made: dict[str, list[Accusation]] = {}
    for accusation in accusations:
        made.setdefault(accusation.feed, []).append(accusation)
    clock = _Clock(truth.start_ms, tick_ms)
    missed, kept = [], []
    for feed, (kind, accuse) in spans.items():
        for span in accuse:
            first, stop = clock.ticks(span.from_ms, min(span.until_ms, truth.end_ms))
            if first < stop:
                delay = _delay(clock, span, made.get(feed, ()), first, stop)
                if isinstance(delay, str):
                    missed.append(Miss(feed, kind, span.from_ms, delay))
                else:
                    kept.append(Made(feed, kind, delay))
    nothing: tuple[str, list[Span]] = ("none", [])
    wrong = [
        Wrong(a.feed, spans.get(a.feed, nothing)[0], a.from_ms)
        for a in accusations
        if _is_wrong(clock, a, spans.get(a.feed, nothing)[1], [outage for outage in truth.outages if outage.touches(a.feed)])
    ]
    told_wrongly = [] if alerts is None else list(_told_wrongly(clock, truth.outages, alerts))
    return Score(truth.seed, len(truth.feeds), len(truth.troubles), kept, missed, wrong, told_wrongly)


class _Clock:
    """Instants as ticks."""

    def __init__(self, start_ms: int, tick_ms: int) -> None:
        self._start_ms, self._tick_ms = start_ms, tick_ms

    def ticks(self, from_ms: int, until_ms: int) -> tuple[int, int]:
        """The first tick of a span of time and the one after its last."""
        return max(1, -((self._start_ms - from_ms) // self._tick_ms)), -((self._start_ms - until_ms) // self._tick_ms)


def _delay(clock: _Clock, span: Span, made: Sequence[Accusation], first: int, stop: int) -> int | str:
    """How many ticks late an accusation was made; in words what is wrong, when it was not."""
    at: list[int] = []
    for accusation in made:
        a, b = clock.ticks(accusation.from_ms, accusation.until_ms)
        if max(a, first) < min(b, stop):
            at.append(max(a, first))
            for said_ms, through in accusation.said:
                right = _at(span.data_through, said_ms)
                if span.from_ms <= said_ms < span.until_ms and through != right:
                    return f"said at {said_ms} that the data reach {through}, they reach {right}"
    return min(at) - first if at else "not accused"


def _told_wrongly(clock: _Clock, outages: Sequence[Outage], alerts: Sequence[Alert]) -> Iterator[str]:
    """One alert for each outage with a tick in it, which ends at the first tick after it; and no other."""
    rest = list(alerts)
    for outage in outages:
        whose = f"{outage.connector or 'the monitor'} from {outage.from_ms}"
        mine = [a for a in rest if a.about == outage.connector and outage.from_ms <= a.from_ms < outage.until_ms]
        rest = [a for a in rest if a not in mine]
        first, stop = clock.ticks(outage.from_ms + 1, outage.until_ms)
        if len(mine) > 1 or (first < stop and not mine):
            yield f"{whose}: told {len(mine)} times"
        elif mine and clock.ticks(mine[0].from_ms, mine[0].until_ms)[1] > stop:
            yield f"{whose}: told until {mine[0].until_ms}, after it was over"
    yield from (f"{alert.about or 'the monitor'} from {alert.from_ms}: told without cause" for alert in rest)


def _at(steps: Sequence[tuple[int, str | None]], at_ms: int) -> str | None:
    return next((through for from_ms, through in reversed(steps) if from_ms <= at_ms), None)


def _is_wrong(clock: _Clock, accusation: Accusation, spans: Sequence[Span], outages: Sequence[Outage]) -> bool:
    """Whether the feed was innocent at some tick at which it stood accused.

    An accusation that was right before the observer could not read any more may stand until it can: it accuses nobody anew.
    """
    begins, stop = clock.ticks(accusation.from_ms, accusation.until_ms)
    at = begins
    for from_ms, until_ms, guilty in sorted(
        [(s.from_ms, s.until_ms, True) for s in spans] + [(o.from_ms, o.until_ms, False) for o in outages]
    ):
        first, over = clock.ticks(from_ms, until_ms)
        if first <= at < over and (guilty or at > begins):
            at = over
    return at < stop
