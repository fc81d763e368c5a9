"""Names and points for the dashboard's tests: a small province whose right answers can be counted by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alerts.words import DIMENSIONS, PROBLEMS, REASONS, STATUSES, Language
from grafana.names import Names
from points.measurement import Value
from points.table import FRESHNESS, PIPELINE, PUNCTUALITY, QUALITY, QUALITY_TABLE, SET_ASIDE, STATUS_CODES

NOW_MS = 1_900_000_000_000
HOUR_MS = 3_600_000
DAY_SECONDS = 86_400

FEEDS = {
    ("xa-1", "dat"): ("fresh", "2030-02", 0),
    ("xa-1", "ngheo"): ("stale", "2029-12", 60),
    ("xa-2", "dat"): ("late", "2030-01", 40),
    ("xa-2", "ngheo"): ("never", None, None),
    ("xa-3", "dat"): ("due", "2030-01", 10),
    ("xa-3", "ngheo"): ("unknown", "2030-02", 0),
    ("xa-4", "dat"): ("suspended", "2029-01", 400),
}
"""Each feed's status now, through which period its data are current, and the lag in days."""

OWNER = {"dat": "so-dat", "ngheo": "so-ngheo"}

CHECKS = [
    # unit, dataset, dimension, evaluated, missing, unexpected; the share of the rows with a value that meet it
    ("xa-1", "dat", "dung", 100, 20, 8),
    ("xa-2", "ngheo", "dung", 20, 0, 2),
    ("xa-1", "dat", "du", 100, 0, 0),
    ("xa-1", "dat", "sach", 50, 50, 0),
]

STILL: dict[str, Value | None] = {"of": "table", "missing": 0, "success": True}
TABLES: list[tuple[str, str, str, int, dict[str, Value | None]]] = [
    # unit, dataset, check, hours ago, what is said
    ("xa-1", "dat", "du.null", 0, STILL | {"rows": 10, "evaluated": 10, "missing": 2, "unexpected": 2, "ratio": 0.75, "success": False}),
    ("xa-1", "dat", "dung.mean", 0, STILL | {"rows": 10, "evaluated": 10, "unexpected": 0, "observed": 3.5, "success": False}),
    ("xa-1", "dat", "dung.order", 0, {"of": "stream", "why": "order"}),
    ("xa-2", "dat", "du.null", 0, STILL | {"rows": 4, "evaluated": 4, "unexpected": 0, "ratio": 1.0}),
    ("xa-2", "dat", "dung.set", 0, {"of": "stream", "why": "more than 10000 different values"}),
    ("xa-3", "dat", "du.null", 1, STILL | {"rows": 9, "evaluated": 9, "unexpected": 9, "ratio": 0.0, "success": False}),
    ("xa-3", "dat", "du.null", 0, STILL | {"rows": 8, "evaluated": 8, "unexpected": 0, "ratio": 1.0}),
    ("xa-1", "ngheo", "du.null", 0, STILL | {"rows": 7, "evaluated": 7, "unexpected": 7, "ratio": 0.0, "success": False}),
    ("xa-1", "ngheo", "du.null", 0, {"of": "stream", "why": "no_before"}),
    ("xa-2", "ngheo", "du.null", 0, STILL | {"rows": 3, "evaluated": 3, "missing": 3, "unexpected": 0}),
]
"""Of one feed the table was known earlier in the hour; of another it was worse an hour ago."""

PUNCTUAL = [
    # unit, dataset, days in order, days behind, spells, days of delay, owed, complete
    ("xa-1", "dat", 20, 0, 0, 0, 1, 1),
    ("xa-1", "ngheo", 10, 10, 2, 14, 3, 2),
    ("xa-2", "ngheo", 0, 20, 1, 60, 1, 0),
    ("xa-4", "dat", 0, 0, 0, 0, 1, 1),
]

ALL = {"department": ".*", "dataset": ".*", "unit": ".*", "covered": "(dat|ngheo)"}
"""What Grafana puts for each variable when everything is chosen."""


def names(language: Language = "vi") -> Names:
    """Names of the small province; one of them holds the sign that separates a list's parts."""
    return Names(
        language=language,
        province="Tỉnh Mẫu",
        timezone="Asia/Ho_Chi_Minh",
        departments={"so-dat": "Sở Đất đai", "so-ngheo": "Sở Nội vụ"},
        datasets={"dat": "Đất đai", "ngheo": "Hộ nghèo, hộ cận nghèo"},
        units={unit: f"Xã {unit[-1]}" for unit, _ in FEEDS},
        statuses={s: w.of(language) for s, w in STATUSES.items()},
        reasons={s: w.of(language) for s, w in REASONS.items()},
        dimensions={s: w.of(language) for s, w in DIMENSIONS.items()},
        problems={s: w.of(language) for s, w in PROBLEMS.items()},
        unknown_tables={"no_before": "nguồn không gửi đủ dòng trước khi sửa", "reading": "đang đọc"},
        tables=frozenset({"dat", "ngheo"}),
        page_url="https://nhip.example/",
    )


def points() -> Iterator[bytes]:
    """Two looks at each feed, of which the second holds; one window of quality; two intervals of two workers."""
    for (unit, dataset), (status, through, lag_days) in FEEDS.items():
        tags = {"unit": unit, "dataset": dataset, "department": OWNER[dataset]}
        yield FRESHNESS.line(tags, {"status": "late", "status_code": 2, "periods_behind": 9}, NOW_MS - HOUR_MS)
        yield FRESHNESS.line(tags, verdict(status, through, lag_days), NOW_MS)
    for unit, dataset, dimension, evaluated, missing, unexpected in CHECKS:
        tags = {"unit": unit, "dataset": dataset, "check": f"c-{dimension}", "dimension": dimension, "severity": "warning"}
        asked = evaluated - missing
        ratio = (asked - unexpected) / asked if asked else None
        counts: dict[str, Value | None] = {"evaluated": evaluated, "missing": missing, "unexpected": unexpected, "ratio": ratio}
        yield QUALITY.line(tags, counts, NOW_MS - HOUR_MS)
    mean = {"unit": "xa-1", "dataset": "dat", "check": "c-mean", "dimension": "dung", "severity": "warning"}
    yield QUALITY.line(mean, {"evaluated": 1_000, "missing": 0, "unexpected": 0, "observed": 3.5, "success": False}, NOW_MS - HOUR_MS)
    for unit, dataset, check, hours, said in TABLES:
        tags = {"unit": unit, "dataset": dataset, "check": check, "dimension": check.partition(".")[0], "severity": "warning"}
        yield QUALITY_TABLE.line(tags, said, NOW_MS - hours * HOUR_MS)
    for unit, dataset, *figures in PUNCTUAL:
        for over, days in (("week", 1), ("month", 2), ("month", 1)):  # of the month yesterday's point, and one of the day before
            yield PUNCTUALITY.line(
                {"unit": unit, "dataset": dataset, "department": OWNER[dataset], "over": over}, punctual(figures, days), NOW_MS - days
            )
    for worker, lag in (("w-1", 500), ("w-2", 7)):
        yield PIPELINE.line(
            {"worker": worker, "stage": "route"}, {"lag": lag, "quarantined": 3, "records": 10, "batch_max_ms": 1.0 * lag}, NOW_MS
        )
        yield PIPELINE.line({"worker": worker, "stage": "write_points"}, {"refused": 1, "records": 5, "sink_ms": 12.5}, NOW_MS)
        yield PIPELINE.line({"worker": worker, "stage": "notify"}, {"retries": 2, "unsent": 1, "aside": lag}, NOW_MS)
        yield PIPELINE.line({"worker": worker, "stage": "worker"}, {"memory_bytes": 1_000 * lag, "loop_lag_ms": 2.0 * lag}, NOW_MS)
        for reason, records in (("unknown_unit", 1), ("future_period", 2)):
            yield SET_ASIDE.line({"worker": worker, "reason": reason}, {"records": records}, NOW_MS)


def punctual(figures: Sequence[int], days: int) -> dict[str, int | float | bool | str | None]:
    """The fields of a punctuality point; those of more than a day ago tell otherwise."""
    in_order, behind, spells, delay, owed, complete = figures
    return {
        "window": "2030-03",
        "in_order_seconds": in_order * DAY_SECONDS // days,
        "behind_seconds": behind * DAY_SECONDS,
        "spells": spells,
        "delay_seconds": delay * DAY_SECONDS,
        "owed": owed,
        "complete": complete,
    }


def verdict(status: str, through: str | None, lag_days: int | None) -> dict[str, int | float | bool | str | None]:
    """The fields of a freshness point."""
    return {
        "status": status,
        "status_code": STATUS_CODES[status],
        "reason": "stuck",
        "data_through": through,
        "expected_through": "2030-02",
        "periods_behind": {"late": 1, "stale": 3, "never": 2}.get(status, 0),
        "holes": 0,
        "heard_age_seconds": 60,
        "lag_seconds": None if lag_days is None else lag_days * DAY_SECONDS,
    }
