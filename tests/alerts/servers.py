"""Real servers on loopback for the channels: mail by aiosmtpd, HTTP by aiohttp, and one that takes a call and says nothing."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "nhip", "m4t-khau-rat-dai"


@dataclass
class MailBox:
    """A mail server's memory, and what it is told to answer to DATA instead of taking a mail."""

    port: int = 0
    answer: str = "250 OK"
    goodbye: str = "221 Bye"
    mails: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  the name is aiosmtpd's
        """Take one mail."""
        if self.answer.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.senders.append(envelope.mail_from)
            self.encrypted.append(session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None)
        return self.answer

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802  the name is aiosmtpd's
        """Say goodbye, however rudely."""
        return self.goodbye

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        """Let in the one user there is."""
        known = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False)


@asynccontextmanager
async def mail_server(*, tls: ssl.SSLContext | None = None, starttls: bool = False, auth: bool = False) -> AsyncIterator[MailBox]:
    """A mail server: plain, with STARTTLS, or within TLS from the start."""
    box = MailBox()

    def session() -> SMTP:
        return SMTP(
            box,
            hostname="localhost",
            tls_context=tls if starttls else None,
            require_starttls=starttls,
            authenticator=box.authenticate if auth else None,
            auth_required=auth,
            auth_require_tls=False,
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=None if starttls else tls)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()


@dataclass
class Hook:
    """An HTTP server's memory, and the status that it answers."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    posted: list[tuple[dict[str, str], Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """Take one message."""
        if 200 <= self.status < 300:
            self.posted.append((dict(request.headers), await request.json()))
        return web.Response(status=self.status, headers=self.headers)


@asynccontextmanager
async def http_server() -> AsyncIterator[Hook]:
    """An HTTP server that takes a POST at any path."""
    hook = Hook()
    app = web.Application()
    app.router.add_post("/{path:.*}", hook.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    hook.url = f"http://{host}:{port}"
    try:
        yield hook
    finally:
        await runner.cleanup()


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """A port that accepts and never says a word."""
    over = asyncio.Event()

    async def listen(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        over.set()
        server.close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A fresh certificate for 127.0.0.1: the server's context, and the context of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    plain = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem.write_bytes(plain + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())
