"""One alert to operations a trouble, and one when it is over: however many workers see it, in whatever order and however often."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.operations import CALM_MS, Desk, News, Report, take
from streams.troubles import Kind, Trouble

NOW = 1_760_490_000_000
STORE = Trouble(Kind.STORE, "", NOW - 300_000)
SHOP = Trouble(Kind.CONNECTOR, "shop1", NOW - 600_000)


def told(*reports: Report) -> list[tuple[str, str]]:
    return [(one.stage, str(one.trouble.kind)) for one in news(*reports)]


def news(*reports: Report) -> list[News]:
    desk, found = Desk(), list[News]()
    for report in reports:
        desk, some = take(desk, report)
        found += some
    return found


def report(after_ms: int, *seen: Trouble, worker: str = "a") -> Report:
    return Report(worker, NOW + after_ms, seen)


def test_a_trouble_is_told_once_however_often_it_is_reported() -> None:
    assert told(report(0, STORE), report(30_000, STORE), report(60_000, STORE)) == [("open", "store")]


def test_two_workers_that_see_the_same_are_one_alert() -> None:
    later = Trouble(Kind.STORE, "", NOW - 200_000)
    assert told(report(0, STORE), report(5, later, worker="b")) == [("open", "store")]


def test_two_connectors_are_two() -> None:
    assert told(report(0, SHOP, Trouble(Kind.CONNECTOR, "shop2", NOW))) == [("open", "connector"), ("open", "connector")]


def test_it_is_over_when_nobody_has_reported_it_for_a_while() -> None:
    """Just before, at, and after."""
    assert told(report(0, STORE), report(CALM_MS - 1)) == [("open", "store")]
    assert told(report(0, STORE), report(CALM_MS)) == [("open", "store"), ("over", "store")]
    assert told(report(0, STORE), report(CALM_MS), report(CALM_MS + 1)) == [("open", "store"), ("over", "store")]


def test_it_is_not_over_while_another_worker_sees_it() -> None:
    seen = [report(n * 30_000, STORE, worker="b") for n in range(8)]
    silent = [report(n * 30_000 + 1) for n in range(8)]
    assert told(*[one for pair in zip(seen, silent, strict=True) for one in pair]) == [("open", "store")]


def test_a_worker_that_died_does_not_keep_it_open() -> None:
    assert told(report(0, STORE, worker="dead"), report(CALM_MS, worker="b")) == [("open", "store"), ("over", "store")]


def test_one_that_comes_back_is_told_again_under_another_name() -> None:
    again = Trouble(Kind.STORE, "", NOW + CALM_MS + 300_000)
    found = news(report(0, STORE), report(CALM_MS), report(CALM_MS + 600_000, again))
    assert [one.stage for one in found] == ["open", "over", "open"]
    assert len({one.id for one in found}) == 3


def test_a_report_that_is_read_again_after_the_end_tells_nothing() -> None:
    assert told(report(0, STORE), report(CALM_MS), report(0, STORE)) == [("open", "store"), ("over", "store")]


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.sampled_from("ab")), max_size=20))
def test_open_and_over_take_turns(history: list[tuple[int, bool, str]]) -> None:
    """Never two of one without the other between, whatever the workers report."""
    at_ms = 0
    reports = []
    for step, seen, worker in history:
        at_ms += step * 10_000
        reports.append(report(at_ms, *([STORE] if seen else []), worker=worker))
    stages = [stage for stage, _ in told(*reports)]
    assert stages == ["open", "over"] * (len(stages) // 2) + ["open"] * (len(stages) % 2)
