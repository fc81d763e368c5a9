"""Change events become rows of feeds, each with its period; what proves life is not taken for data, and what is wrong is set aside."""

from __future__ import annotations

import tracemalloc

import pytest

from expectations.freshness import periods
from expectations.freshness.periods import Cadence
from streams.changes.problems import Problem
from streams.changes.route import Routed
from streams.changes.wire import Row, decode, encode, partition_of
from tests.streams.changes_province import BINH_MINH, HEALTH, NOW, TAN_BIEN, TAN_NINH, Fetched, at, column, dataset, envelope, records
from tests.streams.changes_routing import DAY, FEED, TODAY, TOPIC, only_row, route, router, rows, set_aside


def test_a_row_goes_to_its_unit_s_feed_with_its_period() -> None:
    routed = route(envelope(TODAY))
    assert rows(routed) == {FEED: [Row(0, "c", NOW, NOW - 500, DAY)]}
    assert routed.counts == {"change": 1}
    assert routed.quarantined == []


def test_rows_keep_the_order_and_the_offsets_of_their_source() -> None:
    other = TODAY | {"ma_xa": BINH_MINH}
    routed = router().route(TOPIC, records(*map(envelope, [TODAY, other, TODAY, other]), first=70))
    assert {feed: [r.offset for r in found] for feed, found in rows(routed).items()} == {FEED: [70, 72], f"{BINH_MINH}/ho-tich": [71, 73]}


def test_a_feed_s_message_goes_to_the_partition_in_which_its_state_lives() -> None:
    routed = route(envelope(TODAY), envelope(TODAY | {"ma_xa": BINH_MINH}))
    for target, changes in routed.messages.items():
        assert (changes.topic, changes.partition) == (TOPIC, 2)
        assert {partition_of(feed, 4) for feed in changes.rows} == {target}
        assert decode(encode(changes)) == changes


def test_an_empty_batch_is_nothing() -> None:
    assert router().route(TOPIC, []) == Routed({}, {}, [])  # type: ignore[arg-type]  # equal to an empty Counter


@pytest.mark.parametrize(
    "value",
    [
        TODAY,
        TODAY | {"__op": "c", "__deleted": "false", "__source_ts_ms": NOW - 500},
        {"schema": None, "payload": envelope(TODAY)},
        {"specversion": "1.0", "iodebeziumop": "c", "data": {"payload": {"before": None, "after": TODAY}}},
        envelope(TODAY, "u"),
        envelope(TODAY, "r"),
        envelope(TODAY, connector="mysql"),
    ],
    ids=["flat", "flat with metadata", "with schema", "CloudEvents", "update", "snapshot", "MySQL"],
)
def test_the_same_row_counts_for_the_same_period_in_every_envelope(value: object) -> None:
    assert only_row(route(value)).period == DAY


def test_a_change_s_time_is_never_later_than_it_was_heard() -> None:
    assert only_row(route(envelope(TODAY, ts_ms=NOW - 1))).changed_ms == NOW - 1
    assert only_row(route(envelope(TODAY, ts_ms=NOW + 10**9))).changed_ms == NOW
    assert only_row(route(envelope(TODAY, "r"))).changed_ms == 0


UNITS = {
    "a code": (TAN_NINH, "2025-10-03", TAN_NINH),
    "a code that is a number": (25459, "2025-10-03", TAN_NINH),
    "a code that is a fraction of zero": (25459.0, "2025-10-03", TAN_NINH),
    "a code padded with blanks": (" 25459   ", "2025-10-03", TAN_NINH),
    "an old code in its time": ("25456", "2024-12-31", TAN_NINH),
    "an old code still sent": ("25456", "2025-10-03", TAN_NINH),
    "an old code that was split": ("25999", "2024-12-31", Problem.UNKNOWN_UNIT),
    "a code before it was in force": (BINH_MINH, "2024-12-31", Problem.UNKNOWN_UNIT),
    "a code of nobody": ("99999", "2025-10-03", Problem.UNKNOWN_UNIT),
    "a unit that owes nothing": (TAN_BIEN, "2025-10-03", Problem.UNEXPECTED_UNIT),
    "a department": (HEALTH, "2025-10-03", Problem.UNEXPECTED_UNIT),
    "null": (None, "2025-10-03", Problem.UNKNOWN_UNIT),
    "an empty text": ("", "2025-10-03", Problem.UNKNOWN_UNIT),
    "blanks": ("   ", "2025-10-03", Problem.UNKNOWN_UNIT),
    "a truth": (True, "2025-10-03", Problem.UNKNOWN_UNIT),
    "a list": ([TAN_NINH], "2025-10-03", Problem.UNKNOWN_UNIT),
    "a name": ("Phường Tân Ninh", "2025-10-03", Problem.UNKNOWN_UNIT),
    "a huge number": (10**40, "2025-10-03", Problem.UNKNOWN_UNIT),
    "a fraction": (25459.5, "2025-10-03", Problem.UNKNOWN_UNIT),
}


@pytest.mark.parametrize(("code", "day", "expected"), UNITS.values(), ids=UNITS)
def test_a_code_means_a_unit_on_the_day_of_its_period(code: object, day: str, expected: str | Problem) -> None:
    routed = route(envelope({"ma_xa": code, "ky": day}))
    assert [*(feed.split("/")[0] for feed in rows(routed)), *set_aside(routed)] == [expected]


PERIODS = {
    "null": (None, Problem.MISSING_PERIOD),
    "an empty text": ("", Problem.MISSING_PERIOD),
    "a zero date": ("0000-00-00", Problem.IMPLAUSIBLE_PERIOD),
    "the epoch": (0, Problem.IMPLAUSIBLE_PERIOD),
    "the year 1": ("0001-01-01", Problem.IMPLAUSIBLE_PERIOD),
    "prose": ("hôm nay", Problem.IMPLAUSIBLE_PERIOD),
    "a list": ([2025], Problem.IMPLAUSIBLE_PERIOD),
    "a truth": (False, Problem.IMPLAUSIBLE_PERIOD),
    "the last day of 1999": ("1999-12-31", Problem.IMPLAUSIBLE_PERIOD),
    "two days ahead": ("2025-10-05", Problem.FUTURE_PERIOD),
    "a typing mistake in the year": ("2205-10-03", Problem.FUTURE_PERIOD),
    "the end of the calendar": ("9999-12-31", Problem.IMPLAUSIBLE_PERIOD),
}


@pytest.mark.parametrize(("value", "problem"), PERIODS.values(), ids=PERIODS)
def test_a_period_that_cannot_be_is_set_aside_before_it_touches_the_ledger(value: object, problem: Problem) -> None:
    routed = route(envelope(TODAY | {"ky": value}))
    assert (rows(routed), set_aside(routed), routed.counts) == ({}, [problem], {problem: 1})


READ_AS = {
    "days, where the source sends a month": (202_510, Problem.FUTURE_PERIOD),
    "days, where the source sends prose": ("hôm nay", Problem.IMPLAUSIBLE_PERIOD),
}


@pytest.mark.parametrize(("value", "problem"), READ_AS.values(), ids=READ_AS)
def test_a_period_that_the_contract_says_how_to_read_is_set_aside_with_what_it_says(value: object, problem: Problem) -> None:
    """The encoding may be what is wrong, and not the row."""
    of = dataset(columns={"ma_xa": column("ma_xa"), "ky": column("ky", "date", "io.debezium.time.Date")})
    (aside,) = route(envelope(TODAY | {"ky": value}), of=of).quarantined
    assert aside.reason == problem
    assert aside.detail.endswith("; it was read as io.debezium.time.Date")
    (plain,) = route(envelope(TODAY | {"ky": "hôm nay"})).quarantined
    assert "read as" not in plain.detail


def test_a_row_without_the_period_s_column_is_set_aside() -> None:
    assert set_aside(route(envelope({"ma_xa": TAN_NINH}))) == [Problem.MISSING_PERIOD]


@pytest.mark.parametrize(
    ("heard", "accepted"),
    [("2025-10-03T23:59:59.999", False), ("2025-10-04T00:00", True), ("2025-10-04T00:00:00.001", True)],
    ids=["a millisecond too early", "at midnight the day before", "after it"],
)
def test_a_period_may_begin_one_day_after_its_record_was_written(heard: str, accepted: bool) -> None:
    routed = route(envelope(TODAY | {"ky": "2025-10-05"}), timestamp=at(heard))
    assert set_aside(routed) == ([] if accepted else [Problem.FUTURE_PERIOD])


@pytest.mark.parametrize(("ahead_ms", "accepted"), [(86_399_999, True), (86_400_000, True), (86_400_001, False)])
def test_an_instant_may_lie_one_day_ahead_of_its_record(ahead_ms: int, accepted: bool) -> None:
    quan_trac = dataset(cadence=Cadence.CONTINUOUS, period_column="luc")
    local_ms = NOW + 7 * 3_600_000 + ahead_ms
    routed = route(envelope({"ma_xa": TAN_NINH, "luc": local_ms}), of=quan_trac)
    assert set_aside(routed) == ([] if accepted else [Problem.FUTURE_PERIOD])
    assert [r.period for found in rows(routed).values() for r in found] == [NOW + ahead_ms] * accepted


def test_the_same_period_is_judged_anew_by_each_record_s_own_time() -> None:
    made, tomorrow = router(), envelope(TODAY | {"ky": "2025-10-06"})
    assert set_aside(made.route(TOPIC, records(tomorrow))) == [Problem.FUTURE_PERIOD]
    assert set_aside(made.route(TOPIC, records(tomorrow, timestamp=at("2025-10-06T08:00")))) == []


def test_a_backfill_of_an_old_period_is_a_row_of_that_period() -> None:
    routed = route(envelope({"ma_xa": "25456", "ky": "2024-12-31"}))
    assert only_row(routed).period == periods.parse(Cadence.DAILY, "2024-12-31")


TIMESTAMPS = {
    "none": -1,
    "the epoch": 0,
    "a clock never set": at("1999-12-31T23:59"),
    "the year 2200": 7_258_118_400_000,
    "centuries ahead": 2**62,
    "centuries ago": -(2**62),
}


@pytest.mark.parametrize("timestamp", TIMESTAMPS.values(), ids=TIMESTAMPS)
def test_with_a_broker_time_that_cannot_be_the_source_s_time_counts(timestamp: int) -> None:
    routed = route(envelope(TODAY), timestamp=timestamp)
    assert (only_row(routed).heard_ms, only_row(routed).changed_ms) == (NOW - 500, NOW - 500)


@pytest.mark.parametrize("timestamp", TIMESTAMPS.values(), ids=TIMESTAMPS)
def test_without_any_plausible_time_a_record_is_set_aside(timestamp: int) -> None:
    assert set_aside(route(TODAY, timestamp=timestamp)) == [Problem.IMPLAUSIBLE_TIMESTAMP]


def test_an_oversized_record_is_set_aside() -> None:
    value = envelope(TODAY | {"ghi_chu": "x" * 2_000})
    routed = router(max_value_bytes=1_024).route(TOPIC, records(value, envelope(TODAY)))
    assert (set_aside(routed), len(rows(routed)[FEED])) == ([Problem.OVERSIZED], 1)


def test_what_is_set_aside_can_be_found_again_in_its_source() -> None:
    made = router()
    (found,) = made.route(TOPIC, [Fetched(TOPIC, 5, 77, NOW, None, b"\xff")]).quarantined
    assert (found.topic, found.partition, found.offset, found.timestamp_ms) == (TOPIC, 5, 77, NOW)


def test_more_units_and_periods_than_are_remembered_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.changes.lanes.MOST_REMEMBERED", 3)
    days = [f"2025-09-{day:02d}" for day in range(1, 31)]
    routed = route(*(envelope(TODAY | {"ky": day}) for day in days * 2))
    assert [r.period for r in rows(routed)[FEED]] == [periods.parse(Cadence.DAILY, day) for day in days * 2]


@pytest.mark.parametrize("name", ["ma_xa", "ky"])
def test_a_megabyte_in_a_telling_column_does_not_stay_in_memory(name: str) -> None:
    made = router()
    megabytes = [records(envelope(TODAY | {name: f"{n:01000000}"})) for n in range(20)]
    tracemalloc.start()
    for one in megabytes:
        assert len(made.route(TOPIC, one).quarantined) == 1
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held_bytes < 1_000_000


@pytest.mark.parametrize(("ahead_ms", "heard_ms"), [(-1, NOW - 1), (0, NOW), (1, NOW), (10 * 365 * 86_400_000, NOW)])
def test_a_clock_that_runs_ahead_counts_as_now(ahead_ms: int, heard_ms: int) -> None:
    """Otherwise one record of the year 2035 would keep its feed alive for ten years."""
    routed = router().route(TOPIC, records(envelope(TODAY), timestamp=NOW + ahead_ms), NOW)
    assert only_row(routed).heard_ms == heard_ms


def test_a_clock_that_runs_ahead_does_not_let_a_future_period_pass() -> None:
    future = TODAY | {"ky": "2035-10-03"}
    routed = router().route(TOPIC, records(envelope(future), timestamp=at("2035-10-03T08:00")), NOW)
    assert set_aside(routed) == [Problem.FUTURE_PERIOD]
