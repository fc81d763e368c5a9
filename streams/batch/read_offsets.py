"""Faust's read offsets, blind for batch topics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any


class ReadOffsets(defaultdict[Any, int | None]):
    """Faust drops what lies below the read offset and notes gaps above it; for batch topics the tracker does both."""

    def __init__(self, is_batch: Callable[[Any], bool]) -> None:
        super().__init__(lambda: None)
        self._is_batch = is_batch

    def __getitem__(self, tp: Any) -> int | None:
        return None if self._is_batch(tp) else super().__getitem__(tp)
