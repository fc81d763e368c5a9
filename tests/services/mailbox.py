"""A mailbox in the test's own process: real SMTP on loopback, messages to look at."""

from __future__ import annotations

import email
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests.services import ports


class Mailbox:
    """What has arrived, in order; one message an envelope, whose recipients are in the header X-RcptTo."""

    def __init__(self, port: int) -> None:
        self.host = ports.HOST
        self.port = port
        self.messages: list[EmailMessage] = []
        self._arrived = threading.Condition()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  the name aiosmtpd calls
        """Keep the message."""
        message = email.message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=default)
        message["X-RcptTo"] = ", ".join(envelope.rcpt_tos)
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        return "250 OK"

    def wait_for(self, count: int, seconds: float = 30) -> list[EmailMessage]:
        """The messages once there are at least `count`; fails the test when they do not come within the time."""
        with self._arrived:
            arrived = self._arrived.wait_for(lambda: len(self.messages) >= count, seconds)
        assert arrived, f"{len(self.messages)} of {count} messages within {seconds:.0f} s"
        return self.messages


@contextmanager
def open_mailbox() -> Iterator[Mailbox]:
    """An empty mailbox whose server runs until the block ends."""
    (port,) = ports.free(1)
    box = Mailbox(port)
    controller = Controller(box, hostname=box.host, port=port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
