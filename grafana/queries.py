"""InfluxQL from the table of measurements. A name that the table does not have is refused: a dashboard cannot drift from what is written.

InfluxQL is the one language that InfluxDB 1.8, 2.x and 3 all answer; only plain SELECT and SHOW TAG VALUES are made here. A query may be
the source of another: it then offers its columns and the tags it is grouped by, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from points.measurement import Measurement
from points.table import MEASUREMENTS

FUNCTIONS = frozenset({"last", "sum", "max", "mean", "count", "floor", "abs"})


class QueryError(ValueError):
    """A query names what its source does not have. The message says what it has."""


class Expression(msgspec.Struct, frozen=True):
    """A piece of a SELECT and the columns that it reads."""

    text: str
    columns: frozenset[str] = frozenset()
    compound: bool = False

    @property
    def enclosed(self) -> str:
        """The text as part of a larger expression."""
        return f"({self.text})" if self.compound else self.text

    def __add__(self, other: Expression | float) -> Expression:
        return _joined(self, "+", other)

    def __sub__(self, other: Expression | float) -> Expression:
        return _joined(self, "-", other)

    def __truediv__(self, other: Expression | float) -> Expression:
        return _joined(self, "/", other)


SECONDS = Expression("$__interval_ms / 1000", compound=True)
"""The length of Grafana's own interval."""


class Condition(msgspec.Struct, frozen=True):
    """A piece of a WHERE, and the one name that it asks: a tag or field of a measurement, or a column of an inner query."""

    text: str
    name: str


class Query(msgspec.Struct, frozen=True):
    """A finished SELECT: its text, the columns it answers, and the tags it is grouped by."""

    text: str
    columns: frozenset[str]
    tags: frozenset[str]


def column(name: str) -> Expression:
    """A field of a measurement, or a column of an inner query."""
    return Expression(_name(name), frozenset({name}))


def number(value: float) -> Expression:
    """A constant."""
    return Expression(f"{value:g}")


def call(function: str, of: Expression) -> Expression:
    """A function of InfluxQL. Raises QueryError for one that the three versions do not share."""
    if function not in FUNCTIONS:
        raise QueryError(f"{function}() is not used here: choose one of {', '.join(sorted(FUNCTIONS))}")
    return Expression(f"{function}({of.text})", of.columns)


def within(name: str, low: int, high: int) -> Expression:
    """1 for a whole number from `low` through `high`, else 0: InfluxQL has no CASE, and sums and means of it are counts and shares.

    The distance from the middle, in units of the reach and rounded down, is 0 inside and 1 or more outside.
    """
    middle, reach = (low + high) / 2, (high - low + 1) / 2
    outside = call("floor", call("abs", column(name) - middle) / reach)
    return call("floor", number(1) / (outside + 1))


def matches(tag: str, variable: str) -> Condition:
    """The tag is one of the values chosen in a dashboard variable; Grafana escapes them (`:regex`)."""
    return Condition(f"{_name(tag)} =~ /^${{{variable}:regex}}$/", tag)


def equals(name: str, value: str) -> Condition:
    """The tag or text has this value."""
    return Condition(f"{_name(name)} = {_text(value)}", name)


def one_of(name: str, values: Iterable[str]) -> Condition:
    """The text is one of these, of which each is a word: letters, digits and `_`. Raises QueryError for another value, and for none."""
    words = sorted(values)
    if not words or not all(re.fullmatch(r"\w+", word, re.ASCII) for word in words):
        raise QueryError(f"{words} must be words of letters, digits and _, and at least one")
    return Condition(f"{_name(name)} =~ /^({'|'.join(words)})$/", name)


def is_false(name: str) -> Condition:
    """The column of an inner query is false; neither true nor without a value."""
    return Condition(f"{_name(name)} = false", name)


def compare(name: str, sign: str, value: float) -> Condition:
    """A column, which then has a value, against a number. Raises QueryError for an unknown sign."""
    if sign not in {"<", "<=", ">", ">="}:
        raise QueryError(f"{sign!r} is no comparison: choose one of <, <=, >, >=")
    return Condition(f"{_name(name)} {sign} {value:g}", name)


def select(
    columns: Mapping[str, Expression],
    source: Measurement | Query,
    *,
    where: Sequence[Condition] = (),
    by: Sequence[str] = (),
    each_interval: bool = False,
) -> Query:
    """A SELECT of named columns, grouped by tags, and with `each_interval` by Grafana's own interval.

    The dashboard's time range is asked for where the points are read. Raises QueryError for a name that the source does not have.
    """
    _check(columns, source, where, by)
    chosen = ", ".join(e.text if e.text == _name(name) else f"{e.text} AS {_name(name)}" for name, e in columns.items())
    origin = f"({source.text})" if isinstance(source, Query) else _name(source.name)
    conditions = [c.text for c in where] if isinstance(source, Query) else ["$timeFilter", *(c.text for c in where)]
    groups = (["time($__interval)"] if each_interval else []) + [_name(tag) for tag in by]
    parts = [f"SELECT {chosen} FROM {origin}"]  # noqa: S608  names are of the table and quoted
    parts += [f"WHERE {' AND '.join(conditions)}"] if conditions else []
    parts += [f"GROUP BY {', '.join(groups)}"] if groups else []
    parts += ["fill(none)"] if each_interval else []
    return Query(" ".join(parts), frozenset(columns), frozenset(by))


def tag_values(measurement: Measurement, tag: str, where: Sequence[Condition] = ()) -> str:
    """The query of a dashboard variable: the values of a tag. Raises QueryError for a name that the measurement does not have."""
    _check({}, measurement, (), (tag, *(c.name for c in where)))
    conditions = f" WHERE {' AND '.join(c.text for c in where)}" if where else ""
    return f"SHOW TAG VALUES FROM {_name(measurement.name)} WITH KEY = {_name(tag)}{conditions}"


def _check(columns: Mapping[str, Expression], source: Measurement | Query, where: Sequence[Condition], by: Sequence[str]) -> None:
    read = frozenset[str]().union(*(e.columns for e in columns.values()))
    if isinstance(source, Query):
        _refuse(read - source.columns, "columns of the inner query", source.columns)
        _refuse({c.name for c in where} - source.columns, "columns of the inner query", source.columns)
        _refuse(set(by) - source.tags, "tags of the inner query", source.tags)
        return
    if MEASUREMENTS.get(source.name) is not source:
        raise QueryError(f"{source.name} is not in the table of points: choose one of {', '.join(MEASUREMENTS)}")
    tags, fields = frozenset(t.name for t in source.tags), frozenset(source.fields)
    _refuse(read - fields, f"fields of {source.name}", fields)
    _refuse({c.name for c in where} - tags - fields, f"tags and fields of {source.name}", tags | fields)
    _refuse(set(by) - tags, f"tags of {source.name}", tags)


def _refuse(unknown: set[str] | frozenset[str], what: str, known: frozenset[str]) -> None:
    if unknown:
        raise QueryError(f"{', '.join(sorted(unknown))}: the {what} are {', '.join(sorted(known))}")


def _joined(left: Expression, sign: str, right: Expression | float) -> Expression:
    other = right if isinstance(right, Expression) else number(right)
    return Expression(f"{left.enclosed} {sign} {other.enclosed}", left.columns | other.columns, compound=True)


def _name(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
