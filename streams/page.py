"""The page, served beside the Faust app by the same event loop, and the reader that keeps it current."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import TYPE_CHECKING

from aiohttp import web

from streams.board.site import make_app
from streams.board.tail import tail
from streams.metrics import Figures, exposition
from streams.security import client_options

if TYPE_CHECKING:
    from streams.app import Nhip

log = logging.getLogger(__name__)


class PageError(Exception):
    """The page cannot be served; the message says what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Open the page's address before the worker starts, so that a taken port is told at once. Raises PageError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen()
    except OSError as error:
        door.close()
        raise PageError(f"the page cannot listen on {host}:{port} ({error.strerror}): set NHIP_PAGE_PORT to a free port, or 0") from error
    return door


def address(door: socket.socket) -> str:
    """The address of the page for a reader on this machine."""
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve(nhip: Nhip) -> None:
    """Serve the page until the worker stops."""
    figures = Figures(nhip.stats, nhip.board, nhip.liveness.signs)
    site = make_app(nhip.board, nhip.catalogue, language=nhip.settings.language, metrics=lambda: exposition(figures))
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    try:
        await web.SockSite(runner, nhip.door).start()
        log.info("the page is at %s", nhip.page_address)
        await _follow(nhip)
    finally:
        await runner.cleanup()


async def _follow(nhip: Nhip) -> None:
    board, stop = nhip.board, asyncio.Event()
    callbacks = {
        nhip.names.feeds: board.update_bucket,
        nhip.names.notified: lambda _, key, value: board.update_notices(key, value),
    }
    kafka = {"bootstrap_servers": nhip.settings.kafka_bootstrap, **client_options(nhip.settings)}
    try:
        await tail(kafka, callbacks, stop)
    finally:
        stop.set()
