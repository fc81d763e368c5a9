"""What is usual for a unit: how many different rows a period of it holds, as its own earlier periods tell. Robust, and kind to the small.

The different rows of a period are estimated from its smallest keys (a bottom-k sketch): exactly below SKETCH, then with a standard error
of an eighth. Uncertainty never accuses: a period is thin only when it is below what is needed by two standard errors.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import median
from typing import Protocol

SKETCH = 64
"""Keys that are remembered of each period where the usual volume is asked for."""
EARLIER = 12
"""Periods before one that tell what is usual: the newest."""
FEWEST = 6
"""With fewer than these nothing is usual yet."""
SMALL = 20
"""A unit whose usual period holds fewer rows is never measured by them: its ups and downs are chance."""
SPREADS = 3.0
MAD_TO_SIGMA = 1.4826
KEYS = 1 << 64


class Counted(Protocol):
    """A period as far as it is measured here."""

    keys: list[int]
    complete: bool


def distinct(entry: Counted, kept: int) -> int:
    """Return how many different rows a period holds, of which the `kept` smallest keys are remembered."""
    if len(entry.keys) < kept:
        return len(entry.keys)
    return round((kept - 1) * KEYS / (entry.keys[-1] + 1))


def needed(entries: Mapping[int, Counted], period: int, share: float, kept: int) -> int:
    """Return how many different rows a period needs; 0 when the unit is small or too little is known of it.

    That is `share` of the median of its earlier periods, and less where these differ much: three standard deviations below the median,
    as their median absolute deviation tells.
    """
    earlier = sorted(p for p, entry in entries.items() if p < period and entry.complete)[-EARLIER:]
    if len(earlier) < FEWEST:
        return 0
    rows = [distinct(entries[p], kept) for p in earlier]
    middle = median(rows)
    if middle < SMALL:
        return 0
    spread = MAD_TO_SIGMA * median(abs(n - middle) for n in rows)
    return max(0, math.ceil(min(share * middle, middle - SPREADS * spread)))


def is_thin(entries: Mapping[int, Counted], period: int, share: float, kept: int) -> bool:
    """Return whether a period holds clearly fewer rows than it needs."""
    rows = distinct(entries[period], kept)
    return rows * (1 + (2 / math.sqrt(kept - 2) if rows >= kept else 0)) < needed(entries, period, share, kept)
