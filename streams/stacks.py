"""What a worker waits for, for the log of one that hangs: the tasks of its event loops, and its threads."""

from __future__ import annotations

import asyncio
import gc
import inspect
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from types import CodeType
from typing import Any

SUSPENDED = (
    (inspect.iscoroutine, "cr_frame", "cr_await"),
    (inspect.isgenerator, "gi_frame", "gi_yieldfrom"),
    (inspect.isasyncgen, "ag_frame", "ag_await"),
)
"""What can be suspended: how it is told, and the names of its frame and of what it awaits."""


def waits(app: Any) -> list[str]:
    """Where the tasks of the worker's loops and its threads are, innermost first, each place once and how many are there.

    May be called from any thread, and for loops that stand still. A task that ends meanwhile is left out.
    """
    return [f"{count} x {place}" for place, count in Counter(chain(_tasks(app), _threads())).most_common()]


def _tasks(app: Any) -> Iterator[str]:
    for name, loop in _loops(app):
        for task in asyncio.all_tasks(loop):
            if steps := list(_awaited(task.get_coro())):
                yield f"{name}: {' < '.join(reversed(steps))}"


def _threads() -> Iterator[str]:
    frames = sys._current_frames()  # noqa: SLF001  its only way, documented
    for thread in threading.enumerate():
        if frame := frames.get(thread.ident or 0):
            yield f"thread {thread.name}: {' < '.join(_place(step.f_code, line) for step, line in traceback.walk_stack(frame))}"


def _loops(app: Any) -> Iterable[tuple[str, asyncio.AbstractEventLoop]]:
    """The worker's own loop, and that of the thread that fetches, which is there from the start of the consumer on."""
    yield "worker", app.loop
    if app.started and (thread := getattr(app.consumer, "_thread", None)) is not None:
        yield "consumer", thread.thread_loop


def _awaited(waiting: Any) -> Iterator[str]:
    """The coroutine, what it awaits, what that awaits: each as file:line function."""
    while step := _step(waiting):
        frame, waiting = step
        if frame is None:  # it has ended
            return
        yield _place(frame.f_code, frame.f_lineno)


def _step(waiting: Any) -> tuple[Any, Any] | None:
    """The frame of what is awaited, and what that awaits; also where a wrapper holds it, which does not say what it holds."""
    for held in (waiting, *gc.get_referents(waiting)):
        for is_one, frame, awaits in SUSPENDED:
            if is_one(held):
                return getattr(held, frame), getattr(held, awaits)
    return None


def _place(code: CodeType, line: int) -> str:
    path = Path(code.co_filename)
    return f"{path.parent.name}/{path.name}:{line} {code.co_name}"
