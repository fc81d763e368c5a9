"""One case: a frame, expectations, a result format; judged by us, whole and in parts, and by Great Expectations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from expectations import NotCompiled, validate
from expectations.engine import formats, great
from expectations.engine.codec import decode, encode
from expectations.engine.compiled import Demoted
from expectations.engine.suite import Compilation, compilation
from expectations.engine.table import Table
from tests.expectations.engine import oracle
from tests.expectations.engine.agreement import difference
from tests.expectations.engine.frames import Frame, cuts_of, frame_of
from tests.expectations.engine.ordinary import fitting, ordinary_frame, traits
from tests.expectations.engine.suites import SPECIFIC, expectation

FORMATS: tuple[Any, ...] = (
    "SUMMARY",
    "SUMMARY",
    "BASIC",
    "COMPLETE",
    "BOOLEAN_ONLY",
    {"result_format": "SUMMARY", "partial_unexpected_count": 3},
    {"result_format": "BASIC", "partial_unexpected_count": 0},
    {"result_format": "COMPLETE", "exclude_unexpected_values": True},
    {"result_format": "COMPLETE", "return_unexpected_index_query": False},
)
ORDINARY_FORMATS: tuple[Any, ...] = (
    *FORMATS,
    {"result_format": "COMPLETE", "partial_unexpected_count": 5, "return_unexpected_index_query": True},
    {"result_format": "SUMMARY", "return_unexpected_index_query": True},
    {"result_format": "SUMMARY", "unexpected_index_column_names": ["a"]},
    {"result_format": "COMPLETE", "unexpected_index_column_names": ["b", "a"]},
    {"result_format": "BASIC", "include_unexpected_rows": True},
    {"result_format": "SUMMARY", "include_unexpected_rows": True, "partial_unexpected_count": 2},
    {"result_format": "COMPLETE", "include_unexpected_rows": True},
)


@dataclass(frozen=True)
class Case:
    """What is asked. `seed` decides how rows are split and parts are merged."""

    seed: int
    frame: Frame
    expectations: tuple[Any, ...]
    result_format: Any

    def alone(self, number: int) -> Case:
        """The case with one of its expectations."""
        return replace(self, expectations=(self.expectations[number],))


@dataclass
class Tally:
    """How many results of each type were compared, and how many of them were native, whole and merged from parts."""

    compared: Counter[str] = field(default_factory=Counter)
    native: Counter[str] = field(default_factory=Counter)
    merged: Counter[str] = field(default_factory=Counter)
    traits: Counter[str] = field(default_factory=Counter)
    native_traits: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)


def case_of(seed: int, types: Sequence[str] = tuple(SPECIFIC), rows: int | None = None) -> Case:
    """The case of a number."""
    rng = Random(seed)
    frame = frame_of(rng, rows)
    made = [expectation(rng, frame, name) for name in types]
    return Case(seed, frame, tuple(one for one in made if one is not None), rng.choice(FORMATS))


def ordinary_case(seed: int, types: Sequence[str] = tuple(SPECIFIC)) -> Case:
    """The case of a number, as a stranger has it: ordinary columns of every dtype, arguments that fit them."""
    rng = Random(seed)
    frame = ordinary_frame(rng)
    made = [fitting(rng, frame, name) for name in types]
    return Case(seed, frame, tuple(one for one in made if one is not None), rng.choice(ORDINARY_FORMATS))


def disagreements(case: Case, tally: Tally | None = None) -> Iterator[tuple[int, str]]:
    """Numbers of expectations on which we and Great Expectations disagree, with how."""
    theirs = oracle.ask(case.frame, case.expectations, case.result_format)
    for number, (one, right) in enumerate(zip(case.expectations, theirs, strict=True)):
        if tally:
            tally.compared[one.expectation_type] += 1
            tally.traits.update(traits(case.frame, one, case.result_format))
        found = _whole(case, one, right, tally) or _parts(case, one, right, tally)
        if found:
            yield number, found


def _whole(case: Case, one: Any, right: Any, tally: Tally | None) -> str | None:
    """`validate`, natively; what falls back is Great Expectations' own answer and is compared on the suite path."""
    given = case.frame.dicts() if case.seed % 2 and case.frame.rows and not case.frame.inferred else case.frame.pandas()
    try:
        ours = validate(given, one, result_format=case.result_format, native=True)
    except NotCompiled as reason:
        if tally:
            tally.reasons[one.expectation_type, str(reason)] += 1
        return None
    except Exception as error:  # noqa: BLE001  compared with what Great Expectations raised
        ours = error
    if tally and not isinstance(ours, Exception):
        tally.native[one.expectation_type] += 1
        tally.native_traits.update(traits(case.frame, one, case.result_format))
    found = difference(ours, right)
    return f"validate: {found}" if found else None


def _parts(case: Case, one: Any, right: Any, tally: Tally | None) -> str | None:
    """States of parts of the rows, merged in a random tree, some of them written and read on the way."""
    form = formats.parse(case.result_format)
    if form is None or form.rows or form.keys or isinstance(right, Exception) or case.frame.inferred:
        return None
    asked, written = great.filled_in(great.configurations(one, None)[0][1])
    try:
        check = compilation(written.type, written.kwargs, form)
    except NotCompiled:
        return None
    state = merged(check, case)
    outcome = check.result(state, form)
    if isinstance(outcome, Demoted):
        return None
    if tally:
        tally.merged[one.expectation_type] += 1
    config = asked if "exception_info" in outcome else written
    found = difference(great.one_result(config, outcome), right)
    return f"merged: {found}" if found else None


def merged(check: Compilation, case: Case) -> Any:
    """The state of all rows of a case from random parts."""
    rng = Random(case.seed)
    foreign = {type(value).__module__.partition(".")[0] for row in case.frame.rows for value in row.values()} & {"numpy", "pandas"}
    states = [check.of(Table.of_rows(part, case.frame.columns)) for part in cuts_of(rng, case.frame.rows)]
    states.insert(rng.randint(0, len(states)), check.check.empty())
    while len(states) > 1:
        at = rng.randint(0, len(states) - 2)
        joined = check.merge(states[at], states[at + 1])
        travels = not foreign and rng.random() < 0.3
        states[at : at + 2] = [decode(encode(joined), check.check.state_type) if travels else joined]
    return states[0]
