"""What a worker tells of itself: counts of an interval add up, whenever they are asked for."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from alerts.words import PROBLEMS
from points.parse import parse
from streams.changes.problems import Problem
from streams.stats import Stats


def set_aside(lines: list[bytes]) -> dict[str, object]:
    """Records by reason, of the points that tell them."""
    points = [parse(line) for line in lines]
    return {point.tags["reason"]: point.fields["records"] for point in points if point.measurement == "set_aside"}


def test_what_was_set_aside_is_told_by_reason_once() -> None:
    stats = Stats()
    stats.reasons.update({"unknown_unit": 2, "too_deep": 1})
    assert set_aside(stats.take("w", 1_000)) == {"unknown_unit": 2, "too_deep": 1}
    assert set_aside(stats.take("w", 2_000)) == {}
    stats.reasons.update({"unknown_unit": 3})
    assert set_aside(stats.take("w", 3_000)) == {"unknown_unit": 3}


def test_while_nothing_is_set_aside_no_reason_is_told() -> None:
    stats = Stats()
    stats.add("route", records=5)
    assert set_aside(stats.take("w", 1_000)) == {}


@given(st.lists(st.lists(st.sampled_from(list(Problem)))))
def test_the_points_of_all_intervals_add_up_to_what_prometheus_is_told(intervals: list[list[Problem]]) -> None:
    stats, told = Stats(), Counter[str]()
    for n, problems in enumerate(intervals):
        stats.reasons.update(str(problem) for problem in problems)
        told.update({reason: int(str(records)) for reason, records in set_aside(stats.take("w", n)).items()})
    assert told == stats.reasons


def test_every_reason_has_its_words() -> None:
    assert list(PROBLEMS) == [str(problem) for problem in Problem]
