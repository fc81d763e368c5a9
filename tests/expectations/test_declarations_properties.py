"""Declarations are a semilattice: order, repeats and the way they are cut into lots change neither what is remembered nor what applies."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from expectations.freshness.declarations import ADMINISTRATOR, Declaration, Kind, canonical, identity, join
from expectations.freshness.declared import fold
from expectations.freshness.ledger import data_through
from expectations.freshness.verdict import Clocks, Verdict, judge
from tests.expectations.declaring import CASE, FEED, UNIT, declaration
from tests.expectations.freshness_cases import DAY_MS, at, delivered

MONTHS = st.integers(1, 12).map(lambda n: f"2025-{n:02d}")
DAYS = st.integers(1, 28).map(lambda n: f"2025-02-{n:02d}")
MADE = st.integers(0, 40).map(lambda n: at("2025-01-20") + n * DAY_MS)


@st.composite
def declarations(draw: st.DrawFn) -> Declaration:
    kind = draw(st.sampled_from([k for k in Kind if k is not Kind.REVOKE]))
    first, until = draw(MONTHS), draw(DAYS)
    periods = {"first": first} if kind is not Kind.SUSPEND else {"since": "2025-01-20"}
    lasting = {"until": until} if kind in {Kind.EXTEND, Kind.PROMISE, Kind.SUSPEND} else {}
    return Declaration(kind, FEED, draw(st.sampled_from([UNIT, ADMINISTRATOR])), draw(MADE), "vì", **periods, **lasting)


@st.composite
def histories(draw: st.DrawFn) -> list[Declaration]:
    """Declarations, revocations of some of them, and revocations of what never was."""
    made = draw(st.lists(declarations(), max_size=6))
    targets = [*map(identity, made), "0" * 32]
    revoking = st.builds(
        lambda target, by, made_ms: Declaration(Kind.REVOKE, FEED, by, made_ms, "nhầm", target=target),
        st.sampled_from(targets),
        st.sampled_from([UNIT, ADMINISTRATOR, "25489"]),
        MADE,
    )
    return made + draw(st.lists(revoking, max_size=4))


@given(history=histories(), data=st.data())
def test_order_repeats_and_lots_change_nothing(history: list[Declaration], data: st.DataObject) -> None:
    whole = join({}, history)
    shuffled = data.draw(st.permutations(history + history))
    known: dict[str, Declaration] = {}
    for one in shuffled:
        known = join(known, [one])
    assert known == whole
    assert fold(CASE, known) == fold(CASE, whole)


@given(one=histories(), other=histories(), third=histories())
def test_joining_is_associative_commutative_and_idempotent_also_when_the_oldest_are_forgotten(
    one: list[Declaration], other: list[Declaration], third: list[Declaration]
) -> None:
    a, b, c = (join({}, history, kept=3) for history in (one, other, third))
    assert join(join(a, b.values(), 3), c.values(), 3) == join(a, join(b, c.values(), 3).values(), 3)
    assert join(a, b.values(), 3) == join(b, a.values(), 3)
    assert join(a, a.values(), 3) is a


@given(history=histories())
def test_declarations_never_take_data_away(history: list[Declaration]) -> None:
    """Whatever is declared, data reach at least as far as without it."""
    ledger, declared = delivered(CASE, ["2025-01", "2025-03"]), fold(CASE, join({}, history))
    for at_ms in (None, at("2025-02-10")):
        covered = data_through(declared.cover(CASE, ledger, at_ms), CASE)
        assert covered is not None
        assert covered >= CASE.parse("2025-01")


def test_the_newest_are_kept_and_the_name_decides_between_those_of_one_instant() -> None:
    old, newer, newest = (declaration("ack", made, first="2025-01") for made in ("2025-01-20", "2025-01-21", "2025-01-22"))
    assert join({}, [newest, old, newer], kept=2) == {identity(newer): newer, identity(newest): newest}


def test_an_older_one_than_all_that_are_kept_changes_nothing() -> None:
    known = join({}, [declaration("ack", "2025-01-21", first="2025-01")], kept=1)
    assert join(known, [declaration("ack", "2025-01-20", first="2025-01")], kept=1) is known


def test_the_name_depends_on_everything_that_is_said() -> None:
    one = declaration("nil", first="2025-01")
    others = [
        declaration("nil", first="2025-02"),
        declaration("nil", "2025-01-21", first="2025-01"),
        declaration("nil", first="2025-01", why="khác"),
        declaration("nil", first="2025-01", by=ADMINISTRATOR),
        declaration("waive", first="2025-01"),
    ]
    assert len({identity(one), *map(identity, others)}) == 6


def test_the_canonical_bytes_are_json_in_order_of_name_with_every_field() -> None:
    """Another program has to be able to sign, too."""
    said = declaration("nil", first="2025-01", why="không có")
    assert canonical(said).decode() == (
        '{"by":"25486","feed":"25486/ho-ngheo","first":"2025-01","kind":"nil","last":"","made_ms":1737306000000,'
        '"since":"","target":"","until":"","why":"không có"}'
    )


@given(history=histories(), complete=st.sets(MONTHS, max_size=4), day=st.integers(0, 200))
def test_the_verdict_stays_as_it_is_until_the_instant_it_names(history: list[Declaration], complete: set[str], day: int) -> None:
    """Nobody looks at a feed earlier: what begins or ends by declaration has to be foreseen."""
    ledger, declared, now_ms = delivered(CASE, complete), fold(CASE, join({}, history)), at("2025-01-20") + day * DAY_MS
    clocks = Clocks(None, None)

    def judged_at(at_ms: int) -> Verdict:
        return judge(CASE, ledger, clocks, now_ms=at_ms, read_through_ms=at_ms, tolerance_ms=0, declared=declared)

    verdict = judged_at(now_ms)
    last_ms = now_ms + 400 * DAY_MS if verdict.next_at_ms is None else verdict.next_at_ms - 1
    assert judged_at(last_ms) == verdict
