"""Who may declare what, and until when: every rule just before, at and after; nothing forged is believed."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.catalogue.units import Dataset
from expectations.freshness.declarations import ADMINISTRATOR, GRANTED, Declaration, Kind
from expectations.freshness.periods import Cadence
from streams.admin.remedies import REMEDIES
from streams.declarations.admission import MOST_BYTES, Problem, Refusal, admit, refuse
from streams.declarations.signing import Keys, encode, sign, unit_key
from streams.settings import HERE
from tests.streams.changes_province import BINH_MINH, TAN_BIEN, TAN_NINH, at, catalogue, dataset

MASTER, ADMIN = "m" * 40, "a" * 40
KEYS = Keys(MASTER, ADMIN)
NOW = at("2025-11-10T09:00")
DAY_MS = 86_400_000


def allowing_nil(of: Dataset) -> Dataset:
    return msgspec.structs.replace(of, terms=msgspec.structs.replace(of.terms, nil_return=True))


PROVINCE = catalogue(
    (
        allowing_nil(dataset("ho-tich", Cadence.MONTHLY)),
        dataset("khong-nil", Cadence.MONTHLY),
        dataset("do-dac", Cadence.CONTINUOUS, units=(TAN_NINH,)),
    )
)
FEED, STRICT, CONTINUOUS = f"{TAN_NINH}/ho-tich", f"{TAN_NINH}/khong-nil", f"{TAN_NINH}/do-dac"


def said(kind: str, feed: str = FEED, by: str | None = None, made_ms: int = NOW, why: str = "vì lý do", **given: Any) -> Declaration:
    declarer = by or (ADMINISTRATOR if Kind(kind) in GRANTED else TAN_NINH)
    return Declaration(Kind(kind), feed, declarer, made_ms, why, **given)


def problem(declaration: Declaration, arrived_ms: int = NOW) -> str | None:
    refusal = refuse(declaration, arrived_ms, PROVINCE)
    return None if refusal is None else refusal.problem.removeprefix("declaration_")


ALLOWED = [
    said("nil", first="2025-10"),
    said("nil", first="2025-08", last="2025-10"),
    said("nil", first="2025-10", by=ADMINISTRATOR),
    said("waive", first="2025-12"),
    said("extend", first="2025-10", until="2025-11-30"),
    said("extend", CONTINUOUS, until="2025-11-30"),
    said("ack", first="2025-10"),
    said("ack", CONTINUOUS, first="2025-11-08T07:30+07:00"),
    said("promise", first="2025-09", last="2025-10", until="2025-11-30"),
    said("suspend"),
    said("suspend", since="2025-11-01", until="2025-11-30"),
    said("revoke", target="0" * 32),
]


@pytest.mark.parametrize("declaration", ALLOWED, ids=lambda d: f"{d.kind} {d.first}")
def test_what_is_right_is_admitted(declaration: Declaration) -> None:
    assert problem(declaration) is None


REFUSED = [
    pytest.param(said("nil", f"{TAN_NINH}/khac", first="2025-10"), "unknown_feed", id="no such dataset"),
    pytest.param(said("nil", f"{TAN_BIEN}/ho-tich", by=TAN_BIEN, first="2025-10"), "unknown_feed", id="a unit that does not owe it"),
    pytest.param(said("nil", "ho-tich", first="2025-10"), "unknown_feed", id="no feed at all"),
    pytest.param(said("nil", by=BINH_MINH, first="2025-10"), "not_permitted", id="a unit declares only for itself"),
    pytest.param(said("revoke", by=BINH_MINH, target="0" * 32), "not_permitted", id="nor does it revoke for another"),
    pytest.param(said("extend", by=TAN_NINH, first="2025-10", until="2025-11-30"), "not_permitted", id="a unit grants itself no extension"),
    pytest.param(said("waive", by=TAN_NINH, first="2025-10"), "not_permitted", id="no waiver"),
    pytest.param(said("suspend", by=TAN_NINH), "not_permitted", id="no suspension"),
    pytest.param(said("nil", STRICT, first="2025-10"), "not_possible", id="the contract allows no nil return"),
    pytest.param(said("nil", STRICT, by=ADMINISTRATOR, first="2025-10"), "not_possible", id="not even by the administrator"),
    pytest.param(said("nil", CONTINUOUS, first="2025-11-08T07:30+07:00"), "not_possible", id="nil of no period"),
    pytest.param(said("waive", CONTINUOUS, first="2025-11-08T07:30+07:00"), "not_possible", id="waiver of no period"),
    pytest.param(said("extend", CONTINUOUS, first="2025-10", until="2025-11-30"), "not_possible", id="extension of a period of none"),
    pytest.param(said("extend", until="2025-11-30"), "not_possible", id="extension of nothing"),
    pytest.param(said("ack", first="2025-Q3"), "not_possible", id="a period of another cadence"),
    pytest.param(said("ack", first="10/2025"), "not_possible", id="a period written otherwise"),
    pytest.param(said("ack", first="2025-10", last="2025-09"), "not_possible", id="the last before the first"),
    pytest.param(said("ack", first="1999-10"), "not_possible", id="a period before the first required"),
    pytest.param(said("suspend", since="2025-12-02", until="2025-12-01"), "not_possible", id="the end before the beginning"),
    pytest.param(said("nil"), "malformed", id="nil without a period"),
    pytest.param(said("nil", first="2025-10", until="2025-11-30"), "malformed", id="more than belongs to it"),
    pytest.param(said("revoke", target="abc"), "malformed", id="no id"),
    pytest.param(said("promise", first="2025-10", until="30/11/2025"), "malformed", id="no day"),
    pytest.param(said("promise", first="2025-10", until="2025-02-30"), "malformed", id="a day that is none"),
    pytest.param(said("nil", first="2025-10", why=" "), "malformed", id="no reason"),
    pytest.param(said("nil", first="2025-10", why="a\nb"), "malformed", id="a reason of two lines"),
    pytest.param(said("nil", first="2025-10", why="x" * 301), "malformed", id="a reason too long"),
    pytest.param(said("nil", first="2025-10", why=unicodedata.normalize("NFD", "hoà")), "malformed", id="a reason that is not NFC"),
    pytest.param(said("nil", first="2025-10", why="theo CCCD 072099001234"), "malformed", id="a citizen's number"),
]


@pytest.mark.parametrize(("declaration", "expected"), REFUSED)
def test_what_is_wrong_is_refused_with_its_reason(declaration: Declaration, expected: str) -> None:
    assert problem(declaration) == expected


@pytest.mark.parametrize(
    ("arrived", "expected"), [("2025-11-29T23:59", "not_possible"), ("2025-11-30T00:00", None), ("2025-12-01T00:00", None)]
)
def test_a_nil_return_is_possible_from_the_last_day_of_its_period_on(arrived: str, expected: str | None) -> None:
    """A typing mistake in the year must not make a unit fresh until 2052."""
    assert problem(said("nil", made_ms=at(arrived), first="2025-11"), at(arrived)) == expected


@pytest.mark.parametrize(
    ("arrived", "expected"), [("2025-11-14T23:59", None), ("2025-11-15T00:00", "misdated"), ("2025-11-15T00:01", "misdated")]
)
@pytest.mark.parametrize("kind", ["extend", "promise", "suspend"])
def test_what_lasts_to_a_day_is_late_when_that_day_has_ended(kind: str, arrived: str, expected: str | None) -> None:
    period = {} if kind == "suspend" else {"first": "2025-10"}
    assert problem(said(kind, made_ms=at(arrived), until="2025-11-14", **period), at(arrived)) == expected


@pytest.mark.parametrize(("until", "expected"), [("2026-02-09", None), ("2026-02-10", None), ("2026-02-11", "not_possible")])
def test_a_promise_reaches_92_days_at_most(until: str, expected: str | None) -> None:
    """Alerts are held until then: nobody silences Nhịp for years."""
    assert problem(said("promise", first="2025-10", until=until)) == expected


@pytest.mark.parametrize(
    ("made_ms", "expected"),
    [(NOW + 600_000, None), (NOW + 600_001, "misdated"), (NOW - 7 * DAY_MS, None), (NOW - 7 * DAY_MS - 1, "misdated")],
    ids=["a clock ten minutes ahead", "and more", "seven days on its way", "and more"],
)
def test_a_declaration_arrives_about_when_it_was_made(made_ms: int, expected: str | None) -> None:
    assert problem(said("nil", made_ms=made_ms, first="2025-10")) == expected


@pytest.mark.parametrize(("last", "expected"), [("2057-05", None), ("2057-06", "not_possible")])
def test_one_declaration_is_about_400_periods_at_most(last: str, expected: str | None) -> None:
    assert problem(said("waive", first="2024-02", last=last)) == expected


class TestSignature:
    """Genuine means: signed with the key of whoever is said to declare."""

    NIL = said("nil", first="2025-10")

    def admitted(self, declaration: Declaration, key: str, keys: Keys = KEYS) -> Declaration | Refusal:
        return admit(encode(sign(declaration, key)), NOW, PROVINCE, keys)

    def test_a_units_own_key_is_believed(self) -> None:
        assert self.admitted(self.NIL, unit_key(MASTER, TAN_NINH)) == self.NIL

    @pytest.mark.parametrize("key", [unit_key(MASTER, BINH_MINH), ADMIN, MASTER, "", unit_key("m" * 41, TAN_NINH)])
    def test_any_other_key_is_not(self, key: str) -> None:
        refused = self.admitted(self.NIL, key)
        assert isinstance(refused, Refusal)
        assert refused.problem is Problem.FORGED

    def test_the_administrators_key_is_believed_of_the_administrator_alone(self) -> None:
        granted = said("waive", first="2025-10")
        assert self.admitted(granted, ADMIN) == granted
        assert isinstance(self.admitted(granted, unit_key(MASTER, ADMINISTRATOR)), Refusal)

    @pytest.mark.parametrize("keys", [Keys(), Keys(administrator=ADMIN)])
    def test_a_worker_without_the_secret_believes_nobody(self, keys: Keys) -> None:
        refused = self.admitted(self.NIL, unit_key("", TAN_NINH), keys)
        assert isinstance(refused, Refusal)
        assert (refused.problem, "NHIP_DECLARATION_MASTER" in refused.detail) == (Problem.FORGED, True)

    @pytest.mark.parametrize("field", ["kind", "feed", "by", "made_ms", "why", "first", "last", "since", "until", "target"])
    def test_whatever_is_changed_after_signing_breaks_the_signature(self, field: str) -> None:
        record = json.loads(encode(sign(self.NIL, unit_key(MASTER, TAN_NINH))))
        changed = {"kind": "ack", "by": ADMINISTRATOR, "made_ms": NOW + 1}
        record["declaration"][field] = changed.get(field, "2025-11")
        refused = admit(json.dumps(record).encode(), NOW, PROVINCE, KEYS)
        assert isinstance(refused, Refusal)
        assert refused.problem is Problem.FORGED

    def test_blanks_and_the_order_of_members_do_not_matter(self) -> None:
        record = json.loads(encode(sign(self.NIL, unit_key(MASTER, TAN_NINH))))
        turned = {"signature": record["signature"], "declaration": dict(reversed(record["declaration"].items()))}
        assert admit(json.dumps(turned, indent=2).encode(), NOW, PROVINCE, KEYS) == self.NIL

    def test_secrets_are_not_shown(self) -> None:
        assert MASTER not in repr(KEYS)
        assert ADMIN not in repr(KEYS)


@pytest.mark.parametrize(
    "value",
    [None, b"", b"null", b"[]", b'{"declaration": {}}', b"\xff\xfe", b'{"a":' * 5_000, b" " * (MOST_BYTES + 1)],
    ids=["tombstone", "empty", "null", "list", "parts missing", "not UTF-8", "too deep", "too large"],
)
def test_what_is_no_declaration_is_malformed(value: bytes | None) -> None:
    refused = admit(value, NOW, PROVINCE, KEYS)
    assert isinstance(refused, Refusal)
    assert refused.problem is Problem.MALFORMED


@given(value=st.binary(max_size=200), arrived_ms=st.integers(0, 2**45))
def test_no_bytes_make_it_raise(value: bytes, arrived_ms: int) -> None:
    assert isinstance(admit(value, arrived_ms, PROVINCE, KEYS), Refusal)


TEXTS = st.sampled_from(
    ["", "2025-10", "0001-01", "9999-12", "2025-02-30", "9999-12-31", "2025-11-30", "0" * 32, "x" * 50, "2025-11-08T07:30+07:00"]
)


@given(
    kind=st.sampled_from(Kind),
    feed=st.sampled_from([FEED, STRICT, CONTINUOUS, "/", "x"]),
    fields=st.tuples(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS),
    made_ms=st.integers(),
)
def test_nothing_that_is_signed_makes_it_raise(kind: Kind, feed: str, fields: tuple[str, ...], made_ms: int) -> None:
    """A key holder's program may have errors, too."""
    names = ("first", "last", "since", "until", "target")
    declaration = Declaration(kind, feed, ADMINISTRATOR, made_ms, "vì", **dict(zip(names, fields, strict=True)))
    refusal = refuse(declaration, NOW, PROVINCE)
    assert refusal is None or refusal.detail


def test_every_problem_has_its_row_in_the_documentation() -> None:
    page = (HERE / "docs" / "declarations.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `declaration_")]
    assert {name.strip("`"): (means, mend) for name, means, mend in rows} == {
        str(p): (REMEDIES[p].happened, REMEDIES[p].mend) for p in Problem
    }
