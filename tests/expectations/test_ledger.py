"""What is counted as delivered, how far the data reach, and what is forgotten."""

from __future__ import annotations

import msgspec
import pytest

from expectations.freshness.ledger import KEPT, Ledger, count, data_through, holes, merge
from expectations.freshness.periods import Cadence
from expectations.freshness.schedule import Due, Schedule
from tests.expectations.freshness_cases import HOUR_MS, at, delivered, schedule

MONTHLY = schedule()  # January 2025 is the first required period
DAILY = schedule("daily", Due("after", 1, "day", roll=False), first_due="2025-01-02")
CONTINUOUS = schedule("continuous", Due("after", 2, "hour"))
HEARD = at("2025-06-01")


def count_all(case: Schedule, period: str, keys: list[int], slices: list[str | None] | None = None) -> tuple[Ledger, list[bool]]:
    """Count a row for each key (and slice) of one period."""
    ledger = Ledger()
    rows = zip(keys, slices or [None] * len(keys), strict=True)
    return ledger, [count(ledger, case, case.parse(period), key, slice_, HEARD) for key, slice_ in rows]


@pytest.mark.parametrize(
    ("complete", "through", "missing"),
    [
        pytest.param([], None, [], id="nothing"),
        pytest.param(["2025-01"], "2025-01", [], id="the first required"),
        pytest.param(["2025-01", "2025-02", "2025-03"], "2025-03", [], id="three in a row"),
        pytest.param(["2024-12"], "2024-12", [], id="only the one before the first required"),
        pytest.param(["2024-06"], "2024-06", [], id="only one long before"),
        pytest.param(["2024-06", "2024-03"], "2024-06", [], id="the latest of those before"),
        pytest.param(["2025-02"], None, ["2025-01"], id="the first required is the hole"),
        pytest.param(["2024-12", "2025-03"], "2024-12", ["2025-01", "2025-02"], id="holes after what came before"),
        pytest.param(["2025-01", "2025-03", "2025-06"], "2025-01", ["2025-02", "2025-04", "2025-05"], id="several holes"),
        pytest.param(["2024-06", "2025-01", "2025-02"], "2025-02", [], id="a gap among those not required is no hole"),
    ],
)
def test_the_data_reach_to_the_last_period_before_the_first_missing_one(
    complete: list[str], through: str | None, missing: list[str]
) -> None:
    for order in (complete, complete[::-1]):
        ledger = delivered(MONTHLY, order)
        found = data_through(ledger, MONTHLY)
        assert (None if found is None else MONTHLY.text(found)) == through
        assert holes(ledger, MONTHLY) == ([MONTHLY.parse(period) for period in missing], len(missing))


def test_the_last_hole_filled_lets_the_data_reach_over_all_that_waited() -> None:
    ledger = delivered(MONTHLY, ["2025-01", "2025-03", "2025-04"])
    assert count(ledger, MONTHLY, MONTHLY.parse("2025-02"), 0, None, HEARD)
    assert data_through(ledger, MONTHLY) == MONTHLY.parse("2025-04")


def test_only_so_many_holes_are_listed_but_all_are_counted() -> None:
    ledger = delivered(DAILY, ["2025-01-01", "2025-12-31"])
    listed, total = holes(ledger, DAILY, limit=3)
    assert [DAILY.text(hole) for hole in listed] == ["2025-01-02", "2025-01-03", "2025-01-04"]
    assert total == 363


def test_a_period_completes_once_and_further_rows_only_add_to_its_volume() -> None:
    ledger, changed = count_all(MONTHLY, "2025-01", [1, 2, 1])
    assert changed == [True, False, False]
    assert ledger.entries[MONTHLY.parse("2025-01")].rows == 3


@pytest.mark.parametrize(
    ("keys", "changed"),
    [
        pytest.param([7, 8, 9], [False, False, True], id="three rows"),
        pytest.param([7, 7, 7, 7], [False] * 4, id="one row four times is one row"),
        pytest.param([7, 8, 7, 8, 9, 9], [False, False, False, False, True, False], id="repeats between"),
        pytest.param([9, 8, 7, 6], [False, False, True, False], id="falling keys"),
        pytest.param([2**64 - 1, 0, 2**63], [False, False, True], id="the widest keys"),
    ],
)
def test_min_rows_counts_distinct_rows(keys: list[int], changed: list[bool]) -> None:
    case = schedule(min_rows=3)
    assert count_all(case, "2025-01", keys)[1] == changed


@pytest.mark.parametrize(
    ("slices", "changed"),
    [
        pytest.param(["a", "b", "c"], [False, False, True], id="three of four are the quorum"),
        pytest.param(["a", "a", "b", "b"], [False] * 4, id="a slice counts once"),
        pytest.param(["x", "y", "z", None], [False] * 4, id="slices that are not expected count for nothing"),
        pytest.param(["x", "d", "a", None, "c"], [False, False, False, False, True], id="between others"),
    ],
)
def test_a_quorum_counts_expected_slices(slices: list[str | None], changed: list[bool]) -> None:
    case = schedule(slices=frozenset("abcd"), slice_quorum=0.75)
    assert count_all(case, "2025-01", [0] * len(slices), slices)[1] == changed


def test_rows_and_slices_are_both_needed() -> None:
    case = schedule(min_rows=2, slices=frozenset("ab"))
    assert count_all(case, "2025-01", [1, 2, 2], ["a", "a", "b"])[1] == [False, False, True]
    assert count_all(case, "2025-01", [1, 1, 2], ["a", "b", "b"])[1] == [False, False, True]


def test_no_more_keys_are_remembered_than_are_asked_for_however_long_a_slice_is_awaited() -> None:
    case = schedule(min_rows=2, slices=frozenset("ab"))
    one, other = (count_all(case, "2025-01", keys, ["a"] * 4)[0] for keys in ([9, 3, 7, 5], [8, 4, 6, 2]))
    kept = [ledger.entries[case.parse("2025-01")].keys for ledger in (one, other, merge(one, other, case))]
    assert kept == [[3, 5], [2, 4], [2, 3]]


def test_an_entry_tells_when_a_period_was_first_and_last_heard_of_even_out_of_order() -> None:
    ledger = Ledger()
    for heard_ms in (HEARD, HEARD + HOUR_MS, HEARD - HOUR_MS):
        count(ledger, MONTHLY, MONTHLY.parse("2025-01"), 0, None, heard_ms)
    entry = ledger.entries[MONTHLY.parse("2025-01")]
    assert (entry.first_heard_ms, entry.last_heard_ms) == (HEARD - HOUR_MS, HEARD + HOUR_MS)


def test_complete_periods_far_back_lose_their_evidence_and_stay_complete() -> None:
    first = DAILY.parse("2025-01-01")
    ledger = Ledger()
    for day in range(300):
        count(ledger, DAILY, first + day, 0, None, HEARD)
    assert sorted(ledger.entries) == list(range(first + 300 - KEPT[Cadence.DAILY], first + 300))
    assert data_through(ledger, DAILY) == first + 299


def test_a_row_of_a_period_already_let_go_changes_nothing() -> None:
    ledger = delivered(MONTHLY, [f"{year}-{month:02d}" for year in range(2025, 2030) for month in range(1, 13)])
    before = msgspec.msgpack.encode(ledger)
    assert not count(ledger, MONTHLY, MONTHLY.parse("2025-01"), 0, None, HEARD)
    assert msgspec.msgpack.encode(ledger) == before


@pytest.mark.parametrize("case", [MONTHLY, DAILY, CONTINUOUS], ids=["monthly", "daily", "continuous"])
def test_periods_that_no_contract_means_are_not_remembered(case: Schedule) -> None:
    for period in (case.earliest - 1, case.latest + 1, 0, -1, -(10**18), 10**18):
        ledger = Ledger()
        count(ledger, case, period, 0, None, HEARD)
        assert (period in {0, -1} and case.continuous) or ledger == Ledger()


def test_a_hostile_source_cannot_make_a_ledger_of_complete_periods_large() -> None:
    ledger = Ledger()
    for period in range(DAILY.earliest - 10, DAILY.latest + 10, 2):
        count(ledger, DAILY, period, 0, None, HEARD)
    assert len(msgspec.msgpack.encode(ledger)) < 8_000


def test_a_hostile_source_cannot_crowd_out_the_required_periods() -> None:
    case = schedule("daily", Due("after", 1, "day", roll=False), first_due="2025-01-02", min_rows=3000)
    first = case.parse("2025-01-01")
    ledger = Ledger()
    count(ledger, case, first, 1, None, HEARD)
    for period in (*range(case.earliest, first), *range(case.latest, first, -1)):
        count(ledger, case, period, 1, None, HEARD)
    assert len(ledger.entries) <= 64 + KEPT[Cadence.DAILY]
    assert [count(ledger, case, first, key, None, HEARD) for key in range(2, 3001)].index(True) == 2998


def test_a_contract_that_begins_earlier_looks_at_the_same_deliveries_anew() -> None:
    ledger = delivered(MONTHLY, ["2025-01", "2025-02"])
    assert data_through(ledger, schedule(first_due="2024-12-01")) is None
    assert data_through(ledger, schedule(first_due="2025-04-01")) == MONTHLY.parse("2025-02")


def test_a_continuous_feed_reaches_to_its_latest_instant_whatever_the_order() -> None:
    ledger = Ledger()
    changed = [count(ledger, CONTINUOUS, HEARD + n * HOUR_MS, 0, None, HEARD) for n in (0, 2, 1, 2)]
    assert changed == [True, True, False, False]
    assert data_through(ledger, CONTINUOUS) == HEARD + 2 * HOUR_MS
    assert holes(ledger, MONTHLY) == ([], 0)


def test_merging_two_ledgers_completes_what_each_had_in_part() -> None:
    case = schedule(slices=frozenset("abc"))
    one, other = (count_all(case, "2025-01", [0] * len(slices), list(slices))[0] for slices in ("ab", "bc"))
    both = merge(one, other, case)
    assert data_through(both, case) == case.parse("2025-01")
    assert both.entries[case.parse("2025-01")].rows == 4
    assert one.entries[case.parse("2025-01")].slices == ["a", "b"], "the merged ledgers are left alone"


def test_a_ledger_survives_its_encoding_and_stays_small() -> None:
    months = delivered(schedule(first_due="2024-01-01"), [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)])
    days = delivered(DAILY, [DAILY.text(DAILY.first_required + n) for n in range(90)])
    for ledger, most_bytes in ((months, 700), (days, 1_800)):
        encoded = msgspec.msgpack.encode(ledger)
        assert msgspec.msgpack.decode(encoded, type=Ledger) == ledger
        assert len(encoded) < most_bytes
