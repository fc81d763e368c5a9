"""What a dashboard calls things: words in two languages, and the names that only a catalogue knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

Language = Literal["vi", "en"]


class Text(msgspec.Struct, frozen=True):
    """A title or a sentence in both languages."""

    vi: str
    en: str

    def of(self, language: Language) -> str:
        """The text in one language."""
        return self.vi if language == "vi" else self.en


class Names(msgspec.Struct, frozen=True):
    """Names to show instead of codes, in one language. Points hold codes only; the catalogue and the word tables give these.

    `statuses`, `reasons` and `dimensions` are words by their value in code; `page_url` is the public address of Nhịp's page, if it has one.
    """

    language: Language
    province: str
    timezone: str
    departments: Mapping[str, str]
    datasets: Mapping[str, str]
    units: Mapping[str, str]
    statuses: Mapping[str, str]
    reasons: Mapping[str, str]
    dimensions: Mapping[str, str]
    page_url: str | None = None

    def say(self, vi: str, en: str) -> str:
        """One of two wordings."""
        return Text(vi, en).of(self.language)
