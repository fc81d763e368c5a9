"""Every mistake is found, all at once, with file, path, what is wrong and what is allowed; and what is right is left alone."""

from __future__ import annotations

import json
import random
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.catalogue.check import check, format_mistakes
from expectations.catalogue.draft import read
from expectations.catalogue.mistakes import Mistake, in_order
from tests.expectations.test_catalogue_another_province import CODES, CONTRACT, DEPARTMENTS, FILES, PROVINCE, SUITE, UNITS, WORKDAYS, write

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


@pytest.mark.parametrize("file", [f for f in FILES if not f.startswith(("contracts", "suites"))])
def test_a_missing_file_is_told(tmp_path: Path, file: str) -> None:
    assert "the file is missing" in {m.problem for m in check(write(tmp_path, {file: None})) if m.file == file}


def test_a_folder_that_is_not_there_is_told_file_by_file(tmp_path: Path) -> None:
    found = check(tmp_path / "nowhere")
    assert [m.file for m in found] == ["codes.csv", "contracts", "departments.csv", "province.yaml", "units.csv", "workdays.csv"]


def test_a_name_in_decomposed_unicode_is_told_with_the_right_one(tmp_path: Path) -> None:
    (mistake,) = check(write(tmp_path, {"units.csv": UNITS.replace("Xã Đồng Văn", unicodedata.normalize("NFD", "Xã Đồng Văn"))}))
    assert (mistake.path, mistake.allowed) == ("line 3, name_vi", "NFC: Xã Đồng Văn")


def test_a_file_in_an_old_encoding_is_told_not_crashed_on(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "units.csv").write_bytes(UNITS.encode("utf-16"))
    assert any(m.file == "units.csv" and "not UTF-8" in m.problem for m in check(tmp_path))


def test_two_contracts_may_not_claim_one_topic(tmp_path: Path) -> None:
    other = (
        CONTRACT.replace("id: tiem-chung", "id: vac-xin").replace(r"[a-z]+\.tiem\.mui_tiem", r".+\.mui_tiem").replace("[yt.tiem", "[yt.kho")
    )
    (mistake,) = check(write(tmp_path, {"contracts/vac-xin.yaml": other}))
    assert mistake.file == "contracts/vac-xin.yaml"
    assert "also matches yt.tiem.mui_tiem of tiem-chung" in mistake.problem


def test_a_retired_contract_may_claim_the_topic_of_its_successor(tmp_path: Path) -> None:
    retired = CONTRACT.replace("id: tiem-chung", "id: vac-xin").replace("status: active", "status: retired")
    assert check(write(tmp_path, {"contracts/vac-xin.yaml": retired})) == []


@pytest.mark.parametrize(
    ("second", "wrong"),
    [
        ("00691,Cũ,,,2025-12-31,00700,whole", True),
        ("00691,Cũ,,2020-01-01,2025-12-31,00688,part", True),
        ("00691,Cũ,,2026-01-01,2027-12-31,00700,whole", False),
        ("00692,Cũ,,,2025-12-31,00688,whole", False),
    ],
    ids=["whole twice", "whole and part", "one after the other", "another code"],
)
def test_an_old_code_means_one_thing_at_a_time(tmp_path: Path, second: str, wrong: bool) -> None:
    found = check(write(tmp_path, {"codes.csv": f"{CODES}{second}\n"}))
    assert [m.path for m in found] == (["line 3, old_code"] if wrong else [])


def test_a_split_into_different_parts_is_right_and_the_same_part_twice_is_not(tmp_path: Path) -> None:
    part = "00691,Cũ,,,2025-12-31,{},part\n"
    head = CODES.splitlines()[0] + "\n"
    assert check(write(tmp_path / "a", {"codes.csv": head + part.format("00688") + part.format("00700")})) == []
    assert len(check(write(tmp_path / "b", {"codes.csv": head + part.format("00688") * 2}))) == 1


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    contract = CONTRACT.replace("value: monthly", "value: hourly").replace("value: xa}", "value: ho_ten}").replace("so-y-te", "so-khac")
    found = check(
        write(tmp_path, {C: contract, "units.csv": UNITS.replace("00700", "700"), "workdays.csv": WORKDAYS.replace("work,", "on,")})
    )
    assert [(m.file, m.path) for m in found] == [
        (C, "schema[0].customProperties[2].value"),
        (C, "slaProperties[0].value"),
        (C, "team.name"),
        ("units.csv", "line 3, code"),
        ("workdays.csv", "line 2, status"),
    ]


@settings(deadline=None)  # a busy machine is no mistake
@given(st.integers(0, len(CONTRACT)), st.integers(0, 40), st.text("{}[]:,-'\"&*! \n\t#09aà.|>?%@", max_size=12))
def test_whatever_is_written_into_a_contract_is_told_and_never_a_crash(start: int, length: int, text: str) -> None:
    with TemporaryDirectory() as folder:
        found = read(write(Path(folder), {C: CONTRACT[:start] + text + CONTRACT[start + length :]})).mistakes
    assert all(m.problem and m.file for m in found)


def test_mistakes_are_in_a_stable_order_in_which_numbers_count() -> None:
    ordered = [Mistake("a", "x[2]", "p", ""), Mistake("a", "x[10]", "p", ""), Mistake("a", "y", "p", ""), Mistake("b", "", "p", "")]
    for seed in range(20):
        assert in_order(random.Random(seed).sample(ordered, 4) + ordered[:1]) == ordered  # noqa: S311 # shuffling, not secrets


def test_mistakes_are_printed_with_their_number() -> None:
    one = Mistake("units.csv", "line 3, code", "'0700' is not a commune code", "5 digits")
    assert format_mistakes([one]) == "units.csv: line 3, code: '0700' is not a commune code\n    allowed: 5 digits\n1 mistake"
    assert format_mistakes([]) == "0 mistakes"
