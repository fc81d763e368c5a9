"""A mail server that keeps every message as a file, for looking at what Nhịp sends."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.services import ports
from tests.services.process import ServiceError
from tests.services.service import Address, Service


class Mail(Service):
    """An SMTP server at `host` and `port`; messages are files in `maildir`/new."""

    name = "mail"
    version = "aiosmtpd"

    @property
    def is_built(self) -> bool:
        """It is one of the development packages."""
        return True

    def build(self, into: Path) -> None:
        """Nothing: it comes with the development packages."""

    def prepare(self) -> Address:
        """Make an empty mailbox."""
        (port,) = ports.free(1)
        maildir = self.home / "maildir"
        for folder in ("new", "cur", "tmp"):
            (maildir / folder).mkdir(parents=True)
        return {"host": ports.HOST, "port": port, "maildir": str(maildir)}

    def command(self) -> list[str]:
        """The server, run by this Python."""
        listen = f"{ports.HOST}:{self.address['port']}"
        return [sys.executable, "-m", "aiosmtpd", "-n", "-l", listen, "-c", "aiosmtpd.handlers.Mailbox", self.address["maildir"]]

    def is_ready(self, said: str) -> bool:
        """Whether it accepts connections."""
        if "No module named" in said:
            raise ServiceError(f"{sys.executable} has no aiosmtpd; run `make services`, which uses .venv")
        return ports.answers(self.address["port"])
