"""What a declaration does to a verdict, rule by rule: just before, at and after; what it must do and what it must not."""

from __future__ import annotations

import pytest

from expectations.freshness.declarations import Declaration
from tests.expectations.declaring import EXTENSION, NIL, PROMISE, WAIVER, declaration, revocation, told

TABLE = [
    # Nil return: the period had nothing to report; it counts as delivered.
    pytest.param(
        "2025-02-08", ["2024-12"], [NIL], ("fresh", "on_time", "2025-01", 0), id="nil: a period with nothing to report is not missing"
    ),
    pytest.param("2025-02-08", ["2024-12"], [], ("late", "silent", "2024-12", 1), id="nil: without it the unit is late"),
    pytest.param("2025-03-08", ["2024-12"], [NIL], ("late", "silent", "2025-01", 1), id="nil: the next period is owed as ever"),
    pytest.param("2025-03-07 23:59", ["2024-12"], [NIL], ("due", "in_grace", "2025-01", 0), id="nil: up to its own deadline"),
    pytest.param("2025-02-08", [], [NIL], ("fresh", "on_time", "2025-01", 0), id="nil: a unit that never sent a row is in order too"),
    pytest.param("2025-03-08", [], [NIL], ("late", "silent", "2025-01", 1), id="nil: and afterwards late, not without any data"),
    pytest.param("2025-04-12", ["2024-12", "2025-02"], [NIL], ("late", "silent", "2025-02", 1), id="nil: it closes a hole"),
    pytest.param(
        "2025-02-08",
        ["2024-12"],
        [declaration("nil", first="2025-02")],
        ("late", "holes", "2024-12", 1),
        id="nil: of another period it is no help",
    ),
    pytest.param(
        "2025-04-12",
        ["2024-12"],
        [declaration("nil", first="2025-01", last="2025-03")],
        ("fresh", "on_time", "2025-03", 0),
        id="nil: of several periods",
    ),
    pytest.param("2025-02-08", ["2024-12"], [NIL, revocation(NIL)], ("late", "silent", "2024-12", 1), id="nil: revoked, it never was"),
    # Waiver: the period is not owed; it says nothing of the data.
    pytest.param(
        "2025-02-08",
        ["2024-12"],
        [WAIVER],
        ("fresh", "on_time", "2024-12", 0),
        id="waiver: nothing is owed, and the data end where they end",
    ),
    pytest.param(
        "2025-03-08",
        ["2024-12"],
        [WAIVER],
        ("late", "silent", "2024-12", 1),
        id="waiver: a waived period does not count as a period behind",
    ),
    pytest.param("2025-03-08", ["2024-12"], [], ("stale", "silent", "2024-12", 2), id="waiver: without it there would be two"),
    pytest.param("2025-03-08", ["2025-02"], [WAIVER], ("fresh", "on_time", "2025-02", 0), id="waiver: later data reach over it"),
    pytest.param("2025-02-08", [], [WAIVER], ("fresh", "nothing_due_yet", None, 0), id="waiver: of the first period"),
    pytest.param("2025-03-08", [], [WAIVER], ("never", "heard_no_period", None, 1), id="waiver: is no data"),
    pytest.param(
        "2025-04-12",
        ["2024-12"],
        [declaration("waive", first="2025-02")],
        ("stale", "silent", "2024-12", 2),
        id="waiver: in the middle of what is missing",
    ),
    pytest.param(
        "2025-04-12",
        ["2024-12"],
        [declaration("waive", first="2025-12")],
        ("stale", "silent", "2024-12", 3),
        id="waiver: of the future makes no hole",
    ),
    pytest.param("2025-02-08", ["2025-01"], [WAIVER], ("fresh", "on_time", "2025-01", 0), id="waiver: data that come all the same count"),
    # Extension: a later deadline, to the end of its last day.
    pytest.param(
        "2025-02-05 23:59", ["2024-12"], [EXTENSION], ("fresh", "on_time", "2024-12", 0), id="extension: not due before it is due"
    ),
    pytest.param("2025-02-06", ["2024-12"], [EXTENSION], ("due", "extended", "2024-12", 0), id="extension: due as ever"),
    pytest.param(
        "2025-02-08", ["2024-12"], [EXTENSION], ("due", "extended", "2024-12", 0), id="extension: not late at the contract's deadline"
    ),
    pytest.param("2025-02-20 23:59", ["2024-12"], [EXTENSION], ("due", "extended", "2024-12", 0), id="extension: just before its end"),
    pytest.param("2025-02-21", ["2024-12"], [EXTENSION], ("late", "silent", "2024-12", 1), id="extension: at its end exactly late"),
    pytest.param("2025-02-21 00:01", ["2024-12"], [EXTENSION], ("late", "silent", "2024-12", 1), id="extension: and after"),
    pytest.param("2025-02-10", ["2025-01"], [EXTENSION], ("fresh", "on_time", "2025-01", 0), id="extension: data in it are in time"),
    pytest.param(
        "2025-03-08",
        ["2024-12"],
        [declaration("extend", first="2025-01", until="2025-03-31")],
        ("late", "silent", "2024-12", 1),
        id="extension: the period after an extended one is late by itself",
    ),
    pytest.param(
        "2025-03-08",
        ["2024-12", "2025-02"],
        [declaration("extend", first="2025-01", until="2025-03-31")],
        ("due", "extended", "2024-12", 0),
        id="extension: a later delivery accuses nobody of the extended period",
    ),
    pytest.param(
        "2025-02-07 23:59",
        ["2024-12"],
        [declaration("extend", first="2025-01", until="2025-02-06")],
        ("due", "in_grace", "2024-12", 0),
        id="extension: never shortens the contract's deadline",
    ),
    pytest.param(
        "2025-02-24",
        ["2024-12"],
        [EXTENSION, declaration("extend", first="2025-01", until="2025-02-25")],
        ("due", "extended", "2024-12", 0),
        id="extension: the longest of several holds",
    ),
    # Suspension: the obligation rests.
    pytest.param(
        "2025-02-08",
        ["2024-12"],
        [declaration("suspend", since="2025-02-08")],
        ("suspended", "suspended", "2024-12", 0),
        id="suspension: from the first instant of its day",
    ),
    pytest.param(
        "2025-02-07 23:59",
        ["2024-12"],
        [declaration("suspend", since="2025-02-08")],
        ("due", "in_grace", "2024-12", 0),
        id="suspension: not before",
    ),
    pytest.param(
        "2025-02-20 23:59",
        ["2024-12"],
        [declaration("suspend", since="2025-02-01", until="2025-02-20")],
        ("suspended", "suspended", "2024-12", 0),
        id="suspension: through its last day",
    ),
    pytest.param(
        "2025-02-21",
        ["2024-12"],
        [declaration("suspend", since="2025-02-01", until="2025-02-20")],
        ("fresh", "on_time", "2024-12", 0),
        id="suspension: what fell due meanwhile is not owed afterwards",
    ),
    pytest.param(
        "2025-02-21",
        ["2024-12"],
        [declaration("suspend", since="2025-02-09", until="2025-02-20")],
        ("late", "silent", "2024-12", 1),
        id="suspension: what was late before it is late after it",
    ),
    pytest.param(
        "2025-02-21",
        ["2024-12"],
        [declaration("suspend", since="2025-02-07", until="2025-02-20")],
        ("fresh", "on_time", "2024-12", 0),
        id="suspension: a grace cut short is no lateness",
    ),
    pytest.param(
        "2025-03-08",
        ["2024-12"],
        [declaration("suspend", since="2025-02-01", until="2025-02-20")],
        ("late", "silent", "2024-12", 1),
        id="suspension: the next period is owed",
    ),
    # A promise changes no verdict before it is broken, and then the reason.
    pytest.param("2025-02-28 23:59", ["2024-12"], [PROMISE], ("late", "silent", "2024-12", 1), id="promise: makes nobody fresh"),
    pytest.param(
        "2025-03-01", ["2024-12"], [PROMISE], ("late", "promise_broken", "2024-12", 1), id="promise: broken when its last day has ended"
    ),
    pytest.param("2025-03-01", ["2025-01"], [PROMISE], ("fresh", "on_time", "2025-01", 0), id="promise: kept"),
    pytest.param(
        "2025-03-08", ["2025-01"], [PROMISE], ("late", "silent", "2025-01", 1), id="promise: is about its period, not about the next"
    ),
    pytest.param(
        "2025-03-01",
        ["2024-12"],
        [PROMISE, declaration("promise", "2025-02-27", first="2025-01", until="2025-03-05")],
        ("late", "silent", "2024-12", 1),
        id="promise: the newest counts",
    ),
    pytest.param(
        "2025-03-01",
        ["2024-12"],
        [PROMISE, revocation(PROMISE, "2025-02-20")],
        ("late", "silent", "2024-12", 1),
        id="promise: revoked, it cannot be broken",
    ),
    # Acknowledgement: evidence only.
    pytest.param(
        "2025-02-08",
        ["2024-12"],
        [declaration("ack", first="2025-01")],
        ("late", "silent", "2024-12", 1),
        id="acknowledgement: makes nobody fresh",
    ),
]


@pytest.mark.parametrize(("now", "complete", "declarations", "expected"), TABLE)
def test_a_declaration_changes_the_verdict_so_and_not_otherwise(
    now: str, complete: list[str], declarations: list[Declaration], expected: tuple[str, str, str | None, int]
) -> None:
    assert told(now, complete, *declarations) == expected
