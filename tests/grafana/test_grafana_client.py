"""The wrapper around grafana-api: every kind of answer becomes an Answer or an error that says what to do."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from grafana.client import Answer, Grafana, GrafanaError, GrafanaMisconfigured, GrafanaUnavailable
from tests.grafana import api
from tests.grafana.api import TOKEN, Reply, fault

PATH = "/v1/provisioning/alert-rules/x"


@pytest.fixture
def server() -> Iterator[tuple[api.Grafana, str]]:
    with api.running() as found:
        yield found


def asked(server: tuple[api.Grafana, str], method: str, reply: Reply, *, accept: set[int] | None = None) -> Answer:
    grafana, url = server
    grafana.prepared[f"{method} {PATH}"] = [reply]
    return Grafana(url, TOKEN).ask(method, PATH, {"a": 1} if method != "GET" else None, accept=accept or set())


ANSWERED = {
    "200": ("GET", Reply(200, {"a": 1}), {"a": 1}),
    "200 with a list": ("GET", Reply(200, [1]), [1]),
    "201": ("POST", Reply(201, {"uid": "x"}), {"uid": "x"}),
    "202": ("PUT", Reply(202, {"message": "policies updated"}), {"message": "policies updated"}),
    "202 without a body": ("DELETE", Reply(202), None),
    "204": ("DELETE", Reply(204), None),
}


@pytest.mark.parametrize("name", ANSWERED)
def test_what_grafana_did_is_an_answer(server: tuple[api.Grafana, str], name: str) -> None:
    """grafana-api alone raises JSONDecodeError for the answers without a body, after the server did what was asked."""
    method, reply, body = ANSWERED[name]
    assert asked(server, method, reply) == Answer(reply.status, body)


@pytest.mark.parametrize("status", [400, 404, 409, 412])
def test_an_expected_refusal_is_an_answer(server: tuple[api.Grafana, str], status: int) -> None:
    assert asked(server, "PUT", fault(status, "no"), accept={status}) == Answer(status, {"message": "no"})


REFUSED: dict[str, tuple[Reply, type[GrafanaError], str]] = {
    "400": (fault(400, "bad request data"), GrafanaMisconfigured, "400: bad request data"),
    "401": (fault(401, "Invalid API key"), GrafanaMisconfigured, "NHIP_GRAFANA_TOKEN"),
    "403": (fault(403, "Permissions needed: datasources:create"), GrafanaMisconfigured, "datasources:create.*Admin"),
    "404": (fault(404, "Not found"), GrafanaMisconfigured, "404: Not found"),
    "409": (fault(409, "exists"), GrafanaMisconfigured, "409: exists"),
    "412": (fault(412, "changed by someone else"), GrafanaMisconfigured, "412: changed"),
    "429": (fault(429, "slow down"), GrafanaUnavailable, "later"),
    "500": (fault(500, "database is locked"), GrafanaUnavailable, "database is locked"),
    "502 of a proxy": (Reply(502, b"<html>Bad gateway</html>"), GrafanaUnavailable, "502"),
    "404 of something else": (
        Reply(404, b"<html>nothing here</html>"),
        GrafanaMisconfigured,
        "not as Grafana does: check NHIP_GRAFANA_URL",
    ),
    "an error page of text that says message": (Reply(404, b'"a message"'), GrafanaMisconfigured, "NHIP_GRAFANA_URL"),
    "an error page that is a number": (Reply(418, b"5"), GrafanaMisconfigured, "418"),
    "a login page": (Reply(200, b"<html>Sign in</html>"), GrafanaMisconfigured, "not as Grafana does"),
    "a redirect": (Reply(301, None, {"Location": "https://g.example/api/x"}), GrafanaMisconfigured, "sends on to https://g.example"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_grafana_refuses_says_what_to_do(server: tuple[api.Grafana, str], name: str, method: str) -> None:
    reply, kind, words = REFUSED[name]
    with pytest.raises(kind, match=words) as caught:
        asked(server, method, reply)
    assert TOKEN not in str(caught.value)


def test_a_refusal_in_html_is_no_answer_even_where_its_status_is_expected(server: tuple[api.Grafana, str]) -> None:
    """A wrong path must not look as if the folder were not there yet."""
    with pytest.raises(GrafanaMisconfigured, match="NHIP_GRAFANA_URL"):
        asked(server, "GET", Reply(404, b"<html>nothing here</html>"), accept={404})


def test_a_redirect_is_not_followed(server: tuple[api.Grafana, str]) -> None:
    """Following it would turn the POST into a GET, and nothing would be stored."""
    with pytest.raises(GrafanaMisconfigured):
        asked(server, "POST", Reply(302, None, {"Location": "/api/health"}))
    assert server[0].asked == [f"POST {PATH}"]


def test_nobody_there() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://user:hidden@127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(GrafanaUnavailable, match=r"no answer from Grafana at 127\.0\.0\.1:") as caught:
            Grafana(url, TOKEN).ask("GET", "/health")
    assert "hidden" not in str(caught.value)


def test_somebody_who_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(GrafanaUnavailable, match="Timeout"):
        Grafana(f"http://127.0.0.1:{silent.getsockname()[1]}", TOKEN, timeout_seconds=0.2).ask("GET", "/health")


def test_http_where_https_is_asked(server: tuple[api.Grafana, str]) -> None:
    with pytest.raises(GrafanaMisconfigured, match="REQUESTS_CA_BUNDLE"):
        Grafana(server[1].replace("http:", "https:"), TOKEN).ask("GET", "/health")


@pytest.mark.parametrize("url", ["", "grafana:3000", "ftp://grafana", "http://"])
def test_an_impossible_address(url: str) -> None:
    with pytest.raises(GrafanaMisconfigured, match="NHIP_GRAFANA_URL"):
        Grafana(url, TOKEN)


@pytest.mark.parametrize("token", ["", "a\nb", "mật-khẩu"])
def test_an_impossible_token(token: str) -> None:
    with pytest.raises(GrafanaMisconfigured, match="NHIP_GRAFANA_TOKEN") as caught:
        Grafana("http://g", token)
    assert not token or token not in str(caught.value)


def test_grafana_below_a_path() -> None:
    with api.running("/grafana") as (grafana, url):
        grafana.prepared["GET /health"] = [Reply(200, {"database": "ok"})]
        for address in (url, url + "/"):
            grafana.prepared["GET /health"] = [Reply(200, {"database": "ok"})]
            assert Grafana(address, TOKEN).ask("GET", "/health").body == {"database": "ok"}
