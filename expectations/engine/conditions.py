"""Row conditions: which rows an expectation asks. Great Expectations hands them to `DataFrame.query`; here is what that selects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from expectations.engine.compiled import NotCompiled
from expectations.engine.table import Table


class Condition(msgspec.Struct, frozen=True):
    """Selects rows. Conditions with equal keys select the same rows."""

    key: str
    select: Callable[[Table], Sequence[bool]]


def compiled(condition: Any, parser: object = None) -> Condition | None:
    """Compile a condition as it is serialised (`{"type": "comparison", …}`) or given; None when there is none. Raises NotCompiled."""
    if condition is None:
        return None
    raise NotCompiled(f"falls back, because it has a row condition ({parser})")
