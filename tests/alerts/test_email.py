"""What only mail has: headers, security, refusals by cause."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from alerts.channel import Permanent, RetryLater
from alerts.email import EmailChannel, EmailConfig, mail_of
from tests.alerts.examples import COMMUNE, DEPARTMENT, written
from tests.alerts.servers import PASSWORD, USER, certificate, mail_server


def config(port: int, **changed: object) -> EmailConfig:
    """A configuration for a server on loopback."""
    return msgspec.structs.replace(EmailConfig("127.0.0.1", port, sender="nhip@example.vn", timeout_seconds=5), **changed)


async def test_a_mail_says_who_wrote_it_when_and_that_no_answer_is_read() -> None:
    async with mail_server() as box:
        await EmailChannel(config(box.port)).send(written(), COMMUNE)
    (mail,) = box.mails
    assert str(mail["From"]) == "Nhịp <nhip@example.vn>"
    assert str(mail["To"]) == "Xã Tân Biên <tanbien@example.vn>"
    assert mail["Date"].datetime.timestamp() * 1000 == written().written_ms
    assert (mail["Auto-Submitted"], mail["Content-Language"], mail.get_content_charset()) == ("auto-generated", "vi", "utf-8")
    assert mail["Message-ID"].endswith("@example.vn>")
    assert box.senders == ["nhip@example.vn"]


async def test_starttls_encrypts_before_the_password_travels(tmp_path: Path) -> None:
    server, client = certificate(tmp_path)
    async with mail_server(tls=server, starttls=True, auth=True) as box:
        await EmailChannel(config(box.port, security="starttls", user=USER, password=PASSWORD), client).send(written(), COMMUNE)
    assert box.encrypted == [True]


async def test_tls_encrypts_from_the_start(tmp_path: Path) -> None:
    server, client = certificate(tmp_path)
    async with mail_server(tls=server) as box:
        await EmailChannel(config(box.port, security="tls"), client).send(written(), COMMUNE)
    assert box.encrypted == [True]


async def test_a_certificate_that_is_not_trusted_gets_no_mail_until_it_is_mended(tmp_path: Path) -> None:
    server, _ = certificate(tmp_path)
    async with mail_server(tls=server) as box:
        with pytest.raises(RetryLater, match="certificate that is not trusted"):
            await EmailChannel(config(box.port, security="tls")).send(written(), COMMUNE)
    assert box.mails == []


async def test_starttls_is_never_given_up_silently() -> None:
    """A server (or somebody in between) that offers no encryption gets no mail."""
    async with mail_server() as box:
        with pytest.raises(RetryLater, match="check security"):
            await EmailChannel(config(box.port, security="starttls")).send(written(), COMMUNE)
    assert box.mails == []


@pytest.mark.parametrize(
    ("user", "password", "match"),
    [(USER, "wrong", "refused the user or the password"), (USER, "mật khẩu", "must be ASCII")],
)
async def test_a_wrong_password_is_named_and_not_cited_and_loses_no_message(user: str, password: str, match: str) -> None:
    async with mail_server(auth=True) as box:
        with pytest.raises(RetryLater, match=match) as caught:
            await EmailChannel(config(box.port, user=user, password=password)).send(written(), COMMUNE)
    assert password not in str(caught.value)
    assert not caught.value.of_recipient, "it concerns everybody"


@pytest.mark.parametrize(("answer", "of_recipient"), [("450 no such domain for now", True), ("421 closing", False)])
async def test_what_one_mailbox_does_not_take_is_told_apart_from_a_server_that_is_away(answer: str, *, of_recipient: bool) -> None:
    async with mail_server() as box:
        box.answer = answer
        with pytest.raises(RetryLater) as caught:
            await EmailChannel(config(box.port)).send(written(), COMMUNE)
    assert caught.value.of_recipient is of_recipient


async def test_a_mail_that_was_taken_is_sent_even_if_the_goodbye_fails() -> None:
    """Otherwise every such mail would come twice."""
    async with mail_server() as box:
        box.goodbye = "554 go away"
        await EmailChannel(config(box.port)).send(written(), COMMUNE)
    assert len(box.mails) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "tanbien",
        "a@example.vn, b@example.vn",
        "a@example.vn\r\nBcc: b@example.vn",
        "a b@example.vn",
        "Tân <a@example.vn>",
        "@example.vn",
        "a@",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(Permanent, match="e-mail address of unit 25486 is missing or malformed"):
        mail_of(written(), msgspec.structs.replace(COMMUNE, email=address), "nhip@example.vn")


def test_a_wrong_sender_is_told_apart_from_a_wrong_recipient() -> None:
    with pytest.raises(Permanent, match="mail_from"):
        mail_of(written(), COMMUNE, "nhip")


def test_a_unit_without_an_address_is_not_reached() -> None:
    channel = EmailChannel(config(25))
    assert channel.reaches(DEPARTMENT)
    assert not channel.reaches(msgspec.structs.replace(DEPARTMENT, email=""))
