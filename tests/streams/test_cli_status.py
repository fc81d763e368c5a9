"""`nhip status` on a page that answers: the worst first, how many of each, and what to ask next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from streams.cli import main
from tests.streams.page_server import serving


def feed(unit: str, verdict: str, behind: int = 0) -> dict[str, Any]:
    told = {"unit": unit, "dataset": "ho-ngheo", "verdict": verdict, "reason": "silent"}
    return told | {"data_through": "2024", "expected_through": "2025", "periods_behind": behind}


FEEDS = [feed("00001", "fresh"), feed("00002", "late", 1), feed("00003", "stale", 2), feed("00004", "stale", 5)]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A worker's list of feeds: well at one address, with trouble at the other."""
    with serving(lambda path: (200, msgspec.json.encode(FEEDS[:1] if path.startswith("/well") else FEEDS))) as address:
        yield address


def status(*arguments: str) -> list[str]:
    result = CliRunner().invoke(main, ["status", *arguments])
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def test_the_longest_behind_of_the_worst_comes_first_and_fresh_ones_only_when_asked_for(url: str) -> None:
    assert [line.split()[0] for line in status("--url", url)[:-2]] == ["UNIT", "00004", "00003", "00002"]
    assert [line.split()[0] for line in status("--url", url, "--all")[:-2]] == ["UNIT", "00004", "00003", "00002", "00001"]


def test_the_last_lines_count_and_say_how_to_ask_why(url: str) -> None:
    assert status("--url", url)[-2:] == ["4 feeds: 2 stale, 1 late, 1 fresh", f"why: nhip why 00004/ho-ngheo --url {url}"]


def test_when_all_is_well_there_is_nothing_to_ask(url: str) -> None:
    assert status("--url", f"{url}/well")[-1] == "1 feed: 1 fresh"
