"""Suite files as the catalogue sees them: may they be used with their dataset, and which of their checks are blocking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from expectations.catalogue.files import json_of
from expectations.catalogue.mistakes import Page
from expectations.catalogue.units import Dataset
from expectations.quality import reading
from expectations.quality.dimensions import OF_CHECKS
from expectations.quality.wholetypes import WHOLE


def blocking_of(path: Path, page: Page, dataset: Dataset) -> frozenset[str]:
    """Ids of the checks that quarantine the rows which break them; empty, with mistakes on `page`, when the file cannot be used."""
    before = page.count
    suite = json_of(path, page)
    if page.count > before:
        return frozenset()
    for problem in reading.problems(suite, tuple(dataset.columns)):
        _note(page, problem)
    expectations = suite.get("expectations") if isinstance(suite, dict) else None
    for n, one in enumerate(expectations if isinstance(expectations, list) else ()):
        _check_meta(page, f"expectations[{n}].meta", one if isinstance(one, dict) else {})
    if isinstance(expectations, list) and not expectations:
        page.wrong("expectations", "no checks", "at least one expectation, or no suite in the contract")
    if page.count > before or not isinstance(expectations, list):
        return frozenset()
    checks = reading.read(suite, tuple(dataset.columns))
    return frozenset(check.id for check, one in zip(checks, expectations, strict=True) if one["meta"].get("blocking"))


def _note(page: Page, problem: str) -> None:
    """A problem reads `expectations[2]: what is wrong: what is allowed`; the first part is missing when it is about the whole file."""
    path, _, rest = problem.partition(": ")
    if not path.startswith("expectations["):
        path, rest = "", problem
    wrong, colon, allowed = rest.partition(": ")
    subject, _, must = rest.partition(" must be ")
    if not colon and must:
        wrong, allowed = f"{subject} is not possible", must
    page.wrong(path, wrong, allowed or "what Great Expectations writes; docs/catalogue.md shows an example")


def _check_meta(page: Page, where: str, one: dict[str, Any]) -> None:
    meta = one.get("meta")
    said = meta if isinstance(meta, dict) else {}
    if "dimension" not in said:
        page.wrong(f"{where}.dimension", "missing", ", ".join(OF_CHECKS))
    if not isinstance(said.get("blocking", False), bool):
        page.wrong(f"{where}.blocking", f"{said['blocking']!r} is not possible", "true, false")
    elif said.get("blocking") and one.get("type") in WHOLE:
        page.wrong(f"{where}.blocking", "no single row breaks it: it judges all rows together", "false")
