"""The mail server of `make services`, and the mailbox that tests hold in their own process."""

from __future__ import annotations

import email
import smtplib
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from tests.services.clients import eventually, unique
from tests.services.mailbox import Mailbox

TEXT = "Dữ liệu của Phường Tân Ninh mới có đến hết tháng 12/2024.\n"


def letter(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "nhip@example.vn", "tan-ninh@example.vn", subject
    message.set_content(TEXT)
    return message


def test_a_message_sent_to_the_mail_server_is_a_file_in_its_maildir(mail_service: dict[str, Any]) -> None:
    subject = unique("Đến hạn")
    with smtplib.SMTP(mail_service["host"], mail_service["port"]) as server:
        server.send_message(letter(subject))

    def arrived() -> list[EmailMessage]:
        files = Path(mail_service["maildir"], "new").iterdir()
        messages = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [message for message in messages if message["Subject"] == subject]

    (found,) = eventually(arrived, "message in the maildir")
    assert found.get_content() == TEXT


def test_the_mailbox_of_a_test_holds_what_was_sent_to_it(mailbox: Mailbox) -> None:
    with smtplib.SMTP(mailbox.host, mailbox.port) as server:
        server.send_message(letter("Trễ hạn"), to_addrs=["a@example.vn", "b@example.vn"])
    (found,) = mailbox.wait_for(1)
    assert (found["Subject"], found["X-RcptTo"]) == ("Trễ hạn", "a@example.vn, b@example.vn")
    assert found.get_content() == TEXT


def test_a_mailbox_starts_empty(mailbox: Mailbox) -> None:
    assert mailbox.messages == []
