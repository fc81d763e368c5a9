"""The ledger against a model that remembers everything: order, repetition and splitting of rows never matter."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.freshness.ledger import Ledger, count, data_through, holes, merge
from expectations.freshness.schedule import Schedule
from tests.expectations.freshness_cases import at, schedule

BASE = 2025 * 12


class Row(NamedTuple):
    """One row of a period."""

    period: int
    key: int
    slice_: str | None
    heard_ms: int


ROWS = st.lists(
    st.builds(
        Row,
        st.integers(BASE - 30, BASE + 30),
        st.one_of(st.integers(0, 5), st.integers(0, 2**64 - 1)),
        st.sampled_from([None, "a", "b", "c", "x"]),
        st.integers(at("2025-01-01"), at("2026-01-01")),
    ),
    max_size=120,
)


@st.composite
def schedules(draw: Callable[..., Any]) -> Schedule:
    slices = draw(st.sampled_from([frozenset(), frozenset("abc")]))
    return schedule(
        first_due=draw(st.sampled_from(["2024-03-01", "2025-02-01", "2026-08-01"])),
        min_rows=draw(st.integers(1, 4)),
        slices=slices,
        slice_quorum=draw(st.sampled_from([0.0, 0.5, 1.0])),
    )


def counted(case: Schedule, rows: list[Row]) -> Ledger:
    ledger = Ledger()
    for row in rows:
        was = ledger.is_complete(row.period)
        changed = count(ledger, case, *row)
        assert changed == (ledger.is_complete(row.period) and not was)
    return ledger


def complete_periods(case: Schedule, rows: list[Row]) -> set[int]:
    """Which periods are complete, by remembering every key and slice."""
    keys, slices = defaultdict[int, set[int]](set), defaultdict[int, set[str]](set)
    for row in rows:
        keys[row.period].add(row.key)
        slices[row.period] |= {row.slice_} & case.terms.slices if row.slice_ else set()
    return {p for p in keys if len(keys[p]) >= case.terms.min_rows and len(slices[p]) >= case.slices_needed}


def same_completeness(one: Ledger, other: Ledger) -> bool:
    """Whether two ledgers know the same periods as complete and hold the same evidence for the rest."""
    partial = [{p: (e.keys, e.slices) for p, e in ledger.entries.items() if not e.complete} for ledger in (one, other)]
    return (one.base, one.done) == (other.base, other.done) and partial[0] == partial[1]


@settings(max_examples=100)
@given(schedules(), ROWS)
def test_the_ledger_agrees_with_a_model_that_forgets_nothing(case: Schedule, rows: list[Row]) -> None:
    ledger, complete, first = counted(case, rows), complete_periods(case, rows), case.first_required
    assert {p for p in range(BASE - 40, BASE + 40) if ledger.is_complete(p)} == complete
    through = max((p for p in complete if all(q in complete for q in range(first, p + 1))), default=None)
    assert data_through(ledger, case) == through
    missing = [p for p in range(first, max(complete, default=first)) if p not in complete]
    assert holes(ledger, case, limit=5) == (missing[:5], len(missing))


@settings(max_examples=100)
@given(schedules(), ROWS, st.randoms(use_true_random=False))
def test_order_and_repetition_of_rows_never_change_completeness(case: Schedule, rows: list[Row], chance: random.Random) -> None:
    again = rows + chance.choices(rows, k=len(rows)) if rows else []
    chance.shuffle(again)
    assert same_completeness(counted(case, rows), counted(case, again))


@settings(max_examples=100)
@given(schedules(), ROWS, ROWS, ROWS)
def test_merging_is_counting_everything_in_one_ledger(case: Schedule, one: list[Row], two: list[Row], three: list[Row]) -> None:
    a, b, c = (counted(case, rows) for rows in (one, two, three))
    whole = counted(case, one + two + three)
    left, right = merge(merge(a, b, case), c, case), merge(a, merge(b, c, case), case)
    assert same_completeness(left, whole)
    assert left == right, "grouping does not matter"
    assert merge(a, b, case) == merge(b, a, case), "nor does order"
    assert same_completeness(merge(a, a, case), a), "nor repetition"
    assert same_completeness(merge(a, Ledger(), case), a), "and an empty ledger adds nothing"


@settings(max_examples=100)
@given(schedules(), ROWS, ROWS)
def test_nothing_complete_is_ever_lost_and_a_restart_in_between_is_not_noticed(case: Schedule, before: list[Row], after: list[Row]) -> None:
    ledger = counted(case, before)
    complete = {row.period for row in before if ledger.is_complete(row.period)}
    restarted = msgspec.msgpack.decode(msgspec.msgpack.encode(ledger), type=Ledger)
    for row in after:
        assert count(ledger, case, *row) == count(restarted, case, *row)
    assert ledger == restarted
    assert all(ledger.is_complete(period) for period in complete)
