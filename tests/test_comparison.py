"""The rules of others as their sources have them, and the choice of their settings."""

from __future__ import annotations

import pytest

from bench.comparison import BEGIN, END, PAGE, RULES, Tallies, Tally, best, share, with_tables
from bench.others import Sight, Spans, dagster_cron, healthchecks_cron, influxdb_deadman, soda_freshness, within
from streams.province.kinds import KINDS

START, STOP = 0, 1000


def rows(*at: tuple[int, int], op: str = "c") -> list[Sight]:
    return [Sight(at_ms, op, business_ms) for at_ms, business_ms in at]


@pytest.mark.parametrize(
    ("sights", "found"),
    [
        (rows(), [(0, 1000)]),
        (rows((10, 10)), [(0, 10), (61, 1000)]),
        (rows((10, 10), (60, 60)), [(0, 10), (111, 1000)]),
        (rows((10, 10), (70, 70)), [(0, 10), (61, 70), (121, 1000)]),
        (rows((10, 10), (55, 5)), [(0, 10), (61, 1000)]),
        (rows((10, 99_999)), [(0, 10)]),
        (rows((10, 10)) + rows((60, 60), op="d"), [(0, 10), (61, 1000)]),
    ],
    ids=["no rows fail", "more than the threshold", "in time", "too late", "old rows", "one typo is fresh for ever", "deletes add nothing"],
)
def test_soda_fails_while_the_newest_row_is_older_than_the_threshold(sights: list[Sight], found: Spans) -> None:
    assert soda_freshness(sights, 50, START, STOP) == found


@pytest.mark.parametrize(
    ("sights", "found"),
    [
        (rows(), []),
        (rows((150, 0)), [(230, 1000)]),
        (rows((150, 0), (229, 0)), [(330, 1000)]),
        (rows((150, 0), (250, 0)), [(230, 250), (330, 1000)]),
        (rows((200, 0)), [(330, 1000)]),
        (rows((150, 0)) + rows((210, 0), op="u"), [(230, 1000)]),
    ],
    ids=["new is never down", "the tick after the ping and the grace", "in grace", "late", "a ping at a tick", "a change is no ping"],
)
def test_healthchecks_is_down_when_the_grace_after_the_next_tick_is_over(sights: list[Sight], found: Spans) -> None:
    assert healthchecks_cron(sights, [100, 200, 300], 30, START, STOP) == found


@pytest.mark.parametrize(
    ("sights", "found"),
    [
        (rows(), []),
        (rows((80, 0), (170, 0)), [(300, 1000)]),
        (rows((69, 0), (170, 0)), [(100, 170), (300, 1000)]),
        (rows((70, 0), (270, 0)), [(200, 270)]),
        (rows((70, 0), (205, 0)), [(200, 205), (300, 1000)]),
    ],
    ids=["unknown without any", "in the window", "just too early", "at the bound", "late, and too early for the next"],
)
def test_dagster_fails_after_a_deadline_without_a_materialization_in_its_window(sights: list[Sight], found: Spans) -> None:
    assert dagster_cron(sights, [100, 200, 300], 30, START, STOP) == found


@pytest.mark.parametrize(
    ("sights", "found"),
    [
        (rows(), []),
        (rows((100, 0)), [(150, 1000)]),
        (rows((100, 0), (150, 0)), [(200, 1000)]),
        (rows((100, 0)) + rows((140, 0), op="d"), [(190, 1000)]),
    ],
    ids=["what never was is no series", "quiet", "just in time", "any event is life"],
)
def test_deadman_is_dead_when_nothing_came_for_too_long(sights: list[Sight], found: Spans) -> None:
    assert influxdb_deadman(sights, 50, START, STOP) == found


def test_no_rule_accuses_before_it_is_switched_on_or_twice_at_once() -> None:
    assert within([(-5, 10), (10, 20), (15, 30), (40, 40), (990, 2000)], 5, STOP) == [(5, 30), (990, 1000)]


def test_each_dataset_gets_the_setting_that_makes_the_fewest_mistakes_over_all_seeds() -> None:
    def tally(missed: int, wrong: int) -> Tally:
        found = Tally()
        found.missed["late"], found.wrong["none"] = missed, wrong
        return found

    one: Tallies = {
        ("soda", 0, "x"): tally(0, 1),
        ("soda", 1, "x"): tally(2, 0),
        ("soda", 0, "y"): tally(9, 0),
        ("soda", 1, "y"): tally(0, 0),
    }
    two: Tallies = {("soda", 0, "x"): tally(0, 3), ("soda", 1, "x"): tally(1, 0)}
    chosen = best([one, two])["soda"]
    assert (chosen.missed["late"], chosen.wrong["none"]) == (3, 0)


def test_only_all_of_them_is_a_hundred_percent() -> None:
    assert (share(3, 3), share(9_999, 10_000), share(0, 3), share(0, 0)) == ("100 %", "99.9 %", "0 %", "–")


def test_the_page_holds_the_tables_of_every_rule_and_kind() -> None:
    page = PAGE.read_text(encoding="utf-8")
    tables = page.partition(BEGIN)[2].partition(END)[0]
    assert all(name in tables for name in RULES.values())
    assert all(f"| `{name}` |" in tables for name, kind in KINDS.items() if kind.needs is None)
    assert with_tables(page, tables) == page
