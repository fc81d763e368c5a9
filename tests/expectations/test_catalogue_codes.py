"""Codes reused in a merger: what a code means depends on the first day of the row's period."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.catalogue.codes import Codes, OldCode, UnitProblem, normal
from expectations.catalogue.units import Unit

MERGER = date(2025, 7, 1)
LAST = date(2025, 6, 30)


def unit(identity: str, valid_from: date | None = MERGER, valid_to: date | None = None, kind: str = "commune") -> Unit:
    return Unit(identity, kind, identity, identity, identity, valid_from, valid_to, "x@y.example", "", "", "")


def old(code: str, successor: str, *, whole: bool = True, valid_from: date | None = None, valid_to: date = LAST) -> OldCode:
    return OldCode(code, valid_from, valid_to, successor, whole)


UNITS = {
    u.id: u
    for u in (
        unit("10001"),
        unit("10002"),
        unit("10003"),
        unit("10009", None, date(2030, 12, 31)),
        unit("so-y-te", None, kind="department"),
    )
}
CODES = Codes(
    UNITS,
    [
        old("10001", "10002"),  # the code of a new unit was the code of what became another one
        old("10002", "10002", whole=False),  # split, but one successor kept the code
        old("10002", "10003", whole=False),
        old("20001", "10001"),
        old("20002", "10001", whole=False),
        old("20002", "10003", whole=False),
        old("20003", "10001", whole=False),  # a part of which nobody says where the rest went
        old("20004", "10003", valid_from=date(2020, 1, 1)),
    ],
)
AMBIGUOUS, UNKNOWN, NOT_VALID = UnitProblem.AMBIGUOUS, UnitProblem.UNKNOWN, UnitProblem.NOT_VALID


@pytest.mark.parametrize(
    ("code", "before", "at", "after"),
    [
        pytest.param("10001", "10002", "10002", "10001", id="a reused code changes its meaning on the day of the merger"),
        pytest.param("10002", "10002", "10002", "10002", id="a split code that one successor kept is that successor's"),
        pytest.param("10003", NOT_VALID, NOT_VALID, "10003", id="a new code that was never an old one does not exist before"),
        pytest.param("20001", "10001", "10001", "10001", id="an old code that is sent late still names the successor"),
        pytest.param("20002", AMBIGUOUS, AMBIGUOUS, AMBIGUOUS, id="a split code names nobody, before or after"),
        pytest.param("20003", AMBIGUOUS, AMBIGUOUS, AMBIGUOUS, id="a part is not a whole even when it is alone"),
        pytest.param("30000", UNKNOWN, UNKNOWN, UNKNOWN, id="an unheard-of code is unknown"),
        pytest.param("so-y-te", "so-y-te", "so-y-te", "so-y-te", id="a department is there on every day"),
        pytest.param("so-thue", UNKNOWN, UNKNOWN, UNKNOWN, id="an unheard-of department is unknown"),
    ],
)
def test_a_code_means_what_it_meant_on_the_day(code: str, before: object, at: object, after: object) -> None:
    """Two days before the merger, on the last old day, on the first new day."""
    assert [CODES.resolve(code, day) for day in (LAST - timedelta(days=1), LAST, MERGER)] == [before, at, after]


@pytest.mark.parametrize(
    ("day", "meaning"), [(date(2030, 12, 30), "10009"), (date(2030, 12, 31), "10009"), (date(2031, 1, 1), NOT_VALID)], ids=str
)
def test_a_unit_that_ended_is_not_valid_from_the_day_after_its_last(day: date, meaning: object) -> None:
    assert CODES.resolve("10009", day) == meaning


@pytest.mark.parametrize(("day", "meaning"), [(date(2019, 12, 31), NOT_VALID), (date(2020, 1, 1), "10003")], ids=str)
def test_an_old_code_is_not_valid_before_it_began(day: date, meaning: object) -> None:
    assert CODES.resolve("20004", day) == meaning


def test_a_code_that_was_merged_twice_means_its_last_successor_when_it_is_sent_late() -> None:
    codes = Codes(UNITS, [old("20009", "10001", valid_to=date(2010, 12, 31)), old("20009", "10002", valid_from=date(2011, 1, 1))])
    assert [codes.resolve("20009", day) for day in (date(2010, 12, 31), date(2011, 1, 1), MERGER)] == ["10001", "10002", "10002"]


@given(
    st.sampled_from(["10001", "10002", "10003", "10009", "20001", "20002", "20004", "so-y-te", "x"]),
    st.dates(date(2015, 1, 1), date(2035, 1, 1)),
)
def test_within_an_era_a_code_keeps_its_meaning(code: str, day: date) -> None:
    """Answers are remembered by era: two days of one era must never differ."""
    following = day + timedelta(days=1)
    if CODES.era(day) == CODES.era(following):
        assert CODES.resolve(code, day) == CODES.resolve(code, following)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("00688", "00688"),
        (688, "00688"),
        ("688", "00688"),
        (" 25459 ", "25459"),
        (25459, "25459"),
        (25459.0, "25459"),
        ("123456", "123456"),
        ("so-y-te", "so-y-te"),
        ("٢٥٤٥٩", "٢٥٤٥٩"),
    ],
)
def test_codes_are_brought_to_five_digits(written: object, meant: str) -> None:
    """Databases that keep codes as numbers lose leading zeros; digits of other scripts are not codes."""
    assert normal(written) == meant


def test_a_problem_is_not_mistaken_for_a_unit() -> None:
    """Callers tell the two apart by type."""
    assert not any(isinstance(problem, str) for problem in UnitProblem)
