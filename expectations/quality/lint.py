"""What is wrong with a suite, and how each of its expectations is judged: compiled, or by Great Expectations itself and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

import msgspec

from expectations.engine import great, no_provider
from expectations.engine.compiled import NotCompiled
from expectations.engine.formats import COUNTS_ONLY
from expectations.engine.suite import compilation
from expectations.quality import reading
from expectations.quality.dimensions import OF_CHECKS
from expectations.quality.wholetypes import EVERY, WHOLE

COLUMN_ARGUMENTS = ("column", "column_A", "column_B", "column_list", "column_set")

NOT_ARGUMENTS = frozenset({"id", "meta", "notes", "description", "severity", "rendered_content", "batch_id", "windows"})
"""Fields of an expectation that are not told in its kwargs."""


class Linted(msgspec.Struct, frozen=True):
    """One expectation. `fallback` says why Great Expectations itself must judge it; None when it compiles, "" when it cannot be built.

    `whole`: it judges all rows of a window or a period together.
    """

    number: int
    type: str
    columns: tuple[str, ...]
    problems: tuple[str, ...]
    fallback: str | None
    whole: bool = False


class Lint(msgspec.Struct, frozen=True):
    """A suite: what is wrong with it as a whole, and its expectations in order."""

    problems: tuple[str, ...]
    expectations: tuple[Linted, ...]

    @property
    def count(self) -> int:
        """How many problems there are."""
        return len(self.problems) + sum(len(one.problems) for one in self.expectations)


def lint(suite_json: object, columns: Collection[str] | None) -> Lint:
    """Look at a decoded suite file, for a contract's `columns` (None: not known, any will do). Imports Great Expectations: seconds."""
    whole = suite_json if isinstance(suite_json, dict) else {}
    expectations = whole.get("expectations")
    several = expectations if isinstance(expectations, list) else []
    known = columns if columns is not None else {name for one in several for name in _columns(one)}
    own: list[str] = []
    of_each: dict[int, list[str]] = {}
    for problem in reading.problems(suite_json, known):
        place, _, rest = problem.partition(": ")
        if place.startswith("expectations["):
            of_each.setdefault(int(place[len("expectations[") : -1]), []).append(rest)
        else:
            own.append(problem)
    return Lint(tuple(own), tuple(_linted(n, one, known, of_each.get(n, [])) for n, one in enumerate(several)))


def _linted(number: int, one: Any, columns: Collection[str], told: list[str]) -> Linted:
    if not isinstance(one, dict) or not isinstance(one.get("kwargs"), dict):
        return Linted(number, "", (), tuple(told), "")
    kind, impl = str(one.get("type")), _impl(str(one.get("type")))
    problems = told if kind in EVERY else list(_of_other_type(kind, impl, one["kwargs"], columns))
    if isinstance(one.get("meta") or {}, dict) and "dimension" not in (one.get("meta") or {}):
        problems = [*problems, f"meta.dimension is missing: allowed are {', '.join(OF_CHECKS)}"]
    built = None if impl is None else _built(impl, one["kwargs"])
    if isinstance(built, list) and not (kind in EVERY and told):
        problems = [*problems, *built]
    fallback = "" if built is None or isinstance(built, list) else _fallback(built)
    return Linted(number, kind, _columns(one), tuple(problems), fallback, kind in WHOLE)


def _of_other_type(kind: str, impl: Any, kwargs: Mapping[str, Any], columns: Collection[str]) -> Iterator[str]:
    """What is wrong with an expectation of a type that `reading` does not know."""
    if impl is None:
        close = get_close_matches(kind, _every_type(), n=1, cutoff=0.6)
        yield f"type {kind!r} is none of Great Expectations'" + (f": did you mean {close[0]}?" if close else "")
        return
    if kind in no_provider.TYPES:
        yield "Great Expectations cannot judge rows by it: it fails whatever they are"
    else:
        yield "compares with another table: a worker's suite cannot have it, `from expectations import validate` can"
    yield from _unknown(impl, kwargs)
    for name in sorted({c for c in _columns({"kwargs": kwargs}) if c not in columns}):
        yield f"column {name!r} is no column of the contract: allowed are {', '.join(sorted(columns))}"


def _unknown(impl: Any, kwargs: Mapping[str, Any]) -> Iterator[str]:
    """Arguments that the type does not have: Great Expectations itself takes them of some types without a word."""
    fields = [name for name in impl.__fields__ if name not in NOT_ARGUMENTS]
    for name in sorted(set(kwargs) - set(impl.__fields__)):
        close = get_close_matches(name, fields, n=1)
        yield f"{name} is no argument of this type: " + (f"did you mean {close[0]}?" if close else f"allowed are {', '.join(fields)}")


def _built(impl: Any, kwargs: Mapping[str, Any]) -> Any:
    """The expectation, or a list of what Great Expectations finds wrong with its arguments."""
    try:
        return impl(**{name: value for name, value in kwargs.items() if name in impl.__fields__})
    except Exception as error:  # noqa: BLE001  its errors have no common base
        told = [_sentence(one) for one in getattr(error, "errors", list)()]
        return told or [f"Great Expectations refuses it: {' '.join(str(error).split())[:200]}"]


def _sentence(error: Mapping[str, Any]) -> str:
    name = ".".join(map(str, error["loc"]))
    return str(error["msg"]) if name == "__root__" else f"{name}: {error['msg']}"


def _fallback(built: Any) -> str | None:
    """Why it falls back; None when it compiles."""
    _, written = great.filled_in(built.configuration)
    try:
        compilation(written.type, written.kwargs, COUNTS_ONLY)
    except NotCompiled as reason:
        return str(reason).partition("falls back, because ")[2] or str(reason)
    return None


def _columns(one: Any) -> tuple[str, ...]:
    kwargs = one.get("kwargs") if isinstance(one, dict) else None
    given = [kwargs.get(name) for name in COLUMN_ARGUMENTS] if isinstance(kwargs, dict) else []
    flat = [name for value in given for name in (value if isinstance(value, list) else [value])]
    return tuple(name for name in flat if isinstance(name, str))


def _impl(kind: str) -> Any:
    from great_expectations.exceptions import ExpectationNotFoundError  # noqa: PLC0415  seconds and 200 MB: only to lint
    from great_expectations.expectations.registry import get_expectation_impl  # noqa: PLC0415  as above

    try:
        return get_expectation_impl(kind)
    except ExpectationNotFoundError:
        return None


def _every_type() -> list[str]:
    from great_expectations.expectations.registry import list_registered_expectation_implementations  # noqa: PLC0415  as above

    return sorted(list_registered_expectation_implementations())
