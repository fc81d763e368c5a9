"""A suite file (Great Expectations' own JSON) becomes checks; everything wrong with it is told at once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec

from expectations.engine.compiled import NotCompiled
from expectations.quality import arguments, whole
from expectations.quality.dimensions import OF_CHECKS, Dimension
from expectations.quality.rowlevel import COLUMNS, RowType
from expectations.quality.suite import Check, Severity
from expectations.quality.wholetypes import EVERY


class SuiteError(Exception):
    """A suite cannot be used. The message has one line a problem, each with what is allowed."""


def problems(suite_json: object, columns: Collection[str]) -> list[str]:
    """Return what is wrong with a decoded suite file for a dataset with `columns`; empty when it can be used."""
    if not isinstance(suite_json, dict) or not isinstance(suite_json.get("expectations"), list):
        return ["a suite is a JSON object with name and a list of expectations"]
    found = [] if isinstance(suite_json.get("name"), str) and suite_json["name"] else ["name is missing: give the suite a name"]
    for number, one in enumerate(suite_json["expectations"]):
        found += [f"expectations[{number}]: {problem}" for problem in _problems_of_one(one, columns)]
    return found or list(_repeated(suite_json["expectations"]))


def _problems_of_one(one: object, columns: Collection[str]) -> list[str]:
    if not isinstance(one, dict) or not isinstance(one.get("kwargs"), dict) or not isinstance(one.get("meta") or {}, dict):
        return ["an expectation is a JSON object with type, kwargs and, if you like, meta"]
    row_type = EVERY.get(str(one.get("type")))
    if row_type is None:
        return [f"type {one.get('type')!r} judges neither row by row nor by states that add: allowed are {', '.join(EVERY)}"]
    found = [*_column_problems(row_type, one["kwargs"], columns), *arguments.problems(row_type, one["kwargs"]), *_label_problems(one)]
    return found or list(_not_kept(row_type, one))


def _not_kept(row_type: RowType, one: Mapping[str, Any]) -> Iterator[str]:
    """A check of all rows together that does not compile: nobody could judge it, for the rows are not held."""
    try:
        if row_type.whole:
            whole.header(one["type"], _kwargs(one), of_table=False)
    except NotCompiled as reason:
        yield f"judges all rows together and is not possible on the stream: {str(reason).partition('because ')[2] or reason}"


def _column_problems(row_type: RowType, kwargs: Mapping[str, Any], columns: Collection[str]) -> Iterator[str]:
    for name in COLUMNS[row_type.kind]:
        named = kwargs.get(name)
        if row_type.kind == "record" and not (isinstance(named, list) and len(named) >= 2 and len(set(map(str, named))) == len(named)):
            yield f"{name} must be a list of two or more different columns"
            continue
        for column in named if isinstance(named, list) else [named]:
            if not isinstance(column, str) or column not in columns:
                yield f"{name} {column!r} is no column of the contract: allowed are {', '.join(sorted(columns))}"


def _label_problems(one: Mapping[str, Any]) -> Iterator[str]:
    dimension = (one.get("meta") or {}).get("dimension")
    if dimension is not None and dimension not in OF_CHECKS:
        yield f"meta.dimension {dimension!r} is not known: allowed are {', '.join(OF_CHECKS)}"
    if one.get("severity") is not None and one["severity"] not in get_args(Severity):
        yield f"severity {one['severity']!r} is not known: allowed are {', '.join(get_args(Severity))}"


def _repeated(expectations: list[dict[str, Any]]) -> Iterator[str]:
    seen = Counter(_identity(one) for one in expectations)
    for identity, times in seen.items():
        if times > 1:
            yield f"{identity[0]} is there {times} times with the same arguments: keep one"


def read(suite_json: object, columns: Collection[str], personal: frozenset[str] = frozenset()) -> tuple[Check, ...]:
    """Return the checks of a decoded suite file in its order; raises SuiteError with every problem. `personal` are columns."""
    found = problems(suite_json, columns)
    if found:
        raise SuiteError("\n".join(found))
    expectations: list[dict[str, Any]] = suite_json["expectations"]  # type: ignore[index]  # problems() has seen that it is an object
    names = Counter(_name(one) for one in expectations)
    return tuple(_check(one, personal, unique=names[_name(one)] == 1) for one in expectations)


def load(path: Path, columns: Collection[str], personal: frozenset[str] = frozenset()) -> tuple[Check, ...]:
    """Read a suite file; raises SuiteError when it cannot be read or used."""
    try:
        decoded = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise SuiteError(f"cannot be read as JSON ({error.__class__.__name__}): give a suite file of Great Expectations") from error
    return read(decoded, columns, personal)


def _check(one: Mapping[str, Any], personal: frozenset[str], *, unique: bool) -> Check:
    row_type, kwargs = EVERY[one["type"]], _kwargs(one)
    return Check(
        id=_name(one) if unique else f"{_name(one)}.{_identity(one)[1][:6]}",
        type=one["type"],
        columns=_columns(one),
        dimension=Dimension((one.get("meta") or {}).get("dimension") or row_type.dimension),
        severity=one.get("severity") or "critical",
        mostly=float(kwargs.get("mostly", 1.0)),
        kwargs=kwargs,
        whole=row_type.whole,
        shown=not personal.intersection(_columns(one)),
    )


def _kwargs(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one["kwargs"].items() if name not in arguments.DROPPED}


def _columns(one: Mapping[str, Any]) -> tuple[str, ...]:
    given = [one["kwargs"][name] for name in COLUMNS[EVERY[one["type"]].kind]]
    return tuple(given[0]) if given and isinstance(given[0], list) else tuple(given)


def _name(one: Mapping[str, Any]) -> str:
    """`ma_ho_so.not_be_null`: readable, and the same as long as the check stays what it is."""
    return f"{'+'.join(_columns(one)) or 'table'}.{EVERY[one['type']].short}"


def _identity(one: Mapping[str, Any]) -> tuple[str, str]:
    """The check's name, and a digest of its arguments: two checks of one name are told apart by it."""
    return _name(one), hashlib.sha256(msgspec.json.encode(_kwargs(one), order="sorted")).hexdigest()
