"""One line for each thing that matters: an outage is told, not shouted."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from streams.logs import JsonLines, Sparing


def record(name: str, level: int, message: str = "%s is away", at_seconds: float = 1_000.0) -> logging.LogRecord:
    made = logging.LogRecord(name, level, "file.py", 1, message, ("kafka",), None)
    made.created = at_seconds
    return made


@pytest.mark.parametrize(
    ("name", "level", "written"),
    [
        ("streams.beat", logging.INFO, True),
        ("great_expectations.data_context", logging.INFO, False),
        ("great_expectations.data_context", logging.ERROR, True),
        ("py.warnings", logging.WARNING, False),
        ("aiokafka.conn", logging.ERROR, True),
        ("faust.app.base", logging.ERROR, True),
    ],
)
def test_what_is_written(name: str, level: int, written: bool) -> None:
    assert Sparing().filter(record(name, level)) is written


@pytest.mark.parametrize(("message", "written"), [("[^---Thread]: Thread keepalive is not responding...", False), ("Thread died", True)])
def test_a_thread_that_waits_for_a_busy_machine_is_no_news(message: str, written: bool) -> None:
    assert Sparing().filter(record("streams.batch.thread", logging.ERROR, message)) is written


@pytest.mark.parametrize(("later_seconds", "written"), [(29.9, False), (30.0, True), (30.1, True)])
def test_a_library_repeats_itself_at_most_twice_a_minute(later_seconds: float, written: bool) -> None:
    sparing = Sparing()
    sparing.filter(record("aiokafka.conn", logging.ERROR))
    assert sparing.filter(record("aiokafka.conn", logging.ERROR, at_seconds=1_000.0 + later_seconds)) is written


def test_another_line_of_the_same_library_is_not_held_back() -> None:
    sparing = Sparing()
    sparing.filter(record("aiokafka.conn", logging.ERROR))
    assert sparing.filter(record("aiokafka.conn", logging.ERROR, "%s came back")) is True


def test_our_own_lines_are_never_held_back() -> None:
    sparing = Sparing()
    assert [sparing.filter(record("streams.beat", logging.WARNING)) for _ in range(2)] == [True, True]


def test_a_json_line_is_one_line_with_everything() -> None:
    made = record("streams.beat", logging.WARNING, 'line one\nline "two" of %s, tiếng Việt', at_seconds=1_760_000_000.25)
    line = JsonLines().format(made)
    assert "\n" not in line
    assert json.loads(line) == {
        "at": "2025-10-09T08:53:20.250+00:00",
        "level": "warning",
        "logger": "streams.beat",
        "message": 'line one\nline "two" of kafka, tiếng Việt',
    }


def test_a_json_line_keeps_the_traceback_in_itself() -> None:
    made = record("streams.agents", logging.ERROR)
    try:
        int("why")
    except ValueError:
        made.exc_info = sys.exc_info()
    line = JsonLines().format(made)
    assert "\n" not in line
    assert json.loads(line)["error"].splitlines()[-1].startswith("ValueError: ")
