"""workdays.csv as a history: days of everybody and of one unit, and what was known when."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from expectations.catalogue.load import Catalogue, load
from tests.expectations.test_catalogue_another_province import write

DAYS = """date,status,reason,unit,known_on
2026-03-03,off,exchanged,,2026-02-20
2026-03-07,work,exchanged,,2026-02-20
2026-03-04,off,flood,00688,2026-03-05
"""
DATASET = "tiem-chung"


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return load(write(tmp_path_factory.mktemp("province"), {"workdays.csv": DAYS}))


def test_a_units_own_day_is_off_for_that_unit_alone(province: Catalogue) -> None:
    own, other = (province.schedule_of(unit, DATASET).workdays for unit in ("00688", "00700"))
    assert not own.is_workday(date(2026, 3, 4))
    assert other.is_workday(date(2026, 3, 4))
    assert not own.is_workday(date(2026, 3, 3)), "everybody's days off are its own as well"
    assert other is province.workdays


def test_units_without_days_of_their_own_share_one_schedule(province: Catalogue) -> None:
    assert province.schedule_of("00700", DATASET) is province.schedules[DATASET]
    assert province.schedule_of("00688", DATASET) is province.schedule_of("00688", DATASET)


@pytest.mark.parametrize(
    ("known_on", "exchanged", "flooded"),
    [
        pytest.param(date(2026, 2, 19), False, False, id="the day before the announcement"),
        pytest.param(date(2026, 2, 20), True, False, id="the day of the announcement"),
        pytest.param(date(2026, 3, 5), True, True, id="when the flood was known"),
    ],
)
def test_the_calendar_can_be_had_as_it_was_known_on_a_day(province: Catalogue, known_on: date, exchanged: bool, flooded: bool) -> None:
    then = province.as_known_on(known_on)
    assert then.workdays.is_workday(date(2026, 3, 7)) is exchanged
    assert then.schedule_of("00688", DATASET).workdays.is_workday(date(2026, 3, 4)) is not flooded
    assert province.workdays.is_workday(date(2026, 3, 7)), "the catalogue in use stays as it is"


def test_the_file_of_three_columns_is_as_good_as_ever(tmp_path: Path) -> None:
    assert load(write(tmp_path)).workdays.is_workday(date(2026, 1, 10))
