"""What every channel is: it sends one message to one recipient, or says what to do instead.

    ChannelError
    ├── RetryLater   the way is blocked until time or somebody mends it; the same message may be sent again after `retry_after_seconds`.
    │                `of_recipient`: for this recipient alone, so that others need not wait
    └── Permanent    this message will never be taken this way; the reason says what to mend

A wrong password or an expired certificate is RetryLater: alerts must not be lost until somebody has noticed.

No error names a secret. A channel may send the same message twice after a crash; its identity (Message-ID, Idempotency-Key, file name)
is then the same.
"""

from __future__ import annotations

import hashlib
from typing import Protocol

from alerts.message import Message, Recipient

RETRY_AFTER_SECONDS = 1.0
"""The least wait where the other side asks for none; whoever retries lengthens it from one attempt to the next."""


class ChannelError(Exception):
    """A message was not sent."""


class RetryLater(ChannelError):  # noqa: N818  it says what to do, not what happened
    """Not now."""

    def __init__(self, reason: str, retry_after_seconds: float = RETRY_AFTER_SECONDS, *, of_recipient: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds
        self.of_recipient = of_recipient


class Permanent(ChannelError):  # noqa: N818  as above
    """Not this way."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Channel(Protocol):
    """One way to reach a unit. `name` is what the notification log remembers."""

    name: str

    def reaches(self, recipient: Recipient) -> bool:
        """Whether this channel has an address for the recipient."""
        ...

    async def send(self, message: Message, recipient: Recipient) -> None:
        """Send, and return once the other side has taken the message. Raises RetryLater or Permanent."""
        ...


def identity(message: Message, recipient: Recipient) -> str:
    """A name for this message to this recipient, the same on every repeat: 32 hexadecimal digits."""
    return hashlib.sha256(f"{message.id}\n{recipient.unit}".encode()).hexdigest()[:32]
