"""Verdicts, their reasons and their instants, as sentences. The usual feed: monthly, due by the 5th, two working days of grace."""

from __future__ import annotations

import pytest

from expectations.freshness.ledger import Ledger, count
from expectations.freshness.schedule import Due, Schedule, Span
from expectations.freshness.verdict import AT_ONCE_MS, BEHIND, Clocks, Status, Verdict, judge
from tests.expectations.freshness_cases import DAY_MS, HOUR_MS, at, delivered, local, schedule

CASE = schedule(grace=Span(2, "workingDay"), silent_after_ms=10 * DAY_MS)
NEVER_HEARD = Clocks(None, None)


def judged(  # noqa: PLR0917 - tables name what they vary
    now: str, complete: list[str], heard: str | None = "2025-01-03", case: Schedule = CASE, ledger: Ledger | None = None, behind_ms: int = 0
) -> Verdict:
    """Judge a feed with these complete periods, last heard of then, by a monitor that is `behind_ms` behind and tolerates a minute."""
    clocks = Clocks(at(heard), at(heard)) if heard else NEVER_HEARD
    known = delivered(case, complete) if ledger is None else ledger
    return judge(case, known, clocks, now_ms=at(now), read_through_ms=at(now) - behind_ms, tolerance_ms=60_000)


VERDICTS = [
    # January 2025 is due on Wednesday 5 February, late when Friday 7 February has ended; February on 5 and 7 March.
    pytest.param("2025-02-05 23:59", [], None, "fresh", "nothing_due_yet", 0, id="nothing is due before the first due instant"),
    pytest.param("2025-02-06 00:00", [], None, "due", "in_grace", 0, id="at it exactly the first period is due"),
    pytest.param("2025-02-07 23:59", [], None, "due", "in_grace", 0, id="and stays so through its grace"),
    pytest.param(
        "2025-02-08 00:00", [], None, "never", "never_heard", 1, id="at the deadline exactly a feed that never reported is accused"
    ),
    pytest.param("2025-02-08 00:00", [], "2025-02-07", "never", "heard_no_period", 1, id="alive without any period is no data either"),
    pytest.param("2025-10-04 00:00", [], None, "never", "never_heard", 8, id="never counts all the periods owed"),
    pytest.param("2025-02-05 23:59", ["2024-12"], "2025-01-03", "fresh", "on_time", 0, id="December is enough until January is due"),
    pytest.param("2025-02-06 00:00", ["2024-12"], "2025-01-03", "due", "in_grace", 0, id="then January is due"),
    pytest.param("2025-02-08 00:00", ["2024-12"], "2025-01-03", "late", "silent", 1, id="then late"),
    pytest.param("2025-03-07 23:59", ["2024-12"], "2025-01-03", "late", "silent", 1, id="and still one behind before the next deadline"),
    pytest.param("2025-03-06 00:00", ["2024-12"], "2025-01-03", "late", "silent", 1, id="due alone does not make it stale"),
    pytest.param("2025-03-08 00:00", ["2024-12"], "2025-01-03", "stale", "silent", 2, id="at the second deadline it is stale"),
    pytest.param("2025-10-04 00:00", ["2024-12"], "2025-10-03", "stale", "stuck", 8, id="sends every day yet is stuck at December 2024"),
    pytest.param(
        "2025-10-04 00:00", ["2024-12", "2025-03"], "2025-10-03", "stale", "holes", 8, id="a later period shows that there is a hole"
    ),
    pytest.param("2025-10-04 00:00", ["2025-03"], "2025-10-03", "stale", "holes", 8, id="a hole at the very start"),
    pytest.param("2025-02-08 00:00", ["2025-01"], "2025-02-04", "fresh", "on_time", 0, id="January in time"),
    pytest.param(
        "2025-02-08 00:00", ["2025-01", "2025-02", "2025-12"], "2025-02-04", "fresh", "on_time", 0, id="early deliveries are no fault"
    ),
    pytest.param("2025-02-08 00:00", ["2025-02", "2025-03"], "2025-02-04", "late", "holes", 1, id="nor do they excuse what is missing"),
    pytest.param("2025-02-08 00:00", ["2024-06"], "2025-02-04", "stale", "stuck", 7, id="the distance is from what the data reach to"),
]


@pytest.mark.parametrize(("now", "complete", "heard", "status", "reason", "behind"), VERDICTS)
def test_a_feed_is_judged_with_a_reason(  # noqa: PLR0917 - the columns of a table
    now: str, complete: list[str], heard: str | None, status: str, reason: str, behind: int
) -> None:
    verdict = judged(now, complete, heard)
    assert (verdict.status, verdict.reason, verdict.periods_behind) == (status, reason, behind)


def test_a_verdict_brings_its_evidence() -> None:
    verdict = judged("2025-10-04 00:00", ["2024-12", "2025-03"], "2025-10-03")
    assert (verdict.data_through, verdict.expected_through, verdict.missing) == ("2024-12", "2025-08", "2025-01")
    assert (verdict.holes, verdict.hole_count) == (("2025-01", "2025-02"), 2)
    assert verdict.due_at_ms is not None
    assert verdict.deadline_ms is not None
    assert (local(verdict.due_at_ms), local(verdict.deadline_ms)) == ("2025-02-06 00:00", "2025-02-08 00:00")


def test_only_24_holes_are_named_however_many_there_are() -> None:
    daily = schedule("daily", Due("after", 1, "day", roll=False), first_due="2025-01-02")
    verdict = judged("2025-12-01 00:00", ["2025-06-30"], case=daily)
    assert (len(verdict.holes), verdict.holes[0], verdict.hole_count) == (24, "2025-01-01", 180)


@pytest.mark.parametrize(
    ("ages_ms", "reason"),
    [(10 * DAY_MS - 1, "stuck"), (10 * DAY_MS, "silent"), (10 * DAY_MS + 1, "silent"), (-HOUR_MS, "stuck")],
    ids=["just before", "at it", "just after", "heard later than now"],
)
def test_a_feed_that_is_behind_counts_as_silent_when_nothing_was_heard_for_so_long(ages_ms: int, reason: str) -> None:
    now_ms = at("2025-10-04")
    clocks = Clocks(now_ms - ages_ms, None)
    verdict = judge(CASE, delivered(CASE, ["2024-12"]), clocks, now_ms=now_ms, read_through_ms=now_ms, tolerance_ms=0)
    assert verdict.reason == reason


PARTIAL = schedule(slices=frozenset("abc"), slice_quorum=0.6)


def with_slices(slices: str) -> Ledger:
    ledger = Ledger()
    for slice_ in slices:
        count(ledger, PARTIAL, PARTIAL.parse("2025-01"), 0, slice_, at("2025-02-01"))
    return ledger


@pytest.mark.parametrize(
    ("slices", "status", "reason", "seen"),
    [
        pytest.param("", "never", "heard_no_period", 0, id="none"),
        pytest.param("a", "never", "heard_no_period", 1, id="one of three"),
        pytest.param("ax", "never", "heard_no_period", 1, id="one, and one that is not expected"),
        pytest.param("ab", "fresh", "on_time", 0, id="the quorum: now February is the missing one"),
    ],
)
def test_a_period_without_its_quorum_does_not_count_and_says_how_much_is_there(slices: str, status: str, reason: str, seen: int) -> None:
    verdict = judged("2025-02-06 00:00", [], "2025-02-01", PARTIAL, with_slices(slices))
    assert (verdict.status, verdict.reason) == (status, reason)
    assert (verdict.slices_seen, verdict.slices_expected) == (seen, 3)


def test_partial_comes_before_holes_among_the_reasons() -> None:
    ledger = with_slices("a")
    for period, slice_ in (("2024-12", "a"), ("2024-12", "b"), ("2025-02", "a"), ("2025-02", "b")):
        count(ledger, PARTIAL, PARTIAL.parse(period), 0, slice_, at("2025-02-01"))
    verdict = judged("2025-02-06 00:00", [], "2025-02-01", PARTIAL, ledger)
    assert (verdict.status, verdict.reason, verdict.hole_count) == ("late", "partial", 1)


@pytest.mark.parametrize(
    ("complete", "heard", "now", "following"),
    [
        pytest.param([], None, "2025-01-10", "2025-02-06 00:00", id="nothing due yet: the first due instant"),
        pytest.param([], None, "2025-02-06", "2025-02-08 00:00", id="in grace: the deadline"),
        pytest.param([], None, "2025-02-08", "2025-03-08 00:00", id="late: one more period behind"),
        pytest.param(["2025-01"], "2025-02-04", "2025-02-04", "2025-02-08 00:00", id="ahead: the next expectation"),
        pytest.param(["2025-01"], "2025-02-04", "2025-02-08", "2025-03-06 00:00", id="fresh: the next due instant"),
        pytest.param(["2024-12"], "2025-02-07", "2025-02-08", "2025-02-17 00:00", id="stuck: when it counts as silent"),
        pytest.param(["2024-12"], "2025-03-05", "2025-03-06", "2025-03-08 00:00", id="stuck: stale comes first"),
    ],
)
def test_the_verdict_says_when_it_can_change_if_nothing_arrives(complete: list[str], heard: str | None, now: str, following: str) -> None:
    verdict = judged(now, complete, heard)
    assert verdict.next_at_ms is not None
    assert local(verdict.next_at_ms) == following


def test_an_incident_is_the_first_missing_period_for_as_long_as_it_is_missing() -> None:
    late, stale = judged("2025-02-08", ["2024-12"]), judged("2025-05-08", ["2024-12"])
    assert late.incident == stale.incident == "2025-01"
    assert judged("2025-02-08", ["2025-01"]).incident == ""
    assert judged("2025-05-08", ["2025-01"]).incident == "2025-02"


BEHIND_CASES = [
    # The deadline is 2025-02-08 00:00; a minute is tolerated.
    pytest.param("2025-02-08 00:00:30", 0, "late", "silent", id="read up to now: accused"),
    pytest.param("2025-02-08 00:00:30", 30_000, "late", "silent", id="read up to the deadline: accused"),
    pytest.param("2025-02-08 00:00:30", 30_001, "due", "in_grace", id="read to just before the deadline: not yet accused"),
    pytest.param("2025-02-08 00:00:30", 60_000, "due", "in_grace", id="as far behind as is tolerated"),
    pytest.param("2025-02-08 00:00:30", 60_001, "unknown", "monitor_behind", id="further behind: nobody is accused"),
    pytest.param("2025-10-08 00:00:30", 60_001, "unknown", "monitor_behind", id="not even of an old matter: the rows may be on their way"),
    pytest.param("2025-02-05 00:00:30", 10**9, "fresh", "on_time", id="a fresh feed stays fresh however far behind"),
]


@pytest.mark.parametrize(("now", "behind_ms", "status", "reason"), BEHIND_CASES)
def test_a_monitor_that_is_behind_accuses_nobody(now: str, behind_ms: int, status: str, reason: str) -> None:
    verdict = judged(now, ["2024-12"], behind_ms=behind_ms)
    assert (verdict.status, verdict.reason) == (status, reason)


def test_a_monitor_that_cannot_tell_how_far_it_has_read_accuses_nobody() -> None:
    now_ms = at("2025-10-04")
    verdict = judge(CASE, Ledger(), NEVER_HEARD, now_ms=now_ms, read_through_ms=None, tolerance_ms=10**12)
    assert (verdict.status, verdict.reason, verdict.incident) == ("unknown", "monitor_behind", "")


def test_an_unknown_verdict_keeps_the_evidence_as_of_what_was_read_and_asks_to_be_judged_at_once() -> None:
    verdict = judged("2025-03-08 00:02", ["2024-12"], behind_ms=180_000)
    assert (verdict.status, verdict.data_through, verdict.expected_through, verdict.periods_behind) == ("unknown", "2024-12", "2025-01", 1)
    assert verdict.next_at_ms == AT_ONCE_MS


def test_a_verdict_as_of_what_was_read_asks_to_be_judged_again_at_the_deadline_in_between() -> None:
    verdict = judged("2025-02-08 00:00:30", ["2024-12"], behind_ms=30_001)
    assert verdict.next_at_ms == at("2025-02-08")


def test_a_suspended_obligation_is_neither_in_order_nor_accused() -> None:
    verdict = judge(
        CASE, delivered(CASE, ["2024-12"]), NEVER_HEARD, now_ms=at("2026-01-01"), read_through_ms=None, tolerance_ms=0, suspended=True
    )
    assert (verdict.status, verdict.reason, verdict.data_through) == ("suspended", "suspended", "2024-12")
    assert (verdict.periods_behind, verdict.missing, verdict.next_at_ms, verdict.incident) == (0, None, None, "")


def test_the_statuses_that_accuse_are_late_stale_and_never() -> None:
    assert {Status.LATE, Status.STALE, Status.NEVER} == BEHIND
