"""Which family compiles which expectation type: the static decision, native or Great Expectations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from expectations.engine import (
    between,
    counts,
    distinct,
    divergence,
    extremes,
    moments,
    no_provider,
    nulls,
    order,
    outliers,
    quantiles,
    records,
    sets,
    shape,
    texts,
    types,
    uniqueness,
)
from expectations.engine.compiled import Compile, Compiled, NotCompiled
from expectations.engine.formats import ResultFormat

FAMILIES = (
    between,
    counts,
    distinct,
    divergence,
    extremes,
    moments,
    no_provider,
    nulls,
    order,
    outliers,
    quantiles,
    records,
    sets,
    shape,
    texts,
    types,
    uniqueness,
)
"""The modules of the families; each has `TYPES`."""

TYPES: Mapping[str, Compile] = {name: compiles for family in FAMILIES for name, compiles in family.TYPES.items()}

WRITABLE = (type(None), bool, int, float, str, dt.date, Decimal)
"""Types of arguments that Great Expectations can turn into JSON, which it does before it judges; of others it raises."""


def _is_writable(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_writable, value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(_is_writable, value))
    return isinstance(value, WRITABLE)


def compiled(expectation_type: str, kwargs: Mapping[str, Any], keep: ResultFormat, types: Mapping[str, Compile] = TYPES) -> Compiled[Any]:
    """Compile one expectation; raises NotCompiled with the reason. `keep` is the richest format that results will be asked in."""
    compiles = types.get(expectation_type)
    if compiles is None:
        raise NotCompiled(f"{expectation_type} falls back to Great Expectations, because it is not a type that compiles")
    if not all(map(_is_writable, kwargs.values())):
        raise NotCompiled("falls back, because an argument is of a type that Great Expectations may not be able to write")
    try:
        return compiles(kwargs, keep)
    except (TypeError, ValueError, KeyError) as error:
        if isinstance(error, NotCompiled):
            raise
        raise NotCompiled(f"{expectation_type} falls back, because its arguments are not those that compile ({error})") from error
