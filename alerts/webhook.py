"""Messages posted as JSON: the text for people, the transition for machines. A repeat carries the same Idempotency-Key."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp
import msgspec

from alerts.channel import RETRY_AFTER_SECONDS, Permanent, RetryLater, identity
from alerts.message import Message, Recipient

LONGEST_RETRY_SECONDS = 3600.0
RETRIED = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
OF_THE_MESSAGE = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY})
"""Answers that speak of what was posted. Others speak of the address or the token, which somebody can mend."""


class WebhookConfig(msgspec.Struct, frozen=True):
    """Where messages are posted. `token` goes to `url` only, never to an address of a unit, and is never shown."""

    url: str = ""
    token: str = ""
    timeout_seconds: float = 10.0

    def __repr__(self) -> str:
        return f"WebhookConfig(url={place(self.url)!r})"


class WebhookChannel:
    """Posts to the unit's own address, or to the configured one."""

    name = "webhook"

    def __init__(self, config: WebhookConfig) -> None:
        self._config = config

    def reaches(self, recipient: Recipient) -> bool:
        """Whether there is any address to post to."""
        return bool(recipient.webhook or self._config.url)

    async def send(self, message: Message, recipient: Recipient) -> None:
        """Post the message. Raises RetryLater (408, 429, 5xx, network, timeout; the configured address is wrong) or Permanent."""
        url = recipient.webhook or self._config.url
        if not place(url).startswith(("http://", "https://")):
            raise Permanent(f"unit {recipient.unit}: no webhook address: give one that begins with http:// or https://")
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": identity(message, recipient)}
        if self._config.token and not recipient.webhook:
            headers["Authorization"] = f"Bearer {self._config.token}"
        own = bool(recipient.webhook)
        status, retry_after = await self._post(url, body_of(message, recipient), headers, own=own)
        _judge(status, retry_after, place(url), own=own)

    async def _post(self, url: str, body: bytes, headers: dict[str, str], *, own: bool) -> tuple[int, str]:
        timeout = aiohttp.ClientTimeout(total=self._config.timeout_seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                return response.status, response.headers.get("Retry-After", "")
        except (aiohttp.InvalidURL, ValueError):
            raise Permanent("the webhook's address or token is malformed: check both") from None
        except aiohttp.ClientConnectorCertificateError:
            raise RetryLater(f"webhook {place(url)} has a certificate that is not trusted", of_recipient=own) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise RetryLater(f"webhook {place(url)} cannot be reached ({error.__class__.__name__})", of_recipient=own) from None


def body_of(message: Message, recipient: Recipient) -> bytes:
    """The JSON that is posted."""
    posted = {
        "id": message.id,
        "unit": recipient.unit,
        "language": message.language,
        "subject": message.subject,
        "text": message.text,
        "transition": message.transition,
    }
    return msgspec.json.encode(posted)


def place(url: str) -> str:
    """Scheme, host and port: what may be shown of an address whose path or user part is often a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(malformed address)"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _judge(status: int, retry_after: str, where: str, *, own: bool) -> None:
    """Raise what an answer asks for; `own` says that the address is the recipient's own."""
    if 200 <= status < 300:
        return
    if status in RETRIED or status >= 500:
        raise RetryLater(f"webhook {where} answered {status}", _seconds(retry_after), of_recipient=own)
    if status in OF_THE_MESSAGE:
        raise Permanent(f"webhook {where} refused the message ({status})")
    redirected = ": redirects are not followed, give the final address" if 300 <= status < 400 else ": check its address and the token"
    if own:
        raise Permanent(f"webhook {where} answered {status}{redirected}")
    raise RetryLater(f"webhook {where} answered {status}{redirected}")


def _seconds(retry_after: str) -> float:
    """What the server asks for, within reason; a date is not understood and gives the usual wait."""
    return min(float(retry_after), LONGEST_RETRY_SECONDS) if retry_after.isdecimal() else RETRY_AFTER_SECONDS
