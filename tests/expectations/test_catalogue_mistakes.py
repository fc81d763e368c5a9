"""Every mistake is found, all at once, with file, path, what is wrong and what is allowed; and what is right is left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from expectations.catalogue.check import check, format_mistakes
from tests.expectations.test_catalogue_another_province import CODES, CONTRACT, DEPARTMENTS, PROVINCE, SUITE, UNITS, WORKDAYS, write

C = "contracts/tiem-chung.yaml"
S = "suites/tiem-chung.json"
TEXT_OF = {
    "units.csv": UNITS,
    "departments.csv": DEPARTMENTS,
    "codes.csv": CODES,
    "workdays.csv": WORKDAYS,
    "province.yaml": PROVINCE,
    C: CONTRACT,
}
SLA = "slaProperties:"
DUE = "{property: due, value: 20, unit: dayOfMonth}"


def test_a_right_catalogue_has_no_mistakes(tmp_path: Path) -> None:
    assert check(write(tmp_path)) == []


# name: (file, what is there, what is written instead, path of the mistake, a part of the problem, a part of what is allowed)
CHANGES = {
    "a unit twice": ("units.csv", "00700,Xã", "00688,Xã", "line 3, code", "00688 is there twice", "one line a unit"),
    "a code of four digits": ("units.csv", "00700,", "0700,", "line 3, code", "'0700'", "5 digits"),
    "no address": ("units.csv", "dv@hagiang.example", "dv", "line 3, email", "'dv' is not an address", "name@domain"),
    "no name": ("units.csv", "Xã Đồng Văn", "", "line 3, name_vi", "empty", "name"),
    "a day that is none": ("units.csv", "2026-01-01", "1/1/2026", "line 2, valid_from", "'1/1/2026' is not a day", "YYYY-MM-DD"),
    "an end before the beginning": (
        "units.csv",
        "2026-01-01,,",
        "2026-01-01,2025-01-01,",
        "line 2, valid_to",
        "before valid_from",
        "last day",
    ),
    "a comma in a cell": ("units.csv", "Xã Đồng Văn,", "Xã Đồng, Văn,", "line 3", "more cells", "double quotes"),
    "a column too many": ("units.csv", ",contact", ",contact,colour", "line 1", "unknown column 'colour'", "columns: code"),
    "a slug with capitals": ("departments.csv", "so-thue", "So-Thue", "line 3, id", "'So-Thue' is not a slug", "lower-case"),
    "a successor that is no unit": ("codes.csv", "00688", "00999", "line 2, new_code", "'00999'", "units.csv"),
    "an extent of its own": ("codes.csv", "whole", "half", "line 2, extent", "'half'", "whole, part"),
    "an old code without an end": ("codes.csv", "2025-12-31", "", "line 2, valid_to", "''", "last day of the old code"),
    "an old code still in force beside the unit": (
        "codes.csv",
        "00691,",
        "00700,",
        "line 2, valid_to",
        "also the unit Xã Đồng Văn",
        "ends before",
    ),
    "an unknown status of a day": ("workdays.csv", "check", "maybe", "line 3, status", "'maybe'", "work, off, check"),
    "a day twice": ("workdays.csv", "2026-11-24", "2026-01-10", "line 3, date", "there twice", "one line a day"),
    "an unknown time zone": ("province.yaml", "Asia/Tokyo", "Asia/Hanoi", "timezone", "'Asia/Hanoi'", "IANA"),
    "an unknown language": ("province.yaml", "language: en", "language: fr", "language", "'fr'", "'vi' or 'en'"),
    "an unknown key of the province": ("province.yaml", "id: ha-giang", "id: ha-giang\nisland: true", "island", "unknown key", ""),
    "a key said twice": (C, "version: 2.1.0", "version: 2.1.0\nversion: 2.2.0", "line 7", "'version' is there twice", "once"),
    "not YAML": (C, "status: active", "status: [active", "line ", "not YAML", "YAML"),
    "an unknown standard": (C, "v3.0.2", "v2.2.0", "apiVersion", "'v2.2.0'", "'v3.1.0'"),
    "an unknown status": (C, "status: active", "status: on", "status", "True", "'active'"),
    "a misspelt key": (C, SLA, "slaPropertys:", "slaPropertys", "unknown key", "customProperties"),
    "an id that is not the file's name": (C, "id: tiem-chung", "id: tiem", "id", "'tiem' in the file tiem-chung.yaml", "file's name"),
    "an unknown owner": (C, "name: so-y-te", "name: so-khac", "team.name", "no department 'so-khac'", "departments.csv"),
    "a commune as owner": (C, "name: so-y-te", 'name: "00688"', "team.name", "no department '00688'", "departments.csv"),
    "an unknown cadence": (C, "value: monthly", "value: hourly", "slaProperties[0].value", "unknown cadence 'hourly'", "continuous, daily"),
    "an impossible day of the month": (C, "value: 20", "value: 32", "slaProperties[1].value", "32", "from 1 to 31"),
    "a due rule the cadence cannot have": (
        C,
        "value: monthly",
        "value: daily",
        "slaProperties[1].unit",
        "dayOfMonth is impossible",
        "hour, day, workingDay",
    ),
    "a due rule without a unit": (C, DUE, "{property: due, value: 20}", "slaProperties[1].unit", "unit None of due", "dayOfMonth"),
    "no due rule": (C, f"  - {DUE}\n", "", "slaProperties", "no property 'due'", "due:"),
    "a number that is a boolean": (C, "value: 20", "value: true", "slaProperties[1].value", "True", "whole number"),
    "a first due day that is none": (C, '"2024-02-01"', '"2024-02-30"', "slaProperties[2].value", "2024-02-30 is not", "YYYY-MM-DD"),
    "a first due day without quotes": (
        C,
        '"2024-02-01"',
        "2024-02-01",
        "slaProperties[2].value",
        "2024-02-01 is not possible",
        "in quotes",
    ),
    "a list as a value": (C, "value: monthly", "value: [monthly]", "slaProperties[0].value", "unknown cadence ['monthly']", "continuous"),
    "a key that is a list": (C, "version: 2.1.0", "[a]: 1", "line ", "a key is not a text", "YAML"),
    "a version that is a number": (C, "version: 2.1.0", "version: 2.1", "version", "2.1 is not possible", "string"),
    "an unknown promise": (
        C,
        SLA,
        f"{SLA}\n  - {{property: latency, value: 4, unit: d}}",
        "slaProperties[0].property",
        "'latency'",
        "cadence, monthStartsOn",
    ),
    "a promise twice": (C, SLA, f"{SLA}\n  - {{property: cadence, value: daily}}", "slaProperties[1].property", "there twice", "once"),
    "an unknown slice": (
        C,
        SLA,
        f'{SLA}\n  - {{property: slices, value: "00688,00123", element: xa}}',
        "slaProperties[0].value",
        "no unit '00123'",
        "communes",
    ),
    "slices of no column": (
        C,
        SLA,
        f"{SLA}\n  - {{property: slices, value: communes}}",
        "slaProperties[0].element",
        "no column None",
        "xa, thang",
    ),
    "a slice ratio without slices": (
        C,
        SLA,
        f"{SLA}\n  - {{property: sliceRatio, value: 0.9}}",
        "slaProperties[0].value",
        "no slices",
        "`slices`",
    ),
    "a slice ratio above one": (
        C,
        SLA,
        f"{SLA}\n  - {{property: sliceRatio, value: 1.1}}\n  - {{property: slices, value: communes, element: xa}}",
        "slaProperties[0].value",
        "1.1",
        "to 1",
    ),
    "a unit nobody knows": (
        C,
        "value: communes",
        'value: ["00688", "00999"]',
        "customProperties[1].value[1]",
        "no unit '00999'",
        "units.csv",
    ),
    "a code that YAML read as a number": (
        C,
        "value: communes",
        "value: [25459]",
        "customProperties[1].value[0]",
        "25459 is a number",
        "quotes",
    ),
    "a suspended unit that does not owe": (
        C,
        "customProperties:\n  - {property: nameEn",
        "customProperties:\n  - {property: suspendedUnits, value: [so-thue]}\n  - {property: nameEn",
        "customProperties[0].value",
        "so-thue does not owe",
        "owe",
    ),
    "nobody owes": (C, "  - {property: units, value: communes}\n", "", "customProperties", "no property 'units'", "Who owes"),
    "a custom property nobody reads": (C, "property: nameEn", "property: nameFr", "customProperties[0].property", "'nameFr'", "nameEn"),
    "a pattern that is none": (C, "'[a-z]+", "'[a-z+", "schema[0].customProperties[0].value", "not a regular expression", "re"),
    "a pattern that misses its example": (
        C,
        "tiem\\.mui",
        "tiem\\.lieu",
        "schema[0].customProperties[1].value[0]",
        "does not match",
        "topics of",
    ),
    "a personal unit column": (C, "value: xa}", "value: ho_ten}", "schema[0].customProperties[2].value", "'ho_ten' is personal", "public"),
    "a personal period column": (
        C,
        "value: thang}",
        "value: ho_ten}",
        "schema[0].customProperties[3].value",
        "'ho_ten' is personal",
        "public",
    ),
    "a personal slice column": (
        C,
        SLA,
        f"{SLA}\n  - {{property: slices, value: communes, element: ho_ten}}",
        "slaProperties[0].element",
        "'ho_ten' is personal",
        "public",
    ),
    "a period column that is not there": (
        C,
        "value: thang}",
        "value: ngay}",
        "schema[0].customProperties[3].value",
        "no column 'ngay'",
        "xa, thang",
    ),
    "a column twice": (C, "name: so_mui", "name: xa", "schema[0].properties[3].name", "'xa' is there twice", "once"),
    "an unknown type": (C, "logicalType: integer", "logicalType: int", "schema[0].properties[3].logicalType", "'int'", "'integer'"),
    "no classification": (
        C,
        ", classification: internal",
        "",
        "schema[0].properties[3].classification",
        "None",
        "public, internal, personal",
    ),
    "a classification of its own": (
        C,
        "classification: internal",
        "classification: secret",
        "schema[0].properties[3].classification",
        "'secret'",
        "personal",
    ),
    "a suite that is not there": (C, S, "suites/tiem.json", "customProperties[2].value", "no file 'suites/tiem.json'", "suites"),
    "a suite outside the folder": (C, S, "../tiem.json", "customProperties[2].value", "outside the catalogue", "inside"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_one_mistake_is_told_once_and_where_it_is(tmp_path: Path, change: tuple[str, str, str, str, str, str]) -> None:
    assert_told_once(tmp_path, change)


def assert_told_once(tmp_path: Path, change: tuple[str, str, str, str, str, str]) -> None:
    """Make one change to the little province: the only mistake is the one that it names."""
    file, there, instead, path, problem, allowed = change
    assert there in TEXT_OF[file]
    found = check(write(tmp_path, {file: TEXT_OF[file].replace(there, instead, 1)}))
    told = [m for m in found if m.file == file and m.path.startswith(path) and problem in m.problem and allowed in m.allowed]
    assert len(told) == 1, format_mistakes(found)
    assert {m.file for m in found} == {file}, format_mistakes(found)


def _suite(**changes: Any) -> str:
    return json.dumps({**SUITE, "expectations": [{**SUITE["expectations"][0], **changes}, SUITE["expectations"][1]]})  # type: ignore[index] # JSON by hand


SUITES = {
    "not JSON": ("{", "", "not JSON", "JSON"),
    "not a suite": ("[]", "", "a suite is a JSON object", ""),
    "no checks": (json.dumps({"name": "x", "expectations": []}), "expectations", "no checks", "at least one"),
    "an unknown column": (_suite(kwargs={"column": "so_lieu"}), "expectations[0]", "'so_lieu' is no column", "so_mui"),
    "an unknown expectation": (
        _suite(type="expect_column_to_shine"),
        "expectations[0]",
        "'expect_column_to_shine'",
        "expect_column_values_to_not_be_null",
    ),
    "no dimension": (_suite(meta={}), "expectations[0].meta.dimension", "missing", "dung, du, sach"),
    "the dimension of verdicts": (_suite(meta={"dimension": "song"}), "expectations[0]", "'song'", "dung, du, sach"),
    "a check of all rows that blocks": (
        _suite(type="expect_column_values_to_be_unique", meta={"dimension": "du", "blocking": True}),
        "expectations[0].meta.blocking",
        "no single row breaks it",
        "false",
    ),
    "blocking that is not a boolean": (
        _suite(meta={"dimension": "du", "blocking": "yes"}),
        "expectations[0].meta.blocking",
        "'yes'",
        "true, false",
    ),
    "an unknown severity": (_suite(severity="bad"), "expectations[0]", "'bad'", "critical"),
    "an argument it does not take so": (
        _suite(kwargs={"column": "so_mui", "mostly": 2}),
        "expectations[0]",
        "mostly is not possible",
        "a number from 0 to 1",
    ),
    "an argument that only Great Expectations judges": (
        _suite(type="expect_column_values_to_match_strftime_format", kwargs={"column": "so_mui", "strftime_format": "%Q"}),
        "expectations[0].kwargs",
        "Great Expectations refuses",
        "arguments",
    ),
}


@pytest.mark.parametrize(("text", "path", "problem", "allowed"), SUITES.values(), ids=SUITES)
def test_a_suite_that_cannot_be_used_is_told(tmp_path: Path, text: str, path: str, problem: str, allowed: str) -> None:
    found = check(write(tmp_path, {S: text}))
    assert any(m.file == S and m.path == path and problem in m.problem and allowed in m.allowed for m in found), format_mistakes(found)
    assert {m.file for m in found} == {S}
