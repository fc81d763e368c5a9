"""A mail server that can be away, or take a message and lose its own answer."""

from __future__ import annotations

import email
import threading
import time
from email.policy import default
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller

from tests.services import ports


class Letter(NamedTuple):
    """One message as it was handed in, with the instant (monotonic seconds)."""

    identity: str
    subject: str
    text: str
    to: str
    at_seconds: float


class MailServer:
    """Keeps every letter, also those that came again."""

    def __init__(self) -> None:
        self.host = ports.HOST
        (self.port,) = ports.free(1)
        self.letters: list[Letter] = []
        self.loses_answers = False
        self._lock = threading.Lock()
        self._controller: Any = None

    def start(self) -> None:
        """Serve, on the same port as before."""
        if self._controller is None:
            self._controller = Controller(self, hostname=self.host, port=self.port)
            self._controller.start()

    def stop(self) -> None:
        """Be away."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  the name aiosmtpd calls
        """Keep the message; say so, or not."""
        message = email.message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=default)
        body = message.get_content()
        with self._lock:
            self.letters.append(
                Letter(str(message["Message-ID"]), str(message["Subject"]), str(body), str(message["To"]), time.monotonic())
            )
        return "451 try again later" if self.loses_answers else "250 OK"
