"""A province that has nothing to do with the example: written file by file, loaded, used."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from expectations.catalogue.codes import UnitProblem
from expectations.catalogue.load import _CACHED_CODES, _CACHED_TOPICS, Catalogue, CatalogueError, load
from expectations.freshness.periods import Cadence

PROVINCE = """\
id: ha-giang
name: {vi: Tỉnh Hà Giang, en: Ha Giang Province}
timezone: Asia/Tokyo
language: en
monthStartsOn: 15
operations: {name: {vi: Trung tâm điều hành, en: Operations centre}, email: ops@hagiang.example}
"""
UNITS = """\
code,name_vi,name_en,short_name_vi,former_province,valid_from,valid_to,email,phone,contact
00688,Phường Hà Giang,Ha Giang Ward,Hà Giang,Hà Giang,2026-01-01,,hg@hagiang.example,,
00700,Xã Đồng Văn,Dong Van Commune,Đồng Văn,Hà Giang,,,dv@hagiang.example,,
"""
DEPARTMENTS = """\
id,name_vi,name_en,short_name_vi,valid_from,valid_to,email,phone,contact
so-y-te,Sở Y tế,Department of Health,Sở Y tế,,,yt@hagiang.example,,
so-thue,Thuế tỉnh,Tax Office,Thuế,,,thue@hagiang.example,,
"""
CODES = """\
old_code,old_name_vi,former_province,valid_from,valid_to,new_code,extent
00691,Phường Trần Phú,Hà Giang,,2025-12-31,00688,whole
"""
WORKDAYS = "date,status,reason\n2026-01-10,work,exchanged\n2026-11-24,check,not confirmed\n"
CONTRACT = r"""
apiVersion: v3.0.2
kind: DataContract
id: tiem-chung
name: CSDL tiêm chủng
version: 2.1.0
status: active
team: {name: so-y-te}
schema:
  - name: mui_tiem
    customProperties:
      - {property: topicPattern, value: '[a-z]+\.tiem\.mui_tiem'}
      - {property: exampleTopics, value: [yt.tiem.mui_tiem]}
      - {property: unitColumn, value: xa}
      - {property: periodColumn, value: thang}
    properties:
      - {name: xa, logicalType: string, classification: public}
      - {name: thang, logicalType: date, classification: public, customProperties: [{property: encoding, value: io.debezium.time.Date}]}
      - {name: ho_ten, logicalType: string, classification: personal}
      - {name: so_mui, logicalType: integer, classification: internal}
slaProperties:
  - {property: cadence, value: monthly}
  - {property: due, value: 20, unit: dayOfMonth}
  - {property: firstDue, value: "2024-02-01"}
customProperties:
  - {property: nameEn, value: Vaccination}
  - {property: units, value: communes}
  - {property: suite, value: suites/tiem-chung.json}
"""
SUITE = {
    "name": "tiem-chung",
    "meta": {},
    "notes": "",
    "expectations": [
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "so_mui"}, "meta": {"dimension": "du", "blocking": True}},
        {"type": "expect_column_values_to_be_between", "kwargs": {"column": "so_mui", "min_value": 0}, "meta": {"dimension": "dung"}},
    ],
}
FILES: Mapping[str, str] = {
    "province.yaml": PROVINCE,
    "units.csv": UNITS,
    "departments.csv": DEPARTMENTS,
    "codes.csv": CODES,
    "workdays.csv": WORKDAYS,
    "contracts/tiem-chung.yaml": CONTRACT,
    "suites/tiem-chung.json": json.dumps(SUITE),
}


def write(folder: Path, changed: Mapping[str, str | None] | None = None) -> Path:
    """Write the little province, with some files changed (or, with None, left out)."""
    for name, text in {**FILES, **(changed or {})}.items():
        if text is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return load(write(tmp_path))


def test_another_province_is_another_folder(catalogue: Catalogue) -> None:
    assert (catalogue.id, catalogue.name_vi, catalogue.language) == ("ha-giang", "Tỉnh Hà Giang", "en")
    assert catalogue.timezone == ZoneInfo("Asia/Tokyo")
    assert catalogue.operations_contact.email == "ops@hagiang.example"
    assert list(catalogue.feeds()) == [("00688", "tiem-chung"), ("00700", "tiem-chung")]


def test_the_contract_becomes_a_dataset(catalogue: Catalogue) -> None:
    dataset = catalogue.datasets["tiem-chung"]
    assert (dataset.name_vi, dataset.name_en, dataset.owner, dataset.version) == ("CSDL tiêm chủng", "Vaccination", "so-y-te", "2.1.0")
    assert (dataset.unit_column, dataset.fixed_unit, dataset.period_column, dataset.slice_column) == ("xa", None, "thang", None)
    assert dataset.columns["thang"].encoding == "io.debezium.time.Date"
    assert dataset.terms.cadence is Cadence.MONTHLY
    assert dataset.blocking == {"so_mui.not_be_null"}


def test_the_month_starts_where_the_province_says_unless_the_contract_does(tmp_path: Path) -> None:
    assert load(write(tmp_path / "a")).datasets["tiem-chung"].terms.month_starts_on == 15
    own = CONTRACT.replace("slaProperties:", "slaProperties:\n  - {property: monthStartsOn, value: 1}")
    assert load(write(tmp_path / "b", {"contracts/tiem-chung.yaml": own})).datasets["tiem-chung"].terms.month_starts_on == 1


@pytest.mark.parametrize(
    ("column", "hidden"), [("xa", False), ("so_mui", False), ("ho_ten", True), ("a_column_added_yesterday", True)], ids=str
)
def test_a_column_is_hidden_when_it_is_personal_or_unknown(catalogue: Catalogue, column: str, hidden: bool) -> None:
    assert catalogue.datasets["tiem-chung"].hides(column) is hidden


@pytest.mark.parametrize(
    ("topic", "known"),
    [("yt.tiem.mui_tiem", True), ("yt.tiem.mui_tiem2", False), ("x.yt.tiem.mui_tiem", False), ("yt.tiem", False), ("", False)],
)
def test_a_topic_belongs_to_a_dataset_only_if_the_pattern_matches_all_of_it(catalogue: Catalogue, topic: str, known: bool) -> None:
    for _ in range(2):  # the second answer is remembered
        assert (catalogue.dataset_of(topic) is catalogue.datasets["tiem-chung"]) is known


def test_remembered_topics_and_codes_are_bounded_and_stay_right(catalogue: Catalogue) -> None:
    """A source that sends ever new names must not grow the worker's memory."""
    for n in range(_CACHED_TOPICS + 100):
        assert catalogue.dataset_of(f"strange.topic.{n}") is None
    for n in range(_CACHED_CODES + 100):
        assert catalogue.resolve_unit("tiem-chung", f"x{n}", date(2026, 2, 1)) is UnitProblem.UNKNOWN
    assert len(catalogue._topics) <= _CACHED_TOPICS
    assert len(catalogue._units["tiem-chung"]) <= _CACHED_CODES
    assert catalogue.resolve_unit("tiem-chung", "688", date(2026, 2, 1)) == "00688"


def test_codes_lead_to_units_that_owe(catalogue: Catalogue) -> None:
    before, after = date(2025, 12, 31), date(2026, 1, 1)
    assert catalogue.resolve_unit("tiem-chung", 691, before) == "00688"
    assert catalogue.resolve_unit("tiem-chung", "00688", before) is UnitProblem.NOT_VALID
    assert catalogue.resolve_unit("tiem-chung", 688, after) == "00688"
    assert catalogue.resolve_unit("tiem-chung", "so-y-te", after) is UnitProblem.NOT_OWED
    assert catalogue.resolve_unit("tiem-chung", None, after) is UnitProblem.UNKNOWN


def test_workdays_to_be_checked_override_nothing(catalogue: Catalogue) -> None:
    """10 January 2026 is a Saturday that the file says is worked; 24 November 2026 is left to the public calendar."""
    from expectations.freshness.workdays import Workdays  # noqa: PLC0415 # beside its one use

    assert catalogue.workdays.is_workday(date(2026, 1, 10))
    assert not Workdays({}).is_workday(date(2026, 1, 10))
    assert catalogue.workdays.is_workday(date(2026, 11, 24)) is Workdays({}).is_workday(date(2026, 11, 24))


def test_suspended_units_still_have_a_feed(tmp_path: Path) -> None:
    contract = CONTRACT + '  - {property: suspendedUnits, value: ["00700"]}\n'
    catalogue = load(write(tmp_path, {"contracts/tiem-chung.yaml": contract}))
    assert catalogue.datasets["tiem-chung"].suspended == {"00700"}
    assert ("00700", "tiem-chung") in list(catalogue.feeds())


@pytest.mark.parametrize("status", ["proposed", "draft", "deprecated", "retired"])
def test_only_active_contracts_are_watched(tmp_path: Path, status: str) -> None:
    contract = CONTRACT.replace("status: active", f"status: {status}")
    assert load(write(tmp_path, {"contracts/tiem-chung.yaml": contract})).datasets == {}


def test_a_fixed_unit_owes_the_whole_table_whatever_a_row_says(tmp_path: Path) -> None:
    contract = CONTRACT.replace("{property: unitColumn, value: xa}", "{property: fixedUnit, value: so-thue}")
    contract = contract.replace("  - {property: units, value: communes}\n", "")
    contract = contract.replace(
        "customProperties:\n  - {property: nameEn",
        "  - {property: slices, value: communes, element: xa}\ncustomProperties:\n  - {property: nameEn",
    )
    catalogue = load(write(tmp_path, {"contracts/tiem-chung.yaml": contract}))
    assert list(catalogue.feeds()) == [("so-thue", "tiem-chung")]
    assert catalogue.resolve_unit("tiem-chung", None, date(2026, 1, 1)) == "so-thue"
    assert catalogue.datasets["tiem-chung"].terms.slices == {"00688", "00700"}
    assert catalogue.resolve_slice("tiem-chung", "691", date(2025, 12, 1)) == "00688"
    assert catalogue.resolve_slice("tiem-chung", "so-y-te", date(2025, 12, 1)) is UnitProblem.NOT_OWED


def test_a_folder_with_mistakes_is_not_loaded_and_all_of_them_are_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as error:
        load(write(tmp_path, {"province.yaml": None, "workdays.csv": "day\n", "suites/tiem-chung.json": "{"}))
    assert [m.file for m in error.value.mistakes][:2] == ["province.yaml", "suites/tiem-chung.json"]
    assert "workdays.csv: line 1: no column 'date'" in str(error.value)


def test_loading_does_not_import_great_expectations(tmp_path: Path) -> None:
    """It takes seconds and 200 MB, which `nhip status` need not pay."""
    code = (
        "import sys, pathlib; from expectations.catalogue.load import load; load(pathlib.Path(sys.argv[1])); "
        "print('great_expectations' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code, str(write(tmp_path))], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
