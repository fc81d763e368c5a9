"""`validate` stands in for `Batch.validate`: the same result objects, whichever way they were come by."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
import pytest
from great_expectations.core.result_format import ResultFormat
from great_expectations.expectations.row_conditions import Column

from expectations import NotCompiled, validate
from expectations.engine import great
from tests.expectations.engine.agreement import difference
from tests.expectations.engine.cases import case_of

pytestmark = pytest.mark.filterwarnings("ignore")

ROWS: list[dict[str, Any]] = [{"ma": f"{n:03d}", "so": n if n % 7 else None, "loai": "abc"[n % 3]} for n in range(60)]
BETWEEN = gxe.ExpectColumnValuesToBeBetween(
    column="so", min_value=3, max_value=50, mostly=0.8, severity="warning", meta={"k": 1}, notes="n"
)
OTHER_TABLE = gxe.ExpectTableRowCountToEqualOtherTable(other_table_name="x")
LIKE = gxe.ExpectColumnValuesToMatchLikePattern(column="ma", like_pattern="0%")


def suite(*expectations: Any) -> Any:
    return gx.ExpectationSuite(name="s", expectations=list(expectations))


def assert_same(rows: Any, expect: Any, **how: Any) -> Any:
    """Ours is Great Expectations' own, result for result; returned is ours."""
    ours, theirs = validate(rows, expect, **how), validate(rows, expect, native=False, **how)
    assert type(ours) is type(theirs)
    several = isinstance(theirs, gx.core.ExpectationSuiteValidationResult)
    pairs = zip(ours.results, theirs.results, strict=True) if several else [(ours, theirs)]
    assert [found for one, other in pairs if (found := difference(one, other))] == []
    if several:
        assert (ours.success, ours.statistics, ours.suite_name) == (theirs.success, theirs.statistics, theirs.suite_name)
    return ours


@pytest.mark.parametrize(
    "result_format",
    [
        "BOOLEAN_ONLY",
        "BASIC",
        "SUMMARY",
        "COMPLETE",
        ResultFormat.COMPLETE,
        {"result_format": "SUMMARY", "partial_unexpected_count": 2},
        {"result_format": "COMPLETE", "unexpected_index_column_names": ["ma"]},
    ],
)
def test_every_result_format(result_format: Any) -> None:
    assert_same(ROWS, suite(BETWEEN, gxe.ExpectColumnValuesToBeInSet(column="loai", value_set=["a"])), result_format=result_format)


def test_one_expectation_gives_one_result() -> None:
    ours = assert_same(ROWS, BETWEEN)
    assert (ours.success, ours.result["missing_count"]) == (True, 9)
    assert (ours.expectation_config.severity, ours.expectation_config.meta, ours.expectation_config.notes) == ("warning", {"k": 1}, "n")


def test_results_come_in_great_expectations_order() -> None:
    """What has no provider, what failed, and then column by column as first seen."""
    expectations = [
        gxe.ExpectColumnValuesToNotBeNull(column="ma"),
        BETWEEN,
        gxe.ExpectTableRowCountToEqual(value=60),
        gxe.ExpectColumnValuesToNotBeNull(column="absent"),
        gxe.ExpectColumnValuesToBeUnique(column="ma"),
        OTHER_TABLE,
        LIKE,
        gxe.ExpectColumnValuesToBeBetween(column="loai", min_value=1),
    ]
    assert len(assert_same(ROWS, suite(*expectations)).results) == len(expectations)


def test_only_what_does_not_compile_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    ask = great.ask

    def noted(frame: Any, expect: Any, *rest: Any) -> Any:
        asked.extend(one.type for one in expect.expectation_configurations)
        return ask(frame, expect, *rest)

    monkeypatch.setattr(great, "ask", noted)
    validate(ROWS, suite(BETWEEN, OTHER_TABLE, gxe.ExpectColumnValuesToBeBetween(column="loai", min_value=1)))
    assert asked == ["expect_table_row_count_to_equal_other_table", "expect_column_values_to_be_between"]


def test_expectations_that_fail_twice_are_told_as_often_as_great_expectations_tells_them() -> None:
    twice = gxe.ExpectColumnValuesToBeBetween(column="loai", min_value=1)
    assert_same(ROWS, suite(twice, BETWEEN, twice))


@pytest.mark.parametrize("rows", [[], [{}], [{"so": None}] * 3, [{"so": 1}, {"ma": 2}], ROWS[:1]])
def test_few_rows_empty_rows_and_rows_that_lack_keys(rows: list[dict[str, Any]]) -> None:
    assert_same(rows, suite(BETWEEN, gxe.ExpectColumnValuesToNotBeNull(column="so"), gxe.ExpectTableColumnCountToEqual(value=2)))


def test_a_suite_without_expectations_succeeds() -> None:
    assert assert_same(ROWS, suite()).statistics["success_percent"] is None


def test_json_of_an_expectation_and_of_a_suite() -> None:
    one = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "so", "min_value": 3}}
    assert_same(ROWS, one)
    assert_same(ROWS, {"name": "s", "expectations": [one]})


def test_suite_parameters_are_filled_in() -> None:
    open_one = gxe.ExpectColumnValuesToBeBetween(column="so", min_value={"$PARAMETER": "least"})
    assert_same(ROWS, suite(open_one), suite_parameters={"least": 5})
    assert validate(ROWS, open_one, suite_parameters={"least": 5}, native=True).result["unexpected_count"] == 4


def test_what_fails_on_a_suite_parameter_is_told_with_it_as_given_and_in_its_place() -> None:
    rows = [{"t": "a"}, {"t": 1}]
    at_least = {"column": "t", "min_value": {"$PARAMETER": "least"}}
    failing = {"type": "expect_column_max_to_be_between", "kwargs": at_least}
    others = [
        {"type": kind, "kwargs": {"column": "t"}} for kind in ("expect_column_values_to_not_be_null", "expect_column_values_to_be_unique")
    ]
    summed = {"type": "expect_column_sum_to_be_between", "kwargs": at_least}
    instants = {"type": "expect_column_max_to_be_between", "kwargs": at_least | {"column": "at"}}
    frame = pd.DataFrame(rows).assign(at=pd.to_datetime("2024-01-01", utc=True))
    for several in ([others[0], failing, others[1]], [failing, summed, *others], [instants, *others]):
        ours = assert_same(frame, {"name": "s", "expectations": several}, suite_parameters={"least": 1})
        told = next(one.expectation_config.kwargs["min_value"] for one in ours.results if "min_value" in one.expectation_config.kwargs)
        assert type(told) is int


def test_a_suite_parameter_that_is_missing_raises_what_great_expectations_raises() -> None:
    open_one = gxe.ExpectColumnValuesToBeBetween(column="so", min_value={"$PARAMETER": "least"})
    errors = [_raised(open_one, native) for native in (None, False)]
    assert errors[0] is errors[1] is not None


def _raised(expect: Any, native: bool | None) -> type[Exception] | None:
    try:
        validate(ROWS, expect, suite_parameters={}, native=native)
    except Exception as error:  # noqa: BLE001  compared
        return type(error)
    return None


def test_row_conditions_select_rows() -> None:
    condition = (Column("so") > 10) & Column("loai").is_in(["a", "b"])
    one = gxe.ExpectColumnValuesToBeBetween(column="so", max_value=30, row_condition=condition)
    assert assert_same(ROWS, one).result["element_count"] == validate(ROWS, one, native=True).result["element_count"] > 10


@pytest.mark.parametrize(
    ("expect", "reason"),
    [
        (OTHER_TABLE, "not a type that compiles"),
        (gxe.ExpectColumnValuesToBeBetween(column="loai", min_value=1), "a text meets a bound"),
        (gxe.ExpectColumnValuesToNotBeNull(column="absent"), "no column absent"),
        (gxe.ExpectColumnValuesToBeBetween(column="so", min_value=9, max_value=1), "greater than max_value"),
        (gxe.ExpectColumnValuesToMatchRegex(column="ma", regex="("), "not Python's"),
    ],
)
def test_native_only_says_why_it_cannot(expect: Any, reason: str) -> None:
    with pytest.raises(NotCompiled, match=reason) as raised:
        validate(ROWS, suite(BETWEEN, expect), native=True)
    assert isinstance(raised.value, ValueError)
    assert_same(ROWS, suite(BETWEEN, expect))


def test_native_only_refuses_a_result_format_that_it_cannot_write() -> None:
    with pytest.raises(NotCompiled, match="result format"):
        validate(ROWS, BETWEEN, result_format={"result_format": "SUMMARY", "map_expectation_unexpected_rows_as_dict": True}, native=True)


@pytest.mark.parametrize("rows", ["text", {"so": 1}, [1, 2], [("so", 1)]])
def test_what_is_no_row_is_refused(rows: Any) -> None:
    with pytest.raises(TypeError, match="list of dicts"):
        validate(rows, BETWEEN)


@pytest.mark.parametrize("seed", range(700, 704))
def test_a_frame_with_inferred_dtypes_is_judged_as_great_expectations_judges_it(seed: int) -> None:
    case = case_of(seed)
    frame = pd.DataFrame(case.frame.rows, columns=list(case.frame.columns))
    wrong = []
    for one in case.expectations:
        try:
            ours = validate(frame, one, result_format=case.result_format, native=True)
        except NotCompiled:
            continue
        wrong.append(difference(ours, validate(frame, one, result_format=case.result_format, native=False)))
    assert len(wrong) > 10
    assert [found for found in wrong if found] == []


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"so": [1, 2, 60]}, index=pd.MultiIndex.from_product([[5], [1, 2, 3]])),
        pd.DataFrame([[1, 2], [3, 4]], columns=["so", "SO"]),
        pd.DataFrame([[1, 2], [3, 4]], columns=["so", "so"]),
        pd.DataFrame({"so": pd.array([1, None, 2**53 + 1], dtype="Int64")}),
        pd.DataFrame({"so": [2**53 + 1, 3]}),
    ],
)
def test_a_frame_that_is_read_in_a_way_of_its_own_is_great_expectations_own(frame: Any) -> None:
    assert_same(frame, BETWEEN, result_format="COMPLETE")
    with pytest.raises(NotCompiled):
        validate(frame, BETWEEN, native=True)


def test_importing_validate_imports_no_pandas() -> None:
    program = "import sys; from expectations import validate; print(sorted({'pandas', 'numpy', 'great_expectations'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
