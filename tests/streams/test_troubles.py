"""When the monitor itself is in trouble: named cases just before, at and after; and what must not count as trouble."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.platform import WHAT
from streams.troubles import SKEW_MS, STORE_MS, Gap, Kind, Signs, Trouble, is_skewed, troubles

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


def test_every_kind_has_its_words() -> None:
    assert set(WHAT) == {str(kind) for kind in Kind}
