"""A suite file becomes checks, or a list of everything that is wrong with it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.quality.dimensions import OF_CHECKS, Dimension
from expectations.quality.reading import SuiteError, load, problems, read
from expectations.quality.rowlevel import IGNORE, TYPES
from expectations.quality.wholetypes import EVERY

COLUMNS = ("ma", "ngay", "so", "tong")


def suite(*expectations: dict[str, Any]) -> dict[str, Any]:
    """A suite file, decoded."""
    return {"name": "ho-tich", "expectations": list(expectations)}


def expect(name: str, /, **kwargs: Any) -> dict[str, Any]:
    """One expectation with its arguments."""
    return {"type": f"expect_{name}", "kwargs": kwargs}


NOT_NULL = expect("column_values_to_not_be_null", column="ma")
BETWEEN = "column_values_to_be_between"


def test_a_check_knows_what_it_reads_and_measures() -> None:
    (check,) = read(suite(expect(BETWEEN, column="so", min_value=0, mostly=0.95)), COLUMNS)
    assert (check.id, check.columns, check.dimension, check.severity, check.mostly) == ("so.be_between", ("so",), "dung", "critical", 0.95)


def test_the_suite_may_say_dimension_and_severity() -> None:
    (check,) = read(suite({**NOT_NULL, "meta": {"dimension": "sach"}, "severity": "info"}), COLUMNS)
    assert (check.dimension, check.severity) == (Dimension.SACH, "info")


def test_checks_of_one_kind_on_one_column_have_names_of_their_own() -> None:
    """And each keeps its name when their order changes."""
    first, second = expect(BETWEEN, column="so", min_value=0), expect(BETWEEN, column="so", max_value=9, mostly=0.5)
    names = [check.id for check in read(suite(first, second), COLUMNS)]
    assert len(set(names)) == 2
    assert [check.id for check in read(suite(second, first), COLUMNS)] == names[::-1]


def test_what_tools_write_beside_the_arguments_is_dropped() -> None:
    noisy = expect(BETWEEN, column="so", min_value=0, batch_id="x", result_format="BASIC", catch_exceptions=False)
    assert read(suite(noisy), COLUMNS)[0].kwargs == {"column": "so", "min_value": 0}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param([], "a suite is a JSON object", id="not an object"),
        pytest.param({"name": "x"}, "a list of expectations", id="no expectations"),
        pytest.param({"expectations": []}, "name is missing", id="no name"),
        pytest.param(suite("x"), "type, kwargs", id="not an expectation"),  # type: ignore[arg-type]  # that is the point
        pytest.param(suite(expect("table_row_count_to_equal_other_table")), "nor by states that add", id="other table"),
        pytest.param(suite(expect("column_values_to_match_like_pattern", column="ma")), "allowed are", id="no provider"),
        pytest.param(suite(expect("column_mean_to_be_between", column="so")), "give at least one", id="aggregate without bounds"),
        pytest.param(
            suite(expect("column_quantile_values_to_be_between", column="so", quantile_ranges={"quantiles": [0.5], "value_ranges": []})),
            "not possible on the stream: not every quantile has a range",
            id="does not compile",
        ),
        pytest.param(
            suite(expect("column_mean_to_be_between", column="so", min_value=1, mostly=0.5)), "mostly is no argument", id="mostly"
        ),
        pytest.param(
            suite(expect(BETWEEN, column="xa", min_value=0)), "'xa' is no column of the contract: allowed are ma, ngay", id="column"
        ),
        pytest.param(suite(expect(BETWEEN, column="so")), "give at least one", id="no bounds"),
        pytest.param(suite(expect(BETWEEN, column="so", min_value=2, max_value=1)), "swap them", id="bounds the wrong way round"),
        pytest.param(suite(expect(BETWEEN, column="so", min_value="2024-01-01")), "min_value must be a number", id="text bound"),
        pytest.param(suite(expect(BETWEEN, column="so", min_value=True)), "min_value must be a number", id="boolean bound"),
        pytest.param(suite(expect(BETWEEN, column="so", min_value=0, mostly=1.01)), "a number from 0 to 1", id="mostly above 1"),
        pytest.param(suite(expect(BETWEEN, column="so", min_value=0, max=1)), "max is no argument", id="unknown argument"),
        pytest.param(suite(expect(BETWEEN, column="so", min_value=0, row_condition="so>0")), "not possible", id="row condition"),
        pytest.param(suite(expect("column_values_to_match_regex", column="ma")), "regex is missing", id="argument missing"),
        pytest.param(suite(expect("column_values_to_match_regex", column="ma", regex="(")), "Python can compile", id="bad regex"),
        pytest.param(suite(expect("column_values_to_match_regex_list", column="ma", regex_list=[])), "a list of regular", id="no regex"),
        pytest.param(suite(expect("column_values_to_be_of_type", column="ma", type_="object")), "a Python type", id="whole-column type"),
        pytest.param(suite(expect("column_pair_values_to_be_equal", column_A="so")), "column_B None is no column", id="half a pair"),
        pytest.param(
            suite(expect("multicolumn_sum_to_equal", column_list=["so", "so"], sum_total=1)), "different columns", id="a column twice"
        ),
        pytest.param(
            suite(expect("multicolumn_sum_to_equal", column_list=["so", "tong"], sum_total=1, ignore_row_if="neither")),
            f"one of {', '.join(IGNORE['record'])}",
            id="ignore_row_if of a pair",
        ),
        pytest.param(suite({**NOT_NULL, "meta": {"dimension": "song"}}), f"allowed are {', '.join(OF_CHECKS)}", id="liveness is no check"),
        pytest.param(suite({**NOT_NULL, "severity": "high"}), "critical, warning, info", id="severity"),
        pytest.param(suite(NOT_NULL, NOT_NULL), "2 times with the same arguments", id="repeated"),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(wrong: object, told: str) -> None:
    found = problems(wrong, COLUMNS)
    assert len(found) == 1, found
    assert told in found[0]
    with pytest.raises(SuiteError, match=r"."):
        read(wrong, COLUMNS)


def test_all_mistakes_are_told_at_once_and_where() -> None:
    found = problems({"expectations": [expect(BETWEEN, column="x"), NOT_NULL, {"type": "y", "kwargs": {}}]}, COLUMNS)
    assert [line.split(":")[0] for line in found] == ["name is missing", "expectations[0]", "expectations[0]", "expectations[2]"]


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "kwargs", "meta", "column", "mostly"]), inner),
    max_leaves=8,
)
some_expectation = st.fixed_dictionaries(
    {
        "type": st.sampled_from([*TYPES, "x"]),
        "kwargs": st.dictionaries(
            st.sampled_from(
                ["column", "column_list", "column_A", "mostly", "regex", "value_set", "min_value", "max_value", "ignore_row_if"]
            ),
            json,
        ),
    },
    optional={"meta": json},
)


@given(json | st.lists(some_expectation | json, max_size=3).map(lambda found: {"name": "x", "expectations": found}))
def test_any_json_is_read_or_refused_and_never_breaks_the_reader(decoded: Any) -> None:
    if problems(decoded, COLUMNS):
        return
    assert len(read(decoded, COLUMNS)) == len(decoded["expectations"])


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "suite.json").write_text("{", encoding="utf-8")
    for path in (tmp_path / "suite.json", tmp_path / "none.json"):
        with pytest.raises(SuiteError, match="cannot be read as JSON"):
            load(path, COLUMNS)


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "suite.json").write_bytes(msgspec.json.encode(suite(NOT_NULL)))
    assert [check.id for check in load(tmp_path / "suite.json", COLUMNS)] == ["ma.not_be_null"]


def test_reading_suites_needs_no_engine() -> None:
    """`nhip check catalogue` and a worker's start must not wait seconds for an import."""
    program = (
        "import sys, expectations.quality.reading, expectations.quality.great, expectations.quality.runner;"
        "sys.exit('great_expectations' in sys.modules or 'pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_documentation_lists_the_types_that_are_allowed() -> None:
    page = (Path(__file__).parents[2] / "docs" / "quality.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `(expect_\w+)` \| (\w+) \| (\w+) \| (.+) \|$", page, re.MULTILINE)
    own = {name: [*t.required, *t.optional] for name, t in EVERY.items()}
    assert [(name, short, dimension) for name, short, dimension, _ in shown] == [(n, t.short, t.dimension) for n, t in EVERY.items()]
    assert {name: re.findall(r"`(\w+)`", arguments) for name, *_, arguments in shown} == own


def test_the_suite_in_the_documentation_can_be_used() -> None:
    page = (Path(__file__).parents[2] / "docs" / "quality.md").read_text(encoding="utf-8")
    written = page.split("```json\n", 1)[1].split("```", 1)[0]
    assert problems(msgspec.json.decode(written), ["so_ho_so"]) == []
