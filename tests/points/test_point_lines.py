"""A point's line holds exactly what the table allows, and nothing a reader of line protocol can misread."""

from __future__ import annotations

import enum
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.line import INT_MAX, INT_MIN, LONGEST_TAG, LONGEST_TEXT, TIME_MAX_MS, PointError, clean, field_text, tag_text
from points.measurement import Value
from points.parse import parse
from points.table import FRESHNESS, MEASUREMENTS, QUALITY, VOLUME

FEED = {"unit": "25459", "dataset": "dat-dai"}
CHECK = {**FEED, "check": "not_null", "dimension": "du", "severity": "warning"}


def test_a_point_is_written_with_sorted_tags_typed_fields_and_milliseconds() -> None:
    tags = {"unit": "25459", "department": "so-tai-chinh", "dataset": "dat-dai"}
    fields: dict[str, Value | None] = {"status": "stale", "status_code": 3, "completeness_ratio": 0.25}
    expected = (
        b'freshness,dataset=dat-dai,department=so-tai-chinh,unit=25459 status="stale",status_code=3i,completeness_ratio=0.25 1759460000000'
    )
    assert FRESHNESS.line(tags, fields, 1_759_460_000_000) == expected


TAGS = {
    "plain": ("dat-dai", b"dat-dai"),
    "comma, space and equals": ("a,b c=d", b"a\\,b\\ c\\=d"),
    "quote is plain in a tag": ('a"b', b'a"b'),
    "backslash in the middle stays": ("a\\b", b"a\\b"),
    "backslash before a comma stays": ("a\\,b", b"a\\\\,b"),
    "backslashes at the end would swallow the comma": ("ab\\\\", b"ab//"),
    "only a backslash": ("\\", b"/"),
    "newline, tab and nul are spaces": ("a\nb\tc\0d", b"a\\ b\\ c\\ d"),
    "empty": ("", b"-"),
    "Vietnamese": ("Tân Ninh", "Tân\\ Ninh".encode()),
    "half a surrogate pair": ("a\ud800b", b"a\\ b"),
}


@pytest.mark.parametrize("name", TAGS)
def test_a_tag_is_escaped(name: str) -> None:
    value, written = TAGS[name]
    assert VOLUME.line({"unit": value, "dataset": "d"}, {"other": 1}, 0) == b"volume,dataset=d,unit=" + written + b" other=1i 0"


TEXTS = {
    "plain": ("stuck", b'"stuck"'),
    "empty": ("", b'""'),
    "commas, spaces and equals need no escape": ("a, b=c", b'"a, b=c"'),
    "quote": ('say "so"', b'"say \\"so\\""'),
    "backslash at the end": ("a\\", b'"a\\\\"'),
    "newlines are spaces": ("a\r\nb\u2028c", b'"a  b c"'),
    "Vietnamese": ("chậm 3 kỳ", '"chậm 3 kỳ"'.encode()),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_field_is_escaped(name: str) -> None:
    value, written = TEXTS[name]
    tags = {**FEED, "department": "x"}
    assert FRESHNESS.line(tags, {"reason": value}, 7) == b"freshness,dataset=dat-dai,department=x,unit=25459 reason=" + written + b" 7"


@pytest.mark.parametrize(("length", "kept"), [(LONGEST_TEXT - 1, True), (LONGEST_TEXT, True), (LONGEST_TEXT + 1, False)])
def test_a_text_is_cut_past_its_longest(length: int, kept: bool) -> None:
    assert (field_text("x" * length) == "x" * length) is kept
    assert len(field_text("x" * length)) <= LONGEST_TEXT


@pytest.mark.parametrize(("length", "kept"), [(LONGEST_TAG - 1, True), (LONGEST_TAG, True), (LONGEST_TAG + 1, False)])
def test_a_tag_is_cut_past_its_longest(length: int, kept: bool) -> None:
    assert (tag_text("x" * length) == "x" * length) is kept
    assert len(tag_text("x" * length)) <= LONGEST_TAG


def test_two_long_tags_that_differ_at_the_end_stay_two_series() -> None:
    assert tag_text("x" * 300 + "a") != tag_text("x" * 300 + "b")


class Count(enum.IntEnum):
    """An int with a name, as callers may hold one."""

    TWO = 2


class Word(enum.StrEnum):
    """A text with a name, as a status is one."""

    LATE = "late"


def test_enumerations_are_written_as_their_values() -> None:
    tags = {**FEED, "department": "x"}
    assert FRESHNESS.line(tags, {"status": Word.LATE, "holes": Count.TWO}, 0).endswith(b' status="late",holes=2i 0')


def test_an_int_is_taken_for_a_float_and_written_as_one() -> None:
    assert QUALITY.line(CHECK, {"ratio": 1}, 0).endswith(b" ratio=1.0 0")


WRONG: dict[str, tuple[dict[str, Any], dict[str, Any], Any]] = {
    "unknown field": (FEED, {"insert": 1}, 0),
    "unknown tag": ({**FEED, "province": "x"}, {"inserts": 1}, 0),
    "missing tag": ({"unit": "x"}, {"inserts": 1}, 0),
    "tag that is no text": ({"unit": 25459, "dataset": "d"}, {"inserts": 1}, 0),
    "tag that is None": ({"unit": None, "dataset": "d"}, {"inserts": 1}, 0),
    "float for an int": (FEED, {"inserts": 1.0}, 0),
    "bool for an int": (FEED, {"inserts": True}, 0),
    "text for an int": (FEED, {"inserts": "1"}, 0),
    "no field": (FEED, {}, 0),
    "only a field without a value": (FEED, {"inserts": None}, 0),
    "time that is a float": (FEED, {"inserts": 1}, 1.5),
    "time that is a bool": (FEED, {"inserts": 1}, True),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_the_table_does_not_allow_is_a_mistake(name: str) -> None:
    tags, fields, time_ms = WRONG[name]
    with pytest.raises(PointError):
        VOLUME.line(tags, fields, time_ms)


WRONG_KINDS: dict[str, dict[str, Any]] = {
    "bool for a float": {"ratio": True},
    "text for a float": {"ratio": "0.5"},
    "int for a bool": {"success": 1},
    "text for a bool": {"success": "true"},
}


@pytest.mark.parametrize("name", WRONG_KINDS)
def test_a_wrong_kind_is_a_mistake(name: str) -> None:
    with pytest.raises(PointError):
        QUALITY.line(CHECK, {"evaluated": 1, **WRONG_KINDS[name]}, 0)


def test_a_number_for_a_text_is_a_mistake() -> None:
    with pytest.raises(PointError):
        FRESHNESS.line({**FEED, "department": "x"}, {"reason": 1}, 0)


@pytest.mark.parametrize("ratio", [math.nan, math.inf, -math.inf, None])
def test_a_ratio_without_a_value_is_left_out(ratio: float | None) -> None:
    assert QUALITY.line(CHECK, {"evaluated": 0, "ratio": ratio}, 0).endswith(b" evaluated=0i 0")


def test_a_point_of_nothing_but_nan_is_a_mistake() -> None:
    with pytest.raises(PointError):
        QUALITY.line(CHECK, {"ratio": math.nan}, 0)


@pytest.mark.parametrize(("number", "fits"), [(INT_MIN - 1, False), (INT_MIN, True), (INT_MAX, True), (INT_MAX + 1, False)])
def test_an_int_must_fit_64_bits(number: int, fits: bool) -> None:
    if fits:
        assert parse(VOLUME.line(FEED, {"inserts": number}, 0)).fields == {"inserts": number}
    else:
        with pytest.raises(PointError):
            VOLUME.line(FEED, {"inserts": number}, 0)


@pytest.mark.parametrize(
    ("time_ms", "fits"), [(-TIME_MAX_MS, False), (1 - TIME_MAX_MS, True), (TIME_MAX_MS - 1, True), (TIME_MAX_MS, False)]
)
def test_an_instant_must_fit_nanoseconds(time_ms: int, fits: bool) -> None:
    if fits:
        assert parse(VOLUME.line(FEED, {"inserts": 1}, time_ms)).time_ms == time_ms
    else:
        with pytest.raises(PointError):
            VOLUME.line(FEED, {"inserts": 1}, time_ms)


KINDS: dict[str, st.SearchStrategy[Any]] = {
    "int": st.integers(INT_MIN, INT_MAX),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "str": st.text(max_size=LONGEST_TEXT),
}


@given(st.data(), st.sampled_from(list(MEASUREMENTS.values())), st.integers(1 - TIME_MAX_MS, TIME_MAX_MS - 1))
def test_any_point_is_one_line_that_reads_back_as_itself(data: st.DataObject, measurement: Any, time_ms: int) -> None:
    """Whatever the texts and numbers are: no line is unparsable, none holds a second line, none says something else."""
    tags = {t.name: data.draw(st.text(max_size=LONGEST_TAG), t.name) for t in measurement.tags}
    names = data.draw(st.lists(st.sampled_from(list(measurement.fields)), min_size=1, unique=True))
    fields = {n: data.draw(KINDS[measurement.fields[n].kind], n) for n in names}
    line = measurement.line(tags, fields, time_ms)
    assert line.isascii() or line.decode().isprintable()
    assert b"\n" not in line
    point = parse(line)
    assert (point.measurement, point.time_ms) == (measurement.name, time_ms)
    assert point.tags == {n: tag_text(v) for n, v in tags.items()}
    assert point.fields == {n: clean(v) if isinstance(v, str) else v for n, v in fields.items()}
    assert [type(v) for v in point.fields.values()] == [type(v) for v in fields.values()]


def test_a_series_remembered_or_not_gives_the_same_line() -> None:
    first = VOLUME.line(FEED, {"inserts": 1}, 0)
    assert VOLUME.line(dict(reversed(FEED.items())), {"inserts": 1}, 0) == first
