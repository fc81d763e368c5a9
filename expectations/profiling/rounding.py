"""Bounds with room: what was seen is a sample, and a bound that is a round number shows nobody's value."""

from __future__ import annotations

import math

ROOM = 2
"""A bound lies at least so many times as far from zero as the furthest value seen."""

MOST = 1e15
"""Beyond it numbers are identifiers or noise, and no bound says anything."""


def above(value: float) -> int | None:
    """A round number well above `value`: 1, 2 or 5 and zeros; 0 when nothing above zero was seen. None beyond all reason."""
    if not math.isfinite(value) or abs(value) > MOST:
        return None
    if value <= 0:
        return 0
    wanted = max(math.ceil(value * ROOM), 1)
    ten = int("1" + "0" * (len(str(wanted)) - 1))
    return next(step * ten for step in (1, 2, 5, 10) if step * ten >= wanted)


def below(value: float) -> int | None:
    """A round number well below `value`: 0 when nothing below zero was seen."""
    found = above(-value)
    return None if found is None else -found
