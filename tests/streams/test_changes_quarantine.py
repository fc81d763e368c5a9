"""What is set aside tells enough to mend it and to replay it, and nothing of any person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.catalogue.units import Dataset
from streams.changes.batch import DELETE_WITHOUT_UNIT, UNIT_UNAVAILABLE, UNKNOWN_SLICE
from streams.changes.envelope import Event, read
from streams.changes.problems import Problem
from streams.changes.quarantine import Quarantined, decode, encode, excerpt_of, safe_name
from tests.streams.changes_province import column, dataset, encoded, envelope

PERSON = {
    "ho_ten": "Nguyễn Văn An",
    "cccd": "079123456789",
    "so_dt": "0912345678",
    "dia_chi": {"duong": "Lê Lợi"},
    "con": ["Nguyễn Thị Bình"],
    "luong": 12_500_000,
    "song": True,
    "ghi_chu": "Ông An đã mất",
}
IDENTIFYING = [value for name, value in PERSON.items() if name != "luong"]
SECRETS = ("Nguyễn", "An", "079123456789", "0912345678", "Lê", "Bình", "12500000", "mất")


def excerpt(row: dict[str, object], of: Dataset | None) -> dict[str, Any]:
    value = encoded(envelope(row))
    event = read(value)
    assert isinstance(event, Event)
    text = excerpt_of(value, event, of)
    assert len(text.encode()) <= 2_048
    found: dict[str, Any] = json.loads(text)
    return found


def shown(row: dict[str, object], of: Dataset | None) -> dict[str, Any]:
    found: dict[str, Any] = excerpt(row, of)["columns"]
    return found


def test_the_telling_columns_are_shown_and_of_all_others_type_and_length() -> None:
    found = shown({"ma_xa": "99999", "ky": "2025-10-03", "ho_ten": "Bình", "luong": 1_250, "con": [1], "khac": None}, dataset())
    assert found == {
        "ma_xa": "99999",
        "ky": "2025-10-03",
        "ho_ten": "string, 7 bytes",
        "luong": "number, 4 bytes",
        "con": "array, 3 bytes",
        "khac": None,
    }


@pytest.mark.parametrize("of", [None, dataset(), dataset(columns={})], ids=["no contract", "a contract", "a contract without columns"])
def test_no_value_of_a_person_is_shown(of: Dataset | None) -> None:
    text = json.dumps(excerpt(PERSON | {"ma_xa": "99999"}, of), ensure_ascii=False)
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("value", [*IDENTIFYING, "Nguyen Van An", "079 123 456 789", "x" * 33, "<b>25459</b>", 79_123_456_789, "\n"])
@pytest.mark.parametrize("name", ["ma_xa", "ky"])
def test_a_shifted_column_shows_no_person_in_the_unit_s_or_period_s_place(name: str, value: object) -> None:
    assert "bytes" in shown({name: value}, dataset())[name]


def test_a_telling_column_that_is_personal_is_masked() -> None:
    personal = dataset(columns={"ma_xa": column("ma_xa", personal=True), "ky": column("ky")})
    assert shown({"ma_xa": "25459", "ky": "2025-10-03"}, personal) == {"ma_xa": "string, 7 bytes", "ky": "2025-10-03"}


def test_a_telling_column_that_the_contract_does_not_describe_is_masked() -> None:
    assert shown({"ma_xa": "25459", "ky": "2025-10-03"}, dataset(columns={"ky": column("ky")}))["ma_xa"] == "string, 7 bytes"


def test_without_a_contract_every_value_is_masked() -> None:
    assert shown({"ma_xa": "25459", "ky": "2025-10-03"}, None) == {"ma_xa": "string, 7 bytes", "ky": "string, 12 bytes"}


@pytest.mark.parametrize("value", [20_364, 1_759_449_600_000, "2025-13-45", "2205-10-03T07:30:00+07:00"])
def test_a_wrong_period_is_shown_as_it_was_sent(value: object) -> None:
    assert shown({"ky": value}, dataset())["ky"] == value


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("mã_xã", "mã_xã"),
        ("<script>alert(1)</script>", "·script·alert·1···script·"),
        ("a\x00\x1b[31m\u202eb", "a···31m·b"),
        ("khach_079123456789", "khach_#"),
        ("x" * 48, "x" * 48),
        ("x" * 49, "x" * 47 + "…"),
    ],
)
def test_a_column_s_name_is_fit_for_any_page(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_of_many_columns_the_telling_ones_are_shown_first() -> None:
    row: dict[str, object] = {**{f"cot_{n}": n for n in range(500)}, "ma_xa": "99999"}
    found = shown(row, dataset())
    assert found["ma_xa"] == "99999"
    assert found["…"] == "461 more"


def test_what_could_not_be_read_is_told_by_its_length_alone() -> None:
    assert json.loads(excerpt_of(b"\xff\x00Nguyen Van An", None, dataset())) == {"bytes": 15}
    assert json.loads(excerpt_of(None, None, None)) == {"bytes": 0}


@given(st.dictionaries(st.text(max_size=200), st.recursive(st.text() | st.integers() | st.none(), st.lists, max_leaves=5), max_size=60))
def test_any_row_s_excerpt_is_short_and_free_of_markup(row: dict[str, object]) -> None:
    text = json.dumps(excerpt(row, dataset()), ensure_ascii=False)
    assert not set(text) & set("<>&\x00\x1b\u202e")


def test_a_quarantined_record_survives_its_topic() -> None:
    one = Quarantined(
        "shop1.public.ho-tich", 2, 77, 1_759_449_600_000, Problem.UNKNOWN_UNIT, "the catalogue has no such unit", '{"bytes":1}'
    )
    assert decode(encode(one)) == one
    assert json.loads(encode(one))["reason"] == "unknown_unit"


@pytest.mark.parametrize("reason", [*Problem, *(DELETE_WITHOUT_UNIT, UNIT_UNAVAILABLE, UNKNOWN_SLICE)])
def test_every_reason_is_explained_in_the_documentation(reason: str) -> None:
    page = Path(__file__).parents[2] / "docs" / "change-events.md"
    assert f"`{reason}`" in page.read_text(encoding="utf-8")
