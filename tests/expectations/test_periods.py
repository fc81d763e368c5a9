"""Periods are consecutive integers, whatever their cadence, and read as people write them."""

from __future__ import annotations

import contextlib
import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.freshness.periods import Cadence, end_day, first_day, ordinal, parse, text
from tests.expectations.freshness_cases import ZONE, at

PERIODIC = [cadence for cadence in Cadence if cadence is not Cadence.CONTINUOUS]
DAYS = st.dates(date(2, 1, 1), date(9990, 1, 1))
STARTS = st.sampled_from([1, 2, 15, 28])


@pytest.mark.parametrize(
    ("cadence", "day", "expected", "expected_text"),
    [
        ("daily", date(2025, 10, 3), date(2025, 10, 3).toordinal(), "2025-10-03"),
        ("weekly", date(2025, 10, 5), date(2025, 9, 29).toordinal() // 7, "2025-W40"),
        ("weekly", date(2024, 12, 30), date(2024, 12, 30).toordinal() // 7, "2025-W01"),
        ("monthly", date(2024, 12, 31), 2024 * 12 + 11, "2024-12"),
        ("quarterly", date(2025, 9, 30), 2025 * 4 + 2, "2025-Q3"),
        ("yearly", date(2025, 1, 1), 2025, "2025"),
    ],
)
def test_a_day_belongs_to_a_period_with_a_number_and_a_name(cadence: str, day: date, expected: int, expected_text: str) -> None:
    assert ordinal(Cadence(cadence), day) == expected
    assert text(Cadence(cadence), expected) == expected_text


@pytest.mark.parametrize(
    ("cadence", "day", "name"),
    [
        pytest.param("monthly", date(2025, 9, 14), "2025-09", id="the 14th closes the month"),
        pytest.param("monthly", date(2025, 9, 15), "2025-10", id="the 15th opens the next"),
        pytest.param("monthly", date(2025, 12, 15), "2026-01", id="over the year's end"),
        pytest.param("quarterly", date(2025, 9, 14), "2025-Q3", id="a quarter closes with its last month"),
        pytest.param("quarterly", date(2025, 9, 15), "2025-Q4", id="and the next opens"),
        pytest.param("yearly", date(2025, 12, 14), "2025", id="a year closes on 14 December"),
        pytest.param("yearly", date(2025, 12, 15), "2026", id="and the next opens"),
    ],
)
def test_administrative_periods_carry_the_name_of_the_month_in_which_they_end(cadence: str, day: date, name: str) -> None:
    assert text(Cadence(cadence), ordinal(Cadence(cadence), day, 15)) == name


def test_the_administrative_october_runs_from_15_september_to_14_october() -> None:
    october = parse(Cadence.MONTHLY, "2025-10")
    assert first_day(Cadence.MONTHLY, october, 15) == date(2025, 9, 15)
    assert end_day(Cadence.MONTHLY, october, 15) == date(2025, 10, 15)


@given(st.sampled_from(PERIODIC), DAYS, STARTS)
def test_a_period_holds_exactly_the_days_from_its_first_to_before_its_end(cadence: Cadence, day: date, starts_on: int) -> None:
    period = ordinal(cadence, day, starts_on)
    first, end = first_day(cadence, period, starts_on), end_day(cadence, period, starts_on)
    assert first <= day < end
    assert ordinal(cadence, first, starts_on) == ordinal(cadence, end - timedelta(days=1), starts_on) == period
    assert ordinal(cadence, end, starts_on) == period + 1


@given(st.sampled_from(PERIODIC), DAYS)
def test_the_text_of_a_period_reads_back(cadence: Cadence, day: date) -> None:
    period = ordinal(cadence, day)
    assert parse(cadence, text(cadence, period)) == period


SPELLINGS = [
    (
        "monthly",
        "2024-12",
        ["12/2024", "202412", "2024/12", "2024.12", " 2024-12 ", "T12/2024", "Tháng 12/2024", "tháng 12 năm 2024", "2024-12-31"],
    ),
    ("monthly", "2024-01", ["1/2024", "01/2024", "2024-1", "tháng 1 năm 2024", "31/01/2024"]),
    ("quarterly", "2025-Q3", ["Q3/2025", "2025Q3", "2025 q3", "quý III/2025", "QUÝ 3 NĂM 2025", "quí iii - 2025", "30/09/2025"]),
    ("quarterly", "2025-Q4", ["quý IV/2025"]),
    ("yearly", "2025", ["năm 2025", "Năm 2025", "20251231"]),
    ("weekly", "2025-W40", ["2025W40", "tuần 40/2025", "W40/2025", "05/10/2025"]),
    (
        "daily",
        "2025-10-03",
        ["03/10/2025", "3/10/2025", "20251003", "03-10-2025", "3.10.2025", "ngày 03/10/2025", "ngày 3 tháng 10 năm 2025"],
    ),
]


@pytest.mark.parametrize(("cadence", "name", "written"), [(cadence, name, one) for cadence, name, many in SPELLINGS for one in many])
def test_sources_may_write_a_period_in_their_own_way(cadence: str, name: str, written: str) -> None:
    assert text(Cadence(cadence), parse(Cadence(cadence), written)) == name


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_the_form_of_the_vietnamese_letters_does_not_matter(form: str) -> None:
    written = unicodedata.normalize(form, "Quý III năm 2025")  # type: ignore[arg-type]  # the table of forms is plain text
    assert parse(Cadence.QUARTERLY, written) == 2025 * 4 + 2


@pytest.mark.parametrize(
    ("cadence", "written"),
    [
        pytest.param("quarterly", "3/2025", id="a month or a quarter"),
        pytest.param("quarterly", "2025-03", id="a month is not a quarter"),
        pytest.param("quarterly", "2025-Q5", id="no fifth quarter"),
        pytest.param("monthly", "2025-13", id="no thirteenth month"),
        pytest.param("monthly", "2025-00", id="no month zero"),
        pytest.param("monthly", "0000-00", id="zero date"),
        pytest.param("monthly", "2025", id="a year is not a month"),
        pytest.param("yearly", "25", id="a short year"),
        pytest.param("weekly", "2025-W54", id="no such week"),
        pytest.param("daily", "2025-02-29", id="no such day"),
        pytest.param("daily", "31/06/2025", id="no such day, written the other way"),
        pytest.param("daily", "10-2025", id="a month is not a day"),
        pytest.param("daily", "03/10-2025", id="mixed marks"),
        pytest.param("daily", "٢٠٢٥-١٠-٠٣", id="digits of another script"),
        pytest.param("daily", "", id="nothing"),
        pytest.param("daily", "2025-10-03" + " " * 1_000_000, id="far too long"),
    ],
)
def test_what_is_not_surely_a_period_is_refused_with_what_is_allowed(cadence: str, written: str) -> None:
    with pytest.raises(ValueError, match="write 2025") as refused:
        parse(Cadence(cadence), written)
    assert len(str(refused.value)) < 250


@given(st.sampled_from(list(Cadence)), st.text(max_size=50))
def test_any_text_is_a_period_or_a_value_error(cadence: Cadence, written: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(parse(cadence, written), int)


@pytest.mark.parametrize("written", ["2025-10-03T07:30+07:00", "2025-10-03T00:30Z", "2025-10-03 07:30", "2025-10-03t07:30:00"])
def test_a_continuous_period_is_an_instant_in_the_province(written: str) -> None:
    instant = parse(Cadence.CONTINUOUS, written, zone=ZONE)
    assert instant == at("2025-10-03 07:30")
    assert text(Cadence.CONTINUOUS, instant, ZONE) == "2025-10-03T07:30+07:00"


def test_a_continuous_dataset_has_no_period_for_a_day() -> None:
    with pytest.raises(ValueError, match="no periods"):
        ordinal(Cadence.CONTINUOUS, date(2025, 1, 1))
