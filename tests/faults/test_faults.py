"""The small form of `make faults`: a few of everything that can go wrong, on real services; and the same work shared by more workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import missing
from tests.faults.outcome import compare
from tests.faults.run import Plan, Ran, perform
from tests.faults.schedule import plan as deal
from tests.services.fleet import Fleet

SEED, EVENTS, FAULTS, WORKERS = 1, 6_000, 8, 2
pytestmark = [pytest.mark.services, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def undisturbed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """What one worker makes of the story when nothing goes wrong."""
    lacking = [s.name for s in Fleet.of_checkout().services if s.name in {"kafka", "influxdb"} and not s.is_built]
    if lacking:
        missing(request, *lacking)
    return perform(Plan(SEED, EVENTS, 1, 2), tmp_path_factory.mktemp("faults") / "undisturbed", lambda _: None)


def test_an_undisturbed_run_tells_late_units_once_each(undisturbed: Ran) -> None:
    """The comparison would be worth nothing if nothing happened."""
    assert undisturbed.troubles == ()
    assert undisturbed.outcome.alerts
    assert undisturbed.outcome.repeats == 0
    assert {change["new"] for change in undisturbed.outcome.transitions.values()} >= {"fresh", "never", "stale"}
    assert undisturbed.outcome.quarantine


def test_faults_change_no_point_state_transition_or_alert(undisturbed: Ran, tmp_path: Path) -> None:
    disturbed = Plan(SEED, EVENTS, WORKERS, 2, faults=deal(SEED, EVENTS, FAULTS, WORKERS))
    found = perform(disturbed, tmp_path / "disturbed", lambda _: None)
    assert compare(undisturbed.outcome, found.outcome) == ((), ())
    assert (found.troubles, found.outcome.unexplained) == ((), ())
