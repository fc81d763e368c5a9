"""What the commands that ask Kafka share: its troubles as messages, the province's time, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from streams.admin.clients import KafkaTrouble
from streams.cli import Exit, UserError

UNWATCHED_COLUMNS = 1_000
_SPAN = re.compile(r"(?P<count>[0-9]{1,9})(?P<unit>[mhd])")
_UNITS_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}


@contextmanager
def asking() -> Iterator[None]:
    """Tell trouble with Kafka as one message and exit code 1: something is down."""
    try:
        yield
    except KafkaTrouble as error:
        shown = UserError(str(error))
        shown.exit_code = Exit.FAILED
        raise shown from None


def local(instant_ms: int, zone: tzinfo) -> str:
    """An instant as the province's wall clock, to the second, with its offset; what no calendar holds stays a number."""
    try:
        at = datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return f"{instant_ms} ms"
    return at.isoformat(timespec="seconds")


def since(text: str, zone: tzinfo, now_ms: int, option: str = "--since") -> int:
    """Read an instant as epoch milliseconds: a time or a day of the province, an ISO time with offset, or `90m`, `12h`, `7d` ago."""
    if span := _SPAN.fullmatch(text):
        return max(0, now_ms - int(span["count"]) * _UNITS_MS[span["unit"]])
    try:
        at = datetime.fromisoformat(text)
        return max(0, int((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() * 1000))
    except (ValueError, OverflowError):
        raise UserError(f"{option}: {text!r} is no time; write 2025-10-15, 2025-10-15T08:00, or 90m, 12h, 7d for so long ago") from None


def span_ms(text: str, option: str) -> int:
    """Read a span of time such as `90m`, `12h`, `7d` as milliseconds."""
    span = _SPAN.fullmatch(text)
    if span is None or int(span["count"]) == 0:
        raise UserError(f"{option}: {text!r} is no span of time; write 90m, 12h or 7d")
    return int(span["count"]) * _UNITS_MS[span["unit"]]


def table(titles: Sequence[str], rows: Iterable[Sequence[object]], *, right: frozenset[str] = frozenset()) -> None:
    """Print rows under titles; nothing of a cell is taken for markup, a `Text` brings its own. Where nobody watches, no line is cut."""
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for title in titles:
        shown.add_column(title, justify="right" if title in right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(cell if isinstance(cell, Text) else escape("-" if cell is None else str(cell)) for cell in row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = UNWATCHED_COLUMNS
    console.print(shown)


def printable(text: str) -> str:
    """Text that a terminal only shows: control characters, which could move its cursor or colour it, become `·`."""
    return "".join(char if char.isprintable() else "·" for char in text)


def bold(text: str) -> str:
    """A heading, where the terminal can show one."""
    return click.style(text, bold=True)
