"""What commands say of a worker's page that does not answer as a page does: one message, the right exit code, no stack trace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from streams.cli import main
from tests.streams.page_server import serving

NOBODY = "http://127.0.0.1:1"


def answer(path: str) -> tuple[int, bytes]:
    """An answer by the unit that is asked for."""
    if "/lost/" in path:
        return 404, b'{"error": "not of this province"}'
    if "/broken/" in path:
        return 500, b"oops"
    if "/proxy/" in path:
        return 404, b"<html>nothing here</html>"
    if "/list/" in path:
        return 404, b"[]"
    return 200, b"<html>a login</html>"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(answer) as address:
        yield address


def nhip(*arguments: str) -> Result:
    result = CliRunner().invoke(main, list(arguments))
    assert isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize(
    ("feed", "code", "says"),
    [
        ("lost/ho-ngheo", 2, "no such feed"),
        ("lost/hộ nghèo?x#y", 2, "no such feed"),
        ("proxy/ho-ngheo", 1, "answered 404; is that a worker's page?"),
        ("list/ho-ngheo", 1, "answered 404"),
        ("broken/ho-ngheo", 1, "answered 500"),
        ("login/ho-ngheo", 1, "no worker answers at"),
        ("no-slash", 2, "is no feed"),
    ],
)
def test_why_says_whether_the_feed_or_the_page_is_wrong(url: str, feed: str, code: int, says: str) -> None:
    result = nhip("why", feed, "--url", url)
    assert (result.exit_code, says in result.output) == (code, True), result.output


@pytest.mark.parametrize(
    ("address", "code", "says"),
    [
        (NOBODY, 1, "start one with `nhip worker`"),
        ("http://nhip.invalid", 1, "start one with `nhip worker`"),
        ("ftp://127.0.0.1", 2, "is no page's address"),
        ("127.0.0.1:6066", 2, "is no page's address"),
        ("http://", 2, "is no page's address"),
        ("", 1, "no worker answers at"),
    ],
)
def test_status_tells_a_worker_that_is_down_from_an_address_that_is_none(
    monkeypatch: pytest.MonkeyPatch, address: str, code: int, says: str
) -> None:
    monkeypatch.setenv("NHIP_PAGE_URL", NOBODY)  # of which an empty --url makes use
    result = nhip("status", "--url", address)
    assert (result.exit_code, says in result.output) == (code, True), result.output
