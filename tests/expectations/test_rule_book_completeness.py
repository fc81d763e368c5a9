"""The rule book, second part: when a period is complete, and what is said of one that is not."""

from __future__ import annotations

import random
from collections.abc import Iterable
from hashlib import blake2b

import pytest

from expectations.freshness.ledger import NO_KEY, Ledger, count, data_through, has, holes, rows_of
from expectations.freshness.schedule import Due, Schedule, Span
from expectations.freshness.states import Declared, state_of
from expectations.freshness.verdict import Clocks, judge
from tests.expectations.freshness_cases import at, delivered, schedule

HEARD = "2025-09-01"
USUAL = schedule(usual_share=0.5, first_due="2024-02-01")
FEWEST = 6


def key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())


def filled(case: Schedule, rows: dict[str, int], shuffled: int | None = None) -> Ledger:
    """A ledger that got so many different rows of each period, in order or shuffled."""
    every = [(case.parse(period), key(f"{period}/{n}")) for period, many in rows.items() for n in range(many)]
    if shuffled is not None:
        random.Random(shuffled).shuffle(every)
    ledger = Ledger()
    for period, of in every:
        count(ledger, case, period, of, None, at(HEARD))
    return ledger


def year(rows: int | list[int], months: int = 8) -> dict[str, int]:
    """So many rows in each of the first months of 2024, one after another."""
    many = [rows] * months if isinstance(rows, int) else rows
    return {f"2024-{n:02d}": m for n, m in enumerate(many, 1)}


USUALS = [
    # earlier periods, rows of 2024-09, complete
    pytest.param(year(40), 20, True, id="half of the usual 40 rows is enough"),
    pytest.param(year(40), 19, False, id="one row less is not"),
    pytest.param(year(40), 1, False, id="one row is not"),
    pytest.param(year(40), 400, True, id="more than usual is no fault"),
    pytest.param(year(40, FEWEST), 19, False, id="six earlier periods are enough to know what is usual"),
    pytest.param(year(40, FEWEST - 1), 1, True, id="five are not: one row is enough"),
    pytest.param(year(20), 9, False, id="a unit of twenty rows is just large enough to be measured"),
    pytest.param(year(19), 1, True, id="a unit of nineteen is small: one row is enough"),
    pytest.param(year([40, 40, 40, 400, 40, 40, 40, 40]), 20, True, id="one month of ten times as much changes nothing"),
    pytest.param(year([40, 40, 40, 1, 40, 40, 40, 40]), 19, False, id="nor does one month of nothing"),
    pytest.param(year([10, 70, 20, 60, 30, 50, 40, 45]), 1, True, id="a unit that differs as much from month to month is spared"),
    pytest.param(year([38, 42, 40, 39, 41, 40, 44, 36]), 19, False, id="one that hardly differs is not"),
    pytest.param(year(1000), 300, False, id="a large unit at a third of its usual volume"),
    pytest.param(year(1000), 700, True, id="and at two thirds"),
]


@pytest.mark.parametrize(("earlier", "rows", "complete"), USUALS)
def test_a_period_needs_its_share_of_what_is_usual_for_its_unit(earlier: dict[str, int], rows: int, complete: bool) -> None:
    september = USUAL.parse("2024-09")
    ledger = filled(USUAL, earlier | {"2024-09": rows})
    assert has(ledger, USUAL, september) is complete
    assert (data_through(ledger, USUAL) == september) is (complete and len(earlier) == 8)


@pytest.mark.parametrize("order", range(5))
def test_the_order_in_which_rows_come_does_not_matter_to_what_is_usual(order: int) -> None:
    rows = year([38, 90, 40, 300, 41, 40, 10, 36]) | {"2024-09": 15, "2024-10": 25}
    one, other = filled(USUAL, rows), filled(USUAL, rows, shuffled=order)
    assert one == other
    assert rows_of(one, USUAL, USUAL.parse("2024-09")) == (15, 20)


def test_a_row_that_comes_again_is_no_more_rows() -> None:
    ledger = filled(USUAL, year(40) | {"2024-09": 15})
    for _ in range(20):
        count(ledger, USUAL, USUAL.parse("2024-09"), key("2024-09/3"), None, at(HEARD))
    assert not has(ledger, USUAL, USUAL.parse("2024-09"))


def test_without_a_share_one_row_is_enough_and_no_keys_are_kept() -> None:
    case = schedule(first_due="2024-02-01")
    ledger = filled(case, year(40) | {"2024-09": 1})
    assert has(ledger, case, case.parse("2024-09"))
    assert all(not entry.keys for entry in ledger.entries.values())


def test_a_thin_period_is_a_hole_when_later_ones_came() -> None:
    ledger = filled(USUAL, year(40) | {"2024-09": 3, "2024-10": 40})
    assert holes(ledger, USUAL) == ([USUAL.parse("2024-09")], 1)
    clocks = Clocks(at("2024-11-10"), None)
    verdict = judge(USUAL, ledger, clocks, now_ms=at("2024-11-10"), read_through_ms=at("2024-11-10"), tolerance_ms=0)
    assert (verdict.status, verdict.reason, verdict.missing, verdict.rows_seen, verdict.rows_expected) == (
        "stale",
        "partial",
        "2024-09",
        3,
        20,
    )


QUORA = [
    # min_rows, expected slices, quorum, keys, slices, complete
    pytest.param(1, "", 1.0, [0], [None], True, id="one row, when nothing else is asked"),
    pytest.param(3, "", 1.0, [1, 2], [None], False, id="two of three rows"),
    pytest.param(3, "", 1.0, [1, 2, 3], [None], True, id="three of three"),
    pytest.param(3, "", 1.0, [1, 1, 1, 2], [None], False, id="rows that repeat are one row"),
    pytest.param(3, "", 1.0, [1, 2, NO_KEY, NO_KEY], [None], False, id="rows without a value of the column are none"),
    pytest.param(1, "abcd", 0.75, [0], ["a", "b"], False, id="two of four communes, three needed"),
    pytest.param(1, "abcd", 0.75, [0], ["a", "b", "c"], True, id="three of four"),
    pytest.param(1, "abcd", 0.75, [0], ["a", "b", "x"], False, id="a commune that is not expected is none of them"),
    pytest.param(1, "abcd", 1.0, [0], ["a", "a", "b", "c"], False, id="a commune twice is one"),
    pytest.param(2, "ab", 1.0, [1], ["a", "b"], False, id="all communes, but too few rows"),
    pytest.param(2, "ab", 1.0, [1, 2], ["a"], False, id="enough rows, but not all communes"),
    pytest.param(2, "ab", 1.0, [1, 2], ["a", "b"], True, id="both"),
]


@pytest.mark.parametrize(("min_rows", "expected", "quorum", "keys", "slices", "complete"), QUORA)
def test_a_period_needs_its_quorum(  # noqa: PLR0917 - the columns of a table
    min_rows: int, expected: str, quorum: float, keys: list[int], slices: Iterable[str | None], complete: bool
) -> None:
    case, ledger = schedule(min_rows=min_rows, slices=frozenset(expected), slice_quorum=quorum), Ledger()
    for of in keys:
        for part in slices:
            count(ledger, case, case.parse("2025-01"), of, part, at(HEARD))
    assert has(ledger, case, case.parse("2025-01")) is complete


GRACED = schedule(due=Due("dayOfMonth", 5), grace=Span(2, "workingDay"), min_rows=2)
# September 2025: due when Monday 6 October has ended, late when Wednesday the 8th has.
STATES: list[object] = [
    pytest.param("2025-10-06 23:59", 0, None, "not_due", id="until the due day has ended nothing is due"),
    pytest.param("2025-10-07 00:00", 0, None, "due", id="then it is due"),
    pytest.param("2025-10-08 23:59", 0, None, "due", id="through its grace"),
    pytest.param("2025-10-09 00:00", 0, None, "late", id="then it is late"),
    pytest.param("2025-10-06 23:59", 1, None, "partial", id="some rows, before it is due"),
    pytest.param("2025-10-09 00:00", 1, None, "partial", id="some rows, after the deadline: what is missing is told first"),
    pytest.param("2025-10-09 00:00", 2, None, "complete", id="enough rows, however late"),
    pytest.param("2025-09-01 00:00", 2, None, "complete", id="and however early"),
    pytest.param("2025-10-09 00:00", 0, "nil", "nil", id="nothing to report, as declared"),
    pytest.param("2025-10-09 00:00", 0, "extended", "extended", id="more time, as granted"),
    pytest.param("2025-10-09 00:00", 1, "waived", "waived", id="waived, whatever came"),
    pytest.param("2025-10-09 00:00", 2, "nil", "complete", id="data win over a nil return"),
]


@pytest.mark.parametrize(("now", "rows", "declared", "state"), STATES)
def test_a_period_has_a_state(now: str, rows: int, declared: Declared | None, state: str) -> None:
    ledger, period = Ledger(), GRACED.parse("2025-09")
    for n in range(rows):
        count(ledger, GRACED, period, n + 1, None, at("2025-09-01"))
    assert state_of(GRACED, ledger, period, at(now), declared) == state


DAYS = schedule("workingDaily", Due("after", 1, "workingDay"), first_due="2025-10-01")
# Friday's data are due on Monday 6 October, late at its end; Saturday and Sunday are owed by nobody.
WORKING_DAYS = [
    pytest.param("2025-10-05 12:00", "2025-10-03", "fresh", 0, id="on Sunday, Friday's data are all there is to have"),
    pytest.param("2025-10-06 23:59", "2025-10-02", "fresh", 0, id="Friday's are still in time on Monday"),
    pytest.param("2025-10-07 00:00", "2025-10-02", "late", 1, id="and late when Monday has ended: one period, not three"),
    pytest.param("2025-10-08 00:00", "2025-10-02", "stale", 2, id="with Monday's two: the weekend does not count"),
    pytest.param("2025-10-08 00:00", "2025-10-06", "fresh", 0, id="Monday's after Friday's leaves no hole at the weekend"),
]


@pytest.mark.parametrize(("now", "last", "status", "behind"), WORKING_DAYS)
def test_days_off_are_owed_by_nobody(now: str, last: str, status: str, behind: int) -> None:
    first, through = DAYS.first_required, DAYS.parse(last)
    periods = [DAYS.text(p) for p in range(first, through + 1) if DAYS.is_required(p)]
    ledger = delivered(DAYS, periods)
    verdict = judge(DAYS, ledger, Clocks(at("2025-10-01"), None), now_ms=at(now), read_through_ms=at(now), tolerance_ms=0)
    assert (verdict.status, verdict.periods_behind, verdict.hole_count, verdict.data_through) == (status, behind, 0, last)


def test_a_row_of_a_day_off_counts_for_that_day_alone() -> None:
    ledger = delivered(DAYS, ["2025-09-30", "2025-10-01", "2025-10-02", "2025-10-04"])
    assert holes(ledger, DAYS) == ([DAYS.parse("2025-10-03")], 1)
    assert data_through(ledger, DAYS) == DAYS.parse("2025-10-02")


LAW = schedule(due=Due("dayOfMonth", 5), grace=Span(2, "workingDay"), regulatory=Due("dayOfMonth", 15), stale_after=3)
# January 2025: due by 5 February, late from the 8th on, unlawful from Monday the 17th's end on (the 15th is a Saturday).
LAWS = [
    pytest.param("2025-02-05 23:59", "fresh", "2025-02-06 00:00", id="in time"),
    pytest.param("2025-02-06 00:00", "due", "2025-02-08 00:00", id="due, then late"),
    pytest.param("2025-02-08 00:00", "late", "2025-02-18 00:00", id="late: next, the law's deadline"),
    pytest.param("2025-02-17 23:59", "late", "2025-02-18 00:00", id="on the law's last day still late"),
    pytest.param("2025-02-18 00:00", "stale", "2025-03-08 00:00", id="then stale, though only one period behind"),
]


@pytest.mark.parametrize(("now", "status", "following"), LAWS)
def test_who_lets_the_laws_deadline_pass_is_stale(now: str, status: str, following: str) -> None:
    ledger = delivered(LAW, ["2024-12"])
    verdict = judge(LAW, ledger, Clocks(at("2024-12-31"), None), now_ms=at(now), read_through_ms=at(now), tolerance_ms=0)
    assert (verdict.status, verdict.next_at_ms) == (status, at(following))
