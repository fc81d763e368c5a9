"""A real HTTP server on loopback that gives prepared answers: what a store meets when InfluxDB or a proxy is in trouble."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


class Reply(msgspec.Struct, frozen=True):
    """One prepared answer. With `hold` the server says nothing until the test lets go."""

    status: int = 204
    body: bytes = b""
    headers: dict[str, str] = {}
    hold: bool = False


class Request(msgspec.Struct, frozen=True):
    """One request as it came, unpacked."""

    path: str
    headers: dict[str, str]
    lines: list[bytes]


class TroubledServer:
    """Answers requests in order from `replies`, and 204 when there are none left. Remembers what it was asked."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.requests: list[Request] = []
        self.release = threading.Event()
        self.largest_lines: int | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer.answer(self)

            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *_: Any) -> None:
                """Keep the test's output clean."""

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.httpd.server_port}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Take one request and give the next reply."""
        body = handler.rfile.read(int(handler.headers["Content-Length"] or 0))
        if handler.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        lines = body.split(b"\n") if body else []
        self.requests.append(Request(handler.path, dict(handler.headers.items()), lines))
        if self.largest_lines is not None and len(lines) > self.largest_lines:
            reply = Reply(413, b'{"code":"request too large","message":"too large"}')
        else:
            reply = self.replies.pop(0) if self.replies else Reply()
        if reply.hold:
            self.release.wait(30)
        self._send(handler, reply)

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        try:
            handler.send_response(reply.status)
            for name, value in reply.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(reply.body)))
            handler.end_headers()
            handler.wfile.write(reply.body)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True


@contextmanager
def troubled_server() -> Iterator[TroubledServer]:
    """A running TroubledServer, gone afterwards."""
    server = TroubledServer()
    thread = threading.Thread(target=server.httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.release.set()
        server.httpd.shutdown()
        server.httpd.server_close()
        thread.join()
