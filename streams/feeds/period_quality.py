"""What suites found in the rows of each open reporting period, whatever the window in which they came. Counts and states, kept as bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from expectations.quality.suite import CheckState, SuiteState, merge

OPEN_PERIODS = 13
"""The newest period of which rows were judged, and the twelve before it, are open: a year of months and the month a year ago."""

NOTHING = SuiteState()

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[int]).decode
_COUNTS = len(CheckState().counts)


class PeriodQuality(msgspec.Struct, array_like=True):
    """Counts by period, and in `wholes` the states of checks of all rows together.

    The names of the checks stand once for all periods; the counts of one period are some 40 bytes.

    A period that is no longer open is forgotten, its points are final, and a row of it that comes later counts in its window only.
    So what is kept does not depend on the order in which rows come.
    """

    checks: list[str] = msgspec.field(default_factory=list)
    counts: dict[int, bytes] = msgspec.field(default_factory=dict)
    wholes: dict[int, dict[str, bytes]] = msgspec.field(default_factory=dict)

    @property
    def newest(self) -> int | None:
        """The latest period of which rows were judged."""
        return max(self.counts, default=None)

    def of(self, period: int) -> SuiteState:
        """What was found in a period's rows; the empty state when there were none, or it is no longer open."""
        written = self.counts.get(period)
        return NOTHING if written is None else _state(self.checks, _decode(written), self.wholes.get(period, {}))

    def add(self, period: int, found: SuiteState) -> bool:
        """Add what a suite found in some rows of a period; returns whether the period is open, and so has counted them."""
        newest = max(self.newest or period, period)
        if period <= newest - OPEN_PERIODS:
            return False
        if self.checks != list(found.checks):
            self._rename(list(found.checks))
        self._keep(period, merge(self.of(period), found))
        for past in [one for one in self.counts if one <= newest - OPEN_PERIODS]:
            del self.counts[past]
            self.wholes.pop(past, None)
        return True

    def _keep(self, period: int, state: SuiteState) -> None:
        self.counts[period] = _written(self.checks, state)
        wholes = {check: counts.whole for check, counts in state.checks.items() if counts.whole}
        if wholes:
            self.wholes[period] = wholes

    def _rename(self, checks: list[str]) -> None:
        """The suite has other checks now: what was counted of those that it no longer has is let go."""
        states = {period: self.of(period) for period in self.counts}
        self.checks, self.wholes = checks, {}
        for period, state in states.items():
            self._keep(period, SuiteState(state.rows, {check: state.checks[check] for check in checks if check in state.checks}))


def _written(checks: Sequence[str], state: SuiteState) -> bytes:
    none = CheckState()
    return _encode([state.rows, *(n for check in checks for n in state.checks.get(check, none).counts)])


def _state(checks: Sequence[str], numbers: Sequence[int], wholes: Mapping[str, bytes]) -> SuiteState:
    starts = range(1, len(numbers), _COUNTS)
    return SuiteState(
        numbers[0],
        {check: CheckState.of(numbers[at : at + _COUNTS], wholes.get(check, b"")) for check, at in zip(checks, starts, strict=True)},
    )
