"""The one table of a contract: its columns, what they are for, and the topics that carry its changes."""

from __future__ import annotations

import re

from expectations.catalogue.mistakes import Page
from expectations.catalogue.odcs import Contract, Property
from expectations.catalogue.own import Own
from expectations.catalogue.sla import element_of
from expectations.catalogue.units import Column

CLASSIFICATIONS = {"public": False, "internal": False, "personal": True, "restricted": True, "confidential": True}
"""What `classification` may say, and whether it hides the column's values."""


class Table:
    """What `schema[0]` says; all that is wrong with it is noted on the page."""

    def __init__(self, said: Contract, page: Page) -> None:
        self._page, self.own = page, Own(said.objects[0].custom_properties, "table", "schema[0].", page)
        self.columns: dict[str, Column] = {}
        for n, one in enumerate(said.objects[0].properties):
            self._take(f"schema[0].properties[{n}]", one)
        self.pattern = self._pattern()
        self.examples = self._examples()
        self.period_column = self._column("periodColumn") or ""
        self.unit_column = None if "fixedUnit" in self.own else self._column("unitColumn")
        element = element_of(said.sla_properties, "slices")
        self.slice_column = self._named(*element) if element else None
        key = element_of(said.sla_properties, "minRows")
        self.key_column = self._existing(*key) if key and key[1] is not None else None
        if "fixedUnit" in self.own and "unitColumn" in self.own:
            page.wrong(self.own.path("fixedUnit"), "beside unitColumn", "unitColumn or fixedUnit, not both")

    def _take(self, where: str, one: Property) -> None:
        own = Own(one.custom_properties, "column", f"{where}.", self._page)
        if one.name in self.columns:
            self._page.wrong(f"{where}.name", f"{one.name!r} is there twice", "each column once")
        if one.classification not in CLASSIFICATIONS:
            self._page.wrong(f"{where}.classification", f"{one.classification!r} is not possible", ", ".join(CLASSIFICATIONS))
        # A classification that nobody can read hides the column: masking fails closed.
        personal = CLASSIFICATIONS.get(one.classification or "", True)
        encoding = own.text("encoding", needed=False) or None
        self.columns[one.name] = Column(one.name, one.logical_type, encoding, personal, tuple(one.examples))

    def _pattern(self) -> str:
        pattern = self.own.text("topicPattern")
        try:
            matches_nothing_named = bool(re.compile(pattern).fullmatch(""))
        except re.error as error:
            self._page.wrong(self.own.path("topicPattern"), f"not a regular expression: {error}", "a regular expression of Python's re")
            return ""
        if pattern and matches_nothing_named:
            self._page.wrong(self.own.path("topicPattern"), "matches an empty name", "a pattern that names the table")
        return pattern

    def _examples(self) -> tuple[str, ...]:
        said, path = self.own.value("exampleTopics"), self.own.path("exampleTopics")
        if said is None:
            return ()
        if not isinstance(said, list) or not said or not all(isinstance(e, str) for e in said):
            self._page.wrong(path, f"{said!r} is not a list of topics", "at least one topic name")
            return ()
        for n, example in enumerate(said):
            if self.pattern and not re.fullmatch(self.pattern, example):
                self._page.wrong(f"{path}[{n}]", f"topicPattern does not match {example!r}", f"topics of {self.pattern}")
        return tuple(said)

    def _column(self, name: str) -> str | None:
        said = self.own.text(name)
        return self._named(self.own.path(name), said) if said else None

    def _existing(self, path: str, name: str | None) -> str | None:
        """The column `name`; a mistake when there is none."""
        if name not in self.columns:
            self._page.wrong(path, f"no column {name!r}", ", ".join(self.columns))
        return name

    def _named(self, path: str, name: str | None) -> str | None:
        """The column `name`, which decides for what a row counts and so is shown: it has to exist and may not be personal."""
        column = self.columns.get(self._existing(path, name) or "")
        if column is not None and column.personal:
            self._page.wrong(path, f"{name!r} is personal, and would be shown", "a column whose classification is public or internal")
        return name
