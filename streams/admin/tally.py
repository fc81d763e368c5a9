"""Counting what was set aside by reason. What it holds does not grow with what it counts."""

from __future__ import annotations

from typing import Any

import msgspec

from streams.admin.entries import Entry
from streams.admin.remedies import REMEDIES, Remedy

OTHER = "other"
"""Reasons that this version does not know, together."""


class Count(msgspec.Struct):
    """How many entries, and when the first and the last were set aside."""

    records: int
    first_ms: int
    last_ms: int


class Tally:
    """Counts by reason."""

    def __init__(self) -> None:
        self._counts: dict[str, Count] = {}

    @property
    def total(self) -> int:
        """How many entries were counted."""
        return sum(found.records for found in self._counts.values())

    def add(self, entry: Entry) -> None:
        """Count one entry."""
        reason, at_ms = entry.reason if entry.reason in REMEDIES else OTHER, entry.set_aside_ms
        found = self._counts.setdefault(reason, Count(0, at_ms, at_ms))
        found.records += 1
        found.first_ms, found.last_ms = min(found.first_ms, at_ms), max(found.last_ms, at_ms)

    def as_json(self) -> list[dict[str, Any]]:
        """The counts, most first, each with what to do about it."""
        ordered = sorted(self._counts.items(), key=lambda item: (-item[1].records, item[0]))
        unknown = Remedy("a reason that this version of Nhịp does not know", "see `detail`")
        return [{"reason": str(r), **msgspec.to_builtins(n), "mend": REMEDIES.get(r, unknown).mend} for r, n in ordered]
