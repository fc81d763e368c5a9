"""The simulator's own calendar: by hand, and the same as the one that judges feeds, of which it knows nothing."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timedelta

import pytest

from expectations.catalogue.load import load
from expectations.freshness import periods
from expectations.freshness.periods import Cadence
from expectations.freshness.schedule import Schedule
from expectations.freshness.terms import Due, Span, Terms
from streams.province.calendar import Calendar, NotSimulated, refuse_unknown
from tests.streams.province_scene import FOLDER, feed_of

CATALOGUE = load(FOLDER)
ZONE = CATALOGUE.timezone
TERMS = CATALOGUE.datasets["ton-giao"].terms
SIMULATOR = (
    *("calendar", "plan", "orderly", "troubles", "declarations", "kinds", "casting", "outages", "truth", "history"),
    *("values", "records", "rows", "writer"),
)
JUDGES = ("verdict", "ledger", "schedule", "explain")


def calendar_of(dataset: str) -> Calendar:
    return Calendar(CATALOGUE.datasets[dataset].terms, CATALOGUE.workdays, ZONE)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * 1000


def test_the_simulator_knows_nothing_of_the_code_that_judges_feeds() -> None:
    """Its truth would prove nothing otherwise. Checked in a fresh interpreter, so that what others import does not count."""
    modules = ", ".join(f"streams.province.{name}" for name in SIMULATOR)
    judges = [f"expectations.freshness.{name}" for name in JUDGES] + [
        "streams.feeds",
        "streams.changes.route",
        "streams.offline",
        "streams.province.trial",
    ]
    program = f"import sys, {modules}\nprint([name for name in {judges} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "[]"


def test_only_the_trial_of_the_package_may_know_it() -> None:
    """A new module of the package is either of the simulator, and then listed above, or one of these."""
    modules = {path.stem for path in (FOLDER.parent.parent / "streams" / "province").glob("*.py")}
    assert modules - set(SIMULATOR) == {"__init__", "score", "trial"}


@pytest.mark.parametrize(
    ("dataset", "name", "late"),
    [
        ("nguoi-co-cong", "2025-08", "2025-09-12T00:00"),  # 1 and 2 September are holidays: the 5th working day is the 9th; + 2
        ("bao-tro-xa-hoi", "2025-12", "2026-01-14T00:00"),  # due 10 January, worked in exchange for the 2nd; + 2 working days
        ("lao-dong-viec-lam", "2025-10", "2025-10-29T00:00"),  # 15 September to 14 October; the 25th is a Saturday: Monday; + 1
        ("ton-giao", "2025-Q3", "2025-10-24T00:00"),
        ("ho-ngheo", "2025", "2026-02-10T00:00"),  # 31 January is a Saturday: Monday 2 February; + 5 working days
        ("thu-tuc-hanh-chinh", "2026-02-13", "2026-02-24T04:00"),  # the Friday before Tet: the next working day is 23 February
    ],
)
def test_a_period_is_late_when_its_grace_is_over(dataset: str, name: str, late: str) -> None:
    calendar = calendar_of(dataset)
    period = next(p for p in calendar.periods(date(2024, 1, 1), date(2026, 6, 1)) if p.name == name)
    assert calendar.deadline_ms(period) == at(late)


@pytest.mark.parametrize("dataset", [d.id for d in CATALOGUE.datasets.values() if d.terms.cadence is not Cadence.CONTINUOUS])
def test_periods_and_deadlines_are_those_of_the_schedule(dataset: str) -> None:
    """Two ways of working out one contract: where they differ one of them is wrong."""
    schedule, calendar = CATALOGUE.schedules[dataset], calendar_of(dataset)
    owed = calendar.required(date(2027, 3, 1))
    ordinals = range(schedule.first_required, schedule.first_required + len(owed))
    assert [p.name for p in owed] == [schedule.text(n) for n in ordinals]
    assert [p.end for p in owed] == [schedule.end_day(n) for n in ordinals]
    assert [calendar.deadline_ms(p) for p in owed] == [schedule.deadline_ms(n) for n in ordinals]


@pytest.mark.parametrize("dataset", ["ho-tich", "quan-trac-moi-truong"])
def test_the_age_of_a_continuous_dataset_is_that_of_the_schedule(dataset: str) -> None:
    schedule, calendar = CATALOGUE.schedules[dataset], calendar_of(dataset)
    instants = [at("2025-12-01T00:00") + n * 7 * 3_600_000 + n for n in range(400)]
    assert [calendar.late_ms(instant) for instant in instants] == [schedule.deadline_ms(instant) for instant in instants]


DUES = (
    *(Due("after", 2, "workingDay"), Due("after", 1, "day", roll=False), Due("dayOfMonth", 31)),
    *(Due("workingDayOfMonth", 3), Due("workingDayBefore", 10), Due("workingDayBefore", 1)),
)


@pytest.mark.parametrize("due", DUES, ids=lambda due: f"{due.rule} {due.count}")
@pytest.mark.parametrize("cadence", [cadence for cadence in Cadence if cadence is not Cadence.CONTINUOUS])
def test_every_cadence_and_due_day_is_that_of_the_schedule(cadence: Cadence, due: Due) -> None:
    """Also of those that no contract of the example asks for: half a month before the year 2025 to the end of 2026."""
    terms = Terms(cadence, due, Span(1, "workingDay"), date(2024, 12, 15))
    schedule, calendar = Schedule(terms, CATALOGUE.workdays, ZONE), Calendar(terms, CATALOGUE.workdays, ZONE)
    owed = calendar.required(date(2027, 1, 1))
    last = schedule.ordinal_of(date(2026, 12, 31))
    ordinals = [n for n in range(schedule.first_required, last + 1) if schedule.is_required(n)]
    assert [p.name for p in owed] == [schedule.text(n) for n in ordinals]
    assert [(p.first, p.end) for p in owed] == [(periods.first_day(cadence, n), schedule.end_day(n)) for n in ordinals]
    assert [calendar.deadline_ms(p) for p in owed] == [schedule.deadline_ms(n) for n in ordinals]


@pytest.mark.parametrize(
    ("due", "grace", "told"),
    [
        (Due("after", 4, "hour"), Span(0, "day"), "due after 4 hour: the simulator has no such rule"),
        (Due("after", 4, "workingHour"), Span(0, "day"), "workingHour: the simulator counts hour, day, workingDay"),
        (Due("dayOfMonth", 5), Span(4, "workingHour"), "workingHour: the simulator counts hour, day, workingDay"),
    ],
    ids=["hours after a period", "working hours", "grace in working hours"],
)
def test_a_due_rule_that_is_not_simulated_is_named(due: Due, grace: Span, told: str) -> None:
    with pytest.raises(NotSimulated, match=told):
        Calendar(Terms(Cadence.MONTHLY, due, grace, date(2025, 1, 1)), CATALOGUE.workdays, ZONE).required(date(2026, 1, 1))


def test_a_cadence_that_has_no_periods_is_named() -> None:
    calendar = feed_of("ho-tich").calendar
    with pytest.raises(NotSimulated, match="continuous: it has no periods"):
        list(calendar.periods(date(2025, 1, 1), date(2025, 1, 1) + timedelta(days=9)))


def test_a_term_that_the_truth_does_not_know_is_refused_and_not_ignored() -> None:
    class Richer(Terms, frozen=True):
        law_says: int = 0

    plain = {field: getattr(TERMS, field) for field in TERMS.__struct_fields__}
    refuse_unknown(Richer(**plain))
    with pytest.raises(NotSimulated, match="law_says"):
        refuse_unknown(Richer(**plain, law_says=5))
