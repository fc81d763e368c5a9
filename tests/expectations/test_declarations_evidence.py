"""What declarations leave behind beside the verdict: evidence, limits, incidents; and what revokes what."""

from __future__ import annotations

import pytest

from expectations.freshness.declarations import ADMINISTRATOR, Declaration
from expectations.freshness.schedule import Due
from tests.expectations.declaring import CASE, EXTENSION, NIL, PROMISE, WAIVER, declaration, judged, revocation, told
from tests.expectations.freshness_cases import at, local, schedule


def test_what_was_declared_is_part_of_the_evidence() -> None:
    ack = declaration("ack", "2025-02-09 10:00", first="2025-01")
    verdict = judged(
        "2025-02-21", ["2024-11"], declaration("nil", first="2024-12"), EXTENSION, ack, PROMISE, case=schedule(first_due="2025-01-01")
    )
    said = verdict.said
    assert said is not None
    assert (said.nil, said.waived, said.promise_broken) == (("2024-12",), (), False)
    assert [local(at_ms or 0) for at_ms in (said.extended_until_ms, said.acknowledged_ms, said.promised_ms)] == [
        "2025-02-21 00:00",
        "2025-02-09 10:00",
        "2025-03-01 00:00",
    ]


def test_without_declarations_nothing_is_said() -> None:
    assert judged("2025-02-08", ["2024-12"]).said is None


def test_an_extended_deadline_is_the_deadline_of_the_verdict() -> None:
    verdict = judged("2025-02-10", ["2024-12"], EXTENSION)
    assert (local(verdict.deadline_ms or 0), local(verdict.next_at_ms or 0)) == ("2025-02-21 00:00", "2025-02-21 00:00")


def test_a_broken_promise_begins_an_incident_of_its_own() -> None:
    """A message is sent once an incident: what was told before the promise must not silence what follows its breach."""
    assert judged("2025-02-28", ["2024-12"], PROMISE).incident == "2025-01"
    assert judged("2025-03-01", ["2024-12"], PROMISE).incident == "2025-01 promised by 2025-02-28"


@pytest.mark.parametrize(
    ("by", "status"),
    [
        pytest.param("25486", "late", id="by the one who declared"),
        pytest.param(ADMINISTRATOR, "late", id="by the administrator"),
        pytest.param("25489", "fresh", id="not by another unit"),
    ],
)
def test_a_declaration_is_revoked(by: str, status: str) -> None:
    assert judged("2025-02-08", ["2024-12"], NIL, revocation(NIL, by=by)).status == status


def test_a_unit_cannot_revoke_what_was_granted() -> None:
    assert judged("2025-02-08", ["2024-12"], WAIVER, revocation(WAIVER, by="25486")).status == "fresh"


def test_a_revocation_is_final() -> None:
    taken_back = revocation(NIL)
    assert judged("2025-02-08", ["2024-12"], NIL, taken_back, revocation(taken_back)).status == "late"


def test_a_suspension_that_is_revoked_has_ended_then_and_not_before() -> None:
    suspension = declaration("suspend", "2025-02-01", since="2025-02-01")
    resumed = revocation(suspension, "2025-02-15 09:00")
    assert judged("2025-02-15 08:59", ["2024-12"], suspension).status == "suspended"
    assert told("2025-02-15 09:00", ["2024-12"], suspension, resumed) == ("fresh", "on_time", "2024-12", 0)


@pytest.mark.parametrize(
    ("now", "declarations", "following"),
    [
        pytest.param("2025-01-21", [declaration("suspend", since="2025-01-25")], "2025-01-25 00:00", id="a suspension begins"),
        pytest.param(
            "2025-01-26", [declaration("suspend", since="2025-01-25", until="2025-01-31")], "2025-02-01 00:00", id="a suspension ends"
        ),
        pytest.param("2025-02-10", [PROMISE], "2025-03-01 00:00", id="a promise runs out"),
        pytest.param("2025-02-10", [EXTENSION], "2025-02-21 00:00", id="an extension runs out"),
    ],
)
def test_the_verdict_is_looked_at_again_when_something_declared_begins_or_ends(
    now: str, declarations: list[Declaration], following: str
) -> None:
    assert local(judged(now, ["2024-12"], *declarations).next_at_ms or 0) == following


def test_a_suspension_without_an_end_is_not_looked_at_again() -> None:
    assert judged("2025-02-10", ["2024-12"], declaration("suspend", since="2025-02-01")).next_at_ms is None


class TestContinuous:
    """No periods: a later deadline for what is there, a rest, a promise about the instant at which the data stopped."""

    CASE = schedule("continuous", Due("after", 1, "day"), first_due="2025-01-01")

    def told(self, now: str, *declarations: Declaration) -> tuple[str, str]:
        verdict = judged(now, ["2025-03-01T12:00+07:00"], *declarations, case=self.CASE, heard="2025-03-01 12:00")
        return str(verdict.status), str(verdict.reason)

    @pytest.mark.parametrize(
        ("now", "expected"),
        [("2025-03-05 23:59", ("due", "extended")), ("2025-03-06 00:00", ("late", "silent"))],
    )
    def test_an_extension_is_a_later_deadline(self, now: str, expected: tuple[str, str]) -> None:
        assert self.told(now, declaration("extend", until="2025-03-05")) == expected
        assert self.told("2025-03-02 12:00")[0] == "late"

    @pytest.mark.parametrize(
        ("now", "status"), [("2025-03-05 23:59", "suspended"), ("2025-03-06 00:00", "fresh"), ("2025-03-07 00:00", "late")]
    )
    def test_after_a_rest_the_maximum_age_begins_anew(self, now: str, status: str) -> None:
        assert self.told(now, declaration("suspend", since="2025-03-02", until="2025-03-05"))[0] == status

    def test_a_promise_is_about_the_instant_at_which_the_data_stopped(self) -> None:
        promise = declaration("promise", first="2025-03-01T12:00+07:00", until="2025-03-10")
        assert self.told("2025-03-11", promise) == ("stale", "promise_broken")
        other = declaration("promise", first="2025-03-01T12:01+07:00", until="2025-03-10")
        assert self.told("2025-03-11", other) == ("stale", "silent")


def test_what_the_contract_can_no_longer_read_applies_to_nothing() -> None:
    """A contract that changed from quarters to months leaves old declarations behind; they must not stop the monitor."""
    assert told("2025-02-08", ["2024-12"], declaration("nil", first="2025-Q1")) == ("late", "silent", "2024-12", 1)


def test_a_period_before_the_first_required_one_needs_no_declaration() -> None:
    assert judged("2025-02-08", ["2024-12"], declaration("nil", first="2024-06", last="2024-11")).said is None


def test_at_says_the_case_is_as_the_table_assumes() -> None:
    assert (CASE.due_at_ms(CASE.parse("2025-01")), CASE.deadline_ms(CASE.parse("2025-01"))) == (at("2025-02-06"), at("2025-02-08"))
