"""Kafka takes ticks, or it does not: a gap is what a refusal or a long wait leaves behind."""

from __future__ import annotations

import pytest

from streams.pulse import Pulse
from streams.troubles import SETTLE_MS, Gap

NOW = 1_760_490_000_000
TOLERANCE = 60_000


def after(*ticks: tuple[int, int] | None) -> Pulse:
    """(began, ended) of each tick after NOW; None is one that was refused."""
    pulse = Pulse(TOLERANCE)
    for one in ticks:
        if one is None:
            pulse.refused()
        else:
            pulse.taken(NOW + one[0], NOW + one[1])
    return pulse


@pytest.mark.parametrize(
    ("ticks", "gap"),
    [
        pytest.param([(0, 1), (5_000, 5_001)], None, id="tick after tick"),
        pytest.param([(0, 1), None, (TOLERANCE, TOLERANCE + 1)], None, id="a refusal shorter than the tolerance"),
        pytest.param([(0, 1), None, (TOLERANCE, TOLERANCE + 2)], 1, id="and longer: since the last that was taken"),
        pytest.param([(0, 1), (900_000, 900_001)], None, id="no tick while the group rebalances: Kafka is there"),
        pytest.param([(0, 1), (5_000, 5_000 + TOLERANCE)], None, id="a tick that waits as long as is tolerated"),
        pytest.param([(0, 1), (5_000, 5_001 + TOLERANCE)], 1, id="a tick that waits longer"),
        pytest.param([None, (1, 2)], None, id="refused at the very beginning: nothing was judged yet"),
    ],
)
def test_a_gap_begins_at_the_last_tick_that_was_taken(ticks: list[tuple[int, int] | None], gap: int | None) -> None:
    found = after(*ticks).gap
    assert (None if found is None else found.from_ms - NOW) == gap


@pytest.mark.parametrize(("after_ms", "capped"), [(SETTLE_MS - 1, True), (SETTLE_MS, False), (SETTLE_MS + 1, False)])
def test_sources_count_as_read_up_to_the_gap_until_connectors_have_caught_up(after_ms: int, capped: bool) -> None:
    ended = TOLERANCE + 2
    pulse = after((0, 1), None, (TOLERANCE, ended))
    assert pulse.cap_ms(NOW + ended + after_ms) == (NOW + 1 if capped else None)


def test_a_second_gap_before_they_have_keeps_the_first_beginning() -> None:
    pulse = after((0, 1), None, (TOLERANCE, TOLERANCE + 2), None, (3 * TOLERANCE, 3 * TOLERANCE + 9))
    assert pulse.gap == Gap(NOW + 1, NOW + 3 * TOLERANCE + 9 + SETTLE_MS)


def test_without_a_gap_nothing_is_capped() -> None:
    assert after((0, 1)).cap_ms(NOW) is None
