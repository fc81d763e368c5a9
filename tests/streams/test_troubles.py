"""When the monitor itself is in trouble: named cases just before, at and after; and what must not count as trouble."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.platform import WHAT
from streams.troubles import SETTLE_MS, SKEW_MS, STORE_MS, Gap, Kind, Pulse, Signs, Trouble, is_skewed, troubles

NOW = 1_760_490_000_000
TOLERANCE = 60_000

CASES = [
    pytest.param({}, [], id="all is well"),
    pytest.param({"behind_ms": TOLERANCE}, [], id="reading lags as far as is tolerated"),
    pytest.param(
        {"behind_ms": TOLERANCE + 1}, [Trouble(Kind.READING, "", NOW - TOLERANCE - 1)], id="reading lags further: since where it stands"
    ),
    pytest.param(
        {"gap": Gap(NOW - 9, NOW + 1)}, [Trouble(Kind.BROKER, "", NOW - 9)], id="Kafka was away, and connectors may not have caught up"
    ),
    pytest.param({"gap": Gap(NOW - 9, NOW)}, [], id="they have had their time"),
    pytest.param(
        {"quiet": {"shop1": NOW - 5}}, [Trouble(Kind.CONNECTOR, "shop1", NOW - 5)], id="a connector without a heartbeat: since the last one"
    ),
    pytest.param({"quiet": {"shop1": None}}, [Trouble(Kind.CONNECTOR, "shop1", NOW)], id="never heard: since now"),
    pytest.param(
        {"quiet": {"b": 2, "a": 1}}, [Trouble(Kind.CONNECTOR, "a", 1), Trouble(Kind.CONNECTOR, "b", 2)], id="each connector by itself"
    ),
    pytest.param({"without_topic": True}, [Trouble(Kind.SOURCE, "", NOW)], id="a dataset without any topic"),
    pytest.param({"skew_ms": SKEW_MS}, [], id="a clock as far ahead as is tolerated"),
    pytest.param({"skew_ms": SKEW_MS + 1}, [Trouble(Kind.CLOCK, "", NOW)], id="further ahead"),
    pytest.param({"skew_ms": -SKEW_MS}, [], id="as far behind"),
    pytest.param({"skew_ms": -SKEW_MS - 1}, [Trouble(Kind.CLOCK, "", NOW)], id="further behind"),
    pytest.param({"skew_ms": None}, [], id="a broker that does not stamp says nothing of our clock"),
    pytest.param({"store_down_since_ms": NOW - STORE_MS + 1}, [], id="a store that is restarted is no news"),
    pytest.param({"store_down_since_ms": NOW - STORE_MS}, [Trouble(Kind.STORE, "", NOW - STORE_MS)], id="a store that stays away is"),
]


@pytest.mark.parametrize(("signs", "expected"), CASES)
def test_signs_mean_these_troubles(signs: dict[str, Any], expected: list[Trouble]) -> None:
    assert list(troubles(Signs(NOW, **signs), TOLERANCE)) == expected


def test_an_unknown_skew_is_none() -> None:
    assert not is_skewed(None)


class TestPulse:
    """Kafka takes ticks, or it does not: a gap is what a refusal or a long wait leaves behind."""

    def after(self, *ticks: tuple[int, int] | None) -> Pulse:
        """(began, ended) of each tick after NOW; None is one that was refused."""
        pulse = Pulse(TOLERANCE)
        for tick in ticks:
            if tick is None:
                pulse.refused()
            else:
                pulse.taken(NOW + tick[0], NOW + tick[1])
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
    def test_a_gap_begins_at_the_last_tick_that_was_taken(self, ticks: list[tuple[int, int] | None], gap: int | None) -> None:
        found = self.after(*ticks).gap
        assert (None if found is None else found.from_ms - NOW) == gap

    @pytest.mark.parametrize(("after_ms", "capped"), [(SETTLE_MS - 1, True), (SETTLE_MS, False), (SETTLE_MS + 1, False)])
    def test_sources_count_as_read_up_to_the_gap_until_connectors_have_caught_up(self, after_ms: int, capped: bool) -> None:
        ended = TOLERANCE + 2
        pulse = self.after((0, 1), None, (TOLERANCE, ended))
        assert pulse.cap_ms(NOW + ended + after_ms) == (NOW + 1 if capped else None)

    def test_a_second_gap_before_they_have_keeps_the_first_beginning(self) -> None:
        pulse = self.after((0, 1), None, (TOLERANCE, TOLERANCE + 2), None, (3 * TOLERANCE, 3 * TOLERANCE + 9))
        assert pulse.gap == Gap(NOW + 1, NOW + 3 * TOLERANCE + 9 + SETTLE_MS)

    def test_without_a_gap_nothing_is_capped(self) -> None:
        assert self.after((0, 1)).cap_ms(NOW) is None


def test_every_kind_has_its_words() -> None:
    assert set(WHAT) == {str(kind) for kind in Kind}
