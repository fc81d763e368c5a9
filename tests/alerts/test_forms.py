"""Numbers, dates and periods as readers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import forms
from alerts.words import Language
from tests.alerts.examples import HANOI, midnight_ms


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (0, 0, "0", "0"),
        (999, 0, "999", "999"),
        (1000, 0, "1.000", "1,000"),
        (1234.5, 1, "1.234,5", "1,234.5"),
        (-1234567.891, 2, "-1.234.567,89", "-1,234,567.89"),
        (2.5, 0, "3", "3"),
    ],
)
def test_numbers_group_by_thousands(value: float, decimals: int, vi: str, en: str) -> None:
    assert forms.number(value, "vi", decimals) == vi
    assert forms.number(value, "en", decimals) == en


@pytest.mark.parametrize(
    ("ratio", "vi"),
    [
        pytest.param(0.963, "96,3%", id="plain"),
        pytest.param(0.0, "0,0%", id="nothing"),
        pytest.param(1.0, "100,0%", id="everything"),
        pytest.param(0.99999, "99,9%", id="almost everything is not everything"),
        pytest.param(0.00001, "0,1%", id="something is not nothing"),
    ],
)
def test_percent_never_hides_the_last_row(ratio: float, vi: str) -> None:
    assert forms.percent(ratio, "vi") == vi
    assert forms.percent(ratio, "en") == vi.replace(",", ".")


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("2024-12", "tháng 12/2024", "December 2024"),
        ("2025-01", "tháng 01/2025", "January 2025"),
        ("2025-Q3", "quý III/2025", "Q3 2025"),
        ("2025-Q4", "quý IV/2025", "Q4 2025"),
        ("2025", "năm 2025", "2025"),
        ("2025-10-03", "ngày 03/10/2025", "3 October 2025"),
        ("2025-W40", "tuần 40/2025", "week 40 of 2025"),
        ("2025-10-03T07:30+07:00", "07:30 ngày 03/10/2025", "07:30 on 3 October 2025"),
    ],
)
def test_a_period_is_written_for_readers(text: str, vi: str, en: str) -> None:
    assert forms.period(text, "vi") == vi
    assert forms.period(text, "en") == en


@pytest.mark.parametrize("text", ["", "2025-13", "2025-00", "2025-Q5", "2025-W54", "2025-02-30", "12/2024", "2024-12\n", "25"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        forms.period(text, "vi")


@pytest.mark.parametrize(
    ("offset_ms", "vi", "en"),
    [
        pytest.param(-60_000, "trước 23:59 ngày 10/02/2025", "before 23:59 on 10 February 2025", id="just before midnight"),
        pytest.param(0, "hết ngày 10/02/2025", "by the end of 10 February 2025", id="at midnight: the day that ends"),
        pytest.param(60_000, "trước 00:01 ngày 11/02/2025", "before 00:01 on 11 February 2025", id="just after midnight"),
    ],
)
def test_a_deadline_names_the_last_day_on_which_it_is_kept(offset_ms: int, vi: str, en: str) -> None:
    at_ms = midnight_ms(2025, 2, 11) + offset_ms
    assert forms.until(at_ms, HANOI, "vi") == vi
    assert forms.until(at_ms, HANOI, "en") == en


def test_instants_are_told_in_the_provinces_time() -> None:
    assert forms.instant(0, HANOI, "vi") == "08:00 ngày 01/01/1970", "Viet Nam was at +08:00 then"
    assert forms.instant(midnight_ms(2024, 12, 31) + 27_000_000, HANOI, "en") == "07:30 on 31 December 2024"


@given(st.integers(-(10**12), 10**12), st.sampled_from(["vi", "en"]))
def test_a_number_reads_back(value: int, language: Language) -> None:
    assert int(forms.number(value, language).translate(str.maketrans("", "", ".,"))) == value
