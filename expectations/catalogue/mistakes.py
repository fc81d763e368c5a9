"""Mistakes of a catalogue: what is wrong where, and what is allowed. They are gathered, never raised one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec


class Mistake(msgspec.Struct, frozen=True):
    """One mistake: the file (relative to the catalogue), the path inside it, what is wrong, what is allowed instead."""

    file: str
    path: str
    problem: str
    allowed: str


class CatalogueError(ValueError):
    """A catalogue that cannot be used; `mistakes` are all of its mistakes, in a stable order."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(format_mistakes(mistakes))
        self.mistakes = list(mistakes)


class Page:
    """One file under examination: collects its mistakes under its name; `count` says how many so far."""

    def __init__(self, file: str, mistakes: list[Mistake]) -> None:
        self.file, self.count, self._mistakes = file, 0, mistakes

    def wrong(self, path: str, problem: str, allowed: str) -> None:
        """Note one mistake at `path` of this file."""
        self.count += 1
        self._mistakes.append(Mistake(self.file, path, problem, allowed))


def in_order(mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Each mistake once, by file and path; numbers inside a path count as numbers (`[2]` before `[10]`)."""
    return sorted(set(mistakes), key=lambda m: (_natural(m.file), _natural(m.path), m.problem, m.allowed))


def format_mistakes(mistakes: Sequence[Mistake]) -> str:
    """Render mistakes for a terminal: two lines each, and how many there are."""
    lines = [f"{': '.join(filter(None, (m.file, m.path, m.problem)))}\n    allowed: {m.allowed}" for m in mistakes]
    return "\n".join([*lines, f"{len(mistakes)} mistake{'' if len(mistakes) == 1 else 's'}"])


def _natural(text: str) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", text)
    return [(0, int(p), "") if n % 2 else (1, 0, p) for n, p in enumerate(parts)]
