"""A schedule that makes a difference, made shorter. Pure: whether a schedule still does is asked of the caller."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Item = TypeVar("Item")


def shrink(items: tuple[Item, ...], still_fails: Callable[[tuple[Item, ...]], bool | None]) -> tuple[Item, ...]:
    """Return the shortest sub-sequence found that still fails: halves are left out first, then smaller parts, then single items.

    `still_fails` answers None when no more questions are allowed; the best so far is then returned.
    """
    parts = 2
    while len(items) > 1:
        size = -(-len(items) // parts)
        for start in range(0, len(items), size):
            fewer = items[:start] + items[start + size :]
            answer = still_fails(fewer)
            if answer is None:
                return items
            if answer:
                items, parts = fewer, max(parts - 1, 2)
                break
        else:
            if size == 1:
                return items
            parts = min(parts * 2, len(items))
    return items
