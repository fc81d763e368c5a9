"""What `/metrics` tells Prometheus: one table of metrics, and its text format. `python -m streams.metrics` prints the table.

Rendered from the figures that the worker keeps anyway. Faust's own sensor for Prometheus labels by topic, partition and agent, without a
bound; here labels are stages, reasons and statuses: lists that are in code.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec

from streams import clock
from streams.board.view import BoardView
from streams.liveness import Signs
from streams.stats import Stats

Samples = Mapping[str, float]
"""Values by the label's value; "" without a label."""


class Figures(NamedTuple):
    """Where a worker keeps what is told. It is read from another thread, so everything that grows is copied before it is gone through."""

    stats: Stats
    board: BoardView
    signs: Signs


class Metric(msgspec.Struct, frozen=True):
    """One metric. `label` is the only one it has, "" for none; `read` gives its samples."""

    name: str
    kind: Literal["counter", "gauge"]
    label: str
    help: str
    read: Callable[[Figures], Samples]


def _total(count: str) -> Callable[[Figures], Samples]:
    """A count of what happened, by stage."""

    def read(f: Figures) -> Samples:
        split = ((name.partition("."), n) for name, n in list(f.stats.totals.items()))
        return {stage: n for (stage, _, what), n in split if what == count}

    return read


def _gauge(stage: str, field: str, scale: float = 1.0) -> Callable[[Figures], Samples]:
    """A present value of one stage; nothing before it was measured."""

    def read(f: Figures) -> Samples:
        value = f.stats.gauges.get(stage, {}).get(field)
        return {} if value is None else {"": value * scale}

    return read


def _feeds(f: Figures) -> Samples:
    return Counter("unknown" if view.verdict is None else str(view.verdict.status) for view in f.board.feeds())


def _tick(f: Figures) -> Samples:
    return {} if f.board.as_of_ms is None else {"": f.board.as_of_ms / 1000}


METRICS = (
    Metric("nhip_records_total", "counter", "stage", "Kafka records read", _total("records")),
    Metric("nhip_rows_total", "counter", "stage", "rows counted for their feeds", _total("rows")),
    Metric("nhip_points_total", "counter", "stage", "points made (observe) and stored (write_points)", _total("points")),
    Metric("nhip_checkpoints_total", "counter", "stage", "checkpoints of feed state", _total("checkpoints")),
    Metric("nhip_refused_points_total", "counter", "stage", "points that the store refused for good", _total("refused")),
    Metric("nhip_retries_total", "counter", "stage", "writes and sends tried again", _total("retries")),
    Metric("nhip_messages_sent_total", "counter", "stage", "messages sent to units", _total("sent")),
    Metric("nhip_messages_unsent_total", "counter", "stage", "messages that a channel refused for good", _total("unsent")),
    Metric("nhip_set_aside_total", "counter", "reason", "records set aside, by reason", lambda f: dict(f.stats.reasons)),
    Metric("nhip_batches_total", "counter", "stage", "batches worked", lambda f: dict(f.stats.batches)),
    Metric("nhip_batch_seconds_total", "counter", "stage", "seconds that batches took", lambda f: dict(f.stats.seconds)),
    Metric("nhip_lag_records", "gauge", "", "source records of this worker's partitions not read yet", _gauge("route", "lag")),
    Metric("nhip_behind_seconds", "gauge", "", "how far reading lies behind the present", _gauge("route", "behind_ms", 0.001)),
    Metric("nhip_sink_down", "gauge", "", "1 while the store of points is out of reach", _gauge("write_points", "sink_down")),
    Metric("nhip_rewinds_total", "counter", "", "batches that were lost on the way and fetched again", _gauge("worker", "rewinds")),
    Metric("nhip_memory_bytes", "gauge", "", "resident memory", _gauge("worker", "memory_bytes")),
    Metric(
        "nhip_loop_lag_seconds",
        "gauge",
        "",
        "longest hold-up of the event loop in half a minute",
        _gauge("worker", "loop_lag_ms", 0.001),
    ),
    Metric(
        "nhip_fetch_age_seconds",
        "gauge",
        "",
        "seconds since the fetch loop came round",
        lambda f: {"": clock.monotonic_seconds() - f.signs.fetched},
    ),
    Metric("nhip_tick_timestamp_seconds", "gauge", "", "when the last tick was sent, since the epoch", _tick),
    Metric("nhip_feeds", "gauge", "status", "feeds of the whole province by verdict, as this worker's page shows them", _feeds),
)


def exposition(f: Figures) -> str:
    """Everything in Prometheus' text format."""
    return "".join(line + "\n" for metric in METRICS for line in _lines(metric, metric.read(f)))


def _lines(metric: Metric, samples: Samples) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.help}"
    yield f"# TYPE {metric.name} {metric.kind}"
    for value, number in sorted(samples.items()):
        label = f'{{{metric.label}="{value}"}}' if metric.label else ""
        yield f"{metric.name}{label} {float(number)!r}"


def markdown() -> str:
    """The table as docs/operating.md holds it."""
    rows = (f"| `{m.name}` | {m.kind} | {f'`{m.label}`' if m.label else ''} | {m.help} |" for m in METRICS)
    return "\n".join(("| metric | kind | label | meaning |", "|---|---|---|---|", *rows)) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
