"""What applies to a feed of all that was declared: which periods are nil, waived or extended, when it is suspended, what was promised.

A function of the set of declarations, so order and repeats do not matter. Periods are bits from the first required one on, as in a
ledger. What a contract cannot read any more (its cadence has changed) applies to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from expectations.freshness.declarations import Declaration, Kind, revocations
from expectations.freshness.ledger import Ledger
from expectations.freshness.schedule import Dates, Schedule

ENDLESS_MS = 1 << 62


class Grace(NamedTuple):
    """Periods `first` to `last` are not late before `until_ms`."""

    first: int
    last: int
    until_ms: int


class Pause(NamedTuple):
    """The obligation rests from one instant to another, ENDLESS_MS when no end is declared."""

    from_ms: int
    until_ms: int


class Word(NamedTuple):
    """What was said of the periods `first` to `last` at `made_ms`; a promise is broken at `by_ms`."""

    first: int
    last: int
    made_ms: int
    by_ms: int


class Declared(msgspec.Struct, frozen=True):
    """What applies. Of a continuous feed a `Word`'s periods are the minute (ms) at which its data stopped, an extension's are 0."""

    nil: int = 0
    waived: int = 0
    extensions: tuple[Grace, ...] = ()
    pauses: tuple[Pause, ...] = ()
    acknowledgements: tuple[Word, ...] = ()
    promises: tuple[Word, ...] = ()

    def pause_at(self, now_ms: int) -> Pause | None:
        """Return the pause that holds at an instant: of several the one that ends last."""
        holding = [pause for pause in self.pauses if pause.from_ms <= now_ms < pause.until_ms]
        return max(holding, key=lambda pause: pause.until_ms, default=None)

    def resumed_ms(self, now_ms: int) -> int | None:
        """Return when the last pause before an instant ended, None when there was none."""
        return max((pause.until_ms for pause in self.pauses if pause.until_ms <= now_ms), default=None)

    def excused(self, at_ms: int | None) -> int:
        """Return the periods that are not owed: waived, and those whose extension runs at `at_ms` (None: waived alone)."""
        bits = self.waived
        for first, last, until_ms in self.extensions:
            if at_ms is not None and at_ms < until_ms:
                bits |= (1 << last + 1) - (1 << first)
        return bits

    def cover(self, schedule: Schedule, ledger: Ledger, at_ms: int | None, *, beyond: bool = True) -> Ledger:
        """Return the ledger as if every nil and excused period were complete; the ledger itself when there is none.

        `beyond` False leaves out what is excused after the last period that has data or is nil.
        """
        excused = self.excused(at_ms)
        if schedule.continuous or not self.nil | excused:
            return ledger
        first = schedule.first_required
        base = min(ledger.base, first) if ledger.done else first
        done = int.from_bytes(ledger.done, "little") << (ledger.base - base) if ledger.done else 0
        done |= self.nil << (first - base)
        excused_bits, excused = excused, excused << (first - base)
        done |= excused if beyond else excused & ((1 << done.bit_length()) - 1)
        # What was declared of a period counts, however little came of it.
        settled = {p: entry for p, entry in ledger.entries.items() if p < first or not (self.nil | excused_bits) >> (p - first) & 1}
        return Ledger(ledger.latest_ms, base, done.to_bytes((done.bit_length() + 7) // 8, "little"), settled)

    def extend(self, dates: Dates, at: int) -> Dates:
        """Return a period's dates with the latest deadline that was granted; `at` is its bit (0 when continuous)."""
        granted = max((e.until_ms for e in self.extensions if e.first <= at <= e.last), default=0)
        return dates if granted <= dates.deadline_ms else dates._replace(deadline_ms=granted)

    def promise_of(self, at: int) -> Word | None:
        """Return the newest promise about a period."""
        return _newest(self.promises, at)

    def acknowledged_ms(self, at: int) -> int | None:
        """Return when the alert about a period was last acknowledged."""
        found = _newest(self.acknowledgements, at)
        return None if found is None else found.made_ms

    def next_ms(self, at_ms: int) -> int:
        """Return the next instant after `at_ms` at which something declared begins or ends, ENDLESS_MS when there is none."""
        instants = [e.until_ms for e in self.extensions] + [p.by_ms for p in self.promises] + [at for pause in self.pauses for at in pause]
        return min((instant for instant in instants if instant > at_ms), default=ENDLESS_MS)


NOTHING = Declared()


def fold(schedule: Schedule, known: Mapping[str, Declaration]) -> Declared:
    """Return what applies of a feed's declarations (by identity)."""
    if not known:
        return NOTHING
    revoked = revocations(dict(known))
    valid = [one for name, one in sorted(known.items(), key=lambda item: (item[1].made_ms, item[0])) if name not in revoked]
    pauses = list(_pauses(schedule, known, revoked))
    extensions = [Grace(*span, _end_ms(schedule, one)) for one, span in _about(schedule, valid, Kind.EXTEND)]
    promises = [Word(*span, one.made_ms, _end_ms(schedule, one)) for one, span in _about(schedule, valid, Kind.PROMISE)]
    return Declared(
        nil=_bits(span for _, span in _about(schedule, valid, Kind.NIL)),
        waived=_bits(span for _, span in _about(schedule, valid, Kind.WAIVE)) | _bits(_rested(schedule, pauses)),
        extensions=tuple(extensions),
        pauses=tuple(pauses),
        acknowledgements=tuple(Word(*span, one.made_ms, ENDLESS_MS) for one, span in _about(schedule, valid, Kind.ACK)),
        promises=tuple(promises),
    )


def span_of(schedule: Schedule, declaration: Declaration) -> tuple[int, int]:
    """Return the first and last period that are meant, as bits from the first required one. Raises ValueError for texts that mean none."""
    if schedule.continuous:
        at = schedule.parse(declaration.first) if declaration.first else 0
        return at, at
    first, last = schedule.parse(declaration.first), schedule.parse(declaration.last or declaration.first)
    return first - schedule.first_required, last - schedule.first_required


def end_of_day_ms(schedule: Schedule, day: str) -> int:
    """Return the instant at which a day (ISO) has ended. Raises ValueError when it is none."""
    return schedule.midnight_ms(date.fromisoformat(day) + timedelta(days=1))


def _about(schedule: Schedule, valid: Iterable[Declaration], kind: Kind) -> Iterable[tuple[Declaration, tuple[int, int]]]:
    """Yield the declarations of one kind with the required periods that they are about."""
    for one in valid:
        if one.kind is not kind:
            continue
        try:
            first, last = span_of(schedule, one)
        except ValueError:
            continue
        if last >= 0:
            yield one, (max(first, 0), last)


def _pauses(schedule: Schedule, known: Mapping[str, Declaration], revoked: Mapping[str, Declaration]) -> Iterable[Pause]:
    """Yield the suspensions in order; one that was revoked has ended then."""
    found = set()
    for name, one in known.items():
        if one.kind is Kind.SUSPEND:
            from_ms = schedule.midnight_ms(date.fromisoformat(one.since)) if one.since else one.made_ms
            until_ms = min(_end_ms(schedule, one), revoked[name].made_ms if name in revoked else ENDLESS_MS)
            if from_ms < until_ms:
                found.add(Pause(from_ms, until_ms))
    return sorted(found)


def _rested(schedule: Schedule, pauses: Iterable[Pause]) -> Iterable[tuple[int, int]]:
    """Yield the periods whose time between due and deadline the pause has cut short: nobody owes them afterwards."""
    for from_ms, until_ms in () if schedule.continuous else pauses:
        last = schedule.due_through(until_ms - 1) if until_ms < ENDLESS_MS else None
        before = schedule.expected_through(from_ms)
        if last is not None:
            first = schedule.first_required if before is None else before + 1
            yield first - schedule.first_required, last - schedule.first_required


def _end_ms(schedule: Schedule, one: Declaration) -> int:
    return end_of_day_ms(schedule, one.until) if one.until else ENDLESS_MS


def _bits(spans: Iterable[tuple[int, int]]) -> int:
    bits = 0
    for first, last in spans:
        if first <= last:
            bits |= (1 << last + 1) - (1 << first)
    return bits


def _newest(words: Iterable[Word], at: int) -> Word | None:
    return max((word for word in words if word.first <= at <= word.last), key=lambda word: (word.made_ms, word.by_ms), default=None)
