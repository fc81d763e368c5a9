"""What holds of every verdict: it stays until it says, more data never hurt, and lagging reading never accuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from expectations.freshness.ledger import Ledger, count
from expectations.freshness.periods import Cadence
from expectations.freshness.schedule import Due, Schedule, Span, Terms
from expectations.freshness.verdict import Clocks, Status, Verdict, judge
from tests.expectations.freshness_cases import DAY_MS, WORKDAYS, ZONE, at

UNITS = st.sampled_from(["hour", "day", "workingDay", "workingHour"])
SPANS = st.builds(Span, st.integers(0, 20), UNITS)
AGES = st.builds(Due, st.just("after"), st.integers(1, 40), UNITS, st.booleans())
DUES = st.one_of(
    AGES,
    st.builds(Due, st.just("dayOfMonth"), st.integers(1, 31), roll=st.booleans()),
    st.builds(Due, st.just("workingDayOfMonth"), st.integers(1, 20)),
    st.builds(Due, st.just("workingDayBefore"), st.integers(1, 31)),
)
INSTANTS = st.integers(at("2024-06-01"), at("2026-06-01"))
WORST = [Status.FRESH, Status.DUE, Status.LATE, Status.STALE, Status.NEVER]


@st.composite
def schedules(draw: Callable[..., Any]) -> Schedule:
    cadence = draw(st.sampled_from(list(Cadence)))
    due = draw(AGES if cadence is Cadence.CONTINUOUS else DUES)
    first_due = draw(st.dates(date(2024, 9, 1), date(2025, 9, 1)))
    terms = Terms(
        cadence,
        due,
        draw(SPANS),
        first_due,
        stale_after=draw(st.integers(1, 3)),
        silent_after_ms=draw(st.integers(1, 60)) * DAY_MS,
        regulatory=None if cadence is Cadence.CONTINUOUS else draw(st.none() | DUES),
    )
    return Schedule(terms, WORKDAYS, ZONE)


def some_period(draw: Callable[..., Any], case: Schedule) -> int:
    if case.continuous:
        return int(draw(INSTANTS))
    return case.first_required + int(draw(st.integers(-3, 8)))


@st.composite
def feeds(draw: Callable[..., Any]) -> tuple[Schedule, Ledger, Clocks]:
    case = draw(schedules())
    ledger = Ledger()
    for _ in range(draw(st.integers(0, 8))):
        count(ledger, case, some_period(draw, case), 0, None, at("2025-01-01"))
    seen = st.one_of(st.none(), INSTANTS)
    return case, ledger, Clocks(draw(seen), None, draw(seen), draw(seen), draw(seen))


Feed = tuple[Schedule, Ledger, Clocks]


def judged(feed: Feed, now_ms: int, read_through_ms: int | None = None, tolerance_ms: int = 0) -> Verdict:
    case, ledger, clocks = feed
    return judge(case, ledger, clocks, now_ms=now_ms, read_through_ms=read_through_ms, tolerance_ms=tolerance_ms)


def said(feed: Feed, verdict: Verdict) -> Verdict:
    """What a verdict says: all of it but a continuous feed's expectation, which moves with every minute."""
    return msgspec.structs.replace(verdict, expected_through=None) if feed[0].continuous else verdict


@settings(max_examples=300)
@given(feeds(), INSTANTS, st.floats(0, 1))
def test_a_verdict_stays_the_same_until_the_instant_it_names_and_changes_there(feed: Feed, now_ms: int, where: float) -> None:
    verdict = judged(feed, now_ms, now_ms)
    next_ms = verdict.next_at_ms
    assert next_ms is not None
    assert next_ms > now_ms
    for later_ms in (now_ms + int((next_ms - 1 - now_ms) * where), next_ms - 1):
        assert said(feed, judged(feed, later_ms, later_ms)) == said(feed, verdict)
    then = judged(feed, next_ms, next_ms)
    unmoved = msgspec.structs.replace(then, next_at_ms=next_ms)
    assert said(feed, unmoved) != said(feed, verdict)


@settings(max_examples=300)
@given(feeds(), INSTANTS, st.integers(0, 400))
def test_time_alone_never_improves_a_verdict(feed: Feed, now_ms: int, days: int) -> None:
    early, later = judged(feed, now_ms, now_ms), judged(feed, now_ms + days * DAY_MS, now_ms + days * DAY_MS)
    assert WORST.index(early.status) <= WORST.index(later.status)
    assert early.periods_behind <= later.periods_behind


@settings(max_examples=300)
@given(feeds(), INSTANTS, st.data())
def test_more_data_never_worsen_a_verdict(feed: Feed, now_ms: int, data: st.DataObject) -> None:
    case, ledger, clocks = feed
    before = judged(feed, now_ms, now_ms)
    more = msgspec.msgpack.decode(msgspec.msgpack.encode(ledger), type=Ledger)
    period = some_period(data.draw, case)
    # The distance is measured from what the data reach to: where they reached to nothing, an old period makes it longer.
    assume(case.continuous or before.data_through is not None or period >= case.first_required)
    count(more, case, period, 0, None, at("2025-01-01"))
    after = judged((case, more, clocks), now_ms, now_ms)
    assert WORST.index(after.status) <= WORST.index(before.status)
    assert after.periods_behind <= before.periods_behind


@settings(max_examples=300)
@given(feeds(), INSTANTS, st.one_of(st.none(), st.integers(0, 90 * DAY_MS)), st.integers(0, 60 * DAY_MS))
def test_a_monitor_that_lags_accuses_of_nothing_that_it_would_not_have_accused_of_then(
    feed: Feed, now_ms: int, lag_ms: int | None, tolerance_ms: int
) -> None:
    read_ms = None if lag_ms is None else now_ms - lag_ms
    verdict, prompt = judged(feed, now_ms, read_ms, tolerance_ms), judged(feed, now_ms, now_ms)
    if prompt.status is Status.FRESH:
        assert verdict == prompt
    elif lag_ms is None or lag_ms > tolerance_ms:
        assert verdict.status is Status.UNKNOWN
    else:
        assert verdict == judged(feed, now_ms - lag_ms, now_ms - lag_ms)


@settings(max_examples=200)
@given(feeds(), INSTANTS)
def test_a_verdict_hangs_together(feed: Feed, now_ms: int) -> None:
    verdict = judged(feed, now_ms, now_ms)
    accused = verdict.status in {Status.LATE, Status.STALE, Status.NEVER}
    assert (verdict.periods_behind > 0) == accused
    assert (verdict.incident != "") == (verdict.status is not Status.FRESH)
    assert verdict.due_at_ms is not None
    assert verdict.deadline_ms is not None
    assert accused == (verdict.deadline_ms <= now_ms)
    assert (verdict.status is Status.FRESH) == (now_ms < verdict.due_at_ms)
    assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) == verdict


@given(schedules(), st.integers(-(10**18), 10**18), INSTANTS)
def test_no_period_makes_judging_fail(case: Schedule, period: int, now_ms: int) -> None:
    ledger = Ledger()
    count(ledger, case, period, 0, None, now_ms)
    assert judged((case, ledger, Clocks(now_ms, None)), now_ms, now_ms).status in WORST
