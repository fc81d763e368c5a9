"""A feed that nothing happens to costs next to nothing: its bytes in memory, and no work at a tick."""

from __future__ import annotations

import gc
import tracemalloc

import msgspec
import pytest

from bench.feeds import ALL_READ, NOW_MS, PLAIN, RULES, SECOND_MS, province, state_of_one
from streams.changes.wire import Changes, Row, Tick
from streams.feeds.observe import Observer
from streams.feeds.shelf import Shelf
from streams.feeds.state import bucket_of, decode_bucket
from tests.streams import feeds_scene
from tests.streams.feeds_scene import FEED, Scene, months, tick

FEEDS = 2_000
MOST_BYTES = 2_048


def shelved() -> tuple[int, Shelf]:
    """Bytes that so many feeds take, each with two years of complete months, as after a start; and where they are."""
    catalogue = province(FEEDS, PLAIN.terms)
    one = state_of_one(PLAIN)
    buckets: dict[bytes, dict[str, msgspec.Raw]] = {}
    for unit, dataset in catalogue.feeds():
        buckets.setdefault(bucket_of(f"{unit}/{dataset}", 1, RULES.buckets), {})[f"{unit}/{dataset}"] = one
    gc.collect()
    tracemalloc.start()
    shelf = Shelf(catalogue, 0, 1, RULES.buckets, lambda key: msgspec.msgpack.encode(buckets[key]))
    gc.collect()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return used, shelf


def test_a_feed_of_two_years_takes_less_than_two_kilobytes() -> None:
    used, shelf = shelved()
    assert len(list(shelf)) == FEEDS
    assert used / FEEDS < MOST_BYTES


def test_a_tick_at_which_nothing_is_due_touches_no_feed() -> None:
    observer = Observer(province(10, PLAIN.terms), RULES, 0, lambda _: None)
    observer.take(Tick(NOW_MS, {"db.public.t0": [ALL_READ]}))
    observer.outputs()
    observer.written()
    observer.take(Tick(NOW_MS + SECOND_MS, {"db.public.t0": [ALL_READ]}))
    out = observer.outputs()
    assert (out.points, out.transitions, out.buckets, out.rows) == ([], [], {}, 0)


def test_a_state_that_was_put_away_goes_on_where_it_was() -> None:
    scene = Scene()
    scene.after(tick(), feeds_scene.changes(*months("2023-12", "2025-08")))
    put_away = decode_bucket(next(iter(scene.table.values())))[FEED]
    scene.after(feeds_scene.changes(*months("2023-12", "2025-09")), tick(feeds_scene.NOW + 1))
    assert put_away.heard_ms is not None
    assert scene.verdict().data_through == "2025-09"
    again = decode_bucket(next(iter(scene.table.values())))[FEED]
    assert again.ledger.is_complete(feeds_scene.month("2025-09"))
    assert again.seen == {f"{feeds_scene.TOPIC}/0": 21}


@pytest.mark.parametrize("asked", ["verdicts", "restart"])
def test_looking_at_a_feed_changes_nothing_of_it(asked: str) -> None:
    scene = Scene()
    scene.after(tick(), feeds_scene.changes(*months("2023-12", "2025-08")))
    stored = dict(scene.table)
    scene.observer.verdicts() if asked == "verdicts" else scene.restart()
    scene.after(Changes(feeds_scene.TOPIC, 0, {FEED: [Row(0, "c", feeds_scene.NOW, feeds_scene.NOW)]}))
    assert scene.table == stored
