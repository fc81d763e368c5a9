"""Which family compiles which expectation type: the static decision, native or Great Expectations."""

from __future__ import annotations

from collections.abc import Mapping
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


def compiled(expectation_type: str, kwargs: Mapping[str, Any], keep: ResultFormat, types: Mapping[str, Compile] = TYPES) -> Compiled[Any]:
    """Compile one expectation; raises NotCompiled with the reason. `keep` is the richest format that results will be asked in."""
    compiles = types.get(expectation_type)
    if compiles is None:
        raise NotCompiled(f"{expectation_type} falls back to Great Expectations, because it is not a type that compiles")
    try:
        return compiles(kwargs, keep)
    except (TypeError, ValueError, KeyError) as error:
        if isinstance(error, NotCompiled):
            raise
        raise NotCompiled(f"{expectation_type} falls back, because its arguments are not those that compile ({error})") from error
