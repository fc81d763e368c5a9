"""What a dashboard calls things: names that only a catalogue and the word tables know, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

Language = Literal["vi", "en"]


class Names(msgspec.Struct, frozen=True):
    """Names to show instead of codes, in one language. Points hold codes only; the catalogue and the word tables give these.

    `statuses`, `reasons`, `dimensions`, `problems` (why a record was set aside) and `unknown_tables` (why nothing is said of a table) are
    words by their value in code. `tables` are the datasets whose contract promises the rows before changes; `page_url` is the public
    address of Nhịp's page, if it has one.
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
    problems: Mapping[str, str]
    unknown_tables: Mapping[str, str]
    tables: frozenset[str] = frozenset()
    page_url: str | None = None

    def say(self, vi: str, en: str) -> str:
        """One of two wordings."""
        return vi if self.language == "vi" else en
