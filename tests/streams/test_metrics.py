"""What Prometheus reads: its own text format, labels from lists that are in code, and the page of documentation that names them all."""

from __future__ import annotations

import re

import pytest

from expectations.freshness.verdict import Status
from points.table import STAGES
from streams import clock
from streams.changes.problems import Problem
from streams.liveness import Signs
from streams.metrics import METRICS, Figures, exposition, markdown
from streams.settings import HERE
from streams.stats import Stats
from tests.streams import board_scene as scene
from tests.streams.board_client import Open

pytest_plugins = ("tests.streams.board_client",)

SAMPLE = re.compile(r'(?P<name>nhip_[a-z_]+)(?:\{(?P<label>[a-z]+)="(?P<value>[a-z_]+)"\})? (?P<number>-?[0-9.e+-]+)')


def worked() -> Stats:
    stats = Stats()
    stats.add("route", records=3, quarantined=1)
    stats.add("observe", records=2, rows=2, points=4)
    stats.reasons.update(["unknown_unit"])
    stats.took("route", 0.25)
    stats.gauge("route", lag=7, behind_ms=1_500)
    stats.gauge("write_points", sink_down=True)
    return stats


def figures(stats: Stats | None = None) -> Figures:
    now = clock.monotonic_seconds()
    return Figures(stats or worked(), scene.board(), Signs(now, now, now))


def samples(text: str) -> dict[tuple[str, str | None], float]:
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            sample = SAMPLE.fullmatch(line)
            assert sample is not None, line
            found[sample["name"], sample["value"]] = float(sample["number"])
    return found


@pytest.mark.parametrize(
    ("name", "label", "value"),
    [
        ("nhip_records_total", "route", 3),
        ("nhip_records_total", "observe", 2),
        ("nhip_points_total", "observe", 4),
        ("nhip_set_aside_total", "unknown_unit", 1),
        ("nhip_batches_total", "route", 1),
        ("nhip_batch_seconds_total", "route", 0.25),
        ("nhip_lag_records", None, 7),
        ("nhip_behind_seconds", None, 1.5),
        ("nhip_sink_down", None, 1),
        ("nhip_tick_timestamp_seconds", None, scene.NOW_MS / 1000),
    ],
)
def test_what_the_worker_knows_is_told_in_base_units(name: str, label: str | None, value: float) -> None:
    assert samples(exposition(figures()))[name, label] == value


def test_counters_go_on_when_the_points_of_an_interval_were_taken() -> None:
    """Those of `pipeline` are of an interval; Prometheus' counters never fall while the process lives."""
    stats = worked()
    stats.take("worker", 0)
    stats.add("route", records=1)
    assert samples(exposition(figures(stats)))["nhip_records_total", "route"] == 4


def test_every_feed_is_in_one_verdict() -> None:
    told = samples(exposition(figures()))
    assert sum(number for (name, _), number in told.items() if name == "nhip_feeds") == len(scene.board().feeds())


def test_labels_are_from_lists_that_are_in_code() -> None:
    """A hundred thousand unknown topics or units make no series more."""
    allowed: dict[str, set[str]] = {"stage": set(STAGES), "reason": {*Problem}, "status": {*Status}, "": set()}
    told = samples(exposition(figures()))
    for metric in METRICS:
        assert {value for (name, value), _ in told.items() if name == metric.name and value} <= allowed[metric.label]
    assert {metric.label for metric in METRICS} == set(allowed)


def test_every_metric_is_introduced_once_and_named_as_prometheus_wants_it() -> None:
    text = exposition(figures(Stats()))
    for metric in METRICS:
        assert text.count(f"# TYPE {metric.name} {metric.kind}\n") == 1
        assert metric.name.endswith("_total") == (metric.kind == "counter")


def test_the_page_of_documentation_holds_the_table() -> None:
    assert markdown() in (HERE / "docs" / "operating.md").read_text(encoding="utf-8"), "put `python -m streams.metrics` into operating.md"


async def test_the_page_serves_them(opened: Open) -> None:
    answer = await (await opened(metrics=lambda: exposition(figures()))).get("/metrics")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert samples(await answer.text())["nhip_lag_records", None] == 7


async def test_a_page_without_a_worker_has_none(opened: Open) -> None:
    assert (await (await opened()).get("/metrics")).status == 404
