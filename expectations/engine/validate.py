"""`validate`: stands in for `Batch.validate` of Great Expectations, and takes the compiled path where it can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from expectations.engine import formats, great, labels
from expectations.engine.compiled import Demoted, NotCompiled, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.given import Given
from expectations.engine.ordering import Asked, in_order
from expectations.engine.suite import Compilation, guarded
from expectations.engine.table import Table


def validate(
    rows_or_frame: Any,
    expectation_or_suite: Any,
    *,
    result_format: Any = "SUMMARY",
    suite_parameters: Mapping[str, Any] | None = None,
    native: bool | None = None,
) -> Any:
    """Judge rows (a list of dicts, taken as `DataFrame(rows, dtype=object)`) or a pandas frame, and return Great Expectations' own result.

    The result of a suite is an ExpectationSuiteValidationResult, of an expectation an ExpectationValidationResult; JSON of either is
    taken as well. `native=None` judges what compiles without Great Expectations and asks it for the rest; False asks it for all; True
    raises NotCompiled, a ValueError that says why, where anything would have to be asked. What Great Expectations raises (a parameter
    that is missing, an argument that is wrong) is raised as it is.
    """
    given = Given(rows_or_frame)
    expect = great.as_object(expectation_or_suite)
    is_suite = great.is_suite(expect)
    form = formats.parse(result_format)
    if native is False or (form is None and not native):
        return great.ask(given.frame(), expect, result_format, suite_parameters)
    if form is None:
        raise NotCompiled("falls back, because only Great Expectations writes this result format")
    asked = [Asked.of(given_one, filled, form) for given_one, filled in great.configurations(expect, suite_parameters)]
    outcomes = _outcomes(given, asked, form)
    open_ones = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Demoted)]
    if native and open_ones:
        raise NotCompiled("; ".join(f"{asked[n].asked.type}: {_reason(outcomes[n])}" for n in open_ones))
    if len(open_ones) == len(asked) > 0:
        return great.ask(given.frame(), expect, result_format, suite_parameters)
    found: list[Any] = []
    if open_ones:
        found = great.ask_some(given.frame(), [asked[n].configuration for n in open_ones], result_format, suite_parameters)
    results = in_order(asked, outcomes, found)
    return great.suite_result(expect, results) if is_suite else results[0]


def _outcomes(given: Given, asked: list[Asked], form: ResultFormat) -> list[Outcome | Demoted]:
    table = guarded(given.table)
    if isinstance(table, Demoted):
        return [table for _ in asked]
    outcomes = [_outcome(table, one.compilation, form) for one in asked]
    if given.shows_places(form):
        return outcomes
    return [_told(given, one, outcome, form) for one, outcome in zip(asked, outcomes, strict=True)]


def _outcome(table: Table, check: Compilation | NotCompiled, form: ResultFormat) -> Outcome | Demoted:
    return Demoted(str(check)) if isinstance(check, NotCompiled) else check.result(check.of(table), form)


def _told(given: Given, asked: Asked, outcome: Outcome | Demoted, form: ResultFormat) -> Outcome | Demoted:
    """The outcome as it tells the rows of what was given."""
    if isinstance(outcome, Demoted) or isinstance(asked.compilation, NotCompiled):
        return outcome
    found: Outcome | Demoted = guarded(labels.told, outcome, given.frame(), asked.compilation.check.columns, form)
    return found


def _reason(outcome: Outcome | Demoted) -> str:
    return outcome.reason if isinstance(outcome, Demoted) else ""
