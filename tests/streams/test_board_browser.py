"""The page in Chromium without JavaScript, on a phone and on a wall screen, by day and by night."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from playwright.sync_api import expect, sync_playwright

from streams.board.site import make_app
from tests.conftest import missing
from tests.services import browser
from tests.streams import board_scene as scene

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser
SCREENS = {"phone": {"width": 390, "height": 844}, "wall": {"width": 1920, "height": 1080}}
PATHS = ["/", f"/units/{scene.STUCK[0]}", "/feeds/{}/{}".format(*scene.STUCK), "/?q=t%C3%A2n&lang=en", "/no-such-page"]
"""Every template, and the longest words."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The scene's page on a free loopback port, served from a thread: Playwright's calls block."""
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(make_app(scene.board(), scene.catalogue(), now_ms=lambda: scene.NOW_MS))

    async def start() -> int:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return int(runner.addresses[0][1])

    port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser with JavaScript off and a screen of this size."""
    program = browser.chromium()
    if program is None:
        missing(request, "Chromium (apt-get install chromium)")
        return
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=program,
            args=browser.FLAGS,
            java_script_enabled=False,
            viewport=SCREENS[request.param],  # type: ignore[arg-type]  # a dict of two ints is what Playwright takes
        )
        yield context
        context.close()


def widths(page: Page) -> tuple[int, int]:
    """How wide the page's content is, and the window; the debugger may ask where the page itself may not run scripts."""
    session = page.context.new_cdp_session(page)
    metrics = session.send("Page.getLayoutMetrics")
    return int(metrics["cssContentSize"]["width"]), int(metrics["cssLayoutViewport"]["clientWidth"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_screen(screen: BrowserContext, address: str, scheme: str) -> None:
    page = screen.pages[0]
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # the two names are Playwright's own
    for path in PATHS:
        page.goto(address + path)
        content, window = widths(page)
        assert content <= window, path


def test_from_the_overview_a_reader_finds_the_stuck_commune_and_its_alert(screen: BrowserContext, address: str) -> None:
    page = screen.pages[0]
    page.goto(address)
    row = page.locator("table.behind tbody tr").first
    for told in ("Xã Tân Biên", "đến hết tháng 12/2024", "quá hạn kéo dài", "có hoạt động nhưng không có kỳ mới"):
        expect(row.get_by_text(told).first).to_be_visible()
    row.get_by_role("link", name="Xã Tân Biên").click()
    expect(page.locator(".sentence")).to_contain_text("Có hoạt động nhưng không có kỳ mới")
    expect(page.get_by_text("Kính gửi: UBND xã Tân Biên")).to_be_visible()


def test_a_reader_without_javascript_can_search_and_filter(screen: BrowserContext, address: str) -> None:
    page = screen.pages[0]
    page.goto(address)
    page.get_by_label("Tìm đơn vị (tên hoặc mã)").fill("tan bien")
    page.get_by_label("Tình trạng").select_option("stale")
    page.get_by_role("button", name="Lọc").click()
    expect(page.locator(".grid tbody tr")).to_have_count(1)
    expect(page.locator(".grid tbody tr").get_by_role("link", name="Xã Tân Biên")).to_be_visible()


def test_the_browser_has_nothing_to_complain_of(screen: BrowserContext, address: str) -> None:
    """No refused style, script or font: the page keeps its own Content-Security-Policy."""
    page = screen.pages[0]
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("requestfailed", lambda request: heard.append(request.url))
    page.on("request", lambda request: heard.append(request.url) if not request.url.startswith((address, "data:")) else None)
    for path in PATHS[:-1]:
        page.goto(address + path)
    assert heard == []


def test_the_head_of_the_grid_stays_in_sight(screen: BrowserContext, address: str) -> None:
    page = screen.pages[0]
    page.goto(address)
    last = page.locator(".grid tbody tr").last
    last.scroll_into_view_if_needed()
    head = page.locator(".grid thead").last
    window = page.viewport_size
    assert window is not None
    if window["width"] < 768:
        expect(head).to_be_hidden()
        return
    box = head.locator("th").first.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 100


def test_the_first_tab_shows_a_way_past_the_head(screen: BrowserContext, address: str) -> None:
    page = screen.pages[0]
    page.goto(address)
    skip = page.locator("a[href='#content']")
    away = skip.bounding_box()
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    shown = skip.bounding_box()
    assert away is not None
    assert shown is not None
    assert away["width"] <= 1
    assert shown["width"] > 44
