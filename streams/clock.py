"""The only place that reads the system clock. Everybody else is told the time."""

from __future__ import annotations

import time


def now_ms() -> int:
    """The present, in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def monotonic_seconds() -> float:
    """A clock for measuring how long something took; it never steps."""
    return time.monotonic()
