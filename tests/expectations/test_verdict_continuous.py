"""Verdicts of feeds that owe a maximum age: two hours, and one of grace."""

from __future__ import annotations

import pytest

from expectations.freshness.ledger import Ledger
from expectations.freshness.schedule import Due, Span
from expectations.freshness.verdict import Clocks, Verdict, judge
from tests.expectations.freshness_cases import HOUR_MS, at, local, schedule

CASE = schedule("continuous", Due("after", 2, "hour"), Span(1, "hour"), first_due="2025-10-01")


def judged(now: str, reaches_to: str | None, heard: str | None = "2025-10-03 12:00") -> Verdict:
    ledger = Ledger(latest_ms=at(reaches_to) if reaches_to else None)
    clocks = Clocks(at(heard) if heard else None, None)
    return judge(CASE, ledger, clocks, now_ms=at(now), read_through_ms=at(now), tolerance_ms=0)


@pytest.mark.parametrize(
    ("now", "reaches_to", "heard", "status", "reason", "behind", "following"),
    [
        pytest.param(
            "2025-10-01 23:59", None, None, "fresh", "nothing_due_yet", 0, "2025-10-02 00:00", id="until the first due day has ended"
        ),
        pytest.param("2025-10-02 00:00", None, None, "due", "in_grace", 0, "2025-10-02 01:00", id="then due"),
        pytest.param("2025-10-02 01:00", None, None, "never", "never_heard", 1, "2025-10-02 03:00", id="then never"),
        pytest.param("2025-10-02 03:00", None, "2025-10-02", "never", "heard_no_period", 2, "2025-10-02 05:00", id="alive, no instant"),
        pytest.param(
            "2025-10-03 14:00", "2025-10-03 12:30", "2025-10-03 13:00", "fresh", "on_time", 0, "2025-10-03 14:30", id="young enough"
        ),
        pytest.param(
            "2025-10-03 14:30", "2025-10-03 12:30", "2025-10-03 13:00", "due", "in_grace", 0, "2025-10-03 15:30", id="too old, in grace"
        ),
        pytest.param("2025-10-03 15:30", "2025-10-03 12:30", "2025-10-03 13:00", "late", "stuck", 1, "2025-10-03 17:30", id="late"),
        pytest.param("2025-10-03 17:30", "2025-10-03 12:30", "2025-10-03 13:00", "stale", "stuck", 2, "2025-10-03 19:30", id="stale"),
        pytest.param(
            "2025-10-04 13:00", "2025-10-03 12:30", "2025-10-03 13:00", "stale", "silent", 11, "2025-10-04 13:30", id="silent for a day"
        ),
        pytest.param(
            "2025-10-03 14:00", "2027-01-01 00:00", None, "fresh", "on_time", 0, "2027-01-01 02:00", id="a future instant does not crash"
        ),
    ],
)
def test_a_continuous_feed_is_judged_by_the_age_of_its_data(  # noqa: PLR0917 - the columns of a table
    now: str, reaches_to: str | None, heard: str | None, status: str, reason: str, behind: int, following: str
) -> None:
    verdict = judged(now, reaches_to, heard)
    assert (verdict.status, verdict.reason, verdict.periods_behind) == (status, reason, behind)
    assert verdict.next_at_ms is not None
    assert local(verdict.next_at_ms) == following


def test_its_evidence_is_told_in_minutes_of_the_province() -> None:
    verdict = judged("2025-10-03 15:30", "2025-10-03 12:30")
    assert (verdict.data_through, verdict.expected_through) == ("2025-10-03T12:30+07:00", "2025-10-03T12:30+07:00")
    assert (verdict.missing, verdict.holes, verdict.hole_count) == (None, (), 0)
    assert verdict.incident == "2025-10-03T12:30+07:00"


def test_an_incident_stays_the_same_while_it_lasts_and_ends_with_it() -> None:
    assert judged("2025-10-03 15:30", "2025-10-03 12:30").incident == judged("2025-10-09", "2025-10-03 12:30").incident
    assert judged("2025-10-02 01:00", None).incident == judged("2025-10-09", None).incident == "2025-10-02T01:00+07:00"
    assert judged("2025-10-03 14:00", "2025-10-03 12:30").incident == ""


def test_a_late_feed_is_due_again_the_moment_its_data_are_young_enough() -> None:
    now_ms = at("2025-10-03 15:30")
    for reaches_to_ms, status in ((now_ms - 3 * HOUR_MS, "late"), (now_ms - 3 * HOUR_MS + 1, "due"), (now_ms - 2 * HOUR_MS + 1, "fresh")):
        verdict = judge(CASE, Ledger(latest_ms=reaches_to_ms), Clocks(now_ms, None), now_ms=now_ms, read_through_ms=now_ms, tolerance_ms=0)
        assert verdict.status == status
