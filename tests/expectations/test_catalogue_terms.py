"""`slaProperties` become Terms: every property is read, and what is not said has its documented default."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from expectations.catalogue import own, promises, sla
from expectations.catalogue.load import load
from expectations.catalogue.mistakes import Mistake, Page
from expectations.catalogue.odcs import SlaProperty
from expectations.catalogue.table import CLASSIFICATIONS
from expectations.freshness.periods import Cadence
from expectations.freshness.terms import Due, Rule, Span, Terms
from expectations.quality.reading import problems
from tests.expectations.test_catalogue_codes import UNITS

DOCS = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")


def terms(*said: tuple[Any, ...], cadence: str = "monthly", due: tuple[Any, ...] = (20, "dayOfMonth")) -> Terms | list[Mistake]:
    """The terms of a contract that says the three needed things and `said`: (property, value, unit)."""
    mistakes: list[Mistake] = []
    every = [("cadence", cadence), ("due", *due), ("firstDue", "2024-02-01"), *said]
    properties = [SlaProperty.model_validate({"property": p, "value": v, "unit": u[0] if u else None}) for p, v, *u in every]
    return sla.read_terms(properties, Page("x", mistakes), UNITS, 1) or mistakes


def test_what_is_not_said_has_its_default() -> None:
    assert terms() == Terms(Cadence.MONTHLY, Due("dayOfMonth", 20), Span(0, "day"), date(2024, 2, 1))


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        (("monthStartsOn", 15), "month_starts_on", 15),
        (("dueRoll", False), "due", Due("dayOfMonth", 20, roll=False)),
        (("grace", 3, "workingDay"), "grace", Span(3, "workingDay")),
        (("grace", 3, "workingHour"), "grace", Span(3, "workingHour")),
        (("workingHours", "08:00-12:00,13:00-17:00"), "working_hours", ((480, 720), (780, 1020))),
        (("usualShare", 0.5), "usual_share", 0.5),
        (("staleAfter", 4, "period"), "stale_after", 4),
        (("silentAfter", 6, "hour"), "silent_after_ms", 6 * 3_600_000),
        (("silentAfter", 2, "day"), "silent_after_ms", 2 * 86_400_000),
        (("minRows", 7), "min_rows", 7),
        (("slices", "communes"), "slices", frozenset({"10001", "10002", "10003", "10009"})),
        (("slices", "10001, so-y-te"), "slices", frozenset({"10001", "so-y-te"})),
        (("nilReturn", True), "nil_return", True),
    ],
    ids=lambda v: str(v) if isinstance(v, tuple) else None,
)
def test_a_property_is_read(said: tuple[Any, ...], field: str, value: object) -> None:
    assert getattr(terms(said), field) == value


def test_the_slice_ratio_is_the_quorum() -> None:
    found = terms(("slices", "communes"), ("sliceRatio", 0.9))
    assert isinstance(found, Terms)
    assert found.slice_quorum == 0.9


@pytest.mark.parametrize(
    ("cadence", "said", "due"),
    [
        ("continuous", (2, "hour"), Due("after", 2, "hour")),
        ("daily", (1, "workingDay"), Due("after", 1, "workingDay")),
        ("weekly", (0, "day"), Due("after", 0, "day")),
        ("quarterly", (5, "workingDayOfMonth"), Due("workingDayOfMonth", 5)),
        ("halfYearly", (15, "workingDayBefore"), Due("workingDayBefore", 15)),
        ("yearly", (31, "dayOfMonth"), Due("dayOfMonth", 31)),
        ("workingDaily", (1, "workingDay"), Due("after", 1, "workingDay")),
        ("tenDaily", (8, "workingHour"), Due("after", 8, "workingHour")),
    ],
)
def test_a_due_rule_is_read(cadence: str, said: tuple[Any, ...], due: Due) -> None:
    found = terms(cadence=cadence, due=said)
    assert isinstance(found, Terms)
    assert found.due == due


def dated(*said: dict[str, Any], cadence: str = "monthly") -> Terms | list[Mistake]:
    """The terms of a contract that says these properties in full beside cadence and first due day."""
    mistakes: list[Mistake] = []
    every = [{"property": "cadence", "value": cadence}, {"property": "firstDue", "value": "2024-02-01"}, *said]
    return sla.read_terms([SlaProperty.model_validate(one) for one in every], Page("x", mistakes), UNITS, 1) or mistakes


DUE_20, DUE_5 = ({"property": "due", "value": n, "unit": "dayOfMonth"} for n in (20, 5))
GRACE_2 = {"property": "grace", "value": 2, "unit": "day"}


def test_a_rule_may_change_and_the_old_one_stays_in_force_before() -> None:
    found = dated(DUE_20, DUE_5 | {"valueExt": "2026-01-01"}, GRACE_2 | {"valueExt": "2026-07-01"})
    assert isinstance(found, Terms)
    assert (found.due, found.grace) == (Due("dayOfMonth", 20), Span(0, "day"))
    assert found.changes == (
        Rule(date(2026, 1, 1), Due("dayOfMonth", 5), Span(0, "day")),
        Rule(date(2026, 7, 1), Due("dayOfMonth", 5), Span(2, "day")),
    )


def test_the_law_may_have_a_due_of_its_own_that_changes_apart() -> None:
    law = DUE_20 | {"driver": "regulatory"}
    found = dated(DUE_5 | {"driver": "operational"}, law, law | {"value": 15, "valueExt": "2026-01-01"})
    assert isinstance(found, Terms)
    assert (found.due, found.regulatory) == (Due("dayOfMonth", 5), Due("dayOfMonth", 20))
    assert found.changes == (Rule(date(2026, 1, 1), Due("dayOfMonth", 5), Span(0, "day"), Due("dayOfMonth", 15)),)


def test_a_law_alone_is_no_due() -> None:
    found = dated(DUE_20 | {"driver": "regulatory"})
    assert isinstance(found, list)
    assert [m.problem for m in found] == ["no property 'due'"]


@pytest.mark.parametrize("more", [{"driver": "regulatory"}, {"valueExt": "2026-01-01"}], ids=["of the law", "from a day on"])
def test_a_continuous_dataset_has_one_age(more: dict[str, Any]) -> None:
    age = {"property": "due", "value": 2, "unit": "hour"}
    found = dated(age, age | more, cadence="continuous")
    assert isinstance(found, list)
    assert "one age" in found[0].problem


@pytest.mark.parametrize(
    ("said", "fits"),
    [
        (("grace", -1, "day"), False), (("grace", 0, "day"), True), (("grace", 1000, "day"), True), (("grace", 1001, "day"), False),
        (("staleAfter", 0, "period"), False), (("staleAfter", 1, "period"), True),
        (("minRows", 0), False), (("minRows", 1), True), (("minRows", 1.5), False), (("minRows", "3"), False),
        (("monthStartsOn", 28), True), (("monthStartsOn", 29), False),
        (("nilReturn", "yes"), False), (("silentAfter", 1, "workingDay"), False),
    ],
    ids=str,
)  # fmt: skip
def test_a_bound_is_kept(said: tuple[Any, ...], fits: bool) -> None:
    assert isinstance(terms(said), Terms) is fits


@pytest.mark.parametrize("said", [("minRows", 2), ("slices", "communes"), ("monthStartsOn", 15)], ids=str)
def test_a_continuous_dataset_has_no_periods_to_be_complete(said: tuple[Any, ...]) -> None:
    found = terms(said, cadence="continuous", due=(2, "hour"))
    assert isinstance(found, list)
    assert "no meaning with the cadence continuous" in found[0].problem


def test_a_continuous_dataset_needs_an_age() -> None:
    assert isinstance(terms(cadence="continuous", due=(0, "hour")), list)
    assert isinstance(terms(cadence="continuous", due=(1, "hour")), Terms)


@pytest.mark.parametrize("day", ["1999-12-31", "2100-01-01", "01/02/2024", 20240201, None], ids=str)
def test_a_first_due_day_is_a_day_of_this_century(day: object) -> None:
    mistakes: list[Mistake] = []
    said = [SlaProperty.model_construct(property="firstDue", value=day, unit=None)]
    assert sla.read_terms(said, Page("x", mistakes), UNITS, 1) is None
    assert any(m.path == "slaProperties[0].value" for m in mistakes)


def test_the_documentation_has_the_tables_of_the_code() -> None:
    """Whoever changes a property changes the page; `docs/catalogue.md` cannot drift."""
    assert promises.table() in DOCS
    assert own.table() in DOCS


def test_the_documentation_names_every_classification() -> None:
    section = DOCS.split("### `classification`")[1].split("##")[0]
    assert all(f"`{name}`" in section for name in CLASSIFICATIONS)
    assert {name for name, hidden in CLASSIFICATIONS.items() if not hidden} == {"public", "internal"}


@pytest.mark.parametrize("cadence", Cadence)
def test_the_documentation_tells_the_silence_of_every_cadence(cadence: Cadence) -> None:
    days = Terms(cadence, Due("after", 1), Span(0, "day"), date(2024, 1, 1)).silent_after_ms // 86_400_000
    sentence = " ".join(DOCS.split("By cadence it is")[1].split(".")[0].split())
    told = {name: int(count) for count, names in re.findall(r"(\d+) days? \(([^)]*)\)", sentence) for name in names.split(", ")}
    assert told[str(cadence)] == days


def test_the_suite_of_the_documentation_can_be_used_with_its_dataset() -> None:
    written = msgspec.json.decode(DOCS.split("```json")[1].split("```")[0])
    example = load(Path(__file__).parents[2] / "expectations" / "tay-ninh")
    assert problems(written, example.datasets[written["name"]].columns.keys()) == []
