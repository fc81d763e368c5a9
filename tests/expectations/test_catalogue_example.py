"""The example province is right in itself, and it is data: no code knows it."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from expectations.catalogue.check import check
from expectations.catalogue.codes import UnitProblem
from expectations.catalogue.load import Catalogue, load

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "expectations" / "tay-ninh"
OLD, NEW = date(2024, 12, 1), date(2025, 7, 1)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(FOLDER)


def test_the_example_has_no_mistakes() -> None:
    assert check(FOLDER) == []


def test_there_are_96_communes_and_20_departments(catalogue: Catalogue) -> None:
    assert Counter(u.kind for u in catalogue.units.values()) == {"commune": 96, "department": 20}
    assert Counter(u.former_province for u in catalogue.units.values()) == {"Long An": 60, "Tây Ninh": 36, "": 20}
    assert all(u.valid_from == NEW for u in catalogue.units.values() if u.kind == "commune")


def test_every_unit_can_be_written_to_and_only_under_a_reserved_domain(catalogue: Catalogue) -> None:
    addresses = [u.email for u in catalogue.units.values()]
    assert len(set(addresses)) == len(addresses) == 116
    assert all(a.endswith("@tayninh.example") for a in addresses)


def test_all_texts_are_in_nfc() -> None:
    for path in FOLDER.rglob("*.*"):
        assert unicodedata.is_normalized("NFC", path.read_text(encoding="utf-8")), path


def test_nine_datasets_are_owed_by_every_commune_and_all_but_one_cadence_is_there(catalogue: Catalogue) -> None:
    by_communes = [d.id for d in catalogue.datasets.values() if len(d.units) == 96]
    assert len(by_communes) == 9
    assert {d.terms.cadence for d in catalogue.datasets.values()} == {"continuous", "daily", "monthly", "quarterly", "yearly"}
    assert {d.terms.month_starts_on for d in catalogue.datasets.values()} == {1, 15}


def test_a_department_owes_a_dataset_whose_periods_need_the_communes(catalogue: Catalogue) -> None:
    dataset = catalogue.datasets["giai-ngan-dau-tu-cong"]
    assert (dataset.units, dataset.fixed_unit, dataset.slice_column) == (("so-tai-chinh",), "so-tai-chinh", "ma_xa")
    assert (len(dataset.terms.slices), dataset.terms.slice_quorum) == (96, 0.9)


@pytest.mark.parametrize(
    "dataset", ["bao-tro-xa-hoi", "nguoi-co-cong", "lao-dong-viec-lam", "trong-trot-chan-nuoi-thuy-san", "giai-ngan-dau-tu-cong"]
)
def test_monthly_data_are_required_from_january_2024(catalogue: Catalogue, dataset: str) -> None:
    """So that "current only to December 2024" has twelve months behind it and some before it."""
    schedule = catalogue.schedules[dataset]
    assert schedule.text(schedule.first_required) == "2024-01"


@pytest.mark.parametrize("prefix", ["", "syt.", "xa-25459."])
def test_many_databases_may_feed_one_dataset(catalogue: Catalogue, prefix: str) -> None:
    found = catalogue.dataset_of(f"{prefix}bao_tro_xa_hoi.public.doi_tuong")
    assert found is not None
    assert found.id == "bao-tro-xa-hoi"


def test_the_topic_of_another_table_belongs_to_nothing(catalogue: Catalogue) -> None:
    assert catalogue.dataset_of("bao_tro_xa_hoi.public.nguoi_dung") is None
    assert catalogue.dataset_of("a.b.bao_tro_xa_hoi.public.doi_tuong") is None


@pytest.mark.parametrize(
    ("code", "day", "meaning"),
    [
        pytest.param("25459", OLD, "25459", id="Phường 3 became part of Phường Tân Ninh, which took its code"),
        pytest.param("25456", OLD, "25459", id="Phường 1 became part of Phường Tân Ninh"),
        pytest.param(25456, NEW, "25459", id="the old code sent after the merger, as a number"),
        pytest.param("25507", OLD, UnitProblem.AMBIGUOUS, id="Xã Tân Phong was split"),
        pytest.param("25534", OLD, "25534", id="Xã Suối Dây was split, Xã Tân Thành kept its code"),
        pytest.param("99999", NEW, UnitProblem.UNKNOWN, id="no such code"),
        pytest.param("so-y-te", NEW, UnitProblem.NOT_OWED, id="a department owes nothing of a commune's dataset"),
    ],
)
def test_codes_of_the_merger_lead_to_the_communes_of_today(catalogue: Catalogue, code: str, day: date, meaning: object) -> None:
    assert catalogue.resolve_unit("bao-tro-xa-hoi", code, day) == meaning


def test_every_commune_can_fill_its_periods_of_2024_under_its_own_code(catalogue: Catalogue) -> None:
    """Else a commune whose code had another meaning could never be current for the months before the merger."""
    communes = [u.id for u in catalogue.units.values() if u.kind == "commune"]
    assert [catalogue.resolve_unit("bao-tro-xa-hoi", code, OLD) for code in communes] == communes


def test_suites_have_three_to_nine_checks_in_all_three_dimensions() -> None:
    dimensions: Counter[str] = Counter()
    for path in FOLDER.glob("suites/*.json"):
        checks = json.loads(path.read_text(encoding="utf-8"))["expectations"]
        assert 3 <= len(checks) <= 9, path
        dimensions.update(c["meta"]["dimension"] for c in checks)
    assert set(dimensions) == {"dung", "du", "sach"}


def test_great_expectations_takes_every_suite_as_it_is() -> None:
    import great_expectations as gx  # noqa: PLC0415 # takes seconds: only for this test

    paths = sorted(FOLDER.glob("suites/*.json"))
    for path in paths:
        written = json.loads(path.read_text(encoding="utf-8"))
        suite = gx.ExpectationSuite(**written)
        assert [e.expectation_type for e in suite.expectations] == [e["type"] for e in written["expectations"]]
    assert len(paths) == 14


def test_personal_columns_are_named_and_never_decide_for_what_a_row_counts(catalogue: Catalogue) -> None:
    for dataset in catalogue.datasets.values():
        assert {"ho_ten", "so_dinh_danh", "ngay_sinh", "chu_ho"} & dataset.columns.keys() <= dataset.personal
        assert not {dataset.unit_column, dataset.period_column, dataset.slice_column} & dataset.personal


def test_no_code_knows_the_example() -> None:
    """Its folder may be a default; its names, codes and datasets may be in no package but as data."""
    with (FOLDER / "units.csv").open(encoding="utf-8") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    words = [*codes, "Tây Ninh", "Tân Ninh", "tayninh", *(p.stem for p in FOLDER.glob("contracts/*.yaml"))]
    sources = [p for package in ("expectations", "alerts", "points") for p in (ROOT / package).rglob("*.py")]
    texts = {p: "\n".join(line for line in p.read_text(encoding="utf-8").splitlines() if "`" not in line) for p in sources}
    assert [(p.name, word) for p, text in texts.items() for word in words if word in text] == []
