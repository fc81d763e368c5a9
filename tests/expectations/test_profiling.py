"""A first suite out of sample rows: what all of the sample shows, with room, and nothing of a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.catalogue.units import Dataset
from expectations.profiling import proposal, shapes
from expectations.profiling.rounding import above, below
from expectations.quality.mixed import MixedSuite
from expectations.quality.reading import problems, read
from tests.streams.changes_province import COLUMNS, column, dataset

ROWS = 40
WORDS = ("mot", "hai", "ba")
DATASET = dataset(columns={c.name: c for c in (*COLUMNS, column("co", "boolean"), column("tuoi", "integer", personal=True))})


def suite_of(values: dict[str, Sequence[object]], of: Dataset = DATASET) -> dict[str, Any]:
    """The suite proposed from columns of values, which may be of different lengths: what is beyond a column's end is absent."""
    profile = proposal.Profile(of)
    for n in range(max(map(len, values.values()))):
        profile.add({name: some[n] for name, some in values.items() if n < len(some)})
    return proposal.suite(profile)


def said_of(name: str, values: Sequence[object], of: Dataset = DATASET) -> dict[str, dict[str, Any]]:
    """The arguments of each expectation of one column, by its type without the common beginning."""
    return {
        one["type"].removeprefix("expect_column_").removeprefix("values_to_"): {k: v for k, v in one["kwargs"].items() if k != "column"}
        for one in suite_of({name: values}, of)["expectations"]
    }


class TestPresence:
    def test_a_column_that_is_always_there_must_not_be_null(self) -> None:
        assert "not_be_null" in said_of("ghi_chu", ["x"] * ROWS)

    @pytest.mark.parametrize("values", [["x"] * ROWS + [None], [None] + ["x"] * ROWS], ids=["at the end", "at the beginning"])
    def test_a_column_that_was_null_once_may_be_null(self, values: list[object]) -> None:
        assert "not_be_null" not in said_of("ghi_chu", values)

    def test_a_column_that_a_row_lacked_may_be_null(self) -> None:
        told = suite_of({"ma_xa": ["25459"] * (ROWS + 1), "ghi_chu": ["x"] * ROWS})["expectations"]
        assert [one["kwargs"]["column"] for one in told if one["type"].endswith("not_be_null")] == ["ma_xa"]

    def test_a_column_that_tells_whose_the_row_is_is_critical_another_is_a_warning(self) -> None:
        told = suite_of({"ma_xa": ["25459"] * ROWS, "ghi_chu": ["x"] * ROWS})["expectations"]
        severities = {one["kwargs"]["column"]: one["severity"] for one in told if one["type"].endswith("not_be_null")}
        assert severities == {"ma_xa": "critical", "ghi_chu": "warning"}


class TestEnough:
    @pytest.mark.parametrize(("values", "speaks"), [(proposal.ENOUGH_VALUES - 1, False), (proposal.ENOUGH_VALUES, True)])
    def test_of_a_few_values_nothing_is_said(self, values: int, speaks: bool) -> None:
        assert bool(said_of("so_tien", [5] * values)) is speaks

    def test_nulls_are_no_values(self) -> None:
        assert said_of("so_tien", [5, *[None] * ROWS]) == {}

    def test_a_column_that_the_contract_does_not_know_is_counted_and_not_looked_at(self) -> None:
        profile = proposal.Profile(DATASET)
        for _ in range(ROWS):
            profile.add({"ho_ten": "Nguyễn Thị Ví Dụ"})
        assert profile.unknown == {"ho_ten"}
        assert proposal.suite(profile)["expectations"] == []


class TestSets:
    def test_few_texts_that_repeat_are_a_set(self) -> None:
        assert said_of("ghi_chu", WORDS * 20)["be_in_set"] == {"value_set": sorted(WORDS), "mostly": 0.99}

    @pytest.mark.parametrize(("distinct", "is_set"), [(proposal.MOST_IN_SET, True), (proposal.MOST_IN_SET + 1, False)])
    def test_many_texts_are_none(self, distinct: int, is_set: bool) -> None:
        texts = ["x" * n for n in range(1, distinct + 1)] * 10
        assert ("be_in_set" in said_of("ghi_chu", texts)) is is_set

    def test_a_text_that_was_seen_once_leaves_the_set_open(self) -> None:
        assert "be_in_set" not in said_of("ghi_chu", [*WORDS * 20, "bon"])

    @pytest.mark.parametrize("name", ["ma_xa", "ky"])
    def test_units_and_periods_are_no_set_there_will_be_others(self, name: str) -> None:
        told = said_of(name, ["25459", "25480"] * 20)
        assert told["match_regex"]["regex"] == "^[0-9]{5}$"
        assert "be_in_set" not in told

    def test_numbers_are_no_set(self) -> None:
        assert "be_in_set" not in said_of("so_tien", [1, 2, 3] * 20)


class TestRanges:
    @pytest.mark.parametrize(
        ("values", "bounds"),
        [
            ([1, 9], {"min_value": 0, "max_value": 20}),
            ([0, 250], {"min_value": 0, "max_value": 500}),
            ([-3, 4], {"min_value": -10, "max_value": 10}),
            ([0.25, 0.75], {"min_value": 0, "max_value": 2}),
            ([0, 0], {"min_value": 0}),
            ([1, 2**62], {"min_value": 0}),
        ],
    )
    def test_a_range_has_room_and_round_ends(self, values: list[float], bounds: dict[str, int]) -> None:
        assert said_of("so_tien", values * 20)["be_between"] == bounds | {"mostly": 0.99}

    @given(st.floats(-1e14, 1e14))
    def test_a_bound_is_never_nearer_than_the_value(self, value: float) -> None:
        high, low = above(value), below(value)
        assert high is not None
        assert low is not None
        assert low <= value <= high
        assert str(abs(high))[1:].strip("0") == ""

    def test_numbers_among_texts_have_no_range(self) -> None:
        assert "be_between" not in said_of("so_tien", [1, "x"] * 20)

    def test_whole_numbers_and_fractions_are_one_column(self) -> None:
        assert said_of("so_tien", [1, 2.5] * 20)["be_in_type_list"] == {"type_list": ["float", "int"]}


class TestShapes:
    @pytest.mark.parametrize(
        ("texts", "regex"),
        [
            (["HT-000123", "HT-000998"], "^HT\\-[0-9]{6}$"),
            (["HT-1", "HT-22"], "^HT\\-[0-9]+$"),
            (["A1", "B2"], "^[A-Z][0-9]$"),
            (["1350000.00", "-2.50"], None),
            (["1350000.00", "2.50"], "^[0-9]+\\.[0-9]{2}$"),
            (["Hộ nghèo", "Hộ cận nghèo"], None),
            (["a b"], None),
            (["A" * 65], None),
            (["a-b-c-d-e"], None),
            (["HT1", "1HT"], None),
        ],
    )
    def test_what_codes_have_in_common(self, texts: list[str], regex: str | None) -> None:
        shape = shapes.of_all(texts)
        assert (None if shape is None else shapes.regex(shape, shows_text=True)) == regex

    def test_letters_that_only_few_texts_have_in_common_do_not_stay(self) -> None:
        few = [f"HT-{n:03}" for n in range(proposal.VARIED - 1)] + [f"HT-{0:03}"] * ROWS
        many = [f"HT-{n:03}" for n in range(proposal.VARIED)] + [f"HT-{0:03}"] * ROWS
        assert said_of("ghi_chu", few)["match_regex"]["regex"] == "^[A-Z]{2}\\-[0-9]{3}$"
        assert said_of("ghi_chu", many)["match_regex"]["regex"] == "^HT\\-[0-9]{3}$"

    def test_days_have_a_format(self) -> None:
        days = [f"2025-0{m}-{d:02}" for m in range(1, 10) for d in range(1, 29)]
        assert said_of("ngay", days)["match_strftime_format"]["strftime_format"] == "%Y-%m-%d"

    def test_a_day_that_is_none_leaves_the_pattern(self) -> None:
        days = [f"2025-0{m}-{d:02}" for m in range(1, 10) for d in range(1, 29)] + ["2025-02-30"]
        assert said_of("ngay", days)["match_regex"]["regex"] == "^[0-9]{4}\\-[0-9]{2}\\-[0-9]{2}$"

    def test_prose_has_a_length_with_room(self) -> None:
        told = said_of("ghi_chu", [f"Ấp {n}, đường số {n * n}" for n in range(ROWS)])
        assert told["value_lengths_to_be_between"] == {"min_value": 1, "max_value": 50, "mostly": 0.99}


people = st.lists(st.sampled_from(["Nguyễn Thị Ví Dụ", "079123456789", "AB-1234", "thoat", "x@y.vn"]), min_size=ROWS, max_size=ROWS)


@settings(max_examples=60)
@given(texts=people, ages=st.lists(st.integers(-200, 10**9), min_size=ROWS, max_size=ROWS))
def test_no_value_of_a_personal_column_is_in_the_suite(texts: list[str], ages: list[int]) -> None:
    """Nor a part of one: bounds of a personal number are left out, letters and marks of a personal text are not told."""
    told = suite_of({"cccd": texts, "tuoi": ages})
    words = {word for text in texts for word in text.replace("-", " ").split()}
    written = json.dumps([one["kwargs"] for one in told["expectations"]], ensure_ascii=False)
    assert [word for word in words if word in written] == []
    bounds = {k: v for one in told["expectations"] if one["kwargs"]["column"] == "tuoi" for k, v in one["kwargs"].items()}
    assert bounds.get("min_value", 0) == 0
    assert "max_value" not in bounds


def test_a_personal_number_of_digits_only_has_a_pattern() -> None:
    assert said_of("cccd", [f"{n:012}" for n in range(ROWS)])["match_regex"]["regex"] == "^[0-9]{12}$"


cells = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=12),
    st.sampled_from([*WORDS, "HT-1", "HT-22", "2025-10-03", "25459", "", " ", "a\n", [1], {"x": 1}]),
)  # fmt: skip


@settings(max_examples=25)
@given(pools=st.fixed_dictionaries({c: st.lists(cells, min_size=1, max_size=4) for c in ("ma_xa", "ghi_chu", "so_tien", "cccd", "ngay")}))
def test_the_rows_it_was_proposed_from_pass_it_and_nothing_is_wrong_with_it(pools: dict[str, list[object]]) -> None:
    rows = [{name: pool[n % len(pool)] for name, pool in pools.items()} for n in range(120)]
    profile = proposal.Profile(DATASET)
    for row in rows:
        profile.add(row)
    told = proposal.suite(profile)
    assert problems(told, tuple(DATASET.columns)) == []
    if told["expectations"]:
        suite = MixedSuite(read(told, tuple(DATASET.columns)))
        assert [(r.check, r.errors) for r in suite.result(suite.of(rows)) if r.success is not True] == []
