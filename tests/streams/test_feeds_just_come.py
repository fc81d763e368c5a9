"""A partition that has just come to a worker: ticks tell what each worker has read, and all must be heard before nobody is said to read."""

from __future__ import annotations

import msgspec
import pytest

from streams.changes.wire import Tick
from streams.feeds.rules import Rules
from tests.streams.feeds_scene import ALL_READ, MINUTE_MS, NOW, TOPIC, Scene, changes, months, tick

UNTOLD = Tick(NOW, {TOPIC: [ALL_READ, -1]})


def behind() -> Scene:
    scene = Scene(rules=Rules(partitions=1, buckets=2, tolerance_ms=MINUTE_MS))
    scene.after(changes(*months("2023-12", "2025-06")), tick())
    assert scene.verdict().status == "stale"
    scene.restart()
    return scene


def test_a_partition_that_has_just_come_keeps_its_verdicts_until_every_worker_has_told() -> None:
    scene = behind()
    assert scene.after(UNTOLD).transitions == []
    assert scene.verdict().status == "stale"


@pytest.mark.parametrize(("after_ms", "transitions"), [(MINUTE_MS, []), (MINUTE_MS + 1, ["unknown"])])
def test_it_says_that_it_cannot_tell_when_nobody_has_told_for_longer_than_the_tolerance(after_ms: int, transitions: list[str]) -> None:
    scene = behind()
    scene.after(UNTOLD)
    out = scene.after(msgspec.structs.replace(UNTOLD, now_ms=NOW + after_ms))
    assert [t.new for t in out.transitions] == transitions


def test_it_judges_as_soon_as_all_have_told() -> None:
    scene = behind()
    scene.after(UNTOLD)
    out = scene.after(changes(*months("2025-07", "2025-09", from_offset=100)), tick(partitions=2))
    assert [t.new for t in out.transitions] == ["fresh"]
