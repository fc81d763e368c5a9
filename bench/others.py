"""The rules of others, as small pure functions: when each would accuse one feed, given what it saw of it.

Each takes sightings in the order in which they could be seen and returns half-open spans of ms. Nothing is accused before `start_ms`,
from which on the rule is switched on, and nothing after `end_ms`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

import msgspec

Spans = list[tuple[int, int]]


class Sight(msgspec.Struct, frozen=True):
    """One record of a feed: when it could be seen, Debezium's letter, and the end of the period (or the instant) that the row carries."""

    at_ms: int
    op: str
    business_ms: int


def soda_freshness(sights: Iterable[Sight], threshold_ms: int, start_ms: int, end_ms: int) -> Spans:
    """`freshness(column) < threshold`: fails while `now - max(column)` is more than the threshold, and while there are no rows.

    Source: soda-core, soda/core/soda/execution/check/freshness_check.py, `FreshnessCheck.evaluate` (SodaCL's freshness check).
    """
    found: list[tuple[int, int]] = []
    newest, stale_from_ms = None, start_ms
    for sight in sights:
        if sight.op == "d" or (newest is not None and sight.business_ms <= newest):
            continue
        found.append((stale_from_ms, sight.at_ms))
        newest = sight.business_ms
        stale_from_ms = max(sight.at_ms, newest + threshold_ms + 1)
    return within([*found, (stale_from_ms, end_ms)], start_ms, end_ms)


def healthchecks_cron(sights: Iterable[Sight], ticks_ms: Sequence[int], grace_ms: int, start_ms: int, end_ms: int) -> Spans:
    """Cron and grace: down once the grace has passed after the first tick of the schedule that follows the last ping; new before any.

    Source: healthchecks, hc/api/models.py, `Check.get_grace_start` and `going_down_after`. A ping is a row that was inserted or read.
    """
    found: list[tuple[int, int]] = []
    down_from_ms: int | None = None
    for sight in sights:
        if sight.op not in {"c", "r"}:
            continue
        if down_from_ms is not None:
            found.append((down_from_ms, sight.at_ms))
        following = bisect_right(ticks_ms, sight.at_ms)
        down_from_ms = ticks_ms[following] + grace_ms if following < len(ticks_ms) else end_ms
    return within([*found, (end_ms if down_from_ms is None else down_from_ms, end_ms)], start_ms, end_ms)


def dagster_cron(sights: Sequence[Sight], ticks_ms: Sequence[int], lower_bound_ms: int, start_ms: int, end_ms: int) -> Spans:
    """Cron freshness policy: fails while the last materialization is older than the last deadline less the lower bound.

    Unknown, and so never accused, without any. Source: dagster, dagster/_core/definitions/freshness_evaluator.py,
    `CronFreshnessPolicyEvaluator`. A materialization is a row that was inserted or read.
    """
    made = [sight.at_ms for sight in sights if sight.op in {"c", "r"}]
    found: list[tuple[int, int]] = []
    for tick_ms, next_ms in zip(ticks_ms, [*ticks_ms[1:], end_ms], strict=True):
        at = bisect_right(made, tick_ms)
        if at and made[at - 1] < tick_ms - lower_bound_ms:
            found.append((tick_ms, min(next_ms, made[at]) if at < len(made) else next_ms))
    return within(found, start_ms, end_ms)


def influxdb_deadman(sights: Iterable[Sight], quiet_ms: int, start_ms: int, end_ms: int) -> Spans:
    """Deadman: dead while the newest row of the series is older than `now - quiet`; a series that never was is in no table.

    Source: InfluxDB, Flux standard library, influxdata/influxdb/monitor `deadman()`. Every change event is a row of the series.
    """
    found: list[tuple[int, int]] = []
    last_ms: int | None = None
    for sight in sights:
        if last_ms is not None:
            found.append((last_ms + quiet_ms, sight.at_ms))
        last_ms = sight.at_ms
    return within([*found, *([] if last_ms is None else [(last_ms + quiet_ms, end_ms)])], start_ms, end_ms)


def within(spans: Iterable[tuple[int, int]], start_ms: int, end_ms: int) -> Spans:
    """The spans between two instants, those that touch as one: one accusation, not two."""
    return list(_joined((max(a, start_ms), min(b, end_ms)) for a, b in spans if max(a, start_ms) < min(b, end_ms)))


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    held: tuple[int, int] | None = None
    for a, b in spans:
        if held is not None and a <= held[1]:
            held = (held[0], max(b, held[1]))
            continue
        if held is not None:
            yield held
        held = (a, b)
    if held is not None:
        yield held
