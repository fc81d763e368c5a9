"""How far long work is, on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar while work is done; what is given hears how much of `total` is done."""
    columns = (TextColumn("{task.description:<16}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def growing_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """The same where only the work itself finds out how much it is: what is given hears how much is done, and of how much."""
    with bar(what, 1_000) as tell:
        yield lambda done, total: tell(1_000 * done // max(1, total))
