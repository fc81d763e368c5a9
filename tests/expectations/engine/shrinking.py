"""A disagreement made small: fewer rows, then fewer arguments, as long as it stays one."""

from __future__ import annotations

from dataclasses import replace

from tests.expectations.engine.cases import Case, Tally, disagreements
from tests.expectations.engine.frames import Row


def shrunk(case: Case) -> Case:
    """The least case found that still disagrees; the case has one expectation."""
    case = replace(case, frame=case.frame.with_rows(_fewer(case, list(case.frame.rows))))
    plain = replace(case, result_format="SUMMARY")
    return plain if _disagrees(plain) else case


def assert_agrees(case: Case, tally: Tally) -> None:
    """Every expectation of the case says what Great Expectations says; where one does not, the least case is told."""
    wrong = [number for number, _ in disagreements(case, tally)]
    assert wrong == [], "\n".join(told(shrunk(case.alone(number))) for number in wrong[:2])


def _fewer(case: Case, rows: list[Row]) -> list[Row]:
    size = max(len(rows) // 2, 1)
    while rows:
        for start in range(0, len(rows), size):
            fewer = rows[:start] + rows[start + size :]
            if _disagrees(replace(case, frame=case.frame.with_rows(fewer))):
                rows = fewer
                break
        else:
            if size == 1:
                break
            size //= 2
    return rows


def _disagrees(case: Case) -> bool:
    return any(disagreements(case))


def told(case: Case) -> str:
    """A case as a reader can try it again."""
    one = case.expectations[0]
    read = dict(one.configuration.kwargs)
    columns = [name for name in case.frame.columns if name in repr(read)] or list(case.frame.columns)
    rows = [{name: row[name] for name in columns} for row in case.frame.rows]
    why = "; ".join(found for _, found in disagreements(case))
    asked = f"{read}\n  rows {rows!r} columns {case.frame.columns} {case.frame.look} {case.result_format}"
    return f"seed {case.seed} {one.expectation_type} {'(inferred dtypes)' if case.frame.inferred else ''}\n  {asked}\n  {why}"
