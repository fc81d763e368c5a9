"""What the Province dashboard asks of InfluxDB. Every name is checked against the table of points when this is imported."""

from __future__ import annotations

from grafana.queries import SECONDS, Query, call, column, compare, equals, matches, number, select, tag_values, within
from points.table import FRESHNESS, PIPELINE, PUNCTUALITY, QUALITY, SET_ASIDE, STATUS_CODES

DAY_SECONDS = 86_400

LATE, NEVER = STATUS_CODES["late"], STATUS_CODES["never"]
DUE, UNKNOWN = STATUS_CODES["due"], STATUS_CODES["unknown"]

CHOSEN = (matches("department", "department"), matches("dataset", "dataset"), matches("unit", "unit"))
"""The feeds chosen at the head of the dashboard."""
COVERED = (matches("dataset", "covered"), matches("unit", "unit"))
"""The same for measurements without the tag `department`: `covered` holds the chosen departments' datasets."""

BY_ROWS = compare("ratio", ">=", 0)
"""Of checks that count single rows: one of all rows together, such as a mean, has rows that it looked at and none that failed."""

COVERED_DATASETS = tag_values(FRESHNESS, "dataset", CHOSEN[:2])


def current(*evidence: str) -> Query:
    """Every feed's verdict now, with fields of the same point: beside last() other fields are those of the point that it chose."""
    columns = {"status_code": call("last", column("status_code"))} | {name: column(name) for name in evidence}
    return select(columns, FRESHNESS, where=CHOSEN, by=("unit", "dataset"))


BY_VERDICT = current()
"""Every feed's verdict."""

COUNTS = select(
    {status: call("sum", column(status)) for status in STATUS_CODES},
    select({status: within("status_code", code, code) for status, code in STATUS_CODES.items()}, current()),
)
"""Feeds by status, one column a status; 0 where there is none."""

ONLY_TO = select(
    {
        "data_through": column("data_through"),
        "expected_through": column("expected_through"),
        "periods_behind": column("periods_behind"),
        "lag_days": column("lag_seconds") / DAY_SECONDS,
        "status_code": column("status_code"),
        "reason": column("reason"),
    },
    current("data_through", "expected_through", "periods_behind", "lag_seconds", "reason"),
    where=(compare("status_code", ">=", LATE), compare("status_code", "<=", NEVER)),
    by=("unit", "dataset"),
)
"""Feeds whose deadline has passed."""

_JUDGED = select(
    {"behind": within("status_code", LATE, NEVER), "alive": within("status_code", 0, DUE), "lag_days": column("lag_seconds") / DAY_SECONDS},
    current("lag_seconds"),
    # Neither unknown nor suspended: what nobody can say is nobody's fault.
    where=(compare("status_code", "<", UNKNOWN),),
    by=("unit", "dataset"),
)

ALIVE = select({"song": call("mean", column("alive"))}, _JUDGED)
"""Share of the judged feeds that are fresh or due."""

WORST_UNITS = select(
    {"behind": column("behind"), "feeds": column("feeds"), "lag_days": column("lag_days")},
    select(
        {
            "behind": call("sum", column("behind")),
            "feeds": call("count", column("behind")),
            "lag_days": call("max", column("lag_days")),
        },
        _JUDGED,
        by=("unit",),
    ),
    where=(compare("behind", ">", 0),),
    by=("unit",),
)
"""Units with feeds behind: how many, of how many, and the longest lag."""


ADDS_UP = ("in_order_seconds", "behind_seconds", "delay_seconds", "spells", "owed", "complete")
_OF_FEEDS = select(
    {"in_order_seconds": call("last", column("in_order_seconds"))} | {name: column(name) for name in ADDS_UP[1:]},
    PUNCTUALITY,
    where=(equals("over", "month"), *CHOSEN),
    by=("unit", "dataset"),
)
_OF_UNITS = select(
    {name: call("sum", column(name)) for name in ADDS_UP}
    | {"judged": call("sum", column("in_order_seconds")) + call("sum", column("behind_seconds"))},
    _OF_FEEDS,
    by=("unit",),
)
PUNCTUAL = select(
    {
        "on_time": column("in_order_seconds") / column("judged"),
        "mean_delay_days": column("delay_seconds") / column("spells") / DAY_SECONDS,
        "complete": column("complete"),
        "owed": column("owed"),
    },
    _OF_UNITS,
    where=(compare("judged", ">", 0),),
    by=("unit",),
)
"""How punctual units were in the month of the last day: nothing of units of which no time was judged. No spell is a delay of 0."""


def dimension(name: str) -> Query:
    """Share of rows with a value that meet the checks of a dimension; no row when nothing was checked, never a share of nothing."""
    asked = call("sum", column("evaluated")) - call("sum", column("missing"))
    counts = select(
        {"broken": call("sum", column("unexpected")), "asked": asked}, QUALITY, where=(equals("dimension", name), *COVERED, BY_ROWS)
    )
    return select({name: number(1) - column("broken") / column("asked")}, counts, where=(compare("asked", ">", 0),))


UNREAD = select({"lag": call("max", column("lag"))}, PIPELINE, by=("worker", "stage"), each_interval=True)
"""Records that wait in Kafka, by worker and stage."""


THROUGHPUT = select({"records": call("sum", column("records")) / SECONDS}, PIPELINE, by=("stage",), each_interval=True)
"""Records a second that each stage read, all workers together."""

SLOWEST = select({"batch_max_ms": call("max", column("batch_max_ms"))}, PIPELINE, by=("stage",), each_interval=True)
"""The longest time of a batch of each stage, in ms."""

SINK = select({"sink_ms": call("max", column("sink_ms"))}, PIPELINE, by=("stage",), each_interval=True)
"""The mean time of a write or send in the worst half-minute of each interval, in ms."""

REASONS = select({"records": call("sum", column("records"))}, SET_ASIDE, by=("reason",))
"""Records set aside in the dashboard's time range, by reason."""


ASIDE = select({"aside": call("max", column("aside"))}, PIPELINE, each_interval=True)
"""Messages that wait to be sent again."""

LOOP_LAG = select({"loop_lag_ms": call("max", column("loop_lag_ms"))}, PIPELINE, each_interval=True)
"""The longest hold-up of any worker's event loop, in ms."""

MEMORY = select({"memory_bytes": call("max", column("memory_bytes"))}, PIPELINE, by=("worker",), each_interval=True)
"""Resident memory, by worker."""


def troubles(field: str) -> Query:
    """How often something went wrong, all workers together."""
    return select({field: call("sum", column(field))}, PIPELINE, each_interval=True)
