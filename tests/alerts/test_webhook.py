"""What only webhooks have: the JSON, where the token goes, how long to wait."""

from __future__ import annotations

import msgspec
import pytest

from alerts.channel import RETRY_AFTER_SECONDS, Permanent, RetryLater
from alerts.transition import Transition
from alerts.webhook import LONGEST_RETRY_SECONDS, WebhookChannel, WebhookConfig, place
from tests.alerts.examples import COMMUNE, transition, written
from tests.alerts.servers import http_server


async def test_the_json_holds_the_text_and_the_transition() -> None:
    async with http_server() as hook:
        await WebhookChannel(WebhookConfig(hook.url)).send(written(), COMMUNE)
    ((headers, body),) = hook.posted
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert sorted(body) == ["id", "language", "subject", "text", "transition", "unit"]
    assert msgspec.convert(body["transition"], Transition) == transition()


async def test_the_token_goes_to_the_configured_address_only() -> None:
    async with http_server() as ours, http_server() as theirs:
        channel = WebhookChannel(WebhookConfig(ours.url, "t0ken"))
        await channel.send(written(), COMMUNE)
        await channel.send(written(), msgspec.structs.replace(COMMUNE, webhook=theirs.url))
    assert ours.posted[0][0]["Authorization"] == "Bearer t0ken"
    assert "Authorization" not in theirs.posted[0][0]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("7", 7.0, id="what the server asks for"),
        pytest.param("86400", LONGEST_RETRY_SECONDS, id="within reason"),
        pytest.param("Wed, 21 Oct 2025 07:28:00 GMT", RETRY_AFTER_SECONDS, id="a date is not understood"),
        pytest.param("-1", RETRY_AFTER_SECONDS, id="nonsense"),
    ],
)
async def test_the_server_says_when_to_come_again(header: str, seconds: float) -> None:
    async with http_server() as hook:
        hook.status, hook.headers = 429, {"Retry-After": header}
        with pytest.raises(RetryLater) as caught:
            await WebhookChannel(WebhookConfig(hook.url)).send(written(), COMMUNE)
    assert caught.value.retry_after_seconds == seconds


@pytest.mark.parametrize("url", ["", "ftp://example.vn", "http://", "http://[::1", "http://example.vn:99999"])
async def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Permanent, match="address"):
        await WebhookChannel(WebhookConfig(url)).send(written(), COMMUNE)


async def test_a_token_with_a_line_break_adds_no_header() -> None:
    async with http_server() as hook:
        with pytest.raises(Permanent, match="malformed"):
            await WebhookChannel(WebhookConfig(hook.url, "t\r\nX-Evil: 1")).send(written(), COMMUNE)
    assert hook.posted == []


@pytest.mark.parametrize("status", [301, 401, 403, 404])
async def test_a_wrong_address_of_ours_loses_no_message_and_a_unit_s_own_holds_nobody_up(status: int) -> None:
    async with http_server() as hook:
        hook.status = status
        with pytest.raises(RetryLater, match=rf"{status}") as caught:
            await WebhookChannel(WebhookConfig(hook.url)).send(written(), COMMUNE)
        assert not caught.value.of_recipient
        with pytest.raises(Permanent, match=rf"{status}"):
            await WebhookChannel(WebhookConfig()).send(written(), msgspec.structs.replace(COMMUNE, webhook=hook.url))


async def test_a_unit_s_own_server_that_is_away_concerns_that_unit_alone() -> None:
    async with http_server() as hook:
        hook.status = 503
        with pytest.raises(RetryLater) as caught:
            await WebhookChannel(WebhookConfig()).send(written(), msgspec.structs.replace(COMMUNE, webhook=hook.url))
    assert caught.value.of_recipient


def test_only_the_host_of_an_address_is_shown() -> None:
    assert place("https://user:pw@hooks.example.vn:8443/T0/SECRET?key=1") == "https://hooks.example.vn:8443"


def test_a_unit_is_reached_by_its_own_address_or_ours() -> None:
    assert WebhookChannel(WebhookConfig("http://example.vn")).reaches(COMMUNE)
    assert WebhookChannel(WebhookConfig()).reaches(msgspec.structs.replace(COMMUNE, webhook="http://example.vn"))
    assert not WebhookChannel(WebhookConfig()).reaches(COMMUNE)
