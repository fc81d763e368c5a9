"""Everything that is wrong with a catalogue, at once. Slower than loading: suites are built by Great Expectations itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from expectations.catalogue.draft import read
from expectations.catalogue.mistakes import Mistake, Page, format_mistakes, in_order
from expectations.catalogue.units import Dataset

__all__ = ["Mistake", "check", "format_mistakes"]


def check(folder: Path) -> list[Mistake]:
    """Return all mistakes of the catalogue in `folder`, ordered by file and path; an empty list means that it can be used."""
    draft = read(folder)
    mistakes = list(draft.mistakes)
    broken = {m.file for m in mistakes}
    for dataset in draft.datasets.values():
        file = Path(dataset.suite).relative_to(folder.resolve()).as_posix() if dataset.suite else None
        if file is not None and file not in broken:
            _check_suite(dataset, Page(file, mistakes))
    return in_order(mistakes)


def _check_suite(dataset: Dataset, page: Page) -> None:
    """Build every expectation as Great Expectations does: only it knows its types and what their arguments may be."""
    # Imported here: it takes seconds and 200 MB, which loading a catalogue need not pay.
    from great_expectations.expectations.registry import get_expectation_impl  # noqa: PLC0415

    suite = msgspec.json.decode(Path(str(dataset.suite)).read_bytes())
    for n, one in enumerate(suite["expectations"]):
        try:
            implementation = get_expectation_impl(one["type"])
        except Exception:  # noqa: BLE001 # the registry raises its own error, whose module moves between releases
            page.wrong(
                f"expectations[{n}].type",
                f"unknown expectation {one['type']!r}",
                "a type of Great Expectations, such as expect_column_values_to_not_be_null",
            )
            continue
        _build(implementation, one, page, f"expectations[{n}].kwargs")


def _build(implementation: Any, one: dict[str, Any], page: Page, where: str) -> None:
    try:
        implementation(**one["kwargs"])
    except (TypeError, ValueError) as error:
        said = " ".join(str(error).split())
        page.wrong(where, f"{one['type']} refuses them: {said[:300]}", "arguments of this expectation")
