"""The scorer: what counts as found, as late, as false. One tick is 10 ms here; tick n is at n * 10."""

from __future__ import annotations

import pytest

from alerts.transition import Transition
from streams.province.score import Accusation, Alert, Score, accusations_of, score
from streams.province.truth import Outage, Span, Trouble, Truth

TICK = 10
GUILTY = Span(100, 200, [(100, "2025-08"), (150, "2025-09")])


def truth(*spans: Span, outages: tuple[Outage, ...] = ()) -> Truth:
    return Truth(7, 0, 1000, ["a/x", "b/x"], [Trouble("a/x", "late", list(spans))], list(outages))


def scored(*accusations: Accusation, spans: tuple[Span, ...] = (GUILTY,), outages: tuple[Outage, ...] = ()) -> Score:
    return score(truth(*spans, outages=outages), accusations, TICK)


def transition(feed: str, new: str, at_ms: int, through: str | None = "2025-08") -> Transition:
    unit, dataset = feed.split("/")
    return Transition("", unit, dataset, None, new, "", at_ms, at_ms, through, None, 0, (), None, None, None, "", 0, 0)


def test_an_accusation_at_the_deadline_is_found_without_delay() -> None:
    result = scored(Accusation("a/x", 100, 200))
    assert result.line() == "seed 7 feeds 2 troubles 1 recall 1.0000 false_accusations 0 worst_delay_ticks 0"
    assert result.perfect


@pytest.mark.parametrize(
    ("deadline_ms", "said_ms", "delay"),
    [(100, 110, 1), (100, 130, 3), (91, 100, 0), (100, 100, 0), (101, 110, 0), (101, 120, 1)],
    ids=["a tick late", "three ticks late", "first tick after", "at the tick", "just after a tick", "a tick later than that"],
)
def test_the_delay_counts_from_the_first_tick_at_or_after_the_deadline(deadline_ms: int, said_ms: int, delay: int) -> None:
    result = scored(Accusation("a/x", said_ms, 200), spans=(Span(deadline_ms, 200, []),))
    assert result.worst_delay_ticks == delay
    assert result.perfect == (delay <= 1)


def test_what_was_not_said_is_missed() -> None:
    result = scored()
    assert (result.recall, [miss.why for miss in result.missed]) == (0.0, ["not accused"])
    assert not result.perfect


def test_a_trouble_between_two_ticks_cannot_be_seen_and_is_not_demanded() -> None:
    assert scored(spans=(Span(101, 109, []),)).perfect
    assert not scored(spans=(Span(101, 111, []),)).perfect


def test_half_of_two_is_a_recall_of_a_half() -> None:
    assert scored(Accusation("a/x", 100, 200), spans=(GUILTY, Span(400, 500, []))).recall == 0.5


def test_a_recall_is_never_rounded_up_to_all() -> None:
    result = scored(
        *(Accusation("a/x", n, n + 10) for n in range(10, 400_000, 20)), spans=tuple(Span(n, n + 10, []) for n in range(10, 990, 20))
    )
    assert "recall 1.0000" in result.line()
    many = Score(1, 1, 1, result.made * 1000, [*scored().missed], [])
    assert "recall 0.9999" in many.line()


def test_an_innocent_feed_that_is_accused_is_a_false_accusation() -> None:
    result = scored(Accusation("a/x", 100, 200), Accusation("b/x", 100, 200))
    assert [(wrong.feed, wrong.kind) for wrong in result.wrong] == [("b/x", "none")]
    assert not result.perfect


@pytest.mark.parametrize(("from_ms", "until_ms", "false"), [(90, 200, 1), (100, 200, 0), (100, 210, 1), (100, 201, 1), (150, 160, 0)])
def test_an_accusation_is_false_at_every_tick_before_the_deadline_and_after_the_arrival(from_ms: int, until_ms: int, false: int) -> None:
    """Until 201 stands at the tick of 200, at which everything had come."""
    assert len(scored(Accusation("a/x", from_ms, until_ms)).wrong) == false


def test_an_accusation_that_names_a_wrong_period_does_not_count() -> None:
    right = Accusation("a/x", 100, 200, [(100, "2025-08"), (160, "2025-09")])
    wrong = Accusation("a/x", 100, 200, [(100, "2025-08"), (160, "2025-08")])
    assert scored(right).perfect
    assert [miss.why for miss in scored(wrong).missed] == ["said at 160 that the data reach 2025-08, they reach 2025-09"]


def test_nobody_may_be_accused_anew_while_nothing_can_be_read() -> None:
    outage = Outage(200, 300)
    assert len(scored(Accusation("b/x", 210, 300), outages=(outage,)).wrong) == 1


def test_an_accusation_that_was_right_may_stand_while_nothing_can_be_read_but_no_longer() -> None:
    outage = Outage(200, 300)
    assert scored(Accusation("a/x", 100, 300), outages=(outage,)).wrong == []
    assert len(scored(Accusation("a/x", 100, 310), outages=(outage,)).wrong) == 1


CONNECTOR = Outage(200, 300, "shop1", ["b/x"])


def test_nobody_whose_connector_is_gone_may_be_accused() -> None:
    """Others may: their rows can be read."""
    assert [w.feed for w in scored(Accusation("b/x", 210, 300), outages=(CONNECTOR,)).wrong] == ["b/x"]
    right = scored(Accusation("a/x", 210, 250), spans=(Span(210, 250, []),), outages=(CONNECTOR,))
    assert (right.missed, right.wrong) == ([], [])


@pytest.mark.parametrize(
    ("alerts", "found"),
    [
        ([Alert("shop1", 210, 300)], []),
        ([Alert("shop1", 200, 300)], []),
        ([Alert("shop1", 290, 300)], []),
        ([], ["shop1 from 200: told 0 times"]),
        ([Alert("shop1", 210, 250), Alert("shop1", 260, 300)], ["shop1 from 200: told 2 times"]),
        ([Alert("shop1", 210, 310)], ["shop1 from 200: told until 310, after it was over"]),
        ([Alert("shop1", 210, 300), Alert("shop2", 210, 300)], ["shop2 from 210: told without cause"]),
        ([Alert("shop1", 210, 300), Alert("shop1", 310, 320)], ["shop1 from 310: told without cause"]),
        ([Alert("shop1", 210, 300), Alert("", 400, 500)], ["the monitor from 400: told without cause"]),
    ],
    ids=["once", "at once", "late", "not", "twice", "too long", "of another", "again afterwards", "of ourselves"],
)
def test_operations_are_to_be_told_of_an_outage_once_and_of_nothing_else(alerts: list[Alert], found: list[str]) -> None:
    result = score(truth(outages=(CONNECTOR,)), [], TICK, alerts)
    assert result.told_wrongly == found
    assert result.perfect == (not found)


def test_an_outage_between_two_ticks_need_not_be_told() -> None:
    short = Outage(201, 209)
    assert score(truth(outages=(short,)), [], TICK, []).perfect
    assert score(truth(outages=(short,)), [], TICK, [Alert("", 205, 210)]).perfect


def test_rules_that_tell_operations_nothing_are_not_scored_by_it() -> None:
    assert score(truth(outages=(CONNECTOR,)), [], TICK).perfect


def test_a_feed_stands_accused_from_late_to_whatever_says_nothing_bad() -> None:
    """From late to stale it is the same accusation; unknown and due accuse nobody."""
    said = [("late", 10), ("stale", 20), ("unknown", 30), ("late", 50), ("fresh", 60), ("due", 70), ("never", 80)]
    found = accusations_of([transition("a/x", new, at_ms) for new, at_ms in said], end_ms=1000)
    assert [(a.from_ms, a.until_ms) for a in found] == [(10, 30), (50, 60), (80, 1000)]
    assert found[0].said == [(10, "2025-08"), (20, "2025-08")]
