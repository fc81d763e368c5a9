"""Naming many units at once: `communes`, `departments`, or ids one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from expectations.catalogue.mistakes import Page
from expectations.catalogue.units import Unit

KINDS = {"communes": "commune", "departments": "department"}
ALLOWED = "communes, departments, or a list of ids of units.csv and departments.csv (codes in quotes)"


def select(page: Page, path: str, value: Any, units: Mapping[str, Unit]) -> tuple[str, ...]:
    """Return the ids that a selector means, in the catalogue's order; what it cannot mean is noted as a mistake.

    `value` is a selector word, a list of ids, or ids in one text separated by commas.
    """
    if isinstance(value, str) and value in KINDS:
        return tuple(u.id for u in units.values() if u.kind == KINDS[value])
    ids = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(ids, list) or not ids:
        page.wrong(path, f"{value!r} selects nothing", ALLOWED)
        return ()
    for n, identity in enumerate(ids):
        _check(page, path if isinstance(value, str) else f"{path}[{n}]", identity, units)
        if identity in ids[:n]:
            page.wrong(path, f"{identity} is there twice", "each unit once")
    return tuple(u for u in units if u in ids)


def _check(page: Page, path: str, identity: Any, units: Mapping[str, Unit]) -> None:
    if not isinstance(identity, str):
        # YAML reads 01234 as the octal number 668: a code without quotes cannot be trusted.
        page.wrong(path, f"{identity!r} is a number, not an id", "codes in quotes, as text")
    elif units and identity not in units:  # without any, units.csv has its own mistake
        page.wrong(path, f"no unit {identity!r}", ALLOWED)
