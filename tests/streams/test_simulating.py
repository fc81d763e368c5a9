"""A changed catalogue changes the alerts and verdicts that it must, and no others."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from expectations.catalogue.load import Catalogue
from expectations.freshness.periods import Cadence
from expectations.freshness.schedule import Due, Span
from streams.cli.judge import judge_records
from streams.offline import DAY_MS, Fetched
from streams.simulating import Difference, Past, Stretch, arrivals_of, differences, run
from tests.streams.changes_province import BINH_MINH, TAN_NINH, at, catalogue, dataset, encoded, envelope, terms

TOPIC = "shop1.public.bao-cao"
BEGIN, UNTIL = at("2025-09-01T00:30"), at("2025-10-20T00:30")


def owed(**changed: Any) -> Catalogue:
    """Two communes owe a monthly dataset, three days after the month; grace one day: late from the 5th on, unless changed."""
    agreed = replace(terms(Cadence.MONTHLY), first_due=date(2025, 9, 1), **changed)
    return catalogue((dataset("bao-cao", Cadence.MONTHLY, units=(TAN_NINH, BINH_MINH), terms=agreed),))


def sent(offset: int, unit: str, period: str, when: str, partition: int = 0) -> Fetched:
    row = {"id": f"{partition}-{offset}", "ma_xa": unit, "ky": period}
    return Fetched(TOPIC, partition, offset, at(when), encoded({"id": row["id"]}), encoded(envelope(row)))


HISTORY = [
    sent(0, TAN_NINH, "2025-08", "2025-09-03T08:00"),
    sent(1, TAN_NINH, "2025-09", "2025-10-07T08:00"),  # two days late
    sent(0, BINH_MINH, "2025-08", "2025-09-04T08:00", partition=1),
    sent(1, BINH_MINH, "2025-09", "2025-10-03T08:00", partition=1),  # in time
]


def differing(changed: Catalogue, records: list[Fetched] = HISTORY, from_ms: int = BEGIN) -> list[Difference]:
    stretch, past = Stretch(BEGIN, UNTIL, DAY_MS), Past(arrivals_of(records, UNTIL))
    return differences(run(owed(), past, stretch), run(changed, past, stretch), from_ms, UNTIL)


def brief(found: list[Difference]) -> list[tuple[str, str, object, object]]:
    return [(d.unit, d.what, d.before and d.before["verdict"], d.after and d.after["verdict"]) for d in found]


def test_without_a_change_nothing_differs() -> None:
    assert differing(owed()) == []


def test_a_longer_grace_spares_the_commune_that_was_within_it_and_changes_nothing_else() -> None:
    (spared,) = differing(owed(grace=Span(4, "day")))
    assert (spared.unit, spared.dataset, spared.what, spared.at_ms) == (TAN_NINH, "bao-cao", "alert", at("2025-10-05T00:00"))
    assert spared.before == {"verdict": "late", "reason": "stuck", "missing": "2025-09", "at_ms": at("2025-10-05T00:00")}
    assert spared.after is None


def test_a_grace_that_ends_before_the_data_came_moves_the_alert() -> None:
    (moved,) = differing(owed(grace=Span(2, "day")))
    assert moved.before is not None
    assert moved.after is not None
    assert (moved.before["at_ms"], moved.after["at_ms"]) == (at("2025-10-05T00:00"), at("2025-10-06T00:00"))


def test_an_earlier_due_day_accuses_whom_it_overtakes_and_nobody_else() -> None:
    """September is late from 3 October on, two days earlier. August is due after the holidays, on 3 September: both came in time."""
    found = differing(owed(due=Due("after", 1, "day")))
    told = [(d.unit, d.before and d.before["at_ms"], d.after and (d.after["missing"], d.after["at_ms"])) for d in found]
    assert told == [
        (TAN_NINH, at("2025-10-05T00:00"), ("2025-09", at("2025-10-03T00:00"))),
        (BINH_MINH, None, ("2025-09", at("2025-10-03T00:00"))),
    ]
    assert {d.what for d in found} == {"alert"}


def test_a_quorum_that_nobody_meets_changes_verdicts_too() -> None:
    found = brief(differing(owed(min_rows=2)))
    assert (BINH_MINH, "verdict", "fresh", "never") in found
    assert (TAN_NINH, "verdict", "fresh", "never") in found
    assert (BINH_MINH, "alert", None, "never") in found


def test_a_commune_that_meets_the_new_quorum_is_not_among_the_differences() -> None:
    second = [sent(n, BINH_MINH, f"2025-{8 + n:02d}", f"2025-{9 + n:02d}-03T08:00", partition=2) for n in (0, 1)]
    assert {d.unit for d in differing(owed(min_rows=2), [*HISTORY, *second])} == {TAN_NINH}


def test_a_unit_that_owes_no_longer_has_no_verdict_afterwards() -> None:
    agreed = replace(terms(Cadence.MONTHLY), first_due=date(2025, 9, 1))
    without = catalogue((dataset("bao-cao", Cadence.MONTHLY, units=(BINH_MINH,), terms=agreed),))
    assert brief(differing(without)) == [(TAN_NINH, "alert", "late", None), (TAN_NINH, "verdict", "fresh", None)]


@pytest.mark.parametrize(("since", "count"), [("2025-10-05T00:30", 1), ("2025-10-05T00:31", 0)], ids=["at", "after"])
def test_alerts_of_before_the_first_instant_asked_for_are_not_compared(since: str, count: int) -> None:
    """A tick comes at half past midnight."""
    assert len(differing(owed(grace=Span(4, "day")), from_ms=at(since))) == count


def test_a_record_is_not_read_before_those_ahead_of_it_in_its_partition() -> None:
    """Its producer's clock was behind. Read early, it would hide the one ahead of it."""
    early = sent(1, TAN_NINH, "2025-09", "2025-09-01T08:00")
    assert [a.read_ms for a in arrivals_of([early, HISTORY[0]], UNTIL)] == [HISTORY[0].timestamp] * 2


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_order_and_repetition_of_events_change_nothing_and_the_end_is_what_judge_says(seed: int) -> None:
    chance = random.Random(seed)
    days = [f"2025-{m:02d}-{d:02d}T{h:02d}:00" for m, d, h in sorted((chance.choice((9, 10)), chance.randint(1, 19), n) for n in range(8))]
    records = [
        sent(n, chance.choice((TAN_NINH, BINH_MINH)), chance.choice(("2025-08", "2025-09")), day, partition=n % 2)
        for n, day in enumerate(days)
    ]
    mixed = records + chance.choices(records, k=4)
    chance.shuffle(mixed)
    changed = owed(grace=Span(chance.randint(0, 6), "day"))
    assert differing(changed, mixed) == differing(changed, records)
    stretch = Stretch(BEGIN, UNTIL, DAY_MS)
    assert run(changed, Past(arrivals_of(mixed, UNTIL)), stretch).verdicts == judge_records(changed, records, UNTIL)[0]
