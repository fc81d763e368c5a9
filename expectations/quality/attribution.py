"""Great Expectations' counts of a frame of many groups, divided among the groups by its own list of unexpected rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from expectations.quality.pool import PerOwner
from expectations.quality.suite import Check, CheckState

COMPLETE = {
    "result_format": "COMPLETE",
    "include_unexpected_rows": False,
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
    "partial_unexpected_count": 0,
}
"""The format with the positions of all unexpected rows (no bound, unlike its lists of values), without what costs beside them."""


def total(found: Mapping[str, Any]) -> CheckState | None:
    """Great Expectations' counts; None when it raised instead of counting."""
    if "element_count" not in found:
        return None
    return CheckState(int(found["element_count"]), int(found.get("missing_count") or 0), int(found["unexpected_count"]))


def divided(check: Check, found: Mapping[str, Any], frame: Any, owners: Sequence[int]) -> PerOwner | None:
    """Divide the counts that Great Expectations found in `frame` among the owners of its rows.

    Returns None when the parts do not add up to Great Expectations' own counts, or a row is both missing and unexpected.
    """
    whole = total(found)
    missing = missing_rows(check, frame) if found.get("missing_count") else []
    unexpected = found.get("unexpected_index_list") or []
    if whole != CheckState(len(owners), len(missing), len(unexpected)) or len({*missing, *unexpected}) < len(missing) + len(unexpected):
        return None
    nulls, bad = Counter(owners[i] for i in missing), Counter(owners[i] for i in unexpected)
    return {owner: CheckState(count, nulls[owner], bad[owner]) for owner, count in Counter(owners).items()}


def missing_rows(check: Check, frame: Any) -> list[int]:
    """Positions of the rows that Great Expectations leaves out: null, or ignored by `ignore_row_if`."""
    null = frame[list(check.columns)].isna()
    match check.kwargs.get("ignore_row_if"):
        case "neither" | "never":
            return []
        case "either_value_is_missing" | "any_value_is_missing":
            rows = null.any(axis=1)
        case _:  # of one column the only rule, of more Great Expectations' default
            rows = null.all(axis=1)
    return [int(i) for i in rows.to_numpy().nonzero()[0]]
