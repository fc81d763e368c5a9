"""Scores: how good data are by dimension, from 0 to 1; and nothing where nothing could be judged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.freshness.verdict import Status
from expectations.quality.dimensions import Dimension
from expectations.quality.scores import WEIGHTS, Scores, liveness, of_checks, of_feed, together
from expectations.quality.suite import CheckResult, Severity

SACH, DU, DUNG = Dimension.SACH, Dimension.DU, Dimension.DUNG


def found(ratio: float | None, severity: Severity = "critical", dimension: Dimension = SACH) -> CheckResult:
    """A check that this share of the rows meets."""
    return CheckResult("x", dimension, severity, 10, 0, 0, 0, 0, ratio, None if ratio is None else ratio == 1)


@pytest.mark.parametrize(
    ("results", "score"),
    [
        ([], None),
        ([found(None)], None),
        ([found(0.0)], 0.0),
        ([found(1.0), found(None)], 1.0),
        ([found(1.0), found(0.5)], 0.75),
        ([found(1.0, "critical"), found(0.5, "warning")], (4 * 1 + 2 * 0.5) / 6),
        ([found(0.0, "critical"), found(1.0, "info")], 1 / 5),
        ([found(0.0, "warning"), found(1.0, "info")], 1 / 3),
        ([found(0.5), found(1.0, dimension=DU)], 0.5),
    ],
    ids=["no check", "no row asked", "no row meets it", "a check without rows has no part", "equal", "critical weighs twice a warning",
         "info weighs least", "a warning weighs twice an info", "another dimension has no part"],
)  # fmt: skip
def test_a_dimension_is_its_checks_weighted_by_severity(results: list[CheckResult], score: float | None) -> None:
    assert of_checks(results, SACH) == (None if score is None else pytest.approx(score))


def test_a_failing_check_that_mostly_forgives_still_costs_score() -> None:
    """Success is whether it is good enough; the score is how good it is."""
    assert of_checks([found(0.98)], SACH) == 0.98


@pytest.mark.parametrize(
    ("status", "behind", "stale_after", "song"),
    [
        (Status.FRESH, 0, 2, 1.0),
        (Status.DUE, 0, 2, 1.0),
        (Status.LATE, 0, 2, 0.5),
        (Status.LATE, None, 2, 0.5),
        (Status.LATE, 1, 2, 0.5),
        (Status.LATE, 1, 4, 0.75),
        (Status.LATE, 3, 4, 0.25),
        (Status.STALE, 2, 2, 0.0),
        (Status.STALE, 9, 2, 0.0),
        (Status.NEVER, None, 2, 0.0),
        (Status.UNKNOWN, 9, 2, None),
        (Status.SUSPENDED, 9, 2, None),
    ],
)
def test_liveness_is_told_by_the_verdict(status: Status, behind: int | None, stale_after: int, song: float | None) -> None:
    assert liveness(status, behind, stale_after) == song


def test_the_monitors_own_trouble_is_nobodys_bad_score() -> None:
    assert of_feed([], liveness(Status.UNKNOWN, 3, 2)) == Scores()


scores = st.builds(Scores, *[st.one_of(st.none(), st.floats(0, 1))] * 4)


def test_units_and_datasets_are_the_mean_of_their_feeds() -> None:
    feeds = [Scores(1.0, None, 0.5, 1.0), Scores(0.5, None, None, 0.0)]
    assert together(feeds) == Scores(0.75, None, 0.5, 0.5)
    assert together([]) == Scores()


@given(st.lists(scores, max_size=6))
def test_together_lies_between_the_worst_and_the_best(several: list[Scores]) -> None:
    whole = together(several)
    for dimension in Dimension:
        known = [score for one in several if (score := one.of(dimension)) is not None]
        score = whole.of(dimension)
        assert (score is None) is (not known)
        assert score is None or min(known) - 1e-12 <= score <= max(known) + 1e-12


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from(list(WEIGHTS))), min_size=1, max_size=6))
def test_a_better_row_never_lowers_a_score(parts: list[tuple[float, Severity]]) -> None:
    before = of_checks([found(ratio, severity) for ratio, severity in parts], SACH)
    after = of_checks([found(min(1.0, ratio + 0.1), severity) for ratio, severity in parts], SACH)
    assert before is not None
    assert after is not None
    assert after >= before - 1e-12
