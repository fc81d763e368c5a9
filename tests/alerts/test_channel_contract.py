"""What every channel promises, asked of each of them with a real server behind it."""

from __future__ import annotations

import logging
import shutil
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import pytest

from alerts.channel import Channel, ChannelError, Permanent, RetryLater
from alerts.email import EmailChannel, EmailConfig
from alerts.message import Message, Recipient
from alerts.outbox import OutboxChannel
from alerts.webhook import WebhookChannel, WebhookConfig
from tests.alerts.examples import COMMUNE, written
from tests.alerts.servers import PASSWORD, USER, http_server, mail_server, silent_server

SECRET = PASSWORD


@dataclass
class Received:
    """One message as it arrived at the other side."""

    subject: str
    text: str
    identity: str


@dataclass
class Harness:
    """A channel, what arrived through it, and the troubles that its other side can be told to make."""

    channel: Channel
    received: Callable[[], list[Received]]
    troubles: dict[str, type[ChannelError]]
    trouble: Callable[[str], None]
    silent: Callable[[int], Channel]


async def _email() -> AsyncIterator[Harness]:
    async with mail_server(auth=True) as box:
        config = EmailConfig("127.0.0.1", box.port, user=USER, password=SECRET, sender="nhip@example.vn", timeout_seconds=5)
        retried = {f"{code} no": RetryLater for code in (421, 450, 451, 452)}
        refused = {f"{code} no": Permanent for code in (550, 552, 553, 554)}
        yield Harness(
            EmailChannel(config),
            lambda: [Received(m["Subject"], m.get_content().replace("\r\n", "\n"), m["Message-ID"]) for m in box.mails],
            {**retried, **refused},
            lambda answer: setattr(box, "answer", answer),
            lambda port: EmailChannel(msgspec.structs.replace(config, port=port, timeout_seconds=0.2)),
        )


async def _webhook() -> AsyncIterator[Harness]:
    async with http_server() as hook:
        config = WebhookConfig(f"{hook.url}/{SECRET}", SECRET, timeout_seconds=5)
        retried = {str(code): RetryLater for code in (301, 307, 401, 403, 404, 408, 410, 429, 500, 502, 503, 504)}
        refused = {str(code): Permanent for code in (400, 413, 422)}
        yield Harness(
            WebhookChannel(config),
            lambda: [Received(body["subject"], body["text"], headers["Idempotency-Key"]) for headers, body in hook.posted],
            {**retried, **refused},
            lambda answer: setattr(hook, "status", int(answer)),
            lambda port: WebhookChannel(WebhookConfig(f"http://127.0.0.1:{port}/{SECRET}", SECRET, timeout_seconds=0.2)),
        )


async def _outbox(folder: Path) -> AsyncIterator[Harness]:
    outbox = folder / "outbox"

    def received() -> list[Received]:
        found = []
        for path in sorted(outbox.glob("*.txt")):
            headings, text = path.read_text(encoding="utf-8").split("\n\n", 1)
            found.append(Received(headings.split("\n")[1].removeprefix("Tiêu đề: "), text, path.name))
        return found

    (folder / "file").touch()

    def trouble(_: str) -> None:
        shutil.rmtree(outbox, ignore_errors=True)
        outbox.write_text("", encoding="utf-8")

    yield Harness(OutboxChannel(outbox), received, {"a file in its place": RetryLater}, trouble, lambda _: OutboxChannel(folder / "file"))


@pytest.fixture(params=["email", "webhook", "outbox"])
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness]:
    """Each channel in turn."""
    made: dict[str, Callable[[], AsyncIterator[Harness]]] = {"email": _email, "webhook": _webhook, "outbox": partial(_outbox, tmp_path)}
    async for one in made[request.param]():
        yield one


async def failure(sending: Awaitable[None]) -> ChannelError:
    """The error of a send that must fail."""
    with pytest.raises(ChannelError) as caught:
        await sending
    return caught.value


async def test_the_text_arrives_letter_by_letter(harness: Harness) -> None:
    message = written()
    await harness.channel.send(message, COMMUNE)
    assert [(r.subject, r.text) for r in harness.received()] == [(message.subject, message.text)]


async def test_a_long_subject_arrives_whole(harness: Harness) -> None:
    message = msgspec.structs.replace(written(), subject="Cơ sở dữ liệu chuyên ngành quản lý đường bộ và phương tiện: " * 6 + "hết")
    await harness.channel.send(message, COMMUNE)
    assert harness.received()[0].subject == message.subject


async def test_a_repeat_is_recognised_and_another_message_is_not_taken_for_it(harness: Harness) -> None:
    """After a crash the same message is sent again: same identity. Another transition, another unit: another identity."""
    first, other = written(), msgspec.structs.replace(written(), id="25486/trong-trot@1:late")
    sent: list[tuple[Message, Recipient]] = [(first, COMMUNE), (first, COMMUNE), (other, COMMUNE)]
    sent.append((first, msgspec.structs.replace(COMMUNE, unit="25489")))
    for message, recipient in sent:
        await harness.channel.send(message, recipient)
    assert len({r.identity for r in harness.received()}) == 3


async def test_a_line_break_in_a_name_adds_no_header(harness: Harness) -> None:
    message = msgspec.structs.replace(written(), subject="Chậm\r\nBcc: all@example.vn\n\nxin chào")
    await harness.channel.send(message, msgspec.structs.replace(COMMUNE, name_vi="Xã\r\nCc: all@example.vn"))
    (got,) = harness.received()
    assert got.text == message.text
    assert "Bcc: all@example.vn" in got.subject


async def test_each_trouble_says_what_to_do(harness: Harness) -> None:
    """The retry table: later, or never this way. Nothing counts as sent."""
    for name, kind in harness.troubles.items():
        harness.trouble(name)
        error = await failure(harness.channel.send(written(), COMMUNE))
        assert type(error) is kind, name
        if isinstance(error, RetryLater):
            assert error.retry_after_seconds > 0
    assert harness.received() == []


async def test_no_secret_in_errors_or_logs(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = [repr(harness.channel), repr(getattr(harness.channel, "_config", ""))]
    await harness.channel.send(written(), COMMUNE)
    for name in harness.troubles:
        harness.trouble(name)
        told += traceback.format_exception(await failure(harness.channel.send(written(), COMMUNE)))
    told += [record.getMessage() for record in caplog.records if record.name not in ("mail.log", "aiohttp.access")]  # the servers' own
    assert SECRET not in "\n".join(told)


async def test_a_server_that_says_nothing_is_tried_again_later(harness: Harness) -> None:
    """A folder that cannot be made stands for the outbox's."""
    async with silent_server() as port:
        assert isinstance(await failure(harness.silent(port).send(written(), COMMUNE)), RetryLater)
    assert isinstance(await failure(harness.silent(port).send(written(), COMMUNE)), RetryLater), "and so is one that is gone"
