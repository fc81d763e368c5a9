"""What is wrong with the monitor itself, decided from what a worker sees of itself. Pure.

While one of these lasts, feeds that it touches are `unknown` instead of late: their sources count as read only up to where it began. A
store that is away is the exception: points wait in Kafka, and verdicts are right without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

SETTLE_MS = 600_000
"""After Kafka was away, how long connectors are given to bring what they held back: until then silence is nobody's fault but ours."""
STORE_MS = 300_000
"""How long the store may be away before operations are told: a restart of it is no news."""
SKEW_MS = 60_000
"""How far a worker's clock may stand from the broker's before it must not tell the time."""


class Kind(StrEnum):
    """A kind of trouble; `docs/operating.md` tells what to do about each."""

    READING = "reading"
    BROKER = "broker"
    CONNECTOR = "connector"
    SOURCE = "source"
    CLOCK = "clock"
    STORE = "store"


class Trouble(msgspec.Struct, frozen=True):
    """One trouble: its kind, which connector it is about (else empty), and since when."""

    kind: Kind
    about: str
    since_ms: int


class Gap(msgspec.Struct, frozen=True):
    """Kafka took no tick after `from_ms`; connectors have had time to catch up at `until_ms`."""

    from_ms: int
    until_ms: int


class Signs(msgspec.Struct, frozen=True):
    """What a worker sees. `quiet` are the connectors without a heartbeat, with the last one (None: never heard).

    `without_topic` tells that the catalogue has datasets of which no topic exists.
    """

    now_ms: int
    behind_ms: int = 0
    gap: Gap | None = None
    quiet: Mapping[str, int | None] = {}
    without_topic: bool = False
    skew_ms: int | None = None
    store_down_since_ms: int | None = None


def troubles(signs: Signs, tolerance_ms: int) -> tuple[Trouble, ...]:
    """Return the troubles of a worker, in the order of Kind."""
    now_ms, found = signs.now_ms, list[Trouble]()
    if signs.behind_ms > tolerance_ms:
        found.append(Trouble(Kind.READING, "", now_ms - signs.behind_ms))
    if signs.gap is not None and now_ms < signs.gap.until_ms:
        found.append(Trouble(Kind.BROKER, "", signs.gap.from_ms))
    found += [Trouble(Kind.CONNECTOR, name, now_ms if last_ms is None else last_ms) for name, last_ms in sorted(signs.quiet.items())]
    if signs.without_topic:
        found.append(Trouble(Kind.SOURCE, "", now_ms))
    if is_skewed(signs.skew_ms):
        found.append(Trouble(Kind.CLOCK, "", now_ms))
    if signs.store_down_since_ms is not None and now_ms - signs.store_down_since_ms >= STORE_MS:
        found.append(Trouble(Kind.STORE, "", signs.store_down_since_ms))
    return tuple(found)


def is_skewed(skew_ms: int | None) -> bool:
    """Whether a clock stands too far from the broker's; unknown where the broker does not stamp records."""
    return skew_ms is not None and abs(skew_ms) > SKEW_MS
