"""The page, served beside the Faust app by the same event loop, and the reader that keeps it current."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from aiohttp import web

from streams.board.site import make_app
from streams.board.tail import tail

if TYPE_CHECKING:
    from streams.app import Nhip

log = logging.getLogger(__name__)


class PageError(Exception):
    """The page cannot be served; the message says what to do."""


async def serve(nhip: Nhip) -> None:
    """Serve the page until the worker stops."""
    settings = nhip.settings
    runner = web.AppRunner(make_app(nhip.board, nhip.catalogue, language=settings.language), access_log=None)
    await runner.setup()
    try:
        await _listen(runner, settings.page_host, settings.page_port)
        nhip.page_address = f"http://{settings.page_host}:{runner.addresses[0][1]}"
        log.info("the page is at %s", nhip.page_address)
        await _follow(nhip)
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise PageError(f"the page cannot listen on {host}:{port} ({error.strerror}): set NHIP_PAGE_PORT to a free port, or 0") from error


async def _follow(nhip: Nhip) -> None:
    board, stop = nhip.board, asyncio.Event()
    callbacks = {
        nhip.names.feeds: board.update_bucket,
        nhip.names.notified: lambda _, key, value: board.update_notices(key, value),
    }
    try:
        await tail(nhip.settings.kafka_bootstrap, callbacks, stop)
    finally:
        stop.set()
