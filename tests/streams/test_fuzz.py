"""A small form of `python -m bench.fuzz`: hostile records go all the way to points, and nothing breaks or gets out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench import fuzz
from bench.hostile import CANARIES, LARGE_BYTES, Fuzzed, Hostile
from streams.changes.problems import Problem
from tests.streams.changes_province import at

NOW = at("2026-11-20T08:00")
EVENTS = 6_000
FEEDS = 20


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> fuzz.Fuzz:
    """What came out of some thousand hostile records."""
    catalogue = fuzz.write_catalogue(tmp_path_factory.mktemp("fuzz"), FEEDS)
    return fuzz.run(catalogue, Hostile(7, FEEDS, NOW), EVENTS, NOW, suites=False, progress=False)[0]


def test_every_hostile_record_is_counted_once_or_quarantined_with_a_reason(fuzzed: fuzz.Fuzz) -> None:
    assert fuzzed.counts.total() == EVENTS
    problems = Counter({reason: n for reason, n in fuzzed.counts.items() if reason in set(Problem)})
    assert problems.total() == fuzzed.outputs["quarantined"]
    assert len(problems) >= 8, "the records are hostile in many ways"


def test_the_good_rows_among_them_are_counted(fuzzed: fuzz.Fuzz) -> None:
    assert fuzzed.outputs["rows"] > EVENTS / 10


def test_series_are_bounded_by_the_catalogue_however_many_units_are_named(fuzzed: fuzz.Fuzz) -> None:
    """Of each feed: freshness, volume, and a transition for each status."""
    assert 0 < len(fuzzed.series) <= FEEDS * (1 + 1 + 7)


@pytest.mark.parametrize("canary", CANARIES)
def test_the_canary_scan_sees_a_canary(canary: str) -> None:
    """A scan that finds nothing must be able to find something."""
    with pytest.raises(fuzz.Found, match="points shows"):
        fuzz._no_canary([b"volume x=1", f"volume x={canary}".encode()], "points")


def test_a_record_of_ten_megabytes_is_set_aside_and_its_neighbours_are_not(tmp_path: Path) -> None:
    hostile, found = Hostile(1, FEEDS, NOW), fuzz.Fuzz(fuzz.write_catalogue(tmp_path, FEEDS), suites=False)
    values = [hostile.good(), hostile.large(), hostile.good()]
    assert len(values[1]) > LARGE_BYTES * 9 // 10
    found.route(fuzz.TOPIC, [Fuzzed(0, n, NOW, None, value, "") for n, value in enumerate(values)], NOW)
    assert found.counts == {Problem.OVERSIZED: 1, "change": 2}


def test_a_hundred_thousand_unknown_topics_cost_no_memory_to_speak_of(tmp_path: Path) -> None:
    found = fuzz.Fuzz(fuzz.write_catalogue(tmp_path, 1), suites=False)
    assert fuzz.unknown_topics(found, Hostile(1, 1, NOW), NOW) < 20_000_000
    assert found.counts.total() == fuzz.UNKNOWN_TOPICS
