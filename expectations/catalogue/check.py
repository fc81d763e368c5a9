"""Everything that is wrong with a catalogue, at once. Slower than loading: suites are built by Great Expectations itself."""

from __future__ import annotations

from pathlib import Path

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
    """Build every expectation as Great Expectations does: only it knows what the installed release takes."""
    # Imported here: it takes seconds and 200 MB, which loading a catalogue need not pay.
    from great_expectations.expectations.registry import get_expectation_impl  # noqa: PLC0415  seconds: only to check, never to load

    suite = msgspec.json.decode(Path(str(dataset.suite)).read_bytes())
    for n, one in enumerate(suite["expectations"]):
        try:
            get_expectation_impl(one["type"])(**one["kwargs"])
        except Exception as error:  # noqa: BLE001 # its errors have no common base, and a mistake must not hide the others
            said = " ".join(str(error).split())[:300]
            page.wrong(f"expectations[{n}].kwargs", f"Great Expectations refuses {one['type']}: {said}", "arguments of this expectation")
