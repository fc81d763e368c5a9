"""What the Province dashboard asks of the rows that are in the tables now."""

from __future__ import annotations

from collections.abc import Iterable

from grafana.asks import BY_ROWS, COVERED
from grafana.queries import Query, call, column, compare, equals, is_false, number, one_of, select
from points.table import QUALITY_TABLE

TOLD = ("rows", "evaluated", "missing", "unexpected", "ratio", "observed", "success", "why")
_TABLES = select(
    {"of": call("last", column("of"))} | {name: column(name) for name in TOLD},
    QUALITY_TABLE,
    where=COVERED,
    by=("unit", "dataset", "check", "dimension"),
)
# A field that is left out keeps what was said earlier in that hour: `of` decides whether the figures hold.
_KNOWN = equals("of", "table")

_BY_UNIT = select(
    {
        "rows": call("max", column("rows")),
        "asked": call("sum", column("evaluated")) - call("sum", column("missing")),
        "broken": call("sum", column("unexpected")),
    },
    _TABLES,
    where=(_KNOWN, BY_ROWS),
    by=("unit", "dataset"),
)
BY_DATASET = select(
    {"units": column("units"), "rows": column("rows"), "passed": number(1) - column("broken") / column("asked")},
    select(
        {"units": call("count", column("rows"))} | {name: call("sum", column(name)) for name in ("rows", "asked", "broken")},
        _BY_UNIT,
        by=("dataset",),
    ),
    where=(compare("asked", ">", 0),),
    by=("dataset",),
)
"""What is in the tables now, by dataset: of how many units, how many rows, which share meets the checks."""

FAILED = select(
    {name: column(name) for name in ("rows", "unexpected", "ratio", "observed")},
    _TABLES,
    where=(_KNOWN, is_false("success")),
    by=("unit", "dataset", "check", "dimension"),
)
"""Checks that the rows that are in a table now do not meet."""


def unknown(reasons: Iterable[str]) -> Query:
    """Feeds of whose table nothing can be said, for one of these reasons. Those of single checks are left out: their table is known."""
    return select(
        {"why": call("last", column("why"))}, _TABLES, where=(equals("of", "stream"), one_of("why", reasons)), by=("unit", "dataset")
    )
