"""What the Province dashboard asks of the rows that are in the tables now.

Points lie at the full hour, so the time range says which are meant (`panels.HOUR`). To look for the newest of every series in an inner
query, as of verdicts, takes InfluxDB many times longer: there is a series for each check of each feed.
"""

from __future__ import annotations

from collections.abc import Iterable

from grafana.asks import BY_ROWS, COVERED
from grafana.queries import Query, call, column, compare, equals, is_false, number, one_of, select
from points.table import QUALITY_TABLE

_KNOWN = equals("of", "table")
"""A field that is left out keeps what was said earlier in that hour: `of` decides whether the figures hold."""

BY_DATASET = select(
    {"passed": number(1) - column("broken") / column("asked")},
    select(
        {"broken": call("sum", column("unexpected")), "asked": call("sum", column("evaluated")) - call("sum", column("missing"))},
        QUALITY_TABLE,
        where=(*COVERED, _KNOWN, BY_ROWS),
        by=("dataset",),
    ),
    where=(compare("asked", ">", 0),),
    by=("dataset",),
)
"""Which share of what is in the tables meets the checks, by dataset."""

FAILED = select(
    {"rows": call("last", column("rows"))} | {name: column(name) for name in ("unexpected", "ratio", "observed")},
    QUALITY_TABLE,
    where=(*COVERED, _KNOWN, is_false("success")),
    by=("unit", "dataset", "check", "dimension"),
)
"""Checks that the rows that are in a table do not meet."""


def unknown(reasons: Iterable[str]) -> Query:
    """Feeds of whose table nothing can be said, for one of these reasons. Those of single checks are left out: their table is known."""
    return select(
        {"why": call("last", column("why"))},
        QUALITY_TABLE,
        where=(*COVERED, equals("of", "stream"), one_of("why", reasons)),
        by=("unit", "dataset"),
    )
