"""Mistakes of whole folders and files, and the order in which all mistakes are told."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.catalogue.check import check, format_mistakes
from expectations.catalogue.draft import read
from expectations.catalogue.mistakes import Mistake, in_order
from tests.expectations.test_catalogue_another_province import CODES, CONTRACT, FILES, UNITS, WORKDAYS, write

C = "contracts/tiem-chung.yaml"


def test_a_folder_that_is_not_there_is_one_mistake(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", write(tmp_path / "there") / "units.csv"):
        (mistake,) = check(folder)
        assert (mistake.file, mistake.problem) == (str(folder), "there is no such folder")


@pytest.mark.parametrize("file", [f for f in FILES if not f.startswith(("contracts", "suites"))])
def test_a_missing_file_is_told(tmp_path: Path, file: str) -> None:
    assert "the file is missing" in {m.problem for m in check(write(tmp_path, {file: None})) if m.file == file}


def test_an_empty_folder_is_told_file_by_file(tmp_path: Path) -> None:
    found = check(tmp_path)
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


DUE = "  - {property: due, value: 20, unit: dayOfMonth}\n"
SEVERAL = {
    "a value beside a unit": (
        DUE + "  - {property: grace, value: soon, unit: weeks}\n",
        ["slaProperties[2].unit", "slaProperties[2].value"],
    ),
    "those of what is needed": (DUE.replace("20, unit: day", "-1, unit: days"), ["slaProperties[1].unit", "slaProperties[1].value"]),
    "a unit only": (DUE.replace("unit: day", "unit: days"), ["slaProperties[1].unit"]),
    "those of a later rule": (
        DUE.replace("unit: day", "unit: days") + '  - {property: grace, value: -1, unit: day, valueExt: "2026-01-01"}\n',
        ["slaProperties[1].unit", "slaProperties[2].value"],
    ),
}


@pytest.mark.parametrize(("written", "paths"), SEVERAL.values(), ids=SEVERAL)
def test_one_mistake_of_a_promise_hides_no_other_and_makes_none_up(tmp_path: Path, written: str, paths: list[str]) -> None:
    assert DUE in CONTRACT
    assert [m.path for m in check(write(tmp_path, {C: CONTRACT.replace(DUE, written)}))] == paths


@settings(deadline=None)  # a busy machine is no mistake
@given(st.integers(0, len(CONTRACT)), st.integers(0, 40), st.text("{}[]:,-'\"&*! \n\t#09aà.|>?%@", max_size=12))
def test_whatever_is_written_into_a_contract_is_told_and_never_a_crash(start: int, length: int, text: str) -> None:
    with TemporaryDirectory() as folder:
        found = read(write(Path(folder), {C: CONTRACT[:start] + text + CONTRACT[start + length :]})).mistakes
    assert all(m.problem and m.file for m in found)


def test_mistakes_are_in_a_stable_order_in_which_numbers_count() -> None:
    ordered = [Mistake("a", "x[2]", "p", ""), Mistake("a", "x[10]", "p", ""), Mistake("a", "y", "p", ""), Mistake("b", "", "p", "")]
    for seed in range(20):
        assert in_order(random.Random(seed).sample(ordered, 4) + ordered[:1]) == ordered  # shuffling, not secrets


def test_mistakes_are_printed_with_their_number() -> None:
    one = Mistake("units.csv", "line 3, code", "'0700' is not a commune code", "5 digits")
    assert format_mistakes([one]) == "units.csv: line 3, code: '0700' is not a commune code\n    allowed: 5 digits\n1 mistake"
    assert format_mistakes([]) == "0 mistakes"


def told(folder: Path, file: str) -> dict[str, str]:
    return {m.path: m.problem for m in check(folder) if m.file == file}


def test_a_mistake_of_form_in_a_contract_does_not_hide_those_of_meaning(tmp_path: Path) -> None:
    """One run tells them all, and nothing follows from what was told already."""
    text = CONTRACT
    for there, instead in (
        ("v3.0.2", "v9"),
        ("DataContract", "Contract"),
        ("version: 2.1.0", "version: 2.1.0\ncolour: blue"),
        ("value: xa}", "value: phuong}"),
        ("value: monthly", "value: montly"),
        ("value: communes", "value: villages"),
        ("logicalType: integer", "logicalType: int"),
    ):
        assert there in text
        text = text.replace(there, instead, 1)
    assert told(write(tmp_path, {C: text}), C) == {
        "apiVersion": "'v9' is not possible",
        "colour": "unknown key",
        "customProperties[1].value": "no unit 'villages'",
        "kind": "'Contract' is not possible",
        "schema[0].customProperties[2].value": "no column 'phuong'",
        "schema[0].properties[3].logicalType": "'int' is not possible",
        "slaProperties[0].value": "unknown cadence 'montly'",
    }


@pytest.mark.parametrize("key", ["customProperty", "customproperties", "classificaton"])
def test_a_key_on_which_much_rests_is_told_alone_when_it_is_misspelt(tmp_path: Path, key: str) -> None:
    right = "classification" if key.startswith("class") else "customProperties"
    found = told(write(tmp_path, {C: CONTRACT.replace(f"{right}:", f"{key}:", 1)}), C)
    assert set(found.values()) == {"unknown key"}


def test_everything_that_is_wrong_in_a_province_is_told_at_once(tmp_path: Path) -> None:
    text = FILES["province.yaml"].replace("Asia/Tokyo", "Asia/Tokio").replace("language: en", "language: fr").replace("ops@", "ops")
    found = told(write(tmp_path, {"province.yaml": f"{text}workingHours: all day\n"}), "province.yaml")
    assert found == {
        "language": "'fr' is not possible",
        "operations.email": "'opshagiang.example' is not an address",
        "timezone": "'Asia/Tokio' is not a time zone",
        "workingHours": "not working hours",
    }


@pytest.mark.parametrize(
    ("row", "problem"),
    [("2026-02-30,off,x", "'2026-02-30' is not a day"), (",off,x", "empty"), ("2026-01-10,off,x", "'2026-01-10' is there twice")],
)
def test_a_day_of_the_calendar_is_told_by_what_is_wrong_with_it_and_nothing_else(tmp_path: Path, row: str, problem: str) -> None:
    found = told(write(tmp_path, {"workdays.csv": f"{WORKDAYS}{row}\n"}), "workdays.csv")
    assert list(found.values()) == [problem]
