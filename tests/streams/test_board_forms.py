"""How instants, ages, numbers and periods are written, in both languages."""

from __future__ import annotations

from datetime import datetime

import pytest

from alerts.words import Language
from expectations.freshness.said import Said
from expectations.freshness.verdict import Reason, Status, Verdict
from streams.board.forms import DAY_MS, HOUR_MS, MINUTE_MS, Forms
from streams.board.reasons import SENTENCES, sentence, through
from streams.board.text import SHARED, TEXT, words
from streams.board.view import FeedView
from tests.streams.board_scene import ZONE

VI, EN = Forms("vi", ZONE), Forms("en", ZONE)


def ms(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=ZONE).timestamp() * 1000)  # type: ignore[misc,arg-type]  # year, month, day and the rest


@pytest.mark.parametrize(
    ("age_ms", "vi", "en"),
    [
        pytest.param(0, "vừa xong", "just now", id="now"),
        pytest.param(MINUTE_MS - 1, "vừa xong", "just now", id="just before a minute"),
        pytest.param(MINUTE_MS, "1 phút", "1 min", id="at a minute"),
        pytest.param(HOUR_MS - 1, "59 phút", "59 min", id="just before an hour"),
        pytest.param(HOUR_MS, "1 giờ", "1 h", id="at an hour"),
        pytest.param(DAY_MS - 1, "23 giờ", "23 h", id="just before a day"),
        pytest.param(DAY_MS, "1 ngày", "1 d", id="at a day"),
        pytest.param(60 * DAY_MS - 1, "59 ngày", "59 d", id="just before months"),
        pytest.param(60 * DAY_MS, "2 tháng", "2 mo", id="at two months"),
        pytest.param(730 * DAY_MS, "2 năm", "2 y", id="at two years"),
        pytest.param(-5, "vừa xong", "just now", id="a clock that runs ahead"),
    ],
)
def test_an_age_is_told_in_one_short_unit(age_ms: int, vi: str, en: str) -> None:
    assert VI.age(1_000_000 - age_ms, 1_000_000) == vi
    assert EN.age(1_000_000 - age_ms, 1_000_000) == en


def test_no_instant_has_no_age_and_a_dash() -> None:
    assert (VI.age(None, 0), VI.ago(None, 0), VI.instant(None), VI.limit(None), VI.until(None), VI.iso(None)) == (
        "",
        "",
        "–",
        "–",
        "–",
        None,
    )


def test_only_a_past_is_ago() -> None:
    assert (VI.ago(0, HOUR_MS), EN.ago(0, HOUR_MS), VI.ago(0, 0)) == ("1 giờ trước", "1 h ago", "vừa xong")


@pytest.mark.parametrize(
    ("at_ms", "vi", "en"),
    [
        pytest.param(ms(2025, 10, 20, 23, 59), "23:59 20/10/2025", "23:59, 20 Oct 2025", id="just before midnight"),
        pytest.param(ms(2025, 10, 21), "20/10/2025", "20 Oct 2025", id="midnight ends the day before"),
        pytest.param(ms(2025, 10, 21, 0, 1), "00:01 21/10/2025", "00:01, 21 Oct 2025", id="just after midnight"),
    ],
)
def test_a_limit_at_midnight_is_the_last_day_in_time(at_ms: int, vi: str, en: str) -> None:
    assert (VI.limit(at_ms), EN.limit(at_ms)) == (vi, en)


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("2024-12", "12/2024", "Dec 2024"),
        ("2025-Q3", "quý III/2025", "Q3 2025"),
        ("2025", "2025", "2025"),
        ("2025-10-03", "03/10/2025", "3 Oct 2025"),
        ("2025-W40", "tuần 40/2025", "week 40 of 2025"),
        ("2025-10-03T07:30+07:00", "07:30 03/10/2025", "07:30, 3 Oct 2025"),
        (None, "–", "–"),
    ],
)
def test_a_period_fits_a_narrow_cell(text: str | None, vi: str, en: str) -> None:
    assert (VI.short_period(text), EN.short_period(text)) == (vi, en)


def test_shares_and_counts_are_grouped_as_readers_write_them() -> None:
    assert [VI.percent(ratio) for ratio in (None, 0.0, 0.963, 0.9999, 1.0)] == ["–", "0%", "96,3%", "99,9%", "100%"]
    assert (VI.count(12345), EN.count(12345)) == ("12.345", "12,345")


def test_the_iso_form_carries_the_zone() -> None:
    assert VI.iso(ms(2025, 10, 15, 8)) == "2025-10-15T08:00:00+07:00"


def test_a_period_has_an_end_and_an_instant_has_none() -> None:
    assert through(VI, "2024-12") == "đến hết tháng 12/2024"
    assert through(VI, "2025-10-03T07:30+07:00") == "đến 07:30 ngày 03/10/2025"
    assert through(EN, None) == "no period yet"


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_reason_has_its_sentence(reason: Reason, language: Language) -> None:
    """Full evidence leaves nothing unsaid; without any evidence the sentence still stands."""
    known = Verdict(
        Status.LATE,
        reason,
        "2024-12",
        "2025-09",
        9,
        ("2025-01",),
        1,
        "2025-01",
        ms(2025, 2, 8),
        ms(2025, 2, 12),
        None,
        "",
        41,
        96,
        said=Said(promised_ms=ms(2025, 10, 1)),
    )
    told = sentence(Forms(language, ZONE), FeedView("u", "d", known, heard_ms=ms(2025, 10, 15)))
    assert told.endswith(".")
    assert "–" not in told
    assert "{" not in told
    assert sentence(Forms(language, ZONE), FeedView("u", "d", Verdict(Status.LATE, reason))).endswith(".")


def test_no_reason_is_without_a_sentence_and_no_sentence_without_a_reason() -> None:
    assert set(SENTENCES) == {None, *(str(reason) for reason in Reason)}


def test_the_page_has_every_text_in_both_languages() -> None:
    vi, en = words("vi"), words("en")
    assert vi.keys() == en.keys() == TEXT.keys() | SHARED.keys()
    assert not TEXT.keys() & SHARED.keys()
    assert all(vi.values())
    assert all(en.values())


def test_texts_take_the_same_blanks_in_both_languages() -> None:
    def blanks(text: str) -> set[str]:
        return {part.split("}")[0] for part in text.split("{")[1:]}

    assert {name for name, (vi, en) in TEXT.items() if blanks(vi) != blanks(en)} == set()
