"""The rule book, third part: why a feed is behind. Monthly, due by the 5th; silent after ten days without a sign of life."""

from __future__ import annotations

import pytest

from expectations.freshness.verdict import Clocks, judge
from tests.expectations.freshness_cases import DAY_MS, at, delivered, local, schedule

CASE = schedule(silent_after_ms=10 * DAY_MS)
NOW = "2025-03-20"
# January 2025 was due by 5 February and February by 5 March: by 20 March a feed with data to December is two periods behind.
REASONS = [
    # complete periods, last heard, last counted, last future-dated, last wrong code, reason
    pytest.param(["2024-12"], "2025-03-19", None, None, None, "stuck", id="alive, no row of a period: stuck"),
    pytest.param(["2024-12"], "2025-03-10 00:01", None, None, None, "stuck", id="heard just within ten days: stuck"),
    pytest.param(["2024-12"], "2025-03-10", None, None, None, "silent", id="ten days without a sign of life: silent"),
    pytest.param(["2024-12"], None, None, None, None, "silent", id="heard at no time that is remembered: silent"),
    pytest.param(["2024-12"], "2025-03-19", None, "2025-03-19", None, "future_dated", id="the newest row is of the future"),
    pytest.param(["2024-12"], "2025-03-19", None, None, "2025-03-19", "wrong_code", id="the newest row has a code that was not in force"),
    pytest.param(["2024-12"], "2025-03-19", None, "2025-03-18", "2025-03-19", "wrong_code", id="both: the newer one is told"),
    pytest.param(["2024-12"], "2025-03-19", None, "2025-03-19", "2025-03-18", "future_dated", id="both, the other way round"),
    pytest.param(["2024-12"], "2025-03-19", "2025-03-19", "2025-03-18", None, "stuck", id="a row that counts came later: the slip is over"),
    pytest.param(["2024-12"], "2025-03-19", "2025-03-19", "2025-03-19", None, "stuck", id="at the same instant: no accusation of a slip"),
    pytest.param(
        ["2024-12"], "2025-03-19", "2025-03-17", "2025-03-18", None, "future_dated", id="a row that counts came earlier: the slip lasts"
    ),
    pytest.param(["2024-12"], "2025-03-19", None, "2025-03-10 00:01", None, "future_dated", id="a slip of just within ten days"),
    pytest.param(["2024-12"], "2025-03-19", None, "2025-03-10", None, "stuck", id="a slip of ten days ago is none of today's"),
    pytest.param(["2024-12"], "2025-03-10", None, "2025-03-10", None, "silent", id="and with nothing since, the feed is silent"),
    pytest.param(["2024-12", "2025-02"], "2025-03-19", None, None, None, "holes", id="a later period came: a hole"),
    pytest.param(
        ["2024-12", "2025-02"], "2025-03-19", "2025-03-01", "2025-03-19", None, "future_dated", id="the slip says what to do about the hole"
    ),
    pytest.param(["2025-01", "2025-02"], "2025-03-19", None, "2025-03-19", None, "on_time", id="who is in time is never told of a slip"),
    pytest.param([], None, None, None, None, "never_heard", id="nothing ever"),
    pytest.param([], "2025-03-19", None, None, None, "heard_no_period", id="signs of life, never a period"),
    pytest.param([], "2025-03-19", None, "2025-03-19", None, "future_dated", id="all that ever came is of the future"),
    pytest.param([], "2025-03-19", None, None, "2025-03-19", "wrong_code", id="all that ever came has a wrong code"),
]


@pytest.mark.parametrize(("complete", "heard", "counted", "future", "code", "reason"), REASONS)
def test_a_feed_says_why(  # noqa: PLR0917 - the columns of a table
    complete: list[str], heard: str | None, counted: str | None, future: str | None, code: str | None, reason: str
) -> None:
    clocks = Clocks(*(None if text is None else at(text) for text in (heard, None, counted, future, code)))
    verdict = judge(CASE, delivered(CASE, complete), clocks, now_ms=at(NOW), read_through_ms=at(NOW), tolerance_ms=0)
    assert verdict.reason == reason


def test_a_slip_becomes_silence_at_the_instant_that_the_verdict_names() -> None:
    clocks = Clocks(at("2025-03-12"), None, None, at("2025-03-12"))
    ledger = delivered(CASE, ["2024-12"])
    slip = judge(CASE, ledger, clocks, now_ms=at(NOW), read_through_ms=at(NOW), tolerance_ms=0)
    assert slip.next_at_ms is not None
    assert (slip.reason, local(slip.next_at_ms)) == ("future_dated", "2025-03-22 00:00")
    then = judge(CASE, ledger, clocks, now_ms=slip.next_at_ms, read_through_ms=slip.next_at_ms, tolerance_ms=0)
    assert then.reason == "silent"


def test_a_monitor_that_is_behind_tells_of_no_slip() -> None:
    clocks = Clocks(at("2025-03-19"), None, None, at("2025-03-19"))
    verdict = judge(CASE, delivered(CASE, ["2024-12"]), clocks, now_ms=at(NOW), read_through_ms=at(NOW) - 60_001, tolerance_ms=60_000)
    assert (verdict.status, verdict.reason) == ("unknown", "monitor_behind")
