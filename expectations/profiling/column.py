"""What sample rows tell of one column: a bounded summary. Its values stay in here; what may be shown of them is for `proposal.py`."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final

from expectations.profiling import shapes
from expectations.profiling.shapes import Shape

MOST_DISTINCT = 64
"""Different texts that are remembered. A column with more has no set of values."""

ABSENT: Final = object()


class ColumnProfile:
    """Filled value by value. `rows` had the column, `absent` did not, `nulls` of the rows were null."""

    def __init__(self) -> None:
        self.rows = self.absent = self.nulls = 0
        self.types: Counter[str] = Counter()
        self.texts: Counter[str] | None = Counter()
        self.shape: Shape | None = None
        self.only_days = True
        """Whether every text is a day as YYYY-MM-DD; true of none."""
        self.least: float | None = None
        self.greatest: float | None = None
        self.shortest: int | None = None
        self.longest: int | None = None

    @property
    def values(self) -> int:
        """How many values were not null."""
        return self.rows - self.nulls

    def add(self, value: object) -> None:
        """Count one row's value; ABSENT when the row has no such column."""
        if value is ABSENT:
            self.absent += 1
            return
        self.rows += 1
        if value is None:
            self.nulls += 1
            return
        self.types[type(value).__name__] += 1
        if isinstance(value, str):
            self._add_text(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self.least = value if self.least is None else min(self.least, value)
            self.greatest = value if self.greatest is None else max(self.greatest, value)

    def _add_text(self, text: str) -> None:
        is_first = self.shortest is None
        self.shortest = len(text) if self.shortest is None else min(self.shortest, len(text))
        self.longest = len(text) if self.longest is None else max(self.longest, len(text))
        if is_first or self.shape is not None:
            self.shape = shapes.of(text) if is_first else shapes.common(self.shape, shapes.of(text))
        self.only_days = self.only_days and _is_day(text)
        if self.texts is not None:
            self.texts[text] += 1
            if len(self.texts) > MOST_DISTINCT:
                self.texts = None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
