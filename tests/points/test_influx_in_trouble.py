"""InfluxStore against a server that answers as a troubled InfluxDB, or does not answer."""

from __future__ import annotations

import socket

import pytest

from points.influx import InfluxStore
from points.store import MOST_BYTES, MOST_LINES, StoreError, StoreMisconfigured, StoreUnavailable, requests
from points.table import VOLUME
from tests.points.server import Reply, TroubledServer

SECRET = "kHong-ai-biet"


def lines(count: int) -> list[bytes]:
    return [VOLUME.line({"unit": "u", "dataset": "d"}, {"inserts": i}, i) for i in range(count)]


def store_at(url: str, **options: int | bool) -> InfluxStore:
    return InfluxStore(url, "tinh", "nhip/nam", SECRET, **options)  # type: ignore[arg-type]  # each test names real options


def test_a_write_is_one_packed_request_with_everything_the_server_needs(server: TroubledServer) -> None:
    assert store_at(server.url).write(lines(3)) == []
    (request,) = server.requests
    assert request.lines == lines(3)
    assert request.headers["Content-Encoding"] == "gzip"
    assert request.headers["Authorization"] == f"Token {SECRET}"
    assert request.path == "/api/v2/write?org=tinh&bucket=nhip%2Fnam&precision=ms"


@pytest.mark.parametrize(
    ("count", "sizes"), [(MOST_LINES, [MOST_LINES]), (MOST_LINES + 1, [MOST_LINES, 1]), (2 * MOST_LINES, [MOST_LINES] * 2)]
)
def test_a_request_is_bounded_in_lines(count: int, sizes: list[int]) -> None:
    assert [len(chunk) for chunk in requests(lines(count))] == sizes


@pytest.mark.parametrize(("length", "sizes"), [(MOST_BYTES // 2 - 1, [2]), (MOST_BYTES // 2, [1, 1]), (2 * MOST_BYTES, [1, 1])])
def test_a_request_is_bounded_in_bytes(length: int, sizes: list[int]) -> None:
    """Each line counts with its newline: two of 499,999 bytes make exactly a million."""
    assert [len(chunk) for chunk in requests([b"x" * length] * 2)] == sizes


def test_a_request_too_large_is_halved_until_it_fits(server: TroubledServer) -> None:
    server.largest_lines = 3
    assert store_at(server.url).write(lines(10)) == []
    taken = [request.lines for request in server.requests if len(request.lines) <= 3]
    assert [line for chunk in taken for line in chunk] == lines(10)


def test_a_single_line_too_large_is_refused(server: TroubledServer) -> None:
    server.replies = [Reply(413)]
    (refused,) = store_at(server.url).write(lines(1))
    assert refused.reason == "larger than the server takes"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_overloaded_server_is_asked_once_and_says_when_to_come_back(server: TroubledServer, status: int) -> None:
    server.replies = [Reply(status, b"busy", {"Retry-After": "11"})]
    with pytest.raises(StoreUnavailable) as caught:
        store_at(server.url).write(lines(2))
    assert caught.value.retry_after_seconds == 11
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [200, 202, 301, 307, 400, 401, 403, 404, 405])
def test_a_wrong_setting_refuses_no_line_and_is_asked_once(server: TroubledServer, status: int) -> None:
    server.replies = [Reply(status, b'{"message":"no"}', {"Location": f"{server.url}/elsewhere"})]
    with pytest.raises(StoreMisconfigured):
        store_at(server.url).write(lines(2))
    assert len(server.requests) == 1


def test_a_page_that_is_not_influxdb_is_no_empty_result(server: TroubledServer) -> None:
    server.replies = [Reply(200, b"<html>login</html>")]
    with pytest.raises(StoreMisconfigured, match="NHIP_INFLUXDB_URL"):
        store_at(server.url).latest("freshness")


def test_trouble_while_halving_leaves_all_to_be_written_again(server: TroubledServer) -> None:
    server.replies = [Reply(400, b"unable to parse 'x': y"), Reply(204), Reply(503)]
    with pytest.raises(StoreUnavailable):
        store_at(server.url).write(lines(4))
    assert [len(r.lines) for r in server.requests] == [4, 2, 2]


def test_a_proxy_that_answers_in_another_encoding_is_an_outage(server: TroubledServer) -> None:
    server.replies = [Reply(502, "lỗi".encode("utf-16"))]
    with pytest.raises(StoreUnavailable):
        store_at(server.url).write(lines(1))


def test_a_server_that_does_not_answer_is_given_up_after_the_time_out(server: TroubledServer) -> None:
    server.replies = [Reply(hold=True)]
    with pytest.raises(StoreUnavailable, match="can be reached"):
        store_at(server.url, answer_timeout_ms=150).write(lines(1))


def test_a_port_where_nobody_listens_is_an_outage() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(StoreUnavailable, match="can be reached"):
            store_at(f"http://127.0.0.1:{taken.getsockname()[1]}").write(lines(1))


def test_no_connection_over_tls_to_a_plain_server_is_named(server: TroubledServer) -> None:
    with pytest.raises(StoreError, match=r"127\.0\.0\.1"):
        store_at(server.url.replace("http:", "https:")).write(lines(1))


def test_ping_writes_no_line(server: TroubledServer) -> None:
    store_at(server.url).ping()
    assert [line for request in server.requests for line in request.lines if line] == []


@pytest.mark.parametrize(("status", "error"), [(401, StoreMisconfigured), (404, StoreMisconfigured), (503, StoreUnavailable)])
def test_ping_tells_what_is_wrong(server: TroubledServer, status: int, error: type[StoreError]) -> None:
    server.replies = [Reply(status)]
    with pytest.raises(error):
        store_at(server.url).ping()


@pytest.mark.parametrize("reply", [Reply(401, b"no"), Reply(503), Reply(400, b"?")])
def test_no_error_holds_a_secret(server: TroubledServer, reply: Reply) -> None:
    server.replies = [reply]
    with pytest.raises(StoreError) as caught:
        store_at(server.url.replace("http://", "http://nhip:mat-khau@")).write(lines(1))
    assert SECRET not in str(caught.value)
    assert "mat-khau" not in str(caught.value)


@pytest.mark.parametrize("token", ["a\nb", "a b\n", "khoá"])
def test_a_token_that_cannot_be_one_is_named_without_being_shown(token: str) -> None:
    with pytest.raises(StoreMisconfigured) as caught:
        InfluxStore("http://127.0.0.1:1", "o", "b", token)
    assert token not in str(caught.value)
