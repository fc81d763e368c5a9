"""Quality by reporting period: a month's rows, judged hour by hour in whatever batches, give what the suite says of all of them at once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.freshness.periods import Cadence
from expectations.quality.great import GreatSuite
from expectations.quality.mixed import MixedSuite
from expectations.quality.reading import read
from expectations.quality.suite import CheckState, SuiteState, merge
from streams.changes.wire import Changes, Row
from streams.feeds.observe import Observer, Outputs
from streams.feeds.period_quality import OPEN_PERIODS, PeriodQuality
from tests.streams.changes_province import COLUMNS, TAN_NINH, at, dataset
from tests.streams.feeds_scene import FEED, HOUR_MS, NOW, TOPIC, Scene, changes, lines, month, monthly, months, row, tick

OCTOBER_MS = at("2025-10-01T00:00")
CHECKS = read(
    {
        "name": "month",
        "expectations": [
            {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "ghi_chu", "mostly": 0.5}, "severity": "warning"},
            {"type": "expect_column_values_to_be_between", "kwargs": {"column": "so_tien", "min_value": 0, "max_value": 90}},
            {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "ghi_chu", "regex": "^[a-c]", "mostly": 0.6}},
        ],
    },
    [c.name for c in COLUMNS],
)


class JudgedScene(Scene):
    """An observer with a suite. Rows are judged when the checkpoint asks, as the worker does it."""

    def __init__(self, of: Any = None) -> None:
        self.suite = MixedSuite(CHECKS)
        super().__init__(of)

    def restart(self) -> None:
        checks = dict.fromkeys(self.catalogue.datasets, CHECKS)
        self.observer = Observer(self.catalogue, self.rules, 0, self.table.get, checks)

    def checkpoint(self) -> Outputs:
        wanted = self.observer.rows_to_judge()
        states = self.suite.of_many([[msgspec.json.decode(row) for row in rows] for _, _, rows in wanted])
        for (feed, slot, _), found in zip(wanted, states, strict=True):
            self.observer.add_quality(feed, slot, found)
        return super().checkpoint()


def judged(offset: int, body: dict[str, object], period: str = "2025-09", at_ms: int = NOW - HOUR_MS) -> Row:
    return Row(offset, "c", at_ms, at_ms, month(period), after=msgspec.json.encode(body))


def bodies(chance: random.Random, count: int) -> list[dict[str, object]]:
    """Rows that are good, bad and null; and one of a type that a check cannot judge."""
    texts, amounts = ["a", "bc", "x", None], [1, 50, 99, -1, None, 7.5]
    some: list[dict[str, object]] = [{"ghi_chu": chance.choice(texts), "so_tien": chance.choice(amounts)} for _ in range(count - 1)]
    return [*some, {"ghi_chu": "a", "so_tien": "x"}]


def told(points: Sequence[bytes]) -> dict[tuple[str, str], dict[str, str]]:
    """The last point of each period and check."""
    found = {}
    for line in lines(points, "quality_period"):
        check = next(tag[6:] for tag in line.head.split(",") if tag.startswith("check="))
        found[line.fields["period"].strip('"'), check] = line.fields
    return found


@settings(max_examples=3)
@given(seed=st.integers(0, 2**32))
def test_a_month_merged_from_hourly_states_is_the_suites_result_on_the_months_rows(seed: int) -> None:
    """Rows of September and October from two source partitions, hour by hour, with crashes after a checkpoint and replays in between.

    The oracle is Great Expectations, shown all rows of the month at once.
    """
    chance = random.Random(seed)
    scene, suite = JudgedScene(), GreatSuite(CHECKS)
    rows = {"2025-09": bodies(chance, 150), "2025-10": bodies(chance, 60)}
    arrivals = [(period, body) for period, some in rows.items() for body in some]
    chance.shuffle(arrivals)
    offsets, points = [0, 0], []
    hours = sorted(chance.sample(range(24 * 14), 8))
    for hour in hours:
        batch = [arrivals.pop() for _ in range(min(len(arrivals), chance.randrange(1, 50)))] if hour != hours[-1] else arrivals
        partition, at_ms = chance.randrange(2), OCTOBER_MS + hour * HOUR_MS
        made = [judged(offsets[partition] + n, body, period, at_ms + n) for n, (period, body) in enumerate(batch)]
        offsets[partition] += len(made)
        message = Changes(TOPIC, partition, {FEED: made})
        scene.take(message)
        if chance.random() < 0.3:
            scene.restart()  # before anything was written: the batch comes again
            scene.take(message)
        points += scene.after(tick(at_ms + HOUR_MS, at_ms)).points
        if chance.random() < 0.5:
            scene.restart()
            points += scene.after(message).points
    for period, some in rows.items():
        for result in suite.result(suite.of(some)):
            fields = told(points)[period, result.check]
            assert (fields["evaluated"], fields["missing"], fields["unexpected"]) == (
                f"{result.evaluated}i", f"{result.missing}i", f"{result.unexpected}i",
            )  # fmt: skip
            assert fields["success"] == str(result.success).lower()
            assert float(fields["ratio"]) == pytest.approx(result.ratio)


def test_a_periods_point_lies_at_its_beginning_and_a_rewrite_is_the_same_point() -> None:
    scene = JudgedScene()
    scene.after(tick(), changes(judged(0, {"ghi_chu": "a", "so_tien": 1})))
    out = scene.after(changes(judged(1, {"ghi_chu": "x", "so_tien": 1})))
    points = lines(out.points, "quality_period")
    assert {line.time_ms for line in points} == {at("2025-09-01T00:00")}
    assert {line.fields["evaluated"] for line in points} == {"2i"}


def test_only_the_periods_of_which_rows_came_are_written_again() -> None:
    scene = JudgedScene()
    scene.after(tick(), changes(judged(0, {"ghi_chu": "a"}, "2025-08"), judged(1, {"ghi_chu": "a"}, "2025-09")))
    out = scene.after(changes(judged(2, {"ghi_chu": "a"}, "2025-09")))
    assert {period for period, _ in told(out.points)} == {"2025-09"}
    assert told(scene.after(tick(NOW + HOUR_MS)).points) == {}


def test_a_period_outlives_its_windows() -> None:
    scene = JudgedScene()
    scene.after(tick(), changes(judged(0, {"ghi_chu": "a"}, at_ms=NOW - 48 * HOUR_MS)))
    scene.after(tick(NOW + HOUR_MS, NOW))
    out = scene.after(changes(judged(1, {"ghi_chu": "a"}, at_ms=NOW)))
    assert told(out.points)["2025-09", "ghi_chu.not_be_null"]["evaluated"] == "2i"
    assert {line.fields["evaluated"] for line in lines(out.points, "quality") if "not_be_null" in line.head} == {"1i"}


def test_a_period_that_is_past_before_it_was_written_is_not_written() -> None:
    """A snapshot of years in one batch: nothing is kept of the old ones, and "no rows" would be wrong."""
    scene = JudgedScene()
    years = [judged(n, {"ghi_chu": "a"}, f"{2023 + n // 12}-{n % 12 + 1:02}") for n in range(33)]
    written = {period for period, _ in told(scene.after(tick(), changes(*years)).points)}
    assert (min(written), max(written), len(written)) == ("2024-09", "2025-09", OPEN_PERIODS)


def test_a_continuous_feed_has_windows_and_no_period() -> None:
    scene = JudgedScene(dataset("bao-cao", Cadence.CONTINUOUS, units=(TAN_NINH,)))
    instant = Row(0, "c", NOW, NOW, NOW, after=b'{"ghi_chu":"a","so_tien":1}')
    out = scene.after(changes(instant), tick())
    assert lines(out.points, "quality_period") == []
    assert lines(out.points, "quality") != []
    assert lines(out.points, "scores")[0].fields["sach_ratio"] == "1.0"


class TestScores:
    def test_they_are_written_beside_the_feeds_freshness_point(self) -> None:
        scene = JudgedScene()
        good = [judged(n, {"ghi_chu": "a", "so_tien": 1}, at_ms=NOW - HOUR_MS) for n in range(3)]
        out = scene.after(tick(), changes(*good, judged(3, {"ghi_chu": None, "so_tien": 99})))
        (line,), (fresh,) = lines(out.points, "scores"), lines(out.points, "freshness")
        assert line.time_ms == fresh.time_ms
        assert {name: float(value) for name, value in line.fields.items() if name != "song_ratio"} == {
            "dung_ratio": 0.75,
            "du_ratio": 0.75,
            "sach_ratio": 1.0,
        }

    def test_a_feed_without_judged_rows_has_a_liveness_only(self) -> None:
        scene = JudgedScene(monthly())
        out = scene.after(changes(*months("2023-12", "2025-09")), tick())
        (line,) = lines(out.points, "scores")
        assert line.fields == {"song_ratio": "1.0"}

    def test_a_row_that_changes_nothing_writes_no_score_and_every_hour_does(self) -> None:
        """A series that ends reads as resolved; one that repeats itself with every row costs as much as the rows."""
        scene = JudgedScene(monthly())
        scene.after(changes(*months("2023-12", "2025-09")), tick())
        assert lines(scene.after(changes(row(50))).points, "scores") == []
        assert len(lines(scene.after(tick(NOW + HOUR_MS)).points, "scores")) == 1

    def test_a_feed_that_falls_behind_loses_its_liveness_at_once(self) -> None:
        scene = JudgedScene(monthly())
        scene.after(changes(*months("2023-12", "2025-08")), tick(at("2025-10-04T23:59")))
        (late,) = lines(scene.after(tick(at("2025-10-05T00:00"))).points, "scores")
        assert (scene.verdict().status, late.fields) == ("late", {"song_ratio": "0.5"})


STATES = st.builds(
    lambda rows, bad, kinds: SuiteState(rows, {kind: CheckState(rows, 0, min(bad, rows)) for kind in sorted(kinds)}),
    st.integers(0, 10**6), st.integers(0, 10**6), st.just(("a", "b")),
)  # fmt: skip


class TestKept:
    @settings(max_examples=60)
    @given(st.lists(st.tuples(st.integers(24_000, 24_030), STATES), max_size=40), st.randoms())
    def test_what_is_kept_does_not_depend_on_the_order_of_arrival(self, parts: list[tuple[int, SuiteState]], chance: random.Random) -> None:
        kept = []
        for _ in range(2):
            quality = PeriodQuality()
            for period, found in parts:
                quality.add(period, found)
            kept.append({period: quality.of(period) for period in sorted(quality.counts)})
            chance.shuffle(parts)
        assert kept[0] == kept[1]
        assert len(kept[0]) <= OPEN_PERIODS

    @pytest.mark.parametrize(("back", "is_open"), [(OPEN_PERIODS - 1, True), (OPEN_PERIODS, False)])
    def test_a_period_is_open_until_it_is_thirteen_behind_the_newest(self, back: int, is_open: bool) -> None:
        quality, found = PeriodQuality(), SuiteState(1, {"a": CheckState(1)})
        quality.add(100, found)
        assert quality.add(100 - back, found) is is_open
        assert (quality.of(100 - back) == found) is is_open

    def test_a_newer_period_lets_go_of_the_oldest_only(self) -> None:
        quality, found = PeriodQuality(), SuiteState(1, {"a": CheckState(1)})
        for period in range(100, 100 + OPEN_PERIODS + 1):
            quality.add(period, found)
        assert sorted(quality.counts) == list(range(101, 101 + OPEN_PERIODS))

    def test_another_suite_keeps_the_checks_that_are_still_there(self) -> None:
        quality = PeriodQuality()
        quality.add(1, SuiteState(2, {"a": CheckState(2, 1), "b": CheckState(2)}))
        quality.add(1, SuiteState(3, {"c": CheckState(3), "a": CheckState(3, 0, 1)}))
        assert quality.of(1) == SuiteState(5, {"c": CheckState(3), "a": CheckState(5, 1, 1)})

    def test_it_is_small(self) -> None:
        """A year of months of eight checks at a million rows a month: names once, numbers as they are long."""
        names = [f"mot_cot_nao_do_{n}.not_be_null" for n in range(8)]
        quality = PeriodQuality()
        for period in range(OPEN_PERIODS):
            quality.add(period, SuiteState(10**6, {name: CheckState(10**6, 10**3, 10**3) for name in names}))
        assert len(msgspec.msgpack.encode(quality)) < 2_200

    @given(st.lists(STATES, max_size=10))
    def test_of_a_period_is_the_merge_of_its_parts(self, parts: list[SuiteState]) -> None:
        quality, whole = PeriodQuality(), SuiteState()
        for found in parts:
            quality.add(7, found)
            whole = merge(whole, found)
        assert quality.of(7) == whole
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(quality), type=PeriodQuality) == quality
