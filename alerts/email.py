"""E-mail by SMTP. A repeat carries the same Message-ID, so a mailbox shows it once."""

from __future__ import annotations

import asyncio
import re
import smtplib
import ssl
from contextlib import closing, suppress
from email.header import Header
from email.mime.text import MIMEText
from email.utils import formatdate
from typing import Literal

import msgspec

from alerts.channel import Permanent, RetryLater, identity
from alerts.message import Message, Recipient, one_line

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
"""One plain ASCII address: no quoting, no comment, nothing that could end a header."""


class EmailConfig(msgspec.Struct, frozen=True):
    """Where mail is handed in. `password` is never shown, not even by repr."""

    host: str
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "none"
    user: str | None = None
    password: str = ""
    sender: str = "nhip@localhost"
    timeout_seconds: float = 20.0

    def __repr__(self) -> str:
        return f"EmailConfig(host={self.host!r}, port={self.port}, security={self.security!r}, sender={self.sender!r})"


class EmailChannel:
    """Sends through one mail server; a connection for each message, because alerts are rare."""

    name = "email"

    def __init__(self, config: EmailConfig, tls: ssl.SSLContext | None = None) -> None:
        self._config = config
        self._tls = tls or ssl.create_default_context()

    def reaches(self, recipient: Recipient) -> bool:
        """Whether the unit has an address."""
        return bool(recipient.email)

    async def send(self, message: Message, recipient: Recipient) -> None:
        """Hand the message in. Raises RetryLater (4xx, network, timeout, login, certificate) or Permanent (5xx, malformed address)."""
        mail = mail_of(message, recipient, self._config.sender)
        await asyncio.to_thread(self._hand_in, mail)

    def _hand_in(self, mail: MIMEText) -> None:
        try:
            with closing(self._connect()) as server:
                self._greet(server)
                server.send_message(mail)
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()  # the message is taken: a rude goodbye does not undo that
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise _sorted(error, f"{self._config.host}:{self._config.port}") from None

    def _greet(self, server: smtplib.SMTP) -> None:
        if self._config.security == "starttls":
            server.starttls(context=self._tls)
        if self._config.user:
            server.login(self._config.user, self._config.password)

    def _connect(self) -> smtplib.SMTP:
        config = self._config
        helo = config.sender.rpartition("@")[2] or "localhost"  # given, or smtplib would ask the name service
        if config.security == "tls":
            return smtplib.SMTP_SSL(config.host, config.port, helo, timeout=config.timeout_seconds, context=self._tls)
        return smtplib.SMTP(config.host, config.port, helo, timeout=config.timeout_seconds)


def mail_of(message: Message, recipient: Recipient, sender: str) -> MIMEText:
    """The mail of a message. Raises Permanent for an address that no mail server would take.

    By the older half of the standard library: the newer one loses spaces where it folds a long Vietnamese subject.
    """
    mail = MIMEText(message.text, "plain", "utf-8")
    mail["From"] = _address("Nhịp", sender, "the sender's address (mail_from)")
    mail["To"] = _address(recipient.name_vi, recipient.email, f"the e-mail address of unit {recipient.unit}")
    mail["Subject"] = _encoded(message.subject)
    mail["Date"] = formatdate(message.written_ms / 1000)
    mail["Message-ID"] = f"<{identity(message, recipient)}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    return mail


def _encoded(text: str) -> str:
    return Header(one_line(text), "utf-8", header_name="Subject").encode()


def _address(name: str, spec: str, what: str) -> str:
    """A header's address, checked: a newline or a second address in it would be a header of its own."""
    if not ADDRESS.fullmatch(spec):
        raise Permanent(f"{what} is missing or malformed: give one as name@domain")
    return f"{_encoded(name)} <{spec}>"


def _sorted(error: Exception, server: str) -> RetryLater | Permanent:
    """What the caller should do. The server's own words are left out: they may repeat a user name or an address."""
    code = _code(error)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return RetryLater(f"mail server {server} refused the user or the password ({code}): check both")
    if isinstance(error, UnicodeError):
        return RetryLater(f"mail server {server}: user and password must be ASCII")  # the error itself would cite the password
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return RetryLater(f"mail server {server} does not offer what is asked of it: check security and user")
    if isinstance(error, ssl.SSLCertVerificationError):
        return RetryLater(f"mail server {server} has a certificate that is not trusted: have it renewed, or trust its issuer")
    if code >= 500:
        return Permanent(f"mail server {server} refused the message ({code})")
    of_recipient = code != 421 and isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)  # 421: the whole server
    return RetryLater(f"mail server {server} did not take the message ({code or error.__class__.__name__})", of_recipient=of_recipient)


def _code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min(code for code, _ in error.recipients.values())
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
