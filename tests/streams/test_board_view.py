"""The read model: latest values win, nothing that is owed is left out, and a value that cannot be read harms only itself."""

from __future__ import annotations

from streams.board.view import BoardView
from streams.feeds.state import FeedState, encode_bucket
from streams.notices import Notice, NoticeLog, encode_log
from tests.streams import board_scene as scene

UNIT, DATASET = scene.STUCK
FEED = f"{UNIT}/{DATASET}"


def notice(unit: str, sent_ms: int, dataset: str = DATASET) -> Notice:
    return Notice(unit, dataset, "2025-01", "late", "id", "subject", f"sent at {sent_ms}", sent_ms, ("email",))


def test_every_feed_that_is_owed_is_listed_before_anything_is_known() -> None:
    view = BoardView(scene.catalogue())
    feeds = view.feeds()
    assert [(feed.unit, feed.dataset) for feed in feeds] == list(scene.catalogue().feeds())
    assert all(feed.verdict is None and feed.heard_ms is None for feed in feeds)


def test_the_latest_value_of_a_bucket_wins() -> None:
    view = BoardView(scene.catalogue())
    for heard_ms in (1, 3, 2):
        view.update_bucket(0, b"5", encode_bucket({FEED: FeedState(heard_ms=heard_ms)}))
    detail = view.feed(UNIT, DATASET)
    assert detail is not None
    assert detail.feed.heard_ms == 2


def test_a_value_that_comes_after_a_look_is_seen_by_the_next_look() -> None:
    view = BoardView(scene.catalogue())
    for heard_ms in (1, 2):
        view.update_bucket(0, b"5", encode_bucket({FEED: FeedState(heard_ms=heard_ms)}))
        assert {feed.heard_ms for feed in view.feeds()} == {None, heard_ms}


def test_a_tombstone_forgets_a_bucket_but_not_where_its_feed_has_moved() -> None:
    view = BoardView(scene.catalogue())
    view.update_bucket(0, b"5", encode_bucket({FEED: FeedState(heard_ms=1)}))
    view.feeds()
    view.update_bucket(1, b"5", encode_bucket({FEED: FeedState(heard_ms=2)}))
    view.feeds()
    view.update_bucket(0, b"5", None)
    assert {feed.heard_ms for feed in view.feeds()} == {None, 2}
    view.update_bucket(1, b"5", None)
    assert {feed.heard_ms for feed in view.feeds()} == {None}


def test_an_unreadable_bucket_keeps_what_was_known_and_harms_no_other() -> None:
    view = BoardView(scene.catalogue())
    view.update_bucket(0, b"5", encode_bucket({FEED: FeedState(heard_ms=1)}))
    view.feeds()
    other = "/".join(scene.NEVER)
    view.update_bucket(0, b"5", b"\xc1 not MessagePack")
    view.update_bucket(0, b"6", encode_bucket({other: FeedState(heard_ms=9)}))
    assert {feed.heard_ms for feed in view.feeds()} == {None, 1, 9}


def test_a_feed_that_nobody_owes_is_not_there() -> None:
    view = BoardView(scene.catalogue())
    view.update_bucket(0, b"5", encode_bucket({"99999/ghost": FeedState(heard_ms=1)}))
    assert view.feed("99999", "ghost") is None
    assert all(feed.unit != "99999" for feed in view.feeds())


def test_a_feed_without_state_has_an_empty_detail() -> None:
    detail = BoardView(scene.catalogue()).feed(UNIT, DATASET)
    assert detail is not None
    assert detail.feed.verdict is None
    assert detail.notices == []


def test_notices_of_a_unit_are_newest_first_and_nobody_elses() -> None:
    view = BoardView(scene.catalogue())
    view.update_notices(b"k1", encode_log(NoticeLog([notice(UNIT, 1), notice(UNIT, 3), notice(UNIT, 2, "ho-ngheo")])))
    view.update_notices(b"k2", encode_log(NoticeLog([notice("25459", 9)])))
    assert [sent.sent_ms for sent in view.notices(UNIT)] == [3, 2, 1]
    detail = view.feed(UNIT, DATASET)
    assert detail is not None
    assert [sent.sent_ms for sent in detail.notices] == [3, 1]


def test_unreadable_notices_keep_the_ones_before_and_a_tombstone_forgets_them() -> None:
    view = BoardView(scene.catalogue())
    view.update_notices(b"k", encode_log(NoticeLog([notice(UNIT, 1)])))
    view.update_notices(b"k", b"\xc1")
    assert len(view.notices(UNIT)) == 1
    view.update_notices(b"k", None)
    assert view.notices(UNIT) == []


def test_an_older_tick_never_turns_the_page_back() -> None:
    view = BoardView(scene.catalogue())
    for now_ms in (5, 9, 7):
        view.tick(now_ms)
    assert view.as_of_ms == 9
