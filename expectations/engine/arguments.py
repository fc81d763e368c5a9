"""Reading the keyword arguments of an expectation. What is not known here is not compiled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from expectations.engine.compiled import NotCompiled


def known(kwargs: Mapping[str, Any], required: Collection[str], optional: Collection[str] = ()) -> None:
    """Refuse arguments that a family does not know, and suite parameters that nobody has filled in; raises NotCompiled."""
    missing = [name for name in required if kwargs.get(name) is None]
    unknown = [name for name in kwargs if name not in required and name not in optional]
    if missing or unknown:
        raise NotCompiled(f"falls back, because of its arguments {', '.join([*missing, *unknown])}")
    open_parameters = [name for name, value in kwargs.items() if isinstance(value, Mapping) and "$PARAMETER" in value]
    if open_parameters:
        raise NotCompiled(f"falls back, because the suite parameters of {', '.join(open_parameters)} are not given")


def column(kwargs: Mapping[str, Any], name: str = "column") -> str:
    """The name of a column; raises NotCompiled."""
    found = kwargs[name]
    if not isinstance(found, str):
        raise NotCompiled(f"falls back, because {name} is not a name")
    return found


def mostly(kwargs: Mapping[str, Any]) -> float:
    """The share of rows that must hold, 1 when not given; raises NotCompiled."""
    return number(kwargs.get("mostly", 1.0), "mostly")


def number(value: Any, name: str) -> float:
    """A number as Great Expectations reads one: a float; raises NotCompiled."""
    if not isinstance(value, int | float):
        raise NotCompiled(f"falls back, because {name} is not a number")
    return float(value)


def whole(value: Any, name: str) -> int | None:
    """A whole number or None; raises NotCompiled."""
    if value is not None and type(value) is not int:
        raise NotCompiled(f"falls back, because {name} is not a whole number")
    return value


def flag(kwargs: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    """True or false; None, as Great Expectations takes it, is false. Raises NotCompiled."""
    value = kwargs.get(name, default)
    if value is not None and type(value) is not bool:
        raise NotCompiled(f"falls back, because {name} is neither true nor false")
    return bool(value)


def bound(value: Any, name: str) -> float | dt.date | None:
    """A bound as Great Expectations reads one: numbers become floats, dates stay. Texts are read by Great Expectations only."""
    if value is None or isinstance(value, dt.date):
        return value
    return number(value, name)
