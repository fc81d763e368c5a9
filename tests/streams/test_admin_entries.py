"""What stands in the quarantine topic is read back as it was written; what is none of ours breaks nothing."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.store import Refused
from streams.admin.entries import Entry, Place, Unreadable, Wanted, entries, parse_place
from streams.admin.remedies import POINT_REFUSED, REMEDIES
from streams.admin.tally import OTHER, Tally
from streams.changes.problems import Problem
from streams.changes.quarantine import Quarantined, encode
from streams.declarations.admission import Problem as Undeclared
from streams.outlet import chunks
from streams.settings import HERE
from streams.writing import _refusal

AT = Place("nhip.quarantine", 1, 17)
NOON_MS = 1_760_500_800_000
ROUTED = Quarantined("syt.ho_tich", 2, 99, NOON_MS - 60_000, Problem.UNKNOWN_UNIT, "no such code", '{"bytes":12}')
REFUSED = Refused(b"freshness,unit=25459 status=1i 5", "field type conflict")


def entry(reason: str = Problem.TOO_DEEP, source: str = "syt.ho_tich", at_ms: int = NOON_MS) -> Entry:
    return Entry(AT, at_ms, reason, "", "", Place(source, 0, 1), at_ms)


def read(value: bytes | None) -> list[Entry | Unreadable]:
    return list(entries(AT, NOON_MS, value))


def test_what_the_router_wrote_is_read_back() -> None:
    (found,) = read(encode(ROUTED))
    source = Place("syt.ho_tich", 2, 99)
    assert found == Entry(AT, NOON_MS, "unknown_unit", "no such code", '{"bytes":12}', source, NOON_MS - 60_000)
    assert found.place == source


def test_a_refused_point_is_named_by_its_place_in_quarantine() -> None:
    """It came from no record, and its line may be shown."""
    (found,) = read(_refusal(REFUSED))
    assert isinstance(found, Entry)
    assert (found.place, found.reason, found.timestamp_ms) == (AT, POINT_REFUSED, None)
    assert (found.detail, found.excerpt) == ("field type conflict", "freshness,unit=25459 status=1i 5")


def test_one_record_holds_many() -> None:
    (value,) = chunks([encode(ROUTED), _refusal(REFUSED), encode(ROUTED)])
    assert [one.reason for one in read(value) if isinstance(one, Entry)] == ["unknown_unit", "point_refused", "unknown_unit"]


@pytest.mark.parametrize("value", [None, b"", b"\n\n"])
def test_an_empty_record_holds_nothing(value: bytes | None) -> None:
    assert read(value) == []


@pytest.mark.parametrize("line", [b"text", b"{}", b"[]", b'{"reason":1}', b"\xff\xfe", b"[" * 100_000, b'{"reason":"x","offset":"y"}'])
def test_a_line_of_somebody_else_is_told_and_the_next_one_is_read(line: bytes) -> None:
    assert [type(one) for one in read(line + b"\n" + encode(ROUTED))] == [Unreadable, Entry]


@given(st.binary(max_size=200))
def test_no_bytes_at_all_raise(value: bytes) -> None:
    assert len(read(value)) == sum(1 for line in value.split(b"\n") if line)


@pytest.mark.parametrize(
    ("wanted", "takes"),
    [
        (Wanted(), True),
        (Wanted(reason="too_deep"), True),
        (Wanted(reason="oversized"), False),
        (Wanted(topic="syt.ho_tich"), True),
        (Wanted(topic="syt.ho"), False),
        (Wanted(since_ms=NOON_MS - 1), True),
        (Wanted(since_ms=NOON_MS), True),
        (Wanted(since_ms=NOON_MS + 1), False),
        (Wanted("too_deep", "syt.ho_tich", NOON_MS + 1), False),
    ],
)
def test_what_is_asked_for(wanted: Wanted, *, takes: bool) -> None:
    assert wanted.takes(entry()) is takes


@given(st.from_regex(r"[a-z0-9._-]{1,20}", fullmatch=True), st.integers(0, 10**6), st.integers(0, 2**63 - 1))
def test_a_place_is_read_as_it_is_written(topic: str, partition: int, offset: int) -> None:
    place = Place(topic, partition, offset)
    assert parse_place(str(place)) == place


@pytest.mark.parametrize("text", ["", "topic", "topic/1", "/1/2", "topic/1/2/3", "topic/-1/2", "topic/1/x", "topic/１/2", "topic/1/²"])
def test_what_is_no_place_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="write TOPIC/PARTITION/OFFSET"):
        parse_place(text)


def test_counts_are_by_reason_most_first_with_when_and_what_to_do() -> None:
    tally = Tally()
    for one in (entry(at_ms=5), entry(Problem.OVERSIZED, at_ms=7), entry(Problem.OVERSIZED, at_ms=6)):
        tally.add(one)
    first, second = tally.as_json()
    assert (first["reason"], first["records"], first["first_ms"], first["last_ms"]) == ("oversized", 2, 6, 7)
    assert (second["reason"], second["records"], second["mend"]) == ("too_deep", 1, REMEDIES["too_deep"].mend)
    assert tally.total == 3


def test_a_thousand_unknown_reasons_are_one_count() -> None:
    tally = Tally()
    for n in range(1_000):
        tally.add(entry(f"reason-{n}"))
    assert [(c["reason"], c["records"]) for c in tally.as_json()] == [(OTHER, 1_000)]


def test_every_reason_has_a_remedy() -> None:
    assert set(REMEDIES) == {*Problem, *Undeclared, POINT_REFUSED}


def test_the_documentation_says_the_same_as_the_command() -> None:
    """One table, told twice: nobody mends one of them alone."""
    page = (HERE / "docs" / "change-events.md").read_text(encoding="utf-8").partition("## Quarantine")[2]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", page, re.MULTILINE)
    told = {reason: (happened, mend) for reason, happened, mend in rows if reason != POINT_REFUSED}
    assert told == {str(p): (REMEDIES[p].happened, REMEDIES[p].mend) for p in Problem}


def test_an_excerpt_stays_json() -> None:
    (found,) = read(encode(ROUTED))
    assert isinstance(found, Entry)
    assert json.loads(found.excerpt) == {"bytes": 12}
