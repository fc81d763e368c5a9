"""Which of what was set aside can be replayed, and from when on. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from expectations.catalogue.load import Catalogue
from streams.admin.entries import Entry
from streams.changes.batch import EARLIEST_MS

NO_RECORD = "points that the store refused: `nhip replay --from` the first of them writes their windows anew"
NO_CONTRACT = "of topics that no contract matches"
NO_TIME = "of no possible time: the source has to send them again"


class Again(msgspec.Struct):
    """The datasets of what was set aside, the earliest instant of it, how many entries; and how many are left, by why."""

    datasets: set[str] = msgspec.field(default_factory=set)
    from_ms: int | None = None
    entries: int = 0
    left: Counter[str] = msgspec.field(default_factory=Counter)


def again(entries: Iterable[Entry], catalogue: Catalogue) -> Again:
    """Sort entries into what the present catalogue may take and what not. A record is never younger than when it was set aside."""
    found = Again()
    for entry in entries:
        dataset = catalogue.dataset_of(entry.source.topic) if entry.source is not None else None
        if entry.source is None:
            found.left[NO_RECORD] += 1
        elif dataset is None:
            found.left[NO_CONTRACT] += 1
        elif entry.timestamp_ms is None or entry.timestamp_ms < EARLIEST_MS:
            found.left[NO_TIME] += 1
        else:
            at_ms = min(entry.timestamp_ms, entry.set_aside_ms)
            found.datasets.add(dataset.id)
            found.from_ms = at_ms if found.from_ms is None else min(found.from_ms, at_ms)
            found.entries += 1
    return found
