"""How OBSERVE divides and times its work."""

from __future__ import annotations

import msgspec


class Rules(msgspec.Struct, frozen=True):
    """Set once for a worker; all workers of a group have the same."""

    partitions: int = 4
    buckets: int = 64
    window_ms: int = 3_600_000
    tolerance_ms: int = 60_000
    connector_ms: int = 0
    """How long a connector that beats may be quiet before what it carries counts as unread; 0: not looked at."""
    repeat_ms: int = 3_600_000
    """How often the freshness point of a silent feed is written again: a series that ends reads as resolved."""
    needs_topic: bool = True
    """Whether a feed that was never heard is accused only once some topic of its dataset exists: who could have sent without one?"""
