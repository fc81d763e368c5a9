"""The page as a site: nothing from elsewhere, strict headers, hostile names, and what a reader is told when something is wrong."""

from __future__ import annotations

import copy

import msgspec
import pytest

from streams.board.site import HEADERS
from streams.board.view import BoardView
from tests.streams import board_scene as scene
from tests.streams.board_client import Open, feed_path, read
from tests.streams.board_reader import Element, parse

pytest_plugins = ("tests.streams.board_client",)
HOSTILE = '"><script>alert(1)</script>&amp;'


@pytest.mark.parametrize("path", ["/", "/units/25486", "/feeds/25486/nguoi-co-cong"])
async def test_hostile_names_and_texts_stay_text(opened: Open, path: str) -> None:
    catalogue = copy.copy(scene.catalogue())
    catalogue.name_vi = HOSTILE
    catalogue.units = {i: msgspec.structs.replace(unit, name_vi=HOSTILE, contact=HOSTILE) for i, unit in catalogue.units.items()}
    catalogue.datasets = {i: msgspec.structs.replace(dataset, name_vi=HOSTILE) for i, dataset in catalogue.datasets.items()}
    board = scene.board()
    board.catalogue = catalogue
    client = await opened(board, catalogue)
    page = await read(client, f"{path}?q=%3Cscript%3E&lang=%22%3E%3Cscript%3E")
    assert not list(page.all("script"))
    assert HOSTILE in page.text


@pytest.mark.parametrize("path", ["/", "/units/25486", "/feeds/25486/nguoi-co-cong", "/no-such-page"])
async def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing(opened: Open, path: str) -> None:
    response = await (await opened()).get(path)
    page = parse(await response.text())
    loaded = [
        e.attributes.get("src") or e.attributes.get("href", "") for tag in ("link", "img", "script", "iframe", "use") for e in page.all(tag)
    ]
    assert all(address.startswith(("/style.css?", "#", "data:image/svg+xml,")) for address in loaded)
    assert not [e.tag for e in page.all() if "style" in e.attributes or any(name.startswith("on") for name in e.attributes)]
    assert not list(page.all("script"))


@pytest.mark.parametrize("path", ["/", "/style.css", "/api/feeds", "/healthz", "/readyz", "/no-such-page", "/api/feeds/no/such"])
async def test_every_answer_carries_the_strict_headers(opened: Open, path: str) -> None:
    response = await (await opened()).get(path)
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; img-src 'self' data:")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    if path != "/style.css":
        assert response.headers["Cache-Control"] == HEADERS["Cache-Control"] == "no-store"


async def test_a_page_renews_itself_until_the_reader_pauses_it(opened: Open) -> None:
    client = await opened()

    def renews(page: Element) -> list[str]:
        return [meta.attributes["content"] for meta in page.all("meta") if meta.attributes.get("http-equiv") == "refresh"]

    assert renews(await read(client, "/")) == ["30"]
    assert renews(await read(client, "/?refresh=0")) == []
    assert renews(await read(await opened(refresh_seconds=0), "/")) == []


async def test_a_monitor_that_is_behind_says_that_no_unit_is_at_fault(opened: Open) -> None:
    client = await opened()
    banner = (await read(client, "/")).one("p", "banner").text
    assert banner.startswith("Hệ thống giám sát đang chậm, không phải lỗi của đơn vị")
    assert "nên 1 luồng" in banner
    assert list((await read(client, feed_path(scene.BEHIND_MONITOR))).all("p", "banner"))
    assert not list((await read(client, feed_path(scene.STUCK))).all("p", "banner"))


@pytest.mark.parametrize(
    ("after_ms", "halted"),
    [
        pytest.param(179_999, False, id="just before"),
        pytest.param(180_000, False, id="at"),
        pytest.param(180_001, True, id="just after"),
    ],
)
async def test_a_page_whose_ticks_stopped_says_when(opened: Open, after_ms: int, *, halted: bool) -> None:
    """180,000 ms without a tick are borne, no more: silence of Nhịp itself is not health."""
    client = await opened(now_ms=scene.NOW_MS + after_ms)
    page = await read(client, feed_path(scene.STUCK))
    assert ("Số liệu trên trang này đã dừng lúc 08:00 15/10/2025" in page.text) is halted
    ready = await client.get("/readyz")
    assert (ready.status, (await ready.json())["status"]) == ((503, "halted") if halted else (200, "ok"))


@pytest.mark.parametrize(("after_ms", "state"), [(0, "ok"), (200_000, "halted")])
async def test_a_worker_that_answers_is_alive_whatever_it_waits_for(opened: Open, after_ms: int, state: str) -> None:
    """Who would kill it while Kafka is away gains nothing: it tells what it waits for, and goes on by itself."""
    alive = await (await opened(now_ms=scene.NOW_MS + after_ms)).get("/healthz")
    assert (alive.status, (await alive.json())["status"]) == (200, state)


async def test_a_page_that_knows_nothing_yet_says_that_it_is_starting(opened: Open) -> None:
    client = await opened(BoardView(scene.catalogue()))
    page = await read(client, "/")
    assert "Nhịp đang đọc lại dữ liệu" in page.one("p", "banner").text
    assert page.one("ul", "tiles").one("li", "unknown").one("strong").text == "883"
    assert ((await client.get("/healthz")).status, (await client.get("/readyz")).status) == (200, 503)


@pytest.mark.parametrize("path", ["/nope", "/units/99999", "/feeds/25486/nope", "/feeds/so-noi-vu/ho-ngheo", "/feeds/%3Cscript%3E/x"])
async def test_what_does_not_exist_is_said_kindly(opened: Open, path: str) -> None:
    page = await read(await opened(), path, 404)
    assert page.one("h1").text == "Không tìm thấy trang này"
    assert "/" in [link.attributes["href"] for link in page.all("a")]


async def test_a_page_that_fails_does_not_show_why(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    board = scene.board()
    monkeypatch.setattr(board, "feeds", lambda: 1 / 0)
    page = await read(await opened(board), "/", 500)
    assert page.one("h1").text == "Trang này đang gặp lỗi"
    assert "ZeroDivisionError" not in page.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_nothing_can_be_changed_through_the_page(opened: Open, method: str) -> None:
    assert (await (await opened()).request(method, "/")).status == 405


async def test_the_style_sheet_is_kept_by_browsers_and_named_by_its_content(opened: Open) -> None:
    client = await opened()
    address = next(link.attributes["href"] for link in (await read(client, "/")).all("link") if link.attributes["rel"] == "stylesheet")
    response = await client.get(address)
    assert response.content_type == "text/css"
    assert "immutable" in response.headers["Cache-Control"]
    assert "url(" not in await response.text()
