"""A folder in which every message is a text file: where there is no mail server, and to look at what was sent."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from alerts.channel import RetryLater, identity
from alerts.message import Message, Recipient, one_line

HEADINGS = {"vi": ("Đến", "Tiêu đề"), "en": ("To", "Subject")}


class OutboxChannel:
    """Writes messages into a folder. A repeat writes the same file again."""

    name = "outbox"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def reaches(self, recipient: Recipient) -> bool:  # noqa: ARG002  the protocol's signature: a folder takes everything
        """Everybody."""
        return True

    async def send(self, message: Message, recipient: Recipient) -> None:
        """Write the file. Raises RetryLater when the folder cannot be written."""
        try:
            await asyncio.to_thread(self._write, self._folder / file_name(message, recipient), file_text(message, recipient))
        except OSError as error:
            raise RetryLater(f"outbox {self._folder} cannot be written ({error.__class__.__name__}): check space and permissions") from None

    def _write(self, path: Path, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)


def file_name(message: Message, recipient: Recipient) -> str:
    """`25486-trong-trot-stale-0f3a….txt`: readable, safe as a name, the same on every repeat."""
    about = f"{recipient.unit}-{message.transition.dataset}-{message.transition.new}"
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', about)[:80]}-{identity(message, recipient)[:8]}.txt"


def file_text(message: Message, recipient: Recipient) -> str:
    """Two heading lines, an empty line, the text."""
    to, subject = HEADINGS[message.language]
    address = f" <{one_line(recipient.email)}>" if recipient.email else ""
    return f"{to}: {one_line(recipient.name_vi)}{address}\n{subject}: {one_line(message.subject)}\n\n{message.text}"
