"""Every verdict can be explained: rules, calendar and deliveries as facts."""

from __future__ import annotations

from expectations.freshness.explain import Fact, explain
from expectations.freshness.ledger import Ledger, count
from expectations.freshness.schedule import Due, Schedule, Span
from expectations.freshness.verdict import Clocks, judge
from tests.expectations.freshness_cases import at, delivered, schedule

NOW_MS = at("2026-01-20")


def facts(case: Schedule, ledger: Ledger, clocks: Clocks) -> list[Fact]:
    verdict = judge(case, ledger, clocks, now_ms=NOW_MS, read_through_ms=NOW_MS, tolerance_ms=0)
    return explain(case, ledger, clocks, verdict, NOW_MS)


def test_the_days_off_between_the_period_and_its_deadline_are_named() -> None:
    case = schedule(due=Due("workingDayOfMonth", 2), grace=Span(1, "workingDay"))
    ledger = delivered(case, [f"2025-{month:02d}" for month in range(1, 12)])
    told = facts(case, ledger, Clocks(at("2025-12-03"), None))
    off = [(fact.of, fact.values["why"]) for fact in told if fact.subject == "day_off"]
    assert off == [("2026-01-01", "holiday"), ("2026-01-02", "override"), ("2026-01-03", "weekend"), ("2026-01-04", "weekend")]
    ends, due, deadline = (next(f for f in told if f.subject == subject) for subject in ("ends", "due", "deadline"))
    assert (ends.of, ends.values["day"]) == ("2025-12", "2025-12-31")
    assert (due.values["day"], due.values["at_ms"]) == ("2026-01-06", at("2026-01-07"))
    assert (deadline.values["day"], deadline.values["at_ms"]) == ("2026-01-07", at("2026-01-08"))


def test_the_rules_the_clocks_and_the_standing_are_told() -> None:
    case = schedule(min_rows=3, slices=frozenset("abcd"), slice_quorum=0.5)
    told = {fact.subject: fact for fact in facts(case, Ledger(), Clocks(at("2025-12-03"), at("2025-12-02")))}
    assert told["verdict"].values == {"status": "never", "reason": "heard_no_period", "now_ms": NOW_MS, "periods_behind": 12, "holes": 0}
    assert told["rule"] == Fact("rule", "dayOfMonth", {"count": 5, "unit": "day", "roll": 1, "month_starts_on": 1, "since": ""})
    assert told["completeness"].values == {"min_rows": 3, "slices": 4, "slices_needed": 2}
    assert told["first_due"] == Fact("first_due", "2025-02-01", {"period": "2025-01"})
    assert (told["heard"].values, told["changed"].values) == ({"at_ms": at("2025-12-03")}, {"at_ms": at("2025-12-02")})


def test_the_newest_periods_are_shown_and_the_missing_one_wherever_it_is() -> None:
    case = schedule(min_rows=2)
    ledger = Ledger()
    count(ledger, case, case.parse("2025-01"), 1, None, at("2025-02-01"))
    for period in range(case.parse("2025-02"), case.parse("2027-12")):
        for key in (1, 2):
            count(ledger, case, period, key, None, at("2025-03-01"))
    shown = [fact for fact in facts(case, ledger, Clocks(None, None)) if fact.subject == "period"]
    assert [shown[0].of, shown[1].of, shown[-1].of, len(shown)] == ["2025-01", "2025-12", "2027-11", 25]
    assert (shown[0].values["rows"], shown[0].values["complete"], shown[1].values["complete"]) == (1, 0, 1)


def test_a_continuous_feed_is_explained_by_its_age() -> None:
    case = schedule("continuous", Due("after", 1, "workingDay"))
    told = facts(case, Ledger(latest_ms=at("2026-01-09 10:00")), Clocks(None, None))
    assert [fact.of for fact in told if fact.subject == "due"] == ["2026-01-09T10:00+07:00"]
    assert [fact.values["at_ms"] for fact in told if fact.subject == "deadline"] == [at("2026-01-11")], "Saturday the 10th is worked"
    assert not [fact for fact in told if fact.subject in {"ends", "period", "heard"}]


def test_a_suspended_feed_is_explained_without_dates() -> None:
    case = schedule()
    verdict = judge(case, Ledger(), Clocks(None, None), now_ms=NOW_MS, read_through_ms=NOW_MS, tolerance_ms=0, suspended=True)
    assert {fact.subject for fact in explain(case, Ledger(), Clocks(None, None), verdict, NOW_MS)} == {
        "verdict",
        "rule",
        "grace",
        "completeness",
        "first_due",
    }
