"""What a suite would have said of sample rows, window by window, as the worker counts them; with examples of the rows that break it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from expectations.catalogue.units import Dataset
from expectations.quality.runner import MOST_ROWS, portions
from expectations.quality.suite import Check, CheckResult, CheckState, Suite, SuiteState, merge
from streams.changes.quarantine import masked, safe_name
from streams.suite.samples import Sample

BREAKS, FAILS = "unexpected", "cannot be judged"

AT_ONCE = 1_000
"""Rows that are looked at one by one for examples before it is asked whether there are enough."""


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


def examples(dataset: Dataset, suite: Suite, whole: Sequence[CheckResult], rows: Sequence[Sample], most: int) -> dict[str, list[Example]]:
    """By check, at most so many rows that break it and as many that it cannot judge; `whole` is what was found in all rows."""
    found: dict[str, list[Example]] = {}
    asked = [found for found in whole if most and not found.whole]  # one row by itself breaks no check of all rows
    open_ones = {(r.check, problem) for r in asked for problem, count in ((BREAKS, r.unexpected), (FAILS, r.errors)) if count}
    checks = {check.id: check for check in suite.checks}
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE] if open_ones else ()
        for sample, state in zip(some, suite.of_many([[sample.row] for sample in some]), strict=True):
            for name, problem in [one for one in open_ones if _has(state.checks[one[0]], one[1])]:
                shown = found.setdefault(name, [])
                shown.append(_example(dataset, checks[name], sample, problem))
                if sum(one.problem == problem for one in shown) == most:
                    open_ones.discard((name, problem))
    return found


def _has(counts: CheckState, problem: str) -> bool:
    return bool(counts.unexpected if problem == BREAKS else counts.errors)


def _example(dataset: Dataset, check: Check, sample: Sample, problem: str) -> Example:
    raw = {name: msgspec.Raw(msgspec.json.encode(sample.row[name])) for name in check.columns}
    values = {safe_name(name): masked(value, not dataset.hides(name)) for name, value in raw.items()}
    return Example(sample.place, sample.feed, problem, values)
