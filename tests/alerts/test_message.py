"""What units read, letter by letter: each golden file is one message, subject first."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any, get_args

import pytest

from alerts.message import Recipient, Subject
from alerts.words import Language
from tests.alerts.examples import CROPS, DEPARTMENT, midnight_ms, transition, written

GOLDEN = Path(__file__).parent / "golden"
HALF_PAST_NINE_MS = midnight_ms(2025, 10, 3) + 34_200_000

CASES: dict[str, dict[str, Any]] = {
    "late": {
        "new": "late",
        "reason": "silent",
        "data_through": "2025-08",
        "missing": "2025-09",
        "periods_behind": 1,
        "due_at_ms": midnight_ms(2025, 10, 11),
        "deadline_ms": midnight_ms(2025, 10, 14),
    },
    "stale-stuck": {},
    "never": {
        "new": "never",
        "reason": "never_heard",
        "data_through": None,
        "missing": "2025-08",
        "periods_behind": 2,
        "due_at_ms": midnight_ms(2025, 9, 11),
        "deadline_ms": midnight_ms(2025, 9, 11),
    },
    "partial": {
        "new": "late",
        "reason": "partial",
        "data_through": "2025-Q1",
        "expected_through": "2025-Q2",
        "missing": "2025-Q2",
        "periods_behind": 1,
        "due_at_ms": midnight_ms(2025, 7, 16),
        "deadline_ms": midnight_ms(2025, 7, 19),
        "slices_seen": 41,
        "slices_expected": 96,
    },
    "holes": {
        "reason": "holes",
        "data_through": "2025-02",
        "missing": "2025-03",
        "periods_behind": 7,
        "due_at_ms": midnight_ms(2025, 4, 11),
        "deadline_ms": midnight_ms(2025, 4, 14),
        "holes": ("2025-03", "2025-05", "2025-08"),
        "hole_count": 3,
    },
    "declared": {
        "reason": "promise_broken",
        "nil": ("2024-11", "2024-12"),
        "waived": ("2025-07",),
        "extended_until_ms": midnight_ms(2025, 3, 1),
        "acknowledged_ms": midnight_ms(2025, 5, 14) + 34_200_000,
        "promised_ms": midnight_ms(2025, 10, 1),
        "promise_broken": True,
    },
    "continuous": {
        "new": "late",
        "reason": "silent",
        "data_through": "2025-10-03T07:30+07:00",
        "expected_through": "2025-10-03T09:00+07:00",
        "missing": None,
        "periods_behind": 1,
        "due_at_ms": HALF_PAST_NINE_MS,
        "deadline_ms": HALF_PAST_NINE_MS + 3_600_000,
    },
}


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("case", CASES)
def test_a_message_says_exactly_this(case: str, language: Language) -> None:
    """Any change of wording is seen here, in the words that units read."""
    message = written(transition(**CASES[case]), language=language)
    assert f"{message.subject}\n\n{message.text}" == (GOLDEN / f"{case}.{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("case", CASES)
def test_a_message_is_nfc_and_leaves_no_brace_unfilled(case: str, language: Language) -> None:
    message = written(transition(**CASES[case]), language=language)
    assert unicodedata.is_normalized("NFC", message.subject + message.text)
    assert not set("{}") & set(message.subject + message.text)


@pytest.mark.parametrize(
    ("name_vi", "name_en", "vi", "en"),
    [
        pytest.param("Xã Tân Biên", "Tan Bien Commune", "UBND xã Tân Biên", "People's Committee of Tan Bien Commune", id="commune"),
        pytest.param("Phường Tân Ninh", "Tan Ninh Ward", "UBND phường Tân Ninh", "People's Committee of Tan Ninh Ward", id="ward"),
        pytest.param("Sở Y tế", "Department of Health", "Sở Y tế", "Department of Health", id="department keeps its name"),
        pytest.param("UBND xã Mỹ Lộc", "", "UBND xã Mỹ Lộc", "UBND xã Mỹ Lộc", id="already said"),
        pytest.param("Xã Mỹ Lộc", "", "UBND xã Mỹ Lộc", "People's Committee of xã Mỹ Lộc", id="no English name"),
        pytest.param(unicodedata.normalize("NFD", "Xã Mỹ Lộc"), "", "UBND xã Mỹ Lộc", "People's Committee of xã Mỹ Lộc", id="NFD"),
    ],
)
def test_a_unit_is_addressed_by_its_office(name_vi: str, name_en: str, vi: str, en: str) -> None:
    unit = Recipient("25486", name_vi, name_en)
    assert written(recipient=unit).text.startswith(f"Kính gửi: {vi}\n")
    assert written(recipient=unit, language="en").text.startswith(f"To: {en}\n")


def test_the_owner_of_a_dataset_is_not_told_whose_it_is() -> None:
    own = Subject("CSDL tiêm chủng", "Immunisation", DEPARTMENT.name_vi, DEPARTMENT.name_en)
    assert "chủ quản" not in written(recipient=DEPARTMENT, subject=own).text
    assert "chủ quản" in written(recipient=DEPARTMENT, subject=CROPS).text


def test_without_anybody_to_ask_the_line_is_left_out() -> None:
    assert "liên hệ" not in written(contact="").text


@pytest.mark.parametrize(("count", "listed", "more"), [(6, 6, ""), (7, 6, " và 1 kỳ khác"), (40, 6, " và 34 kỳ khác")])
def test_many_holes_are_listed_first_and_then_counted(count: int, listed: int, more: str) -> None:
    """24 of 40 holes travel with the transition; the message names 6 and counts the rest of the 40."""
    holes = tuple(str(2000 + i) for i in range(min(count, 24)))
    text = written(
        transition(reason="holes", holes=holes, hole_count=count, missing="2000", data_through="1999", expected_through="2060")
    ).text
    line = next(line for line in text.splitlines() if line.startswith("Các kỳ còn thiếu"))
    assert line == "Các kỳ còn thiếu: " + ", ".join(f"năm {2000 + i}" for i in range(listed)) + more + "."


def test_a_unit_with_later_periods_is_not_told_that_it_has_nothing() -> None:
    """The first required period is missing but others are there: late, with no period through which all is complete."""
    message = written(transition(new="late", reason="holes", data_through=None, missing="2025-01", holes=("2025-01",)))
    assert "còn thiếu từ kỳ đầu tiên" in message.subject
    assert "chưa từng" not in message.subject + message.text


def test_a_first_period_that_came_in_part_says_how_much_of_it() -> None:
    message = written(transition(new="never", reason="heard_no_period", data_through=None, slices_seen=41, slices_expected=96))
    assert "(41/96 xã, phường)" in message.text
    assert "kiểm tra kỳ ghi" not in message.text, "the unit sends the right period, only not all of it"


def test_slices_are_called_what_the_dataset_calls_them() -> None:
    schools = Subject("CSDL ngành giáo dục", slices_vi="trường", slices_en="schools")
    partial = transition(**CASES["partial"])
    assert "(41/96 trường)" in written(partial, subject=schools).text
    assert "(41 of 96 schools)" in written(partial, subject=schools, language="en").text


def test_a_continuous_feed_that_never_came_has_no_periods_in_its_message() -> None:
    never = transition(new="never", reason="never_heard", data_through=None, expected_through="2025-10-03T09:00+07:00", missing=None)
    message = written(never)
    assert message.subject == f"{CROPS.name_vi}: chưa từng có dữ liệu"
    assert "kỳ" not in message.text


def test_names_cannot_add_lines_to_a_message() -> None:
    evil = Recipient("25486", "Xã Tân\r\nBcc: all@example.vn\x00 Biên")
    message = written(recipient=evil, subject=Subject("CSDL\nX"), contact="a\u2028b")
    assert message.text.splitlines()[0] == "Kính gửi: UBND xã Tân Bcc: all@example.vn Biên"
    assert "\n" not in message.subject
    assert "a b." in message.text


def test_when_it_is_noticed_does_not_change_what_it_says() -> None:
    """A repeat after a crash is the same text under the same id."""
    again = written(transition(noticed_ms=0))
    assert (again.id, again.subject, again.text) == (written().id, written().subject, written().text)


def test_the_documentation_shows_a_message_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
    assert (GOLDEN / "stale-stuck.vi.txt").read_text(encoding="utf-8") in page
