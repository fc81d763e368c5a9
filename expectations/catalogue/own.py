"""Nhịp's own `customProperties`: which there are, by where they stand in a contract, and the reading of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from expectations.catalogue import selectors
from expectations.catalogue.mistakes import Page
from expectations.catalogue.odcs import CustomProperty

PROPERTIES = {
    "contract": {
        "nameEn": "The dataset's English name.",
        "units": f"Who owes the dataset: {selectors.ALLOWED}.",
        "suspendedUnits": "Units whose obligation is suspended: a list of ids.",
        "suite": "The suite file, relative to the catalogue, such as `suites/ho-tich.json`.",
        "beforeImages": "`full`: updates and deletes carry the whole row before, so that the suite judges the table as it is now, too.",
    },
    "table": {
        "topicPattern": "A regular expression (Python's `re`) that matches the name of every topic of the dataset in full.",
        "exampleTopics": "A list of topic names that the pattern must match and no other contract's may.",
        "unitColumn": "The column that carries the unit: a commune's code or a department's slug.",
        "fixedUnit": "Instead of unitColumn and units: the one unit that owes all rows of the table.",
        "periodColumn": "The column that carries the period, or the instant when the cadence is continuous.",
    },
    "column": {
        "encoding": "The Debezium or Connect type of the column, such as `io.debezium.time.Date`, for records without a schema.",
    },
}


def table() -> str:
    """Render PROPERTIES as the Markdown table of docs/catalogue.md."""
    places = {"contract": "the contract", "table": "`schema[0]`", "column": "a column"}
    lines = ["| property | of | meaning |", "|---|---|---|"]
    lines += [f"| `{n}` | {places[place]} | {meaning} |" for place, known in PROPERTIES.items() for n, meaning in known.items()]
    return "\n".join(lines)


class Own:
    """The custom properties of one place of a contract; unknown and repeated ones are noted as mistakes."""

    def __init__(self, said: Sequence[CustomProperty], place: str, path: str, page: Page) -> None:
        self._known, self._path, self._page = PROPERTIES[place], f"{path}customProperties", page
        self._found: dict[str, tuple[str, Any]] = {}
        for n, one in enumerate(said):
            where = f"{self._path}[{n}]"
            if one.property not in self._known:
                page.wrong(f"{where}.property", f"unknown property {one.property!r}", ", ".join(self._known))
            elif one.property in self._found:
                page.wrong(f"{where}.property", f"{one.property!r} is there twice", "each property once")
            else:
                self._found[one.property] = (f"{where}.value", one.value)

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def path(self, name: str) -> str:
        """Where the property's value stands, or where it should be."""
        return self._found[name][0] if name in self._found else self._path

    def value(self, name: str) -> Any:
        """What was said, None when nothing was; that a needed property is missing is a mistake."""
        if name not in self._found:
            self._page.wrong(self._path, f"no property {name!r}", self._known[name])
            return None
        return self._found[name][1]

    def text(self, name: str, *, needed: bool = True) -> str:
        """A text; empty when there is none."""
        if name not in self._found and not needed:
            return ""
        value = self.value(name)
        if value is not None and (not isinstance(value, str) or not value):
            self._page.wrong(self.path(name), f"{value!r} is not a text", self._known[name])
        return value if isinstance(value, str) else ""
