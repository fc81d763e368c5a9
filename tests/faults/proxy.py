"""A proxy in front of a real InfluxDB that can be told to misbehave as networks, gateways and loaded servers do."""

from __future__ import annotations

import gzip
import http.client
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.faults.schedule import Kind

SLOW_SECONDS = 1.0
HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: Any) -> None:
        """A worker that was killed leaves its connection: nothing to say."""


class InfluxProxy:
    """Forwards to `upstream`. `trouble` is what happens to writes meanwhile; `done` counts what happened."""

    def __init__(self, upstream: str) -> None:
        self.trouble: Kind | None = None
        self.done: Counter[str] = Counter()
        self._upstream = urlsplit(upstream).netloc
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer.handle(self)

            def do_GET(self) -> None:
                outer.handle(self)

            def log_message(self, *_: Any) -> None:
                """Keep the output clean."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """Take one request, do to it what the trouble asks, and answer."""
        body = handler.rfile.read(int(handler.headers["Content-Length"] or 0))
        trouble = self.trouble if "/write" in handler.path else None
        self.done[trouble or "well"] += 1
        match trouble:
            case Kind.INFLUX_DOWN:
                handler.close_connection = True
            case Kind.INFLUX_LOST:
                self._forward(handler, body)
                handler.close_connection = True
            case Kind.INFLUX_ERROR:
                _answer(handler, 500 + self.done[trouble] % 4, {}, b'{"code":"internal error","message":"trouble"}')
            case Kind.INFLUX_BUSY:
                _answer(handler, 429, {"Retry-After": "1"}, b'{"code":"too many requests"}')
            case Kind.INFLUX_PARTIAL:
                self._forward(handler, _half(handler, body))
                _answer(handler, 503, {}, b'{"code":"unavailable","message":"stopped half way"}')
            case _:
                answer = self._forward(handler, body)
                if trouble is Kind.INFLUX_SLOW:
                    time.sleep(SLOW_SECONDS)
                _answer(handler, *answer)

    def _forward(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self._upstream, timeout=30)
        try:
            headers = {name: value for name, value in handler.headers.items() if name.lower() not in HOP_BY_HOP}
            connection.request(handler.command, handler.path, body, headers)
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
            return answer.status, kept, answer.read()
        finally:
            connection.close()


def _half(handler: BaseHTTPRequestHandler, body: bytes) -> bytes:
    """The first half of the lines, packed as they came."""
    packed = handler.headers.get("Content-Encoding") == "gzip"
    lines = (gzip.decompress(body) if packed else body).split(b"\n")
    half = b"\n".join(lines[: max(1, len(lines) // 2)])
    return gzip.compress(half) if packed else half


def _answer(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    if status != 204:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
