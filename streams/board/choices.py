"""What a reader picks out of all feeds: by status, dataset, and the name or code of a unit."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from alerts.letters import fold
from expectations.catalogue.load import Catalogue
from expectations.catalogue.units import Unit

STATUSES = ("stale", "never", "late", "due", "unknown", "suspended", "fresh")
"""Worst first: the order of tiles, bars and lists."""
NEVER = "never"
OVERDUE = ("stale", NEVER, "late")


class Choices(msgspec.Struct, frozen=True):
    """One reader's filter. An empty part picks everything; what the catalogue does not know is taken as empty."""

    verdict: str = ""
    dataset: str = ""
    query: str = ""

    @property
    def any(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.verdict or self.dataset or self.query)

    def has_unit(self, unit: Unit) -> bool:
        """Whether the unit's name or code contains what is looked for, whatever its case and diacritics."""
        if not self.query:
            return True
        names = (unit.id, unit.name_vi, unit.name_en, unit.short_name_vi, unit.former_province)
        return any(fold(self.query) in fold(name) for name in names)

    def has(self, dataset: str, status: str) -> bool:
        """Whether a feed of this dataset and status is picked."""
        return self.dataset in ("", dataset) and self.verdict in ("", status)


def read(query: Mapping[str, str], catalogue: Catalogue) -> Choices:
    """Take the filter from a query string."""
    verdict, dataset = query.get("verdict", ""), query.get("dataset", "")
    return Choices(
        verdict=verdict if verdict in STATUSES else "",
        dataset=dataset if dataset in catalogue.datasets else "",
        query=query.get("q", "").strip()[:80],
    )
