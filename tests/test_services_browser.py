"""Chromium renders a page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_chromium_renders_vietnamese_text(page: Page) -> None:
    page.set_content("<h1>Nhịp dữ liệu</h1>")
    assert page.get_by_role("heading").inner_text() == "Nhịp dữ liệu"
    assert page.screenshot().startswith(b"\x89PNG")


async def test_an_async_test_still_has_an_event_loop_after_the_browser() -> None:
    await asyncio.wait_for(asyncio.sleep(0), timeout=10)
