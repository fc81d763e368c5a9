"""`nhip suite` on events of the example province: a first suite, a trial of it, and what is wrong with one."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from streams.cli import Exit, main
from tests.streams.changes_province import at, envelope

DATASET, COMMUNE, OTHER = "ho-ngheo", "25459", "25486"
TOPIC = "snnmt.ho_ngheo.public.ho"
HEAD = "Nguyễn Thị Ví Dụ"
SIGHT = "079000000123"
NINE = at("2025-03-01T09:00")
HOUR_MS = 3_600_000
SUITES = Path(__file__).resolve().parents[2] / "expectations" / "tay-ninh" / "suites"


def event(offset: int, at_ms: int = NINE, **changed: object) -> dict[str, Any]:
    """One household; `changed` columns are not as they should be."""
    row = {"id": offset, "ma_xa": COMMUNE if offset % 2 else OTHER, "nam": 2024, "phan_loai": ("ho_ngheo", "ho_can_ngheo")[offset % 2]}
    row |= {"so_nhan_khau": 1 + offset % 6, "thu_nhap_thang": f"{1_000_000 + offset}.00", "chu_ho": HEAD, "so_dinh_danh": SIGHT} | changed
    return {"topic": TOPIC, "partition": 0, "offset": offset, "timestamp_ms": at_ms, "value": envelope(row, ts_ms=at_ms)}


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Sequence[dict[str, Any]]], str]:
    """Write events to a file and give its name."""

    def write(events: Sequence[dict[str, Any]]) -> str:
        path = tmp_path / "events.jsonl"
        path.write_text("\n".join(json.dumps(e, ensure_ascii=False) for e in events), encoding="utf-8")
        return str(path)

    return write


Written = Callable[[Sequence[dict[str, Any]]], str]


def nhip(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["suite", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


class TestNew:
    def test_what_it_writes_can_be_tried_and_holds_on_the_same_events(self, written: Written, tmp_path: Path) -> None:
        events, out = written([event(n) for n in range(120)]), tmp_path / "ho-ngheo.json"
        made = nhip("new", DATASET, "--events", events, "--out", str(out))
        assert made.exit_code == Exit.OK, made.output
        assert nhip("lint", str(out)).exit_code == Exit.OK
        tried = nhip("try", str(out), "--events", events)
        assert tried.exit_code == Exit.OK, tried.output

    def test_nothing_of_a_person_is_in_it(self, written: Written) -> None:
        made = nhip("new", DATASET, "--events", written([event(n) for n in range(120)]))
        assert {"chu_ho", "so_dinh_danh"} <= {one["kwargs"]["column"] for one in json.loads(made.stdout)["expectations"]}
        assert [word for word in (*HEAD.split(), SIGHT, SIGHT[:6]) if word in made.output] == []

    def test_the_command_that_it_says_comes_next_is_one_that_works(self, written: Written, tmp_path: Path) -> None:
        made = nhip("new", DATASET, "--events", written([event(n) for n in range(120)]), "--out", str(tmp_path / "a suite.json"))
        (said,) = re.findall("see what it says: nhip suite (.*)", made.stderr)
        assert nhip(*shlex.split(said)).exit_code == Exit.OK

    def test_a_file_that_exists_stays_as_it_is(self, written: Written, tmp_path: Path) -> None:
        out = tmp_path / "mine.json"
        out.write_text("mine")
        made = nhip("new", DATASET, "--events", written([event(n) for n in range(120)]), "--out", str(out))
        assert (made.exit_code, out.read_text()) == (Exit.USAGE, "mine")

    def test_what_the_router_could_not_use_is_told_and_not_profiled(self, written: Written) -> None:
        made = nhip("new", DATASET, "--events", written([*(event(n) for n in range(40)), event(40, nam=2026), event(41, ma_xa="x")]))
        assert "40 change, 1 future_period, 1 unknown_unit" in made.stderr

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["ho-giau", "--events", "{}"], "allowed are"),
            (["ho-ngheo"], "--events"),
            (["ho-tich", "--events", "{}"], "its topics match"),
            (["ho-ngheo", "--topic", "elsewhere"], "topicPattern"),
        ],
        ids=["no such dataset", "no events", "no rows of the dataset", "a topic of nobody"],
    )
    def test_what_cannot_be_done_is_told_with_what_can(self, written: Written, arguments: list[str], says: str) -> None:
        events = written([event(n) for n in range(3)])
        made = nhip("new", *(events if a == "{}" else a for a in arguments))
        assert (made.exit_code, made.stdout) == (Exit.USAGE, "")
        assert says in made.stderr

    def test_a_few_rows_are_too_few(self, written: Written) -> None:
        made = nhip("new", DATASET, "--events", written([event(n) for n in range(29)]))
        assert (made.exit_code, "too few" in made.stderr) == (Exit.USAGE, True)


class TestTry:
    def events(self) -> list[dict[str, Any]]:
        """Twelve good rows at nine; at ten twelve more, of which two break a check each and one cannot be judged."""
        later = [event(n, NINE + HOUR_MS) for n in range(12, 21)]
        bad = [event(21, NINE + HOUR_MS, phan_loai="giau"), event(22, NINE + HOUR_MS, so_nhan_khau=99)]
        return [*(event(n) for n in range(12)), *later, *bad, event(23, NINE + HOUR_MS, so_nhan_khau="sáu")]

    def test_each_window_has_its_own_counts(self, written: Written) -> None:
        told = lines(nhip("try", DATASET, "--json", "--events", written(self.events())))
        found = {(one["window"], one["check"]): (one["evaluated"], one["unexpected"], one["success"]) for one in told}
        assert found["2025-03-01T09:00:00+07:00", "phan_loai.be_in_set"] == (12, 0, True)
        assert found["2025-03-01T10:00:00+07:00", "phan_loai.be_in_set"] == (12, 1, False)
        assert found[None, "phan_loai.be_in_set"] == (24, 1, False)

    def test_windows_by_unit_add_up_to_windows(self, written: Written) -> None:
        events = written(self.events())
        together, apart = (lines(nhip("try", DATASET, "--json", "--events", events, *more)) for more in ([], ["--by-unit"]))
        assert {one["feed"] for one in apart} == {None, f"{COMMUNE}/{DATASET}", f"{OTHER}/{DATASET}"}

        def counts(told: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
            sums: dict[tuple[str, str], int] = {}
            for one in told:
                key = (one["window"], one["check"])
                sums[key] = sums.get(key, 0) + one["evaluated"] + 100 * one["unexpected"] + 10_000 * one["errors"]
            return sums

        assert counts(apart) == counts(together)

    def test_examples_say_where_the_row_lies_and_show_codes_only(self, written: Written) -> None:
        told = lines(nhip("try", DATASET, "--json", "--events", written(self.events())))
        examples = {one["check"]: one["examples"] for one in told if one["window"] is None}
        (wrong,) = examples["phan_loai.be_in_set"]
        assert wrong == {"place": f"{TOPIC}/0/21", "feed": f"{COMMUNE}/{DATASET}", "problem": "unexpected", "values": {"phan_loai": "giau"}}
        places = {(e["place"][-2:], e["problem"], e["values"]["so_nhan_khau"]) for e in examples["so_nhan_khau.be_between"]}
        assert places == {("22", "unexpected", 99), ("23", "cannot be judged", "string, 6 bytes")}

    def test_a_personal_value_is_told_by_its_length(self, written: Written) -> None:
        events = written([event(n, so_dinh_danh="bí mật riêng") for n in range(12)])
        for form in ([], ["--json"]):
            tried = nhip("try", DATASET, "--events", events, *form)
            assert (tried.exit_code, "string, " in tried.stdout) == (Exit.FAILED, True)
            assert [word for word in ("mật", HEAD, SIGHT) if word in tried.output] == []

    def test_a_record_that_was_read_twice_counts_once(self, written: Written) -> None:
        once = nhip("try", DATASET, "--json", "--events", written(self.events()))
        twice = nhip("try", DATASET, "--json", "--events", written([*self.events(), *self.events()]))
        assert once.stdout == twice.stdout

    def test_windows_in_which_everything_holds_are_shown_only_when_asked(self, written: Written) -> None:
        events = written([event(n) for n in range(12)])
        assert "2025-03-01T09" not in nhip("try", DATASET, "--events", events).stdout
        assert "2025-03-01T09" in nhip("try", DATASET, "--events", events, "--all").stdout

    def test_a_suite_that_cannot_be_used_is_told(self, written: Written, tmp_path: Path) -> None:
        suite = tmp_path / "x.json"
        suite.write_text(
            json.dumps({"name": "x", "expectations": [{"type": "expect_column_values_to_be_null", "kwargs": {"column": "no"}}]})
        )
        tried = nhip("try", str(suite), "--dataset", DATASET, "--events", written([event(1)]))
        assert (tried.exit_code, "is no column of the contract" in tried.stderr) == (Exit.USAGE, True)
        unnamed = nhip("try", str(suite), "--events", written([event(1)]))
        assert (unnamed.exit_code, "--dataset" in unnamed.stderr) == (Exit.USAGE, True)


class TestLint:
    def one(self, tmp_path: Path, kind: str, meta: object = None, **kwargs: object) -> dict[str, Any]:
        """What is said of a suite of one expectation of `ho-ngheo`."""
        suite = tmp_path / "ho-ngheo.json"
        one = {"type": f"expect_{kind}", "kwargs": kwargs, "meta": {"dimension": "sach"} if meta is None else meta}
        suite.write_text(json.dumps({"name": "x", "expectations": [one]}))
        result = nhip("lint", str(suite), "--json")
        (told,) = lines(result)
        assert result.exit_code == (Exit.FAILED if told["problems"] else Exit.OK)
        return told

    def test_the_suites_of_the_catalogue_are_right_and_compile(self) -> None:
        result = nhip("lint", "--json")
        assert result.exit_code == Exit.OK, result.output
        told = lines(result)
        assert {Path(one["suite"]).name for one in told} == {path.name for path in SUITES.glob("*.json")}
        assert [one for one in told if not one["compiles"]] == []

    @pytest.mark.parametrize(
        ("kind", "kwargs", "says"),
        [
            ("column_values_to_be_null", {"column": "so_dinh_dnah"}, "no column of the contract"),
            ("column_values_to_match_regex", {"column": "nam", "regx": "x"}, "regx is no argument"),
            ("column_values_to_be_uniqe", {"column": "nam"}, "did you mean expect_column_values_to_be_unique?"),
            ("column_values_to_be_unique", {"column": "nam", "mostl": 1}, "mostl is no argument of this type"),
            ("column_values_to_be_unique", {"column": "nem"}, "column 'nem' is no column of the contract"),
            ("table_row_count_to_equal_other_table", {"other_table_name": "x"}, "compares with another table"),
            ("column_values_to_match_like_pattern", {"column": "nam", "like_pattern": "x"}, "it fails whatever they are"),
            ("column_mean_to_be_between", {"column": "nam", "min_value": "x"}, "min_value must be a number"),
        ],
    )
    def test_a_mistake_is_named(self, tmp_path: Path, kind: str, kwargs: dict[str, object], says: str) -> None:
        assert any(says in problem for problem in self.one(tmp_path, kind, **kwargs)["problems"])

    def test_what_judges_all_rows_together_is_no_mistake_and_is_told_apart(self, tmp_path: Path) -> None:
        every = self.one(tmp_path, "column_values_to_be_unique", column="nam")
        rows = self.one(tmp_path, "column_values_to_not_be_null", column="nam")
        assert (every["problems"], every["compiles"], every["whole"]) == ([], True, True)
        assert (rows["problems"], rows["compiles"], rows["whole"]) == ([], True, False)

    def test_an_expectation_without_a_dimension_is_a_mistake(self, tmp_path: Path) -> None:
        told = self.one(tmp_path, "column_values_to_be_null", {}, column="nam")
        assert told["problems"] == ["meta.dimension is missing: allowed are dung, du, sach"]

    def test_what_falls_back_is_no_mistake_and_says_why(self, tmp_path: Path) -> None:
        told = self.one(tmp_path, "column_values_to_be_of_type", column="nam", type_="Int65")
        assert (told["compiles"], told["fallback"], told["problems"]) == (False, "Great Expectations knows no type Int65", [])

    def test_a_file_that_is_no_json_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "x.json").write_text("{")
        result = nhip("lint", str(tmp_path / "x.json"))
        assert (result.exit_code, "cannot be read as JSON" in result.stderr) == (Exit.USAGE, True)

    def test_what_is_no_suite_at_all_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "x.json").write_text("[]")
        result = nhip("lint", str(tmp_path / "x.json"))
        assert (result.exit_code, "a suite is a JSON object" in result.stdout) == (Exit.FAILED, True)
