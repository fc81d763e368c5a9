"""The JSON that other programs rely on: names, types, and one answer for one question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from expectations.freshness import ledger as ledgers
from streams.board.site import make_app
from streams.feeds.state import FeedState, encode_bucket
from tests.streams import board_scene as scene

TEXT, COUNT, LIST = (str,), (int,), (list,)
TEXT_OR_NULL = (str, type(None))
LINE = {
    "unit": TEXT,
    "dataset": TEXT,
    "verdict": TEXT,
    "reason": TEXT_OR_NULL,
    "data_through": TEXT_OR_NULL,
    "expected_through": TEXT_OR_NULL,
    "periods_behind": COUNT,
    "holes": LIST,
    "hole_count": COUNT,
    "heard_at": TEXT_OR_NULL,
    "changed_at": TEXT_OR_NULL,
    "since": TEXT_OR_NULL,
    "extended_until": TEXT_OR_NULL,
    "acknowledged_at": TEXT_OR_NULL,
    "promised_until": TEXT_OR_NULL,
    "suspended_until": TEXT_OR_NULL,
}
DETAIL = LINE | {
    "dataset_name_vi": TEXT,
    "dataset_name_en": TEXT,
    "missing": TEXT_OR_NULL,
    "due_at": TEXT_OR_NULL,
    "deadline": TEXT_OR_NULL,
    "incident": TEXT,
    "slices_seen": COUNT,
    "slices_expected": COUNT,
    "rules": (dict,),
    "periods": LIST,
    "facts": LIST,
    "declarations": LIST,
    "quality": (dict, type(None)),
    "table": (dict, type(None)),
    "scores": (dict,),
    "volume": (dict,),
    "notices": LIST,
    "title": TEXT,
    "derivation": LIST,
    "refused": (dict,),
    "corrections": LIST,
}
PERIOD = {
    "period": TEXT,
    "state": TEXT,
    "rows": (int, type(None)),
    "slices": (int, type(None)),
    "slices_expected": COUNT,
    "slices_missing": LIST,
    "first_heard_at": TEXT_OR_NULL,
    "last_heard_at": TEXT_OR_NULL,
    "due_at": TEXT,
    "deadline": TEXT,
}
NOTICE = {"dataset": TEXT, "incident": TEXT, "stage": TEXT, "subject": TEXT, "text": TEXT, "sent_at": TEXT, "channels": LIST}


async def get(path: str, status: int = 200) -> Any:
    app = make_app(scene.board(), scene.catalogue(), now_ms=lambda: scene.NOW_MS)
    async with TestClient(TestServer(app)) as client:
        response = await client.get(path)
        assert response.status == status
        assert response.content_type == "application/json"
        return await response.json()


def assert_is(value: dict[str, Any], shape: Mapping[str, tuple[type, ...]]) -> None:
    """Exactly these names, each of an allowed type."""
    assert value.keys() == shape.keys()
    wrong = {name: value[name] for name, types in shape.items() if type(value[name]) not in types}
    assert wrong == {}


async def test_the_list_has_every_feed_with_exactly_its_fields() -> None:
    feeds = await get("/api/feeds")
    assert [(feed["unit"], feed["dataset"]) for feed in feeds] == list(scene.catalogue().feeds())
    for feed in feeds:
        assert_is(feed, LINE)


async def test_the_stuck_commune_is_stale_and_current_to_december_2024() -> None:
    (stuck,) = [f for f in await get("/api/feeds") if (f["unit"], f["dataset"]) == scene.STUCK]
    told = {name: stuck[name] for name in ("verdict", "reason", "data_through", "expected_through", "periods_behind", "holes")}
    assert told == {
        "verdict": "stale",
        "reason": "stuck",
        "data_through": "2024-12",
        "expected_through": "2025-09",
        "periods_behind": 9,
        "holes": [],
    }
    assert datetime.fromisoformat(stuck["heard_at"]).utcoffset() is not None
    assert stuck["heard_at"].endswith("+07:00")


async def test_a_feed_that_was_never_judged_is_unknown_without_a_reason() -> None:
    (unheard,) = [f for f in await get("/api/feeds") if (f["unit"], f["dataset"]) == scene.UNHEARD]
    assert (unheard["verdict"], unheard["reason"], unheard["heard_at"], unheard["since"]) == ("unknown", None, None, None)


@pytest.mark.parametrize(
    "feed", [scene.STUCK, scene.NEVER, scene.HOLES, scene.PARTIAL, scene.SUSPENDED, scene.DECLARED, scene.UNHEARD, ("25486", "ho-tich")]
)
async def test_a_feed_tells_all_that_is_behind_its_verdict(feed: tuple[str, str]) -> None:
    detail = await get(f"/api/feeds/{feed[0]}/{feed[1]}")
    assert_is(detail, DETAIL)
    for period in detail["periods"]:
        assert_is(period, PERIOD)
    for notice in detail["notices"]:
        assert_is(notice, NOTICE)


async def test_holes_and_facts_of_a_feed_are_told() -> None:
    detail = await get("/api/feeds/{}/{}".format(*scene.HOLES))
    assert detail["holes"] == ["2025-06", "2025-07"]
    assert detail["missing"] == "2025-06"
    assert {"verdict", "rule", "grace", "completeness", "first_due", "due", "deadline", "heard", "period"} <= {
        f["subject"] for f in detail["facts"]
    }
    assert detail["volume"]["c"] > 0


async def test_what_was_declared_of_a_feed_is_told_newest_first() -> None:
    detail = await get("/api/feeds/{}/{}".format(*scene.DECLARED))
    assert (detail["verdict"], detail["reason"], detail["data_through"]) == ("due", "extended", "2025-08")
    assert (detail["extended_until"], detail["promised_until"]) == ("2025-11-01T00:00:00+07:00", None)
    told = [(said["kind"], said["by"], said["first"], said["until"], said["state"]) for said in detail["declarations"]]
    assert told == [
        ("extend", "@administrator", "2025-09", "2025-10-31", "holds"),
        ("promise", "25516", "2025-09", "2025-10-20", "revoked"),
        ("nil", "25516", "2025-08", None, "holds"),
    ]
    states = {period["period"]: period["state"] for period in detail["periods"]}
    assert (states["2025-07"], states["2025-08"], states["2025-09"]) == ("complete", "nil", "extended")


async def test_a_unit_tells_its_feeds_and_what_it_was_sent() -> None:
    unit = await get(f"/api/units/{scene.STUCK[0]}")
    assert_is(unit, {"unit": TEXT, "kind": TEXT, "name_vi": TEXT, "name_en": TEXT, "feeds": LIST, "notices": LIST})
    assert {feed["unit"] for feed in unit["feeds"]} == {scene.STUCK[0]}
    assert any("tháng 12/2024" in notice["text"] for notice in unit["notices"])


@pytest.mark.parametrize("path", ["/api/units/99999", "/api/feeds/25486/nope", "/api/nope"])
async def test_what_does_not_exist_is_an_error_in_json(path: str) -> None:
    assert_is(await get(path, 404), {"error": TEXT})


async def test_keys_of_rows_are_counted_but_never_shown() -> None:
    """Row keys are digests of a source's primary keys: the board tells how many rows, never which."""
    board, dataset, key = scene.board(), "bao-tro-xa-hoi", 987_654_321
    schedule, state = scene.catalogue().schedules[dataset], FeedState()
    ledgers.count(state.ledger, schedule, schedule.ordinal_of(date(2025, 9, 1)), key, None, scene.NOW_MS)
    board.update_bucket(0, b"999", encode_bucket({f"25486/{dataset}": state}))
    async with TestClient(TestServer(make_app(board, scene.catalogue(), now_ms=lambda: scene.NOW_MS))) as client:
        for path in (f"/api/feeds/25486/{dataset}", f"/feeds/25486/{dataset}"):
            told = await (await client.get(path)).text()
            assert "2025-09" in told or "09/2025" in told
            assert str(key) not in told


async def test_scores_of_units_and_datasets_are_the_means_of_their_feeds() -> None:
    told = await get("/api/scores")
    unit, dataset = scene.STUCK
    of_feeds = [(await get(f"/api/feeds/{unit}/{d}"))["scores"] for u, d in scene.catalogue().feeds() if u == unit]
    for dimension in ("dung", "du", "sach", "song"):
        known = [scores[dimension] for scores in of_feeds if scores[dimension] is not None]
        assert told["units"][unit][dimension] == pytest.approx(sum(known) / len(known))
    assert set(told["datasets"]) == {d for _, d in scene.catalogue().feeds()}
    assert 0 < told["datasets"][dataset]["song"] < 1


async def test_a_feed_that_has_stopped_is_not_alive_however_clean_it_is() -> None:
    unit, dataset = scene.STUCK
    scores = (await get(f"/api/feeds/{unit}/{dataset}"))["scores"]
    assert (scores["song"], scores["sach"] > 0.5) == (0, True)
    unheard = (await get("/api/feeds/{}/{}".format(*scene.UNHEARD)))["scores"]
    assert unheard == {"dung": None, "du": None, "sach": None, "song": None}
