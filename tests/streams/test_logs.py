"""One line for each thing that matters: an outage is told, not shouted."""

from __future__ import annotations

import logging

import pytest

from streams.logs import Sparing


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
