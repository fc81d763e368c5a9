"""What a suite would have said of sample rows, window by window, as the worker counts them; with examples of the rows that break it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from expectations import validate
from expectations.catalogue.units import Dataset
from expectations.quality.pool import Pool
from expectations.quality.runner import MOST_ROWS, portions
from expectations.quality.suite import Check, CheckResult, Suite, SuiteState, merge
from streams.changes.quarantine import masked, safe_name
from streams.suite.samples import Sample

TRIED_ALONE = 8
"""Rows of one type that are tried alone to find one that makes a check fail."""


class Slot(msgspec.Struct, frozen=True, order=True):
    """What is judged together: a window, of one feed or of all ("")."""

    start_ms: int
    feed: str = ""


class Example(msgspec.Struct, frozen=True):
    """One row that breaks a check: where it lies, whose it is, and its masked values by column."""

    place: str
    feed: str
    problem: str
    values: dict[str, object]


def windows(suite: Suite, rows: Sequence[Sample], window_ms: int, *, by_feed: bool) -> dict[Slot, SuiteState]:
    """Judge rows by window of broker time, and by feed when it is wanted; in order of time."""
    groups: dict[Slot, list[Mapping[str, object]]] = {}
    for sample in rows:
        start_ms = sample.heard_ms - sample.heard_ms % window_ms
        groups.setdefault(Slot(start_ms, sample.feed if by_feed else ""), []).append(sample.row)
    slots = sorted(groups)
    states = dict.fromkeys(slots, SuiteState())
    for portion in portions([groups[slot] for slot in slots], MOST_ROWS):
        for (number, _), state in zip(portion, suite.of_many([some for _, some in portion]), strict=True):
            states[slots[number]] = merge(states[slots[number]], state)
    return states


def total(states: Mapping[Slot, SuiteState]) -> SuiteState:
    """All windows together."""
    whole = SuiteState()
    for state in states.values():
        whole = merge(whole, state)
    return whole


def examples(dataset: Dataset, check: Check, found: CheckResult, rows: Sequence[Sample], most: int) -> list[Example]:
    """At most so many rows that break a check or make it fail; none when it found none."""
    if most == 0 or not (found.unexpected or found.errors):
        return []
    able = [sample for sample in rows if all(column in sample.row for column in check.columns)]
    broken = _broken(check, able, most)
    return [_example(dataset, check, sample, problem) for sample, problem in broken][:most]


def _broken(check: Check, able: Sequence[Sample], most: int) -> list[tuple[Sample, str]]:
    """Rows whose values have the same types are asked together: one value of another type makes a check fail for all."""
    found: list[tuple[Sample, str]] = []
    pool = Pool([sample.row for sample in able], range(len(able)))
    for part in pool.by_types(check.columns):
        positions = _unexpected(check, part.rows, most)
        if positions is None:
            some = list(zip(part.rows, part.owners, strict=True))[:TRIED_ALONE]
            found += [(able[owner], "cannot be judged") for row, owner in some if _unexpected(check, [row], 1) is None][:1]
        else:
            found += [(able[part.owners[position]], "unexpected") for position in positions]
    return sorted(found, key=lambda one: one[1])


def _unexpected(check: Check, rows: Sequence[Mapping[str, object]], most: int) -> list[int] | None:
    """Positions of the first rows that break the check; None when a value makes the check itself fail."""
    asked = {"type": check.type, "kwargs": dict(check.kwargs)}
    result = validate(list(rows), asked, result_format={"result_format": "SUMMARY", "partial_unexpected_count": most}).result
    return list(result.get("partial_unexpected_index_list") or []) if "element_count" in result else None


def _example(dataset: Dataset, check: Check, sample: Sample, problem: str) -> Example:
    raw = {name: msgspec.Raw(msgspec.json.encode(sample.row[name])) for name in check.columns}
    values = {safe_name(name): masked(value, not dataset.hides(name)) for name, value in raw.items()}
    return Example(sample.place, sample.feed, problem, values)
