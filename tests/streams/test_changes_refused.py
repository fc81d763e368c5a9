"""A row that is set aside is told to the feed that it was certainly meant for, and to nobody when that is not certain."""

from __future__ import annotations

import pytest

from streams.changes.refusals import FUTURE, WRONG_CODE
from tests.streams.changes_province import BINH_MINH, NOW, TAN_NINH, dataset, envelope
from tests.streams.changes_routing import FEED, TODAY, refused, route, rows, sent

OTHER = f"{BINH_MINH}/ho-tich"
BEFORE_THE_MERGER, AFTER_IT = "2024-12-31", "2025-10-03"
CASES = {
    "a mistyped year": ({"ky": "2205-10-03"}, [(FEED, FUTURE)]),
    "the day after tomorrow": ({"ky": "2025-10-05"}, [(FEED, FUTURE)]),
    "tomorrow counts": ({"ky": "2025-10-04"}, []),
    "a new code for a period before it was in force": ({"ma_xa": BINH_MINH, "ky": BEFORE_THE_MERGER}, [(OTHER, WRONG_CODE)]),
    "the same code for a period in which it was": ({"ma_xa": BINH_MINH, "ky": AFTER_IT}, []),
    "an old code that became one unit's counts for that unit": ({"ma_xa": "25456", "ky": AFTER_IT}, []),
    "an old code that was split: nobody knows whose it is": ({"ma_xa": "25999", "ky": AFTER_IT}, []),
    "a code of nobody": ({"ma_xa": "99999", "ky": AFTER_IT}, []),
    "no code": ({"ma_xa": None, "ky": AFTER_IT}, []),
    "a period that is none": ({"ky": "0000-00-00"}, []),
}


@pytest.mark.parametrize(("row", "told"), CASES.values(), ids=CASES)
def test_a_row_that_is_set_aside_is_told_to_its_feed(row: dict[str, object], told: list[tuple[str, str]]) -> None:
    assert refused(route(envelope(TODAY | row))) == told


def test_a_split_code_is_told_when_only_one_of_its_successors_owes_the_dataset() -> None:
    alone = dataset(units=(TAN_NINH,))
    assert refused(route(envelope(TODAY | {"ma_xa": "25999"}), of=alone)) == [(FEED, WRONG_CODE)]


def test_what_is_told_carries_no_period_no_key_and_nothing_of_the_row() -> None:
    ((_, row),) = sent(route(envelope(TODAY | {"ky": "2205-10-03"}), of=dataset(min_rows=3, suite="s.json")))
    assert (row.period, row.key, row.slice, row.after) == (None, 0, None, None)
    assert row.heard_ms == NOW


def test_the_record_is_in_quarantine_all_the_same_and_counted_once() -> None:
    routed = route(envelope(TODAY | {"ky": "2205-10-03"}), envelope(TODAY))
    assert [q.reason for q in routed.quarantined] == ["future_period"]
    assert (routed.counts["future_period"], len(rows(routed)[FEED])) == (1, 1)
