"""The table of words: complete, NFC, and the same in the glossary that people read."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from alerts.words import DIMENSIONS, REASONS, STATUSES, TABLES
from expectations.freshness.verdict import Reason, Status
from expectations.quality.dimensions import Dimension

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"


@pytest.mark.parametrize(
    ("table", "keys"),
    [(STATUSES, Status), (REASONS, Reason), (DIMENSIONS, Dimension)],
    ids=["statuses", "reasons", "dimensions"],
)
def test_every_value_of_code_has_its_words(table: dict[str, object], keys: type[Status | Reason | Dimension]) -> None:
    assert list(table) == [str(key) for key in keys]


def test_words_are_nfc_and_said_in_both_languages() -> None:
    for table in TABLES.values():
        for word in table.values():
            assert word.of("vi")
            assert word.of("en")
            assert unicodedata.is_normalized("NFC", word.vi)


def test_no_two_statuses_share_a_word() -> None:
    for language in ("vi", "en"):
        assert len({word.of(language) for word in STATUSES.values()}) == len(STATUSES)


def rows_of(heading: str) -> list[tuple[str, str, str]]:
    """Code, Vietnamese and English of each row under one heading; a row without a meaning is no row."""
    section = GLOSSARY.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| [^|]*\S[^|]* \|$", section, re.MULTILINE)


@pytest.mark.parametrize("name", TABLES)
def test_the_glossary_shows_the_table_of_the_code(name: str) -> None:
    assert rows_of(name.capitalize()) == [(code, word.vi, word.en) for code, word in TABLES[name].items()]


def test_the_glossary_is_nfc() -> None:
    assert unicodedata.is_normalized("NFC", GLOSSARY.read_text(encoding="utf-8"))
