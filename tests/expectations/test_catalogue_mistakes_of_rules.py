"""Mistakes in row images, changing rules, the law's own due, working hours and the calendar: each told once, and where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.expectations.test_catalogue_another_province import WORKDAYS
from tests.expectations.test_catalogue_mistakes import SLA, C, S, assert_told_once

CHANGES = {
    "images that nobody knows": (
        C,
        f"value: {S}}}",
        f"value: {S}}}\n  - {{property: beforeImages, value: keys}}",
        "customProperties[3].value",
        "'keys' is not possible",
        "full",
    ),
    "images that no suite judges": (
        C,
        f"property: suite, value: {S}",
        "property: beforeImages, value: full",
        "customProperties[2].value",
        "no suite",
        "a suite as well",
    ),
    "a driver that nobody has": (
        C,
        "unit: dayOfMonth}",
        "unit: dayOfMonth, driver: analytics}",
        "slaProperties[1].driver",
        "'analytics' of due",
        "operational, regulatory",
    ),
    "a change without quotes": (
        C,
        SLA,
        f"{SLA}\n  - {{property: due, value: 5, unit: dayOfMonth, valueExt: 2026}}",
        "slaProperties[0].valueExt",
        "2026 of due",
        "in quotes",
    ),
    "a change of what cannot change": (
        C,
        '"2024-02-01"',
        '"2024-02-01", valueExt: "2026-01-01"',
        "slaProperties[2].valueExt",
        "'2026-01-01' of firstDue",
        "no valueExt",
    ),
    "a changed due that is impossible": (
        C,
        SLA,
        f'{SLA}\n  - {{property: due, value: 40, unit: dayOfMonth, valueExt: "2026-01-01"}}',
        "slaProperties[0].value",
        "40 is not possible",
        "from 1 to 31",
    ),
    "a day before which nothing is": (
        C,
        "value: 20, unit: dayOfMonth",
        "value: 32, unit: workingDayBefore",
        "slaProperties[1].value",
        "32",
        "31",
    ),
    "hours that overlap": (
        C,
        SLA,
        f'{SLA}\n  - {{property: workingHours, value: "07:30-12:00, 11:00-17:00"}}',
        "slaProperties[0].value",
        "07:30-12:00",
        "07:30-11:30",
    ),
    "a share of the usual that is none": (
        C,
        SLA,
        f"{SLA}\n  - {{property: usualShare, value: 1.2}}",
        "slaProperties[0].value",
        "1.2 is not possible",
        "more than 0",
    ),
    "rows counted by a column that is not there": (
        C,
        SLA,
        f"{SLA}\n  - {{property: minRows, value: 3, element: truong}}",
        "slaProperties[0].element",
        "no column 'truong'",
        "xa, thang",
    ),
    "hours of the province that are none": (
        "province.yaml",
        "language: en",
        "language: en\nworkingHours: from eight",
        "workingHours",
        "not working hours",
        "13:30-17:00",
    ),
    "a day of a unit that is none": (
        "workdays.csv",
        WORKDAYS,
        "date,status,reason,unit\n2026-01-02,off,flood,99999\n",
        "line 2, unit",
        "no unit '99999'",
        "units.csv",
    ),
    "a working day announced too late": (
        "workdays.csv",
        WORKDAYS,
        "date,status,reason,known_on\n2026-01-10,work,exchanged,2026-01-12\n",
        "line 2, known_on",
        "2026-01-12 is after the day",
        "before it came",
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_mistake_of_a_rule_is_told_once_and_where_it_is(tmp_path: Path, change: tuple[str, str, str, str, str, str]) -> None:
    assert_told_once(tmp_path, change)
