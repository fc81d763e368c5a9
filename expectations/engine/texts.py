"""Values as texts: regular expressions and lengths, both of `str(value)`; dates and JSON, both of texts only."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from expectations.engine import arguments, dtypes
from expectations.engine.between import BOUNDS, outside
from expectations.engine.compiled import Compile, Compiled, Kwargs, NotCompiled
from expectations.engine.formats import ResultFormat
from expectations.engine.row_map import row_map
from expectations.engine.table import Demotion

SAME_TEXT: Final[frozenset[type]] = frozenset(
    {str, int, float, bool, Decimal, dt.date, dt.datetime, dt.time, dt.timedelta, list, dict, tuple, UUID}
)
"""Types that pandas' `astype(str)` writes as `str` does. Bytes, for one, it decodes."""

TEXT_DTYPES = dtypes.PLAIN | dtypes.SMALL | dtypes.NULLABLE | {"category"}
EVERYTHING = "(?s).*"
"""Great Expectations' default regular expression."""

FEW: Final = 32
"""Up to so many texts, looking at each costs less than finding those that differ."""

Holds = Callable[[str], object]


def _texts(values: list[Any], types: set[type]) -> list[str]:
    if types <= {str}:
        return values
    if not types <= SAME_TEXT:
        raise Demotion("a value is of a type whose text pandas makes in a way of its own")
    return list(map(str, values))


def _compiled_regex(value: Any) -> Holds:
    if not isinstance(value, str):
        raise NotCompiled("falls back, because a regular expression is not a text")
    try:
        return re.compile(value).search
    except re.error as error:
        raise NotCompiled("falls back, because a regular expression is not Python's") from error


def _regex(*, match_is_unexpected: bool, default: str | None = None) -> Compile:
    def compiles(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
        search = _compiled_regex(kwargs.get("regex", default))

        def judge(values: list[Any], types: set[type]) -> Sequence[int]:
            texts = _texts(values, types)
            if not match_is_unexpected and all(map(search, texts)):
                return ()
            bad = {text for text in (set(texts) if len(texts) > FEW else texts) if (search(text) is not None) is match_is_unexpected}
            return [i for i, text in enumerate(texts) if text in bad] if bad else ()

        return row_map(kwargs, keep, judge, optional=("regex",), dtypes=TEXT_DTYPES)

    return compiles


def _regex_list(*, match_is_unexpected: bool) -> Compile:
    def compiles(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
        searches = [_compiled_regex(one) for one in kwargs["regex_list"]]
        match_on = kwargs.get("match_on", "any")
        if not searches or match_on not in ("any", "all"):
            raise NotCompiled("falls back, because regex_list is empty or match_on is neither any nor all")
        needed = any if match_on == "any" else all

        def judge(values: list[Any], types: set[type]) -> Sequence[int]:
            texts = _texts(values, types)
            return [i for i, text in enumerate(texts) if bool(needed(search(text) for search in searches)) is match_is_unexpected]

        optional = () if match_is_unexpected else ("match_on",)
        return row_map(kwargs, keep, judge, required=("regex_list",), optional=optional, dtypes=TEXT_DTYPES)

    return compiles


def _lengths_between(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    low, high = (arguments.whole(kwargs.get(name), name) for name in ("min_value", "max_value"))
    if low is None and high is None:
        raise NotCompiled("falls back, because it has no bound")
    out = outside(low, high, strict_low=arguments.flag(kwargs, "strict_min"), strict_high=arguments.flag(kwargs, "strict_max"))

    def judge(values: list[Any], types: set[type]) -> Sequence[int]:
        texts = _texts(values, types)
        return out(list(map(len, texts)), types) if out(list(set(map(len, texts))), types) else ()

    return row_map(kwargs, keep, judge, optional=BOUNDS, dtypes=TEXT_DTYPES)


def _lengths_equal(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    length = arguments.number(kwargs["value"], "value")

    def judge(values: list[Any], types: set[type]) -> Sequence[int]:
        lengths = list(map(len, _texts(values, types)))
        return [i for i, one in enumerate(lengths) if one != length] if set(lengths) - {length} else ()

    return row_map(kwargs, keep, judge, required=("value",), dtypes=TEXT_DTYPES)


def _only_texts(types: set[type]) -> None:
    if not types <= {str}:
        raise Demotion("a value is no text", raises=True)


def _strftime(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    form = kwargs["strftime_format"]
    if not isinstance(form, str):
        raise NotCompiled("falls back, because strftime_format is not a text")

    def is_bad(value: str) -> bool:
        try:
            dt.datetime.strptime(value, form)  # noqa: DTZ007  only whether it can be read
        except ValueError:
            return True
        return False

    def judge(values: list[Any], types: set[type]) -> Sequence[int]:
        _only_texts(types)
        return [i for i, value in enumerate(values) if is_bad(value)]

    return row_map(kwargs, keep, judge, required=("strftime_format",), dtypes=("str", "string"))


def _dateutil(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    def judge(values: list[Any], types: set[type]) -> Sequence[int]:
        from dateutil.parser import parse  # noqa: PLC0415  only where a suite asks for it

        def is_bad(value: str) -> bool:
            try:
                parse(value)
            except (ValueError, OverflowError):
                return True
            return False

        _only_texts(types)
        return [i for i, value in enumerate(values) if is_bad(value)]

    return row_map(kwargs, keep, judge, dtypes=("str", "string"))


def _json(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    def is_bad(value: Any) -> bool:
        try:
            json.loads(value)
        except Exception:  # noqa: BLE001  as Great Expectations has it
            return True
        return False

    def judge(values: list[Any], types: set[type]) -> Sequence[int]:  # noqa: ARG001  every type is judged
        return [i for i, value in enumerate(values) if is_bad(value)]

    return row_map(kwargs, keep, judge, dtypes=dtypes.PLAIN | dtypes.SMALL | dtypes.NULLABLE)


def _json_schema(kwargs: Kwargs, keep: ResultFormat) -> Compiled[Any]:
    import jsonschema  # noqa: PLC0415  only where a suite asks for it

    schema = kwargs["json_schema"]
    kind = jsonschema.validators.validator_for(schema)
    try:
        kind.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise NotCompiled("falls back, because json_schema is no JSON schema") from error
    validator = kind(schema)

    def judge(values: list[Any], types: set[type]) -> Sequence[int]:  # noqa: ARG001  what is no JSON raises, which demotes
        return [i for i, value in enumerate(values) if not validator.is_valid(json.loads(value))]

    return row_map(kwargs, keep, judge, required=("json_schema",), dtypes=("str", "string"))


TYPES: Mapping[str, Compile] = {
    "expect_column_values_to_match_regex": _regex(match_is_unexpected=False, default=EVERYTHING),
    "expect_column_values_to_not_match_regex": _regex(match_is_unexpected=True),
    "expect_column_values_to_match_regex_list": _regex_list(match_is_unexpected=False),
    "expect_column_values_to_not_match_regex_list": _regex_list(match_is_unexpected=True),
    "expect_column_value_lengths_to_be_between": _lengths_between,
    "expect_column_value_lengths_to_equal": _lengths_equal,
    "expect_column_values_to_match_strftime_format": _strftime,
    "expect_column_values_to_be_dateutil_parseable": _dateutil,
    "expect_column_values_to_be_json_parseable": _json,
    "expect_column_values_to_match_json_schema": _json_schema,
}
