"""A board served to a test client, and its pages read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from expectations.catalogue.load import Catalogue
from streams.board.site import make_app
from streams.board.view import BoardView
from tests.streams import board_scene as scene
from tests.streams.board_reader import Element, parse

Client = TestClient[Any, Any]
Open = Callable[..., Any]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Serve a board to a test client."""
    clients: list[Client] = []

    async def start(
        board: BoardView | None = None, catalogue: Catalogue | None = None, now_ms: int = scene.NOW_MS, **options: Any
    ) -> Client:
        app = make_app(board or scene.board(), catalogue or scene.catalogue(), now_ms=lambda: now_ms, **options)
        clients.append(TestClient(TestServer(app)))
        await clients[-1].start_server()
        return clients[-1]

    yield start
    for client in clients:
        await client.close()


async def read(client: Client, path: str, status: int = 200) -> Element:
    response = await client.get(path)
    assert response.status == status, path
    return parse(await response.text())


def feed_path(feed: tuple[str, str]) -> str:
    return f"/feeds/{feed[0]}/{feed[1]}"
